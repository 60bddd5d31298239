package light

import (
	"fmt"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/wire"
)

// Limits of a fork that is read back.
const (
	maxForkTrace  = maxTrace // blocks on one side
	maxSourceName = 256      // bytes
)

type encodedFork struct {
	_    struct{} `cbor:",toarray"`
	A, B encodedSide
}

type encodedSide struct {
	_      struct{} `cbor:",toarray"`
	Source string
	Trace  [][]byte // protobuf of CometBFT's LightBlock
}

// Encode returns both sides as canonical CBOR, for a file that others can check.
func (e *ForkError) Encode() []byte {
	side := func(s Evidence) encodedSide {
		out := encodedSide{Source: s.Source}
		for _, b := range s.Trace {
			out.Trace = append(out.Trace, b.Encode())
		}
		return out
	}
	return codec.MustEncode(encodedFork{A: side(e.A), B: side(e.B)})
}

// DecodeFork reads what [ForkError.Encode] wrote, at most [wire.MaxReply] bytes. It says nothing about its truth: see
// [ForkError.Check]. Errors are [DecodeError].
func DecodeFork(raw []byte) (*ForkError, error) {
	if len(raw) > wire.MaxReply {
		return nil, &DecodeError{Path: "fork", Reason: fmt.Sprintf("%d bytes, at most %d", len(raw), wire.MaxReply)}
	}
	var in encodedFork
	if err := codec.Decode(raw, &in); err != nil {
		return nil, &DecodeError{Path: "fork", Reason: err.Error()}
	}
	side := func(s encodedSide) (out Evidence, err error) {
		if n := len(s.Trace); n == 0 || n > maxForkTrace || len(s.Source) > maxSourceName {
			return out, &DecodeError{Path: "fork", Reason: fmt.Sprintf("%d blocks from a source of %d letters; 1 to %d and at most %d are allowed", n, len(s.Source), maxForkTrace, maxSourceName)}
		}
		out.Source, out.Trace = s.Source, make([]*LightBlock, len(s.Trace))
		for i, b := range s.Trace {
			if out.Trace[i], err = DecodeLightBlock(b); err != nil {
				return out, err
			}
		}
		return out, nil
	}
	e := new(ForkError)
	var err error
	if e.A, err = side(in.A); err != nil {
		return nil, err
	}
	if e.B, err = side(in.B); err != nil {
		return nil, err
	}
	return e, nil
}

// Check verifies by itself what the fork claims, without a network and whenever: both sides begin with the same block,
// the blocks of each verify one after another from there, and the last ones can't be on one chain. It returns that first
// block, which the caller must know to be one of the chain: the fork convicts the producers of that block's time, of no
// other. Its date was not longer ago than the trusting period when the others were made.
func (e *ForkError) Check(chainID string, p Params) (shared *LightBlock, err error) {
	a, b := e.A.Trace, e.B.Trace
	shared = a[0]
	if err := verifyAlone(shared, chainID, new(checked)); err != nil {
		return nil, err
	}
	if shared.Hash() != b[0].Hash() {
		return nil, &InvalidError{Height: b[0].Height(), Reason: "the two sides begin with different blocks"}
	}
	for _, trace := range [...][]*LightBlock{a, b} {
		for i, next := range trace[1:] {
			if err := Verify(trace[i], next, next.Header.Time, p); err != nil {
				return nil, err
			}
		}
	}
	if !exclude(e.A.Block(), e.B.Block()) {
		return nil, &InvalidError{Height: e.B.Block().Height(), Reason: "both sides can be of one chain"}
	}
	return shared, nil
}

// exclude says that two blocks can't be on one chain.
func exclude(a, b *LightBlock) bool {
	if a.Height() > b.Height() {
		a, b = b, a
	}
	hash := a.Hash()
	switch b.Height() - a.Height() {
	case 0:
		return hash != b.Hash()
	case 1:
		return string(b.Header.LastBlockID.Hash) != string(hash[:]) || !after(b, a)
	}
	return !after(b, a)
}

func after(b, a *LightBlock) bool { return b.Header.Time.Sub(a.Header.Time) > time.Duration(0) }
