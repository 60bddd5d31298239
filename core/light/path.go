package light

import (
	"bytes"
	"fmt"
	"time"
)

// Limits of a [Path].
const (
	MaxHops           = 256     // blocks of Up
	MaxLinks          = 1 << 13 // headers of Down: farther than the states go back that relays keep unless told otherwise
	MaxPathSignatures = 1 << 14 // entries of the commits of Up together, which bounds the work of verifying them
)

// Path leads from one block to another. Whoever trusts the first, or any that it passes through, can verify the last
// without asking anybody; [Client.Path] makes one.
type Path struct {
	Up   []*LightBlock // at least one, heights rising; each verifies from the one before it
	Down []*Header     // below the last of Up, each a height lower and named by its hash in the one above; may be empty
}

// Last returns the header that the path leads to, nil for a path without blocks.
func (p *Path) Last() *Header { return p.Header(p.Len() - 1) }

// Len returns the number of blocks on the path.
func (p *Path) Len() int { return len(p.Up) + len(p.Down) }

// Header returns the header at a place on the path, those of Up first, nil beyond its ends.
func (p *Path) Header(i int) *Header {
	switch {
	case i < 0 || i >= p.Len():
		return nil
	case i < len(p.Up):
		return &p.Up[i].Header
	}
	return p.Down[i-len(p.Up)]
}

// Top returns the highest block of the path, the last of Up.
func (p *Path) Top() *LightBlock { return p.Up[len(p.Up)-1] }

// PathCheck is what [Path.Verify] found.
type PathCheck struct {
	TopHolds bool          // more than two thirds of the top block's own producers, by power, signed it
	Signed   []bool        // for each of them, whether its valid signature is there; nil if the path is verified from below the top
	Hops     int           // blocks that signatures were verified for
	Links    int           // headers reached through the hash in the one above
	Trusted  time.Duration // age of the block that verification began at
}

// Verify verifies the last header of a path from the block at the place from, which is taken as true: upwards as by
// [Verify], then downwards by hashes. Blocks before from are not looked at. The trusting period and the clock count only
// where signatures are relied on: not for a path that begins at its top. Errors are those of [Verify]; [InvalidError]; and
// [ForkError] for two blocks that are both signed and don't follow one another.
func (p *Path) Verify(from int, now time.Time, params Params) (out PathCheck, err error) {
	if err := p.checkShape(); err != nil {
		return out, err
	}
	if from < 0 || from >= p.Len() {
		return out, fmt.Errorf("light: no block %d on a path of %d", from, p.Len())
	}
	out.Trusted = now.Sub(p.Header(from).Time)
	top := p.Top()
	if from < len(p.Up) {
		done := new(checked)
		if err := verifyAlone(top, top.Header.ChainID, done); err != nil {
			return out, err
		}
		out.TopHolds, out.Signed = true, top.signers(done)
		if out.Hops, err = p.climb(from, now, params, done); err != nil {
			return out, err
		}
	}
	for i := max(from+1, len(p.Up)); i < p.Len(); i++ {
		upper, h := p.Header(i-1), p.Header(i)
		if hash := h.Hash(); h.Height != upper.Height-1 || !bytes.Equal(hash[:], upper.LastBlockID.Hash) {
			return out, &InvalidError{Height: h.Height, Reason: fmt.Sprintf("it is not the block that block %d follows", upper.Height)}
		}
		if h.ChainID != upper.ChainID {
			return out, &InvalidError{Height: h.Height, Err: &ChainError{Got: h.ChainID, Want: upper.ChainID}}
		}
		out.Links++
	}
	return out, nil
}

// climb verifies the blocks of Up above from; done is what was checked of the top.
func (p *Path) climb(from int, now time.Time, params Params, done *checked) (hops int, err error) {
	first := p.Up[from]
	if err := checkSelf(first, first.Header.ChainID); err != nil {
		return 0, err
	}
	if err := checkValidators(first); err != nil { // the next block leans on them
		return 0, err
	}
	for i := from + 1; i < len(p.Up); i++ {
		trusted, next, d := p.Up[i-1], p.Up[i], done
		if i < len(p.Up)-1 {
			d = new(checked)
		}
		if err := verify(trusted, next, now, params, d); err != nil {
			return hops, err
		}
		if hash := trusted.Hash(); next.Height() == trusted.Height()+1 && !bytes.Equal(next.Header.LastBlockID.Hash, hash[:]) {
			return hops, &ForkError{A: Evidence{Source: "this path", Trace: p.Up[:i:i]}, B: Evidence{Source: "this path", Trace: p.Up[: i+1 : i+1]}}
		}
		hops++
	}
	return hops, nil
}

// checkShape holds a path to its limits.
func (p *Path) checkShape() error {
	bad := func(format string, args ...any) error {
		return &DecodeError{Path: "path", Reason: fmt.Sprintf(format, args...)}
	}
	if n := len(p.Up); n == 0 || n > MaxHops {
		return bad("%d light blocks, want 1 to %d", n, MaxHops)
	}
	if n := len(p.Down); n > MaxLinks {
		return bad("%d headers, at most %d", n, MaxLinks)
	}
	signatures := 0
	for i, b := range p.Up {
		if i > 0 && b.Height() <= p.Up[i-1].Height() {
			return bad("block %d stands behind block %d", b.Height(), p.Up[i-1].Height())
		}
		signatures += len(b.Commit.Signatures)
	}
	if signatures > MaxPathSignatures {
		return bad("commits with %d entries, at most %d", signatures, MaxPathSignatures)
	}
	return nil
}
