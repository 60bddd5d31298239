package light

import (
	"context"
	"slices"
)

// maxPinpoint bounds how often the stretch in which a fork begins is narrowed by one step of verification; each halves
// what a source can draw out.
const maxPinpoint = 64

// twins are a source of each side of a fork, and what they have shown.
type twins struct {
	ctx  context.Context
	a, b Source
}

// at asks both for their block at a height; false if one doesn't show it.
func (t twins) at(height uint64) (a, b *LightBlock, ok bool) {
	x, err := fetch(t.ctx, t.a, height, height)
	if err != nil {
		return nil, nil, false
	}
	y, err := fetch(t.ctx, t.b, height, height)
	if err != nil {
		return nil, nil, false
	}
	return x[0], y[0], true
}

// pinpoint finds where a fork begins: the last verified block that both sides show, and the block on each side that
// verifies from it in one step and stands at one height. That is what evidence needs; it is CometBFT's
// examineConflictingHeaderAgainstTrace in both directions at once. Where a side doesn't answer, the fork stays as it is.
func (c *Client) pinpoint(ctx context.Context, fork *ForkError) *ForkError {
	t := twins{ctx: ctx, a: c.shows(ctx, fork.A), b: c.shows(ctx, fork.B)}
	if t.a == nil || t.b == nil {
		return fork
	}
	a, b := fork.A.Block(), fork.B.Block()
	if a.Height() != b.Height() {
		var ok bool
		for _, height := range [...]uint64{min(a.Height(), b.Height()), max(a.Height(), b.Height())} {
			if a, b, ok = t.at(height); ok && a.Hash() != b.Hash() {
				break
			}
			ok = false
		}
		if !ok {
			return fork
		}
	}
	common, a, b := c.shared(t, a, b)
	if common == nil {
		return fork
	}
	traceA, traceB := c.narrow(t, common, a, b)
	if traceA == nil {
		return fork
	}
	return &ForkError{A: Evidence{Source: fork.A.Source, Trace: traceA}, B: Evidence{Source: fork.B.Source, Trace: traceB}}
}

// shows returns a source that shows a side's conflicting block, if there is one: the one it came from, if that is
// present.
func (c *Client) shows(ctx context.Context, side Evidence) Source {
	all := c.snapshot()
	slices.SortStableFunc(all, func(x, y Source) int {
		switch side.Source {
		case x.Name():
			return -1
		case y.Name():
			return 1
		}
		return 0
	})
	for _, s := range all {
		if shownBy(ctx, s, side.Block()) != nil {
			return s
		}
	}
	return nil
}

// shared searches the verified blocks below a pair that differs for the highest that both sides show, and returns it with
// the pair at the height of the verified block after it. A source that doesn't show an old block may still show a newer
// one: then it is as if it had another there.
func (c *Client) shared(t twins, a, b *LightBlock) (common, nextA, nextB *LightBlock) {
	trace := c.traceBelow(a.Height())
	low, high := -1, len(trace) // both show low, they differ at high
	for high-low > 1 {
		middle := (low + high) / 2
		h := trace[middle]
		switch x, y, ok := t.at(h.Block.Height()); {
		case ok && x.Hash() == h.Hash && y.Hash() == h.Hash:
			low = middle
		case ok && x.Hash() != y.Hash():
			high, a, b = middle, x, y
		default:
			high = middle
		}
	}
	if low < 0 {
		return nil, a, b
	}
	return trace[low].Block, a, b
}

// narrow verifies both blocks of a pair from a shared one, and moves the pair down or the shared block up as long as that
// takes one of them more than one step. It returns nil if one does not verify.
func (c *Client) narrow(t twins, common, a, b *LightBlock) (traceA, traceB []*LightBlock) {
	for range maxPinpoint {
		stepsA, _, err := c.climb(t.ctx, t.a, common, a)
		if err != nil {
			return nil, nil
		}
		stepsB, _, err := c.climb(t.ctx, t.b, common, b)
		if err != nil {
			return nil, nil
		}
		traceA, traceB = append([]*LightBlock{common}, stepsA...), append([]*LightBlock{common}, stepsB...)
		first := stepsA[0]
		if len(stepsA) == 1 {
			first = stepsB[0]
		}
		if len(stepsA) == 1 && len(stepsB) == 1 {
			break
		}
		x, y, ok := t.at(first.Height())
		switch {
		case !ok:
			return traceA, traceB
		case x.Hash() != y.Hash():
			a, b = x, y
		case x.Hash() == first.Hash():
			common = first
		default: // they show something else than a moment ago
			return traceA, traceB
		}
	}
	return traceA, traceB
}
