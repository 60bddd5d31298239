package light

import (
	"bytes"
	"context"
	"fmt"
	"sync"
)

// climb verifies target from a trusted block, dividing the distance whenever too little of the trusted power signed. It
// returns the verified blocks in between and target, and what was checked of target. Each block that is asked for lies
// strictly between two others, the nearest at most half as far as the one that was too far, and two neighbours verify or
// don't. A block that was shown is held against its source until it is verified: so whoever shows one that no step leads to
// is found out after twice as many requests as the distance has binary digits, and each step before that was needed.
func (c *Client) climb(ctx context.Context, s Source, trusted, target *LightBlock) ([]*LightBlock, *checked, error) {
	var steps []*LightBlock
	first, waiting := trusted.Height(), pending{{height: target.Height(), block: target}}
	for {
		next, err := waiting.nearest(ctx, s)
		if err != nil {
			return nil, nil, err
		}
		done := new(checked)
		err = verify(trusted, next, c.cfg.Now(), c.params, done)
		c.count(func(n *Counts) { n.Signatures += uint64(done.count) })
		if tooFar, ok := err.(*TrustError); ok && next.Height() > trusted.Height()+1 {
			// Whoever leaves signatures out would have every step taken.
			if err := next.Validators.checkClaim(&next.Commit); err != nil {
				return nil, nil, asInvalid(next.Height(), err)
			}
			heights := between(trusted.Height(), next.Height(), pieces(tooFar))
			if len(next.Validators.List) > maxWaiting/4 {
				heights = heights[len(heights)-1:] // several such at once are a burden
			}
			for _, height := range heights {
				c.event(Event{Kind: EventBisect, Source: s.Name(), Height: height, Target: target.Height()})
			}
			waiting.spare()
			blocks, err := fetchAll(ctx, s, heights)
			if err != nil {
				return nil, nil, err
			}
			waiting.add(blocks)
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
		if len(steps) == maxSteps {
			return nil, nil, &StepsError{From: first, Target: target.Height(), Reached: trusted.Height()}
		}
		steps = append(steps, next)
		trusted, waiting = next, waiting[:len(waiting)-1]
		if len(waiting) == 0 {
			return steps, done, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, context.Cause(ctx)
		}
	}
}

// maxSteps is how many steps are taken to one block, and kept until it is verified. A step that can't be larger means that two
// thirds of the power have changed hands.
const maxSteps = 512

// StepsError says that the producers have changed too often since the trusted block to come from it to another. Inconclusive.
type StepsError struct{ From, Target, Reached uint64 }

func (e *StepsError) Error() string {
	return fmt.Sprintf("from block %d to %d the producers have changed too often: %d steps lead to block %d only. A newer trust root is needed", e.From, e.Target, maxSteps, e.Reached)
}
func (e *StepsError) Verdict() Verdict { return Inconclusive }
func (e *StepsError) Code() string     { return "too_many_steps" }

// maxWaiting is how many producers the blocks have together that are kept while nearer ones are verified. Whoever makes
// blocks up can name thousands in each; what the real ones have fits many times.
const maxWaiting = 1 << 12

// pending is the blocks that wait to be verified, the nearest last. The first is the target. Others may have been let go:
// they are asked for again, and must be the same.
type pending []awaited

type awaited struct {
	height uint64
	block  *LightBlock // nil: let go
	hash   [32]byte    // of a block that was let go
}

// nearest returns the next block to verify.
func (p pending) nearest(ctx context.Context, s Source) (*LightBlock, error) {
	last := &p[len(p)-1]
	if last.block == nil {
		again, err := fetch(ctx, s, last.height, last.height)
		if err != nil {
			return nil, err
		}
		if again[0].Hash() != last.hash {
			return nil, &InvalidError{Height: last.height, Reason: "another block than the one shown before came"}
		}
		last.block = again[0]
	}
	return last.block, nil
}

// add appends blocks, the nearest last.
func (p *pending) add(blocks []*LightBlock) {
	for _, b := range blocks {
		*p = append(*p, awaited{height: b.Height(), block: b})
	}
}

// spare lets go of what is too much, the farthest first; the target is its asker's.
func (p pending) spare() {
	room := maxWaiting
	for i := len(p) - 1; i > 0; i-- {
		if p[i].block != nil {
			room -= len(p[i].block.Validators.List)
		}
		if room < 0 && p[i].block != nil {
			p[i].hash, p[i].block = p[i].block.Hash(), nil
		}
	}
}

// pieces says into how many steps to divide a distance that was too far, by how much of the trusted power signed at its
// end. Each step may lose two thirds of it. Who divides by two what needs four steps asks three times, one after the
// other; in a browser that is most of the time, while a light block is a few kilobytes.
func pieces(e *TrustError) uint64 {
	switch {
	case e.Got >= e.Needed-e.Needed/2:
		return 2
	case e.Got >= e.Needed/4 && e.Got > 0:
		return 3
	}
	return 4
}

// between returns the heights that divide the distance from one height up to another, highest first; each lies strictly
// between the two, and there is one unless they are neighbours.
func between(from, to, pieces uint64) (heights []uint64) {
	d := to - from
	for i := pieces - 1; i > 0; i-- {
		h := from + d/pieces*i + d%pieces*i/pieces
		if h > from && (len(heights) == 0 || h < heights[len(heights)-1]) {
			heights = append(heights, h)
		}
	}
	return heights
}

// fetchAll asks for blocks all at once and returns them in the order of their heights in the list. Once one can't be had,
// the others are given up.
func fetchAll(ctx context.Context, s Source, heights []uint64) ([]*LightBlock, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	blocks := make([]*LightBlock, len(heights))
	var failed error
	var once sync.Once
	var all sync.WaitGroup
	for i, height := range heights {
		all.Go(func() {
			got, err := fetch(ctx, s, height, height)
			if err != nil {
				once.Do(func() { failed = err; cancel() })
				return
			}
			blocks[i] = got[0]
		})
	}
	all.Wait()
	return blocks, failed
}

// sourceOf says who showed a verified block: it is kept, or a step that came from s just now.
func (c *Client) sourceOf(b *LightBlock, s Source) string {
	if _, same, _ := c.around(b.Height()); same != nil && same.Block == b {
		return same.Source
	}
	return s.Name()
}
