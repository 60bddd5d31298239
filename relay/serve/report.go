package serve

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/taolight/taolight/core/wire"
)

// How much evidence is looked at: honest reports are a few in the life of a chain.
const (
	reportBurst = 16              // pieces at once
	reportEvery = 2 * time.Second // for one more
)

// court limits how much evidence is judged. Judging one piece can cost as many signatures as it has room for.
type court struct {
	now  func() time.Time
	mu   sync.Mutex
	left int       // pieces that may come at once; starts full
	last time.Time // when left was counted
}

// admit takes one piece's share, or says how long it takes until there is one.
func (c *court) admit() (wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if more := int(now.Sub(c.last) / reportEvery); more >= reportBurst-c.left || more < 0 {
		c.left, c.last = reportBurst, now
	} else {
		c.left += more
		c.last = c.last.Add(time.Duration(more) * reportEvery)
	}
	if c.left == 0 {
		return c.last.Add(reportEvery).Sub(now)
	}
	c.left--
	return 0
}

// Report implements [Answers].
func (s *Service) Report(ctx context.Context, evidence []byte) (err error) {
	if len(evidence) == 0 || len(evidence) > wire.MaxEvidence {
		return Refuse(wire.CodeBadRequest, "evidence has 1 to %d bytes, this has %d", wire.MaxEvidence, len(evidence))
	}
	if wait := s.court.admit(); wait > 0 {
		return Refuse(wire.CodeBusy, "much evidence was handed in just now; send it again in %d s", (wait+time.Second-1)/time.Second)
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("judging evidence panicked: %v\n%s", r, debug.Stack())
		}
	}()
	return s.from.Report(evidence)
}
