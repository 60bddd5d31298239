package light

import (
	"context"
	"errors"
	"slices"
)

// ascend is [Client.climb] for a block that a source claims to follow a verified one. If it doesn't verify and the source
// has another block at the verified one's height, too, that one is the contradiction to deal with: the source may tell the
// truth about the other side of a fork.
func (c *Client) ascend(ctx context.Context, s Source, from *Head, b *LightBlock) ([]*LightBlock, *checked, error) {
	steps, done, err := c.climb(ctx, s, from.Block, b)
	if fork, ok := err.(*ForkError); ok {
		return nil, nil, c.forked(fork.A, fork.B)
	}
	if VerdictOf(err) == Blame {
		height := from.Block.Height()
		if theirs, no := fetch(ctx, s, height, height); no == nil && theirs[0].Hash() != from.Hash {
			return nil, nil, c.judge(s, height, c.contradiction(ctx, s, theirs[0], from))
		}
	}
	return steps, done, err
}

// contradiction deals with a block that can't be on one chain with a verified one at its height or above. If it verifies
// from a block that both share, the producers have signed twice: the client stops with a [ForkError]. Otherwise the source
// is to blame for whatever is wrong with it.
func (c *Client) contradiction(ctx context.Context, s Source, theirs *LightBlock, mine *Head) error {
	below := c.sharedWith(ctx, s, theirs.Height())
	if below == nil { // at the very block where checking began
		return &RootError{Root: TrustRoot{Height: mine.Block.Height(), Hash: mine.Hash}, Got: theirs.Hash()}
	}
	steps, _, err := c.climb(ctx, s, below, theirs)
	if fork, ok := err.(*ForkError); ok {
		return c.forked(fork.A, fork.B)
	}
	if errors.As(err, new(*ExpiredError)) { // the old block's trust is over, not the client's
		return &UncheckedError{Height: theirs.Height()}
	}
	if err != nil {
		return err
	}
	return c.forked(
		Evidence{Source: mine.Source, Trace: []*LightBlock{below, mine.Block}},
		Evidence{Source: s.Name(), Trace: append([]*LightBlock{below}, steps...)})
}

// sharedWith returns the highest verified block below a height that the source shows, too, or else the highest verified one;
// nil if there is none.
func (c *Client) sharedWith(ctx context.Context, s Source, height uint64) *LightBlock {
	trace := c.traceBelow(height)
	if len(trace) == 0 {
		return nil
	}
	low, high := -1, len(trace)
	for high-low > 1 {
		middle := (low + high) / 2
		if shownBy(ctx, s, trace[middle].Block) != nil {
			low = middle
		} else {
			high = middle
		}
	}
	if low < 0 {
		low = len(trace) - 1
	}
	return trace[low].Block
}

// traceBelow returns the verified blocks below a height.
func (c *Client) traceBelow(height uint64) []*Head {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.trace), func(h *Head) bool { return h.Block.Height() >= height })
}

// forked stops the client for good. The first fork that was found is the one that is kept.
func (c *Client) forked(a, b Evidence) error {
	c.mu.Lock()
	if c.fork == nil {
		c.fork = &ForkError{A: a, B: b}
	}
	fork := c.fork
	c.mu.Unlock()
	c.event(Event{Kind: EventFork, Source: b.Source, Height: b.Block().Height(), Err: fork})
	return fork
}
