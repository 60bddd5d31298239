package light

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/taolight/taolight/core/wire"
)

// How long a source is given to be able to judge: it needs a block after the one that evidence is about.
var reportPause = 3 * time.Second

const maxReports = 40 // tries with one source

// Report is what became of evidence that one source was handed.
type Report struct {
	Source  string // to whom it went
	Against string // the source whose side it speaks against
	Attack  *Attack
	Err     error // nil: the source found it right; a [wire.Refusal] says why not
}

// errNotYet says that a source has to make another block first.
var errNotYet = errors.New("it has no block yet after the one that the evidence is about")

// Report tells the relays about the fork that was found: it searches where the two chains part ([Client.Fork] shows that
// from then on) and hands each present source the evidence against the other side, which removes the producers behind it
// from the chain of whoever is right. It picks no side. A source that can't judge yet is asked again for up to two
// minutes; ctx ends it earlier. Each answer is an [EventReport], too. Without a fork it does nothing.
func (c *Client) Report(ctx context.Context) []Report {
	fork := c.Fork()
	if fork == nil {
		return nil
	}
	fork = c.pinpoint(ctx, fork)
	c.mu.Lock()
	c.fork = fork
	c.mu.Unlock()
	if fork.common() == nil {
		return nil
	}
	sources := c.snapshot()
	all := make([]*Report, len(sources))
	var asking sync.WaitGroup
	for i, s := range sources {
		asking.Go(func() {
			if all[i] = c.deliver(ctx, s, fork); all[i] != nil {
				c.event(Event{Kind: EventReport, Source: s.Name(), Height: all[i].Attack.Conflicting.Height(), Err: all[i].Err})
			}
		})
	}
	asking.Wait()
	var out []Report
	for _, r := range all {
		if r != nil {
			out = append(out, *r)
		}
	}
	return out
}

// deliver hands one source the evidence against the side that it doesn't show; nil if it shows neither.
func (c *Client) deliver(ctx context.Context, s Source, fork *ForkError) *Report {
	for try := 1; ; try++ {
		r, err := c.indict(ctx, s, fork)
		if r == nil {
			return nil
		}
		if err == nil || err == errNotYet && try == maxReports {
			err = s.Report(ctx, r.Attack.Encode())
		}
		var no *wire.Refusal
		early := err == errNotYet || errors.As(err, &no) && (no.Code == wire.CodeNotYet || no.Code == wire.CodeBusy)
		if r.Err = err; !early || try == maxReports || !pause(ctx, reportPause) {
			return r
		}
	}
}

// indict makes the evidence for one source, out of the block that it shows itself: the signatures on it that its own
// chain keeps decide who is named. As long as that block is the source's newest those may change, which is errNotYet.
// It returns nil for a source that shows neither side.
func (c *Client) indict(ctx context.Context, s Source, fork *ForkError) (*Report, error) {
	other, own := fork.B, c.shownBy(ctx, s, fork.A.Block())
	if own == nil {
		other, own = fork.A, c.shownBy(ctx, s, fork.B.Block())
	}
	if own == nil {
		return nil, nil
	}
	trusted, err := c.settled(ctx, s, other.Block().Height(), own)
	return &Report{Source: s.Name(), Against: other.Source, Attack: NewAttack(cleaned(other.Block()), trusted, fork.common())}, err
}

// shownBy returns a block as a source shows it, nil if it has another or none there.
func (c *Client) shownBy(ctx context.Context, s Source, b *LightBlock) *LightBlock {
	blocks, err := fetch(ctx, s, b.Height(), b.Height())
	if err != nil || blocks[0].Hash() != b.Hash() {
		return nil
	}
	return blocks[0]
}

// settled returns the source's block at the height of the accused one, or its newest where it has none there: own, if
// that is the height. The error says that the source must go on first.
func (c *Client) settled(ctx context.Context, s Source, height uint64, own *LightBlock) (*LightBlock, error) {
	newest, err := fetch(ctx, s, 0, 0)
	if err != nil {
		return own, err
	}
	if newest[0].Height() <= height {
		if newest[0].Height() < height {
			own = newest[0]
		}
		return own, errNotYet
	}
	blocks, err := fetch(ctx, s, height, height)
	if err != nil {
		return own, err
	}
	return blocks[0], nil
}

func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// String says in words what became of it.
func (r Report) String() string {
	if r.Err == nil {
		return fmt.Sprintf("%s accepted the evidence against what %s showed", r.Source, r.Against)
	}
	return fmt.Sprintf("%s did not accept the evidence against what %s showed: %v", r.Source, r.Against, r.Err)
}
