package light

import (
	"errors"
	"fmt"
	"time"

	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// Verdict is what to do about an answer.
type Verdict uint8

const (
	// Accept: it was checked and holds.
	Accept Verdict = iota
	// Blame: it can't be true. Refuse it, stop using whoever said it and tell the user.
	Blame
	// Inconclusive: nothing was shown. Refuse it, ask again or ask another.
	Inconclusive
)

// String returns the verdict in words.
func (v Verdict) String() string {
	switch v {
	case Accept:
		return "accept"
	case Blame:
		return "reject and blame"
	default:
		return "inconclusive"
	}
}

// VerdictOf sorts an error. Errors that don't say (a cut connection, a timeout, a refusal) are inconclusive.
func VerdictOf(err error) Verdict {
	if err == nil {
		return Accept
	}
	var decided interface{ Verdict() Verdict }
	if errors.As(err, &decided) {
		return decided.Verdict()
	}
	var falseNode *state.FalseNodeError
	var unused *state.UnusedError
	if errors.As(err, &falseNode) || errors.As(err, &unused) || errors.Is(err, wire.ErrFrame) {
		return Blame
	}
	return Inconclusive
}

// Code returns a stable name of what is wrong, for programs and tables; "error" where this package has none.
func Code(err error) string {
	var coded interface{ Code() string }
	var refusal *wire.Refusal
	var falseNode *state.FalseNodeError
	var unused *state.UnusedError
	var missing *state.MissingError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &coded):
		return coded.Code()
	case errors.As(err, &refusal):
		return refusal.Code
	case errors.As(err, &falseNode):
		return "false_node"
	case errors.As(err, &unused):
		return "unused_node"
	case errors.As(err, &missing):
		return "missing_node"
	case errors.Is(err, wire.ErrFrame):
		return "bad_frame"
	default:
		return "error"
	}
}

// DecodeError says that bytes are not a light block. Blame.
type DecodeError struct{ Path, Reason string }

func (e *DecodeError) Error() string    { return "malformed " + e.Path + ": " + e.Reason }
func (e *DecodeError) Verdict() Verdict { return Blame }
func (e *DecodeError) Code() string     { return "malformed" }

// ExpiredError says that the trusted block is older than the trusting period: the producers of that time have nothing
// to lose any more, and only a fresh trust root helps. Inconclusive.
type ExpiredError struct {
	Height  uint64
	At, Now time.Time // when the trust ended, and the clock
}

func (e *ExpiredError) Error() string {
	return fmt.Sprintf("the trusted block %d can't be relied on since %s: a newer trust root is needed", e.Height, e.At.UTC().Format(time.DateTime))
}
func (e *ExpiredError) Verdict() Verdict { return Inconclusive }
func (e *ExpiredError) Code() string     { return "trust_expired" }

// TrustError says that too few of the producers of the trusted block signed the new one: take a smaller step.
// Inconclusive.
type TrustError struct {
	Height      uint64
	Got, Needed int64 // voting power that signed; more than Needed is enough
}

func (e *TrustError) Error() string {
	return fmt.Sprintf("block %d is signed by power %d of the trusted producers, more than %d is needed", e.Height, e.Got, e.Needed)
}
func (e *TrustError) Verdict() Verdict { return Inconclusive }
func (e *TrustError) Code() string     { return "not_enough_trust" }

// FutureError says that a block is dated after this computer's clock. Either the block or the clock is wrong, and the
// clock is no evidence. Inconclusive.
type FutureError struct {
	Height    uint64
	Time, Now time.Time
}

func (e *FutureError) Error() string {
	return fmt.Sprintf("block %d is dated %s ahead of this computer's clock: one of the two is wrong", e.Height, e.Time.Sub(e.Now).Round(time.Second))
}
func (e *FutureError) Verdict() Verdict { return Inconclusive }
func (e *FutureError) Code() string     { return "future_block" }

// InvalidError says that a block can't be one of the chain: Reason, or Err where a type tells more. Blame.
type InvalidError struct {
	Height uint64
	Reason string
	Err    error
}

