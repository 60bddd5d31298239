package p2p

import (
	"sync"
	"time"
)

// deadline is one direction's deadline. Whoever waits on passed sees a deadline that is set meanwhile.
type deadline struct {
	mu    *sync.Mutex
	timer *time.Timer
	over  chan struct{} // closed once the deadline has passed
}

func newDeadline() deadline { return deadline{mu: new(sync.Mutex), over: make(chan struct{})} }

func (d *deadline) passed() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.over
}

// set replaces the deadline; the zero time is none.
func (d *deadline) set(t time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil && !d.timer.Stop() {
		<-d.over // it fired and is closing the channel
	}
	d.timer = nil
	expired := false
	select {
	case <-d.over:
		expired = true
	default:
	}
	left := time.Until(t)
	switch later := t.IsZero() || left > 0; {
	case !later && !expired:
		close(d.over)
	case later && expired:
		d.over = make(chan struct{})
	}
	if !t.IsZero() && left > 0 {
		over := d.over
		d.timer = time.AfterFunc(left, func() { close(over) })
	}
}
