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

const (
	maxReports   = 40 // tries with one source that can't judge yet
	maxUnsettled = 3  // tries with one that refuses evidence while its own block is its newest
	maxSearches  = 10 // tries to find where the chains part, while a side has no block to compare
)

// Report is what became of evidence that one source was handed.
type Report struct {
	Source  string // to whom it went
	Against string // the source whose side it speaks against
	Attack  *Attack
	Err     error // nil: the source found it right; a [wire.Refusal] says why not
}

// Taken says that the source has the evidence: it found it right, now or earlier.
func (r Report) Taken() bool {
	var no *wire.Refusal
	return r.Err == nil || errors.As(r.Err, &no) && no.Code == wire.CodeKnownEvidence
}

// Report tells the relays about the fork that was found: it searches where the two chains part ([Client.Fork] shows that
// from then on) and hands each present source the evidence against the other side, which removes the producers behind it
// from the chain of whoever is right. It picks no side. A source that can't judge yet is asked again for up to two
// minutes; ctx ends it earlier. Each answer is an [EventReport], too. Without a fork it does nothing.
func (c *Client) Report(ctx context.Context) []Report {
	fork := c.Fork()
	if fork == nil {
		return nil
	}
	for try := 1; ; try++ {
		fork = c.pinpoint(ctx, fork)
		if fork.Shared() != nil {
			break
		}
		if try == maxSearches || !pause(ctx, reportPause) {
			return nil
		}
	}
	c.mu.Lock()
	c.fork = fork
	c.mu.Unlock()
	sources := c.snapshot()
	all := make([]*Report, len(sources))
	var asking sync.WaitGroup
	for i, s := range sources {
		asking.Go(func() {
			if all[i] = c.deliver(ctx, s, fork); all[i] != nil {
				c.event(Event{Kind: EventReport, Source: s.Name(), Height: all[i].Attack.Conflicting.Height(), Err: all[i].Err, Against: all[i].Against})
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
		r, newest := c.indict(ctx, s, fork)
		if r == nil {
			return nil
		}
		r.Err = s.Report(ctx, r.Attack.Encode())
		var no *wire.Refusal
		again := false
		if errors.As(r.Err, &no) {
			switch no.Code {
			case wire.CodeNotYet, wire.CodeBusy:
				again = try < maxReports
			case wire.CodeInvalidEvidence:
				again = newest && try < maxUnsettled
			}
		}
		if !again || !pause(ctx, reportPause) {
			return r
		}
	}
}

// indict makes the evidence for one source, out of the block that it shows itself: the signatures on it that its own
// chain keeps decide who is named. As long as that block is the source's newest, those may still change. It returns nil
// for a source that shows neither side.
func (c *Client) indict(ctx context.Context, s Source, fork *ForkError) (r *Report, newest bool) {
	tip, err := fetch(ctx, s, 0, 0)
	if err != nil {
		return nil, false
	}
	other, own := fork.B, shownBy(ctx, s, fork.A.Block())
	if own == nil {
		other, own = fork.A, shownBy(ctx, s, fork.B.Block())
	}
	if own == nil {
		return nil, false
	}
	height := other.Block().Height()
	if own.Height() != height { // one of the two ran ahead
		if own = tip[0]; own.Height() > height {
			blocks, err := fetch(ctx, s, height, height)
			if err != nil {
				return nil, false
			}
			own = blocks[0]
		}
	}
	return &Report{Source: s.Name(), Against: other.Source, Attack: NewAttack(cleaned(other.Block()), own, fork.Shared())}, tip[0].Height() <= height
}

// shownBy returns a block as a source shows it, nil if it has another or none there.
func shownBy(ctx context.Context, s Source, b *LightBlock) *LightBlock {
	blocks, err := fetch(ctx, s, b.Height(), b.Height())
	if err != nil || blocks[0].Hash() != b.Hash() {
		return nil
	}
	return blocks[0]
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
	if r.Taken() {
		return fmt.Sprintf("%s accepted the evidence against what %s showed", r.Source, r.Against)
	}
	return fmt.Sprintf("%s did not accept the evidence against what %s showed: %v", r.Source, r.Against, r.Err)
}
