package node

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tab"
)

// event hears what the client does; it must not wait.
func (s *session) event(e light.Event) {
	n := s.n
	switch e.Kind {
	case light.EventRoot:
		n.logf("info", "Block %s is the trust root’s.", count(e.Height))
	case light.EventStep, light.EventBisect:
		n.update(func() { n.lastStep = n.cfg.Now() })
	case light.EventBlame:
		s.block(e)
	case light.EventFork:
		s.forked(e)
	case light.EventReport:
		s.answered(e)
	case light.EventFraud:
		var fraud *light.FraudError
		if errors.As(e.Err, &fraud) {
			s.defrauded(fraud)
		}
	case light.EventStore:
		n.logf("warn", "%s", sentence(e.Err.Error()))
	case light.EventRetarget:
		n.logf("info", "Beginning again from block %s: %v", count(e.Height), e.Err)
	}
}

// block stops using a relay that said something false, and drops what it claimed.
func (s *session) block(e light.Event) {
	var conn Conn
	known := false
	s.n.update(func() {
		for _, r := range s.relays {
			if r.name == e.Source {
				if known = r.state == blocked; known {
					return
				}
				r.state, r.lies, r.height, conn = blocked, r.lies+1, 0, r.conn
				r.trouble, r.code = sentence(clip(reason(e.Err), 300)), light.Code(e.Err)
				s.n.liars[r.peer] = r.trouble
			}
		}
		s.shun()
	})
	if known {
		return // the same lie, seen from elsewhere
	}
	height := e.Height
	var invalid *light.InvalidError
	if height == 0 && errors.As(e.Err, &invalid) {
		height = invalid.Height
	}
	s.n.alarm(e.Source, light.Code(e.Err), reason(e.Err), height)
	if conn != nil {
		go conn.Close() // its relay's goroutine notices, and is waited for
	}
}

// shun blocks relays that have lied under another address or in an earlier session of the visit, under the node's lock.
func (s *session) shun() {
	for _, r := range s.relays {
		if trouble, lied := s.n.liars[r.peer]; lied && r.state != blocked {
			r.state, r.trouble = blocked, trouble
		}
	}
}

// reason is an error without the name of who caused it, which stands beside it.
func reason(err error) string {
	var witness *state.FalseNodeError
	if errors.As(err, &witness) {
		return fmt.Sprintf("The witness that it sent does not fit the state that two thirds signed, %.8s…: %s", witness.Want.String(), witness.Reason)
	}
	var named *light.SourceError
	if errors.As(err, &named) {
		return named.Err.Error()
	}
	return err.Error()
}

// hear notes that a relay's newest block b is verified: questions may be asked.
func (s *session) hear(r *relay, b *light.LightBlock) {
	n := s.n
	if head := s.client.Head(); head != nil && !s.shows(head) {
		s.verified(head, true) // the trust root itself is the newest block: no other became the newest
	}
	first, hash := false, b.Hash()
	n.update(func() {
		r.current, r.proved, r.failed = true, true, 0
		if slices.ContainsFunc(n.history, func(known tab.Block) bool { return known.Hash == hash }) {
			r.verified = b.Height()
		}
		if first = !s.heard; first {
			s.heard = true
			close(s.ready)
		}
	})
	if first {
		n.phaseEnd(phaseCatchUp, "", false)
		n.phaseEnd(phaseFollow, "", false)
	}
}

func (s *session) shows(h *light.Head) bool {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return slices.ContainsFunc(s.n.history, func(b tab.Block) bool { return b.Height == h.Block.Height() })
}

// verified enters a block that the client checked and tells the page.
func (s *session) verified(h *light.Head, fresh bool) {
	b := describe(h)
	n := s.n
	n.update(func() {
		n.keep(b)
		if fresh {
			n.lastNew = n.cfg.Now()
			n.arrivals++
		}
	})
	n.tell(tab.Message{Block: &b})
	select {
	case s.replays <- struct{}{}:
	default:
	}
	s.rechoose()
}

// keep enters a block into the list of those at hand, under the node's lock. One that is older than all of a full list
// is not kept.
func (n *Node) keep(b tab.Block) {
	i, found := slices.BinarySearchFunc(n.history, b.Height, func(b tab.Block, height uint64) int { return cmp.Compare(b.Height, height) })
	if found {
		n.history[i] = b
		return
	}
	n.history = slices.Insert(n.history, i, b)
	if extra := len(n.history) - keepBlocks; extra > 0 {
		n.history = slices.Delete(n.history, 0, extra)
	}
}

// describe puts a checked block into the page's form.
func describe(h *light.Head) tab.Block {
	header := &h.Block.Header
	signed, total := h.SignedPower()
	b := tab.Block{
		Level: h.Level, Height: header.Height, Hash: h.Hash, Time: milli(header.Time),
		Signed: uint64(max(signed, 0)), Total: uint64(max(total, 0)), Bytes: uint64(len(h.Block.Encode())), Micros: micros(h.Took),
	}
	copy(b.Proposer[:], header.ProposerAddress)
	copy(b.AppHash[:], header.AppHash)
	copy(b.Data[:], header.DataHash)
	for i := range h.Block.Validators.List {
		v := &h.Block.Validators.List[i]
		b.Signers = append(b.Signers, tab.Signer{
			Address: v.Address, Power: uint64(max(v.Power, 0)), Signed: i < len(h.Signed) && h.Signed[i],
		})
	}
	return b
}

// blockTime is the mean time between the last blocks that came one after the other; 0 if there are none.
func (s *session) blockTime() time.Duration {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return s.n.recent()
}

// recent is [session.blockTime] under the node's lock.
func (n *Node) recent() time.Duration {
	const span = 16
	last := len(n.history) - 1
	first := last
	for first > 0 && last-first < span && n.history[first-1].Height+1 == n.history[first].Height {
		first--
	}
	if last <= first {
		return 0
	}
	newest, oldest := n.history[last].Time, n.history[first].Time
	return time.Duration(newest-min(oldest, newest)) * time.Millisecond / time.Duration(last-first)
}
