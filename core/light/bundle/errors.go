package bundle

import (
	"fmt"

	"github.com/taolight/taolight/core/light"
)

// FormatError says that a file is no bundle, or a damaged one. Blame.
type FormatError struct{ Reason string }

func (e *FormatError) Error() string          { return "the file can't be read: " + e.Reason }
func (e *FormatError) Verdict() light.Verdict { return light.Blame }
func (e *FormatError) Code() string           { return "bad_file" }

// NewerError says that a file needs something that this program doesn't know. Inconclusive.
type NewerError struct{ What string }

func (e *NewerError) Error() string {
	return fmt.Sprintf("the file needs %s, which this program doesn't know. Update it.", e.What)
}
func (e *NewerError) Verdict() light.Verdict { return light.Inconclusive }
func (e *NewerError) Code() string           { return "unknown_version" }

// OtherChainError says that a bundle is about another chain than the caller's. Inconclusive.
type OtherChainError struct{ Got, Want string }

func (e *OtherChainError) Error() string {
	return fmt.Sprintf("the file is about the chain %q, not about %q", e.Got, e.Want)
}
func (e *OtherChainError) Verdict() light.Verdict { return light.Inconclusive }
func (e *OtherChainError) Code() string           { return "other_chain" }

// ForeignRootError says that a bundle begins at a block that the caller does not trust, and passes through none that it
// does: all may be invented. Inconclusive; [Options].AcceptRoot takes the bundle's word for it.
type ForeignRootError struct {
	Root light.TrustRoot // the bundle's
	None bool            // the caller trusts no block at all
}

func (e *ForeignRootError) Error() string {
	if e.None {
		return fmt.Sprintf("the file begins at block %d, and no block is trusted here. Compare its hash %x with somebody you trust.", e.Root.Height, e.Root.Hash)
	}
	return fmt.Sprintf("the file begins at block %d, which is not a block trusted here. Compare its hash %x with somebody you trust.", e.Root.Height, e.Root.Hash)
}
func (e *ForeignRootError) Verdict() light.Verdict { return light.Inconclusive }
func (e *ForeignRootError) Code() string           { return "foreign_trust_root" }

// AnswerError says that a bundle claims another answer than the program gives over the bundle's own witness. Blame.
type AnswerError struct {
	Program  string
	Claimed  []byte // canonical CBOR of the program's result
	Computed []byte
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("the file claims another answer than %s gives over the signed state", e.Program)
}
func (e *AnswerError) Verdict() light.Verdict { return light.Blame }
func (e *AnswerError) Code() string           { return "false_answer" }

// BodyError says that what a bundle shows does not fit the headers it comes with. Blame.
type BodyError struct{ Reason string }

func (e *BodyError) Error() string          { return e.Reason }
func (e *BodyError) Verdict() light.Verdict { return light.Blame }
func (e *BodyError) Code() string           { return "false_proof" }
