package node

import (
	"time"

	"github.com/taolight/taolight/core/tab"
)

// The steps of a start, in the order in which they are shown.
const (
	phaseTrust = iota
	phaseSaved
	phaseRelays
	phaseCatchUp
	phaseFollow
	phaseCount
)

var phaseNames = [phaseCount]string{"Trust root", "Saved head", "Relays", "Catch up", "Following"}

// phase is one step. Its state follows from when it began and ended.
type phase struct {
	text         string
	failed       bool
	began, ended time.Time
}

func (n *Node) phaseBegin(i int, text string) {
	n.update(func() {
		p := &n.phases[i]
		if p.began.IsZero() || !p.ended.IsZero() {
			p.began = n.cfg.Now()
		}
		p.text, p.failed, p.ended = text, false, time.Time{}
	})
}

func (n *Node) phaseEnd(i int, text string, failed bool) {
	n.update(func() {
		p := &n.phases[i]
		if p.began.IsZero() {
			p.began = n.cfg.Now()
		}
		if p.ended.IsZero() {
			p.ended = n.cfg.Now()
		}
		p.text, p.failed = text, failed
	})
}

// phaseEnded says whether a step is done.
func (n *Node) phaseEnded(i int) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return !n.phases[i].ended.IsZero() && !n.phases[i].failed
}

func (p *phase) show(name string) tab.Phase {
	out := tab.Phase{Name: name, State: "off", Text: p.text}
	switch {
	case p.began.IsZero():
	case p.failed:
		out.State = "failed"
	case p.ended.IsZero():
		out.State = "now"
	default:
		out.State = "done"
	}
	if !p.ended.IsZero() {
		out.Micros = micros(p.ended.Sub(p.began))
	}
	return out
}
