package light

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/taolight/taolight/core/wire"
)

// Limits of what a source that is behind, or says so, makes the others do.
const (
	maxSettled  = 64          // old blocks that are remembered to be the chain's
	maxCompared = 8           // old blocks of one source in compareSpan that the others are asked about
	compareSpan = time.Minute // by the client's clock
)

// settled is an old block that was found to be the chain's.
type settled struct {
	height uint64
	hash   [32]byte
}

// UncheckedError says that the block which a source shows as its newest is older than the client's, can't be verified by its
// signatures, and could not be compared with the chain's either. Inconclusive.
type UncheckedError struct {
	Height uint64
	Err    error // why not; nil: the source has shown many such
}

func (e *UncheckedError) Error() string {
	text := fmt.Sprintf("its newest block, %d, is old and can't be checked now", e.Height)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}
func (e *UncheckedError) Unwrap() error    { return e.Err }
func (e *UncheckedError) Verdict() Verdict { return Inconclusive }
func (e *UncheckedError) Code() string     { return "unchecked" }

// behind deals with a block below the client's newest that a source claims to be on the chain. Its own signatures come first,
// at the cost of who shows it. The others are asked about one that verifies, or that lies too low to, with a witness or one
// answer of light blocks, and now and then only: nil says that it is the chain's, or that its signatures hold and it is not
// known to be another block than the chain's.
func (c *Client) behind(ctx context.Context, s Source, b *LightBlock, below, above *Head) error {
	old := settled{b.Height(), b.Hash()}
	if c.isSettled(old) {
		return nil
	}
	signed := false
	if below != nil {
		_, _, err := c.ascend(ctx, s, below, b)
		if signed = err == nil; !signed && !errors.As(err, new(*ExpiredError)) {
			return err
		}
	}
	unknown := &UncheckedError{Height: b.Height()}
	if !c.mayCompare(s.Name()) {
		if signed {
			return nil
		}
		return unknown
	}
	mine, err := c.compared(ctx, b, signed, above)
	if fork := c.Fork(); fork != nil {
		return fork
	}
	var other *OtherBlockError
	switch {
	case errors.As(err, &other):
		return other
	case mine != nil && mine.Hash == old.hash || err == nil && mine == nil:
		c.settle(old)
		return nil
	case mine != nil:
		return c.contradiction(ctx, s, b, mine)
	case signed:
		return nil // it can't be compared now
	}
	if err != nil { // of others: in words, so that nobody takes it for the source's
		unknown.Err = errors.New(err.Error())
	}
	return unknown
}

// compared asks the others for what is on the chain in the place of an old block: their block, or neither block nor error if the
// state names this one. Only of a block that is signed, too, it is worth to show far down by hashes what it should be.
func (c *Client) compared(ctx context.Context, b *LightBlock, signed bool, above *Head) (mine *Head, err error) {
	links := above.Block.Height() - b.Height()
	if links <= nearLinks {
		return c.byHeaders(ctx, b.Height())
	}
	past, err := c.pastBlock(ctx, c.Head(), b.Height())
	switch {
	case err == nil && past.Value().Exists:
		want := [32]byte(past.Value().Hash)
		if want == b.Hash() {
			return nil, nil
		}
		if !signed {
			return nil, &OtherBlockError{Height: b.Height(), Got: b.Hash(), Want: want, After: past.Height()}
		}
		return c.byHeaders(ctx, b.Height())
	case links <= wire.MaxRange:
		return c.byHeaders(ctx, b.Height())
	case err == nil:
		err = &ReachError{Height: b.Height(), Lowest: max(1, past.Value().First), Highest: c.Head().Block.Height()}
	}
	return nil, err
}

func (c *Client) isSettled(old settled) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.settled, old)
}

func (c *Client) settle(old settled) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.settled = append(c.settled, old); len(c.settled) > maxSettled {
		c.settled = c.settled[1:]
	}
}

// mayCompare says whether the others may be asked about one more old block of a source.
func (c *Client) mayCompare(source string) bool {
	now := c.cfg.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.sources {
		if p.Name() != source {
			continue
		}
		if now.Sub(p.comparing) > compareSpan || now.Before(p.comparing) {
			p.comparing, p.compared = now, 0
		}
		p.compared++
		return p.compared <= maxCompared
	}
	return true // asked for by the caller, who did not add it
}
