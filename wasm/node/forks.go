package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// tellTime is how long relays are kept, after a fork was found, to take the evidence.
const tellTime = 2 * time.Minute

// forked deals with two chains that the producers signed: nothing more is shown, the relays are told, then all work stops.
func (s *session) forked(e light.Event) {
	n := s.n
	var fork *light.ForkError
	if !errors.As(e.Err, &fork) {
		return
	}
	first := false
	n.update(func() {
		if first = s.told == nil && s.refused == ""; first {
			s.told = make(chan struct{})
			s.refused = fmt.Sprintf("Producers signed two different blocks at %s. Following stops here.", count(e.Height))
			n.fork = describeFork(fork)
			n.fork.Telling = true
		}
	})
	if !first {
		return
	}
	n.alarm("", light.Code(fork), fork.Error(), e.Height) // no relay is to blame for what producers signed
	n.logf("warn", "%s", s.stopped())
	s.work.Go(func() {
		n.guard("fork", s.tell)
		n.update(func() {
			if n.fork != nil {
				done := *n.fork
				done.Telling = false
				n.fork = &done
			}
		})
		close(s.told)
		s.stop()
	})
}

// tell hands the relays the evidence. Each answer is told by the client's event.
func (s *session) tell() {
	ctx, cancel := context.WithTimeout(s.ctx, tellTime)
	defer cancel()
	if reports := s.client.Report(ctx); len(reports) == 0 {
		s.n.logf("warn", "No relay could be handed evidence of the fork.")
	}
	s.redraw()
}

// redraw enters what is known of the fork by now.
func (s *session) redraw() {
	fork := describeFork(s.client.Fork())
	s.n.update(func() {
		if old := s.n.fork; old != nil {
			fork.Telling, fork.Reports = old.Telling, old.Reports
			s.n.fork = fork
		}
	})
}

// answered enters what a relay said to the evidence.
func (s *session) answered(e light.Event) {
	fork := s.client.Fork()
	if fork == nil {
		return
	}
	r := light.Report{Source: e.Source, Err: e.Err}
	out := tab.ForkReport{Relay: e.Source, Against: e.Against, Taken: r.Taken(), Answer: "It found the evidence right."}
	if e.Err != nil {
		out.Code, out.Answer = light.Code(e.Err), sentence(clip(reason(e.Err), 300))
		var no *wire.Refusal
		if errors.As(e.Err, &no) {
			out.Answer = sentence(clip(no.Message, 300))
		}
	}
	s.redraw()
	s.n.update(func() {
		if f := s.n.fork; f != nil {
			next := *f // what was told before is not changed
			next.Reports = append(append([]tab.ForkReport(nil), f.Reports...), out)
			s.n.fork = &next
		}
	})
	s.n.logf("info", "Relay “%s” was handed evidence of the fork: %s", out.Relay, out.Answer)
}

// hold waits, after a fork, until the relays have been told: their connections are needed for that.
func (s *session) hold(ctx context.Context) {
	s.n.mu.Lock()
	told := s.told
	s.n.mu.Unlock()
	if told == nil {
		return
	}
	select {
	case <-told:
	case <-ctx.Done():
	}
}

// saveFork makes the file of the fork that was found.
func (n *Node) saveFork() (any, error) {
	n.mu.Lock()
	s := n.session
	n.mu.Unlock()
	if s == nil || s.client == nil {
		return nil, &bundle.NoForkError{}
	}
	b, err := bundle.ForFork(s.client)
	if err != nil {
		return nil, err
	}
	return n.checked(s, b)
}

// describeFork writes both sides for the page.
func describeFork(f *light.ForkError) *tab.Fork {
	side := func(e light.Evidence, alone []light.Validator) tab.ForkSide {
		b := e.Block()
		return tab.ForkSide{Relay: e.Source, Block: describe(&light.Head{Block: b, Hash: b.Hash(), Signed: e.Signed()}), Alone: signersOf(alone)}
	}
	who := f.Culprits()
	out := &tab.Fork{Kind: string(f.Kind()), A: side(f.A, who.A), B: side(f.B, who.B), Both: signersOf(who.Both)}
	if shared := f.Shared(); shared != nil {
		out.Shared = shared.Height()
	}
	for _, p := range out.Both {
		out.Power += p.Power
	}
	out.Total = out.A.Block.Total
	return out
}

func signersOf(list []light.Validator) (out []tab.Signer) {
	for _, v := range list {
		out = append(out, tab.Signer{Address: v.Address, Power: uint64(max(v.Power, 0)), Signed: true})
	}
	return out
}
