package light

import (
	"bytes"
	"context"
	"time"
)

// climb verifies target from a trusted block, halving the distance whenever too little of the trusted power signed. It
// returns the verified blocks in between and target, and what was checked of target. Each block that is asked for lies
// strictly between two others, and two neighbours verify or don't: a source can make it take long, not for ever.
func (c *Client) climb(ctx context.Context, s Source, trusted, target *LightBlock) ([]*LightBlock, *checked, error) {
	return c.climbAt(ctx, s, trusted, target, c.cfg.Now)
}

// climbAt is climb by another clock.
func (c *Client) climbAt(ctx context.Context, s Source, trusted, target *LightBlock, now func() time.Time) ([]*LightBlock, *checked, error) {
	var steps []*LightBlock
	pending := []*LightBlock{target}
	for {
		next := pending[len(pending)-1]
		done := new(checked)
		err := verify(trusted, next, now(), c.params, done)
		c.count(func(n *Counts) { n.Signatures += uint64(done.count) })
		if _, tooFar := err.(*TrustError); tooFar && next.Height() > trusted.Height()+1 {
			middle := trusted.Height() + (next.Height()-trusted.Height())/2
			c.event(Event{Kind: EventBisect, Source: s.Name(), Height: middle, Target: target.Height()})
			blocks, err := fetch(ctx, s, middle, middle)
			if err != nil {
				return nil, nil, err
			}
			pending = append(pending, blocks[0])
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		// Both are signed by the producers of their time, so one must follow the other.
		if hash := trusted.Hash(); next.Height() == trusted.Height()+1 && !bytes.Equal(next.Header.LastBlockID.Hash, hash[:]) {
			return nil, nil, &ForkError{A: Evidence{Source: c.sourceOf(trusted, s), Trace: []*LightBlock{trusted}},
				B: Evidence{Source: s.Name(), Trace: []*LightBlock{trusted, next}}}
		}
		c.count(func(n *Counts) {
			n.Headers++
			n.Skipped += next.Height() - trusted.Height() - 1
		})
		c.event(Event{Kind: EventStep, Source: s.Name(), Height: next.Height(), Target: target.Height()})
		steps = append(steps, next)
		trusted, pending = next, pending[:len(pending)-1]
		if len(pending) == 0 {
			return steps, done, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, context.Cause(ctx)
		}
	}
}

// sourceOf says who showed a verified block: it is kept, or a step that came from s just now.
func (c *Client) sourceOf(b *LightBlock, s Source) string {
	if _, same, _ := c.around(b.Height()); same != nil && same.Block == b {
		return same.Source
	}
	return s.Name()
}
