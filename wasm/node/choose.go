package node

import (
	"context"
	"slices"
	"time"
)

// How many relays are kept connected at a time. Heads of several are held against each other, and nobody who chooses the
// host's list chooses them all: the list on chain, where it names others, has seats of its own.
const (
	seats      = 4
	chainSeats = 2
)

// Parts of a score, which add up to 100.
const (
	mostFresh, freshUnknown = 40, 30
	mostQuick, quickUnknown = 30, 15
	mostSteady, newcomer    = 30, 20

	perBlockBehind = 10
	tries          = 3           // for an address that only the chain names: it may be that of somebody who never asked for visitors
	sluggish       = time.Second // and slower: nothing for latency
	toShow         = 4 * usualBlock
)

// score rates a relay from 0 to 100, under the node's lock, by how near its newest block is to the newest one verified, by
// its latency, and by how often it failed of late. 0 is one that lied; it is never used again in this visit. One of which
// nothing is known yet has 65, less than one that does well and more than one that is behind or fails.
func (r *relay) score(head uint64, now time.Time) uint64 {
	if r.state == blocked {
		return 0
	}
	steady := uint64(newcomer)
	if r.proved {
		steady = mostSteady
	}
	return r.freshness(head, now) + r.quickness() + steady/(1+r.failed+r.withheld)
}

// freshness is what counts of a score for the relay's newest block, held to one that all have had time to send. One block
// behind is nothing. A height that a relay only claims is nothing either: one whose blocks are none of those verified here
// is given time for a next one, which honest relays use. When a connection has ended it is what it was at its end.
func (r *relay) freshness(head uint64, now time.Time) uint64 {
	grace := leastStall
	if r.current {
		grace = toShow // it sends blocks, and may have begun with one that was stepped over
	}
	switch {
	case r.conn == nil:
		return r.fresh
	case r.verified == 0 && now.Sub(r.since) <= grace:
		return freshUnknown
	case r.verified == 0:
		return 0
	}
	behind := head - min(r.verified, head)
	return mostFresh - min(perBlockBehind*(max(behind, 1)-1), mostFresh)
}

func (r *relay) quickness() uint64 {
	latency := r.latency
	if r.conn != nil && latency == 0 {
		latency = r.conn.RTT()
	}
	if r.conn == nil || latency == 0 {
		return quickUnknown
	}
	return mostQuick - uint64(mostQuick*min(latency, sluggish)/sluggish)
}

// rechoose has the relays chosen again soon.
func (s *session) rechoose() {
	select {
	case s.chosen <- struct{}{}:
	default:
	}
}

// manage chooses which relays to be connected to, again and again as they come, go and prove themselves, and learns of
// others from the chain's state.
func (s *session) manage() {
	tick := time.NewTicker(statusEvery)
	defer tick.Stop()
	before := uint64(0)
	for {
		s.choose()
		if s.learnDue() {
			s.work.Go(func() {
				s.n.guard("list of relays", s.learnFromChain)
				s.n.update(func() { s.learning = false })
			})
		}
		select {
		case <-s.chosen:
		case <-tick.C:
			s.n.update(func() { s.settled, before = before, s.height() })
		case <-s.ctx.Done():
			return
		}
	}
}

// choose connects to the best relays and leaves those that others are better than. The best of all is asked first.
func (s *session) choose() {
	best := ""
	n := s.n
	n.update(func() {
		if s.ctx.Err() != nil {
			return
		}
		now, head := n.cfg.Now(), s.settled
		want := s.wanted(head, now)
		for _, r := range s.relays {
			switch on := slices.Contains(want, r); {
			case on && !r.running:
				r.run()
			case !on && r.running && r.state != blocked:
				r.leave()
			case !on && r.state == waiting:
				r.state, r.retryAt = spare, time.Time{}
			}
		}
		top := uint64(0)
		for _, r := range want {
			if score := r.score(head, now); r.state == connected && score > top {
				best, top = r.name, score
			}
		}
	})
	if best != "" {
		s.client.Prefer(best)
	}
}

// height is that of the newest verified block, under the node's lock.
func (s *session) height() uint64 {
	if n := len(s.n.history); n > 0 {
		return s.n.history[n-1].Height
	}
	return 0
}

// wanted returns the relays to be connected to, under the node's lock: first some of those that only the chain names, of
// different owners and hosts, then whichever are best. None is there twice under two addresses.
func (s *session) wanted(head uint64, now time.Time) (chosen []*relay) {
	for len(chosen) < seats {
		best := s.bestBeside(chosen, head, now, len(chosen) < chainSeats)
		if best == nil {
			best = s.bestBeside(chosen, head, now, false)
		}
		if best == nil {
			break
		}
		chosen = append(chosen, best)
	}
	return chosen
}

// bestBeside returns the relay with the highest rank that can be chosen beside others, nil if there is none. Of two that are
// equal it is the one that runs, or that was known first.
func (s *session) bestBeside(others []*relay, head uint64, now time.Time, onlyStrangers bool) (best *relay) {
	top := 0
	for _, r := range s.relays {
		ok := r.state != blocked && (r.stranger() || !onlyStrangers) && !(r.stranger() && !r.proved && r.failed >= tries)
		for _, o := range others {
			ok = ok && o.peer != r.peer && !(onlyStrangers && (o.owner == r.owner || o.host == r.host))
		}
		rank := 2*int(r.score(head, now)) + 1000
		if r.running {
			rank++
		}
		if r.resting {
			rank -= 999
		}
		if ok && rank > top {
			best, top = r, rank
		}
	}
	return best
}

// run begins to keep a connection to the relay, under the node's lock.
func (r *relay) run() {
	s := r.s
	ctx, stop := context.WithCancel(s.ctx)
	r.running, r.leave, r.state = true, stop, waiting
	s.work.Go(func() {
		defer stop()
		bug := s.n.guard("relay "+r.name, func() { r.keep(ctx) })
		s.n.update(func() {
			r.running = false
			if r.state != blocked {
				r.state = spare
			}
			if bug != nil {
				r.failed++
				r.retryAt = s.n.cfg.Now().Add(longestWait)
			}
		})
		s.rechoose()
	})
}

// stranger says that only the chain names the relay.
func (r *relay) stranger() bool { return r.onChain && !r.listed }

// Where a relay is known from, as core/tab says it; the best of them counts.
func (r *relay) origin() string {
	switch {
	case r.listed:
		return "host list"
	case r.onChain:
		return "on chain"
	}
	return "last visit"
}