func (e *InvalidError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("block %d is not valid: %v", e.Height, e.Err)
	}
	return fmt.Sprintf("block %d is not valid: %s", e.Height, e.Reason)
}
func (e *InvalidError) Unwrap() error    { return e.Err }
func (e *InvalidError) Verdict() Verdict { return Blame }

// Code is that of the more telling error inside, if there is one.
func (e *InvalidError) Code() string {
	if code := Code(e.Err); code != "" && code != "error" {
		return code
	}
	return "invalid_block"
}

// ChainError says that a block belongs to another chain. Blame.
type ChainError struct{ Got, Want string }

func (e *ChainError) Error() string {
	return fmt.Sprintf("it belongs to the chain %q, not to %q", e.Got, e.Want)
}
func (e *ChainError) Verdict() Verdict { return Blame }
func (e *ChainError) Code() string     { return "wrong_chain" }

// HashError says that something is not what a header's hash says. Blame.
type HashError struct {
	What      string // such as "validator set"
	Got, Want [32]byte
}

func (e *HashError) Error() string {
	return fmt.Sprintf("the %s hashes to %x, the header says %x", e.What, e.Got[:6], e.Want[:6])
}
func (e *HashError) Verdict() Verdict { return Blame }
func (e *HashError) Code() string     { return "wrong_hash" }

// SignatureError says that a producer's signature is not valid. Blame.
type SignatureError struct {
	Index   int // within the commit
	Address [20]byte
}

func (e *SignatureError) Error() string {
	return fmt.Sprintf("the signature of producer %x (entry %d) is false", e.Address[:6], e.Index)
}
func (e *SignatureError) Verdict() Verdict { return Blame }
func (e *SignatureError) Code() string     { return "false_signature" }

// PowerError says that two thirds of a block's own producers did not sign it. Blame.
type PowerError struct{ Got, Needed int64 }

func (e *PowerError) Error() string {
	return fmt.Sprintf("signed by voting power %d, more than %d is needed", e.Got, e.Needed)
}
func (e *PowerError) Verdict() Verdict { return Blame }
func (e *PowerError) Code() string     { return "not_enough_signatures" }

// RootError says that the block at the height of the trust root, or of the saved block that was verified from it, is
// another one. All checking begins there, so this is held against the relay; a mistyped trust root looks the same. Blame.
type RootError struct {
	Root TrustRoot
	Got  [32]byte
}

func (e *RootError) Error() string {
	return fmt.Sprintf("contradicts the trusted block %d: it is %x, not %x", e.Root.Height, e.Root.Hash[:6], e.Got[:6])
}
func (e *RootError) Verdict() Verdict { return Blame }
func (e *RootError) Code() string     { return "contradicts_trust_root" }

// ProtocolError says that a relay broke the rules of the protocol. Blame.
type ProtocolError struct {
	Protocol string
	Reason   string
	Err      error
}

func (e *ProtocolError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Protocol, e.Err)
	}
	return e.Protocol + ": " + e.Reason
}
func (e *ProtocolError) Unwrap() error    { return e.Err }
func (e *ProtocolError) Verdict() Verdict { return Blame }

// Code tells frames that break the rules from answers that do.
func (e *ProtocolError) Code() string {
	if errors.Is(e.Err, wire.ErrFrame) {
		return "bad_frame"
	}
	if code := Code(e.Err); code != "" && code != "error" {
		return code
	}
	return "bad_answer"
}

// SourceError adds to an error which source it came from.
type SourceError struct {
	Source string
	Err    error
	judged bool // the client has drawn its consequences
}

func (e *SourceError) Error() string    { return e.Source + ": " + e.Err.Error() }
func (e *SourceError) Unwrap() error    { return e.Err }
func (e *SourceError) Verdict() Verdict { return VerdictOf(e.Err) }
func (e *SourceError) Code() string     { return Code(e.Err) }

// from wraps err in a [SourceError], once.
func from(source string, err error) error {
	var already *SourceError
	if err == nil || errors.As(err, &already) {
		return err
	}
	return &SourceError{Source: source, Err: err}
}
