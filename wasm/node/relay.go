package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// States of a relay, as core/tab names them.
const (
	dialling  = "dialling"
	connected = "connected"
	waiting   = "waiting"
	blocked   = "blocked"
	spare     = "spare"
)

const (
	longestWait = 30 * time.Second
	steady      = 20 * time.Second // a connection that lasted so long makes the next wait a short one
	pingEvery   = 10 * time.Second
)

// relay is one relay of a session and the connection to it, if it has one.
type relay struct {
	s    *session
	addr string
	peer multiaddr.PeerID
	host string
	name string
	poke chan struct{} // cuts the wait short
	wait time.Duration // after the last failure; its goroutine's

	// Guarded by the node's lock.
	listed   bool         // by the page's host
	onChain  bool         // listed there
	owner    keys.Account // who listed it there
	running  bool         // its goroutine is: the relay is dialled or followed
	leave    func()       // ends that
	resting  bool         // gives its seat to one that was never tried
	state    string
	trouble  string // the last error, in words
	code     string // of the lie for which it is blocked
	retryAt  time.Time
	lies     uint64
	failed   uint64 // times in a row that it brought no block
	withheld uint64 // answers in a row that it kept to itself
	proved   bool   // a block of it was verified, at some time
	conn     Conn
	since    time.Time // when conn was opened
	current  bool      // a block that came over conn contradicts none that was verified
	in, out  uint64    // bytes of connections that have ended
	height   uint64    // newest claimed
	verified uint64    // newest that came over conn and is the one that this node verified
	fresh    uint64    // freshness when the last connection ended
	latency  time.Duration
	accused  string // whom an alarm named as answering in this relay's place
}

// keep dials and follows the relay until ctx ends or it is blocked or given up.
func (r *relay) keep(ctx context.Context) {
	n := r.s.n
	n.mu.Lock()
	rest := r.retryAt.Sub(n.cfg.Now())
	n.mu.Unlock()
	if rest > 0 && !sleep(ctx, min(rest, longestWait), r.poke) {
		return
	}
	for ctx.Err() == nil {
		n.update(func() { r.state, r.retryAt = dialling, time.Time{} })
		conn, err := n.cfg.Dial(ctx, r.addr)
		if err == nil {
			began := time.Now()
			if bug := n.guard("relay "+r.name, func() { err = r.serve(ctx, conn) }); bug != nil {
				err = bug
			}
			conn.Close()
			if time.Since(began) > steady {
				r.wait = 0
			}
		} else if r.impostor(err) {
			return
		}
		if ctx.Err() != nil || r.given() {
			break
		}
		r.wait = min(max(2*r.wait, n.cfg.Retry), longestWait)
		delay := jitter(r.wait)
		n.update(func() {
			r.state, r.failed = waiting, r.failed+1
			r.trouble = sentence(clip(err.Error(), 300))
			r.retryAt = n.cfg.Now().Add(delay)
		})
		r.s.rechoose()
		if !sleep(ctx, delay, r.poke) {
			break
		}
	}
	n.changed()
}

func (r *relay) given() bool {
	r.s.n.mu.Lock()
	defer r.s.n.mu.Unlock()
	return r.state == blocked
}

// impostor deals with somebody else answering at the relay's address. If the host's list names the address that is an
// alarm; if only the chain or the last visit knew it, the relay is gone, and impostor says to give it up.
func (r *relay) impostor(err error) (gone bool) {
	var mismatch *p2p.PeerIDMismatchError
	who := ""
	switch {
	case errors.As(err, &mismatch):
		who = mismatch.Got
	case errors.Is(err, p2p.ErrIdentity):
		who = "somebody who passes on its key"
	default:
		return false
	}
	n, raise := r.s.n, false
	n.update(func() {
		if r.s.listKnown && !r.listed {
			gone = true
			r.s.drop(r)
			return
		}
		if raise = r.listed && r.accused != who; raise {
			r.accused = who
			r.lies++
		}
	})
	if raise {
		n.alarm(r.name, "wrong_peer", fmt.Sprintf("somebody else answers at its address: expected %s, got %s", r.peer, who), 0)
	}
	return gone
}

func (s *session) drop(r *relay) {
	for i, other := range s.relays {
		if other == r {
			s.relays = append(s.relays[:i:i], s.relays[i+1:]...)
			return
		}
	}
}

// serve follows the relay over an open connection until that ends or the relay is blocked.
func (r *relay) serve(ctx context.Context, conn Conn) error {
	s, n := r.s, r.s.n
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	source := &watched{Source: light.NewRelay(r.name, conn), relay: r}
	n.update(func() {
		r.conn, r.state, r.trouble = conn, connected, ""
		r.since, r.current, r.verified = n.cfg.Now(), false, 0
		close(s.arrived)
		s.arrived = make(chan struct{})
	})
	n.logf("info", "Connected to relay “%s”.", r.name)
	s.client.Add(source)
	if !n.phaseEnded(phaseCatchUp) {
		n.phaseBegin(phaseCatchUp, "")
	}
	n.phaseEnd(phaseRelays, "", false)
	s.work.Go(func() {
		select {
		case <-conn.Done():
			cancel(errors.New("the connection was lost"))
		case <-ctx.Done():
		}
	})
	s.work.Go(func() { n.guard("ping", func() { r.measure(ctx, conn) }) })

	err := s.client.Follow(ctx, source, func(h *light.Head) error {
		s.verified(h, true)
		return nil
	})
	s.hold(ctx)
	if err == nil {
		err = errors.New("the relay ended the stream of blocks")
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if !r.given() {
		s.client.Remove(r.name)
	}
	n.update(func() {
		r.in, r.out = r.in+conn.BytesIn(), r.out+conn.BytesOut()
		r.fresh = r.freshness(s.settled, n.cfg.Now())
		r.conn, r.height, r.latency, r.verified = nil, 0, 0, 0
	})
	if r.s.ctx.Err() == nil {
		n.logf("info", "Relay “%s” is gone: %v", r.name, err)
	}
	s.decide(err)
	return err
}

// decide ends the session over an error that no other relay could mend.
func (s *session) decide(err error) {
	var expired *light.ExpiredError
	if !errors.As(err, &expired) {
		return
	}
	if head := s.client.Head(); head != nil && head.Block.Height() > expired.Height {
		return // of an older block, which nothing begins at any more
	}
	if root, ok := s.n.cfg.BuiltIn[s.chainID]; ok && root != s.trust.root && root.Height > expired.Height && !s.given() {
		s.n.logf("info", "The pinned block is too old; going on from the one built in.")
		if err := light.Forget(s.ctx, s.n.store, s.chainID); err == nil {
			s.refuse("Starting again from the built-in checkpoint.")
			select {
			case s.n.retry <- struct{}{}:
			default:
			}
			return
		}
	}
	s.n.phaseEnd(phaseCatchUp, "", true)
	period := s.n.cfg.Params.TrustingPeriod
	s.refuseFor(tab.Refusal{Code: tab.TrustExpired, Height: expired.Height, Time: milli(expired.At.Add(-period))},
		tooOld(expired, period, expired.Height == s.trust.root.Height))
}

// given says whether the visitor named the trust root.
func (s *session) given() bool {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return s.n.params != nil && s.n.params.Trust != ""
}

// measure keeps the latency current.
func (r *relay) measure(ctx context.Context, conn Conn) {
	for {
		rtt, err := conn.Ping()
		if err != nil || ctx.Err() != nil {
			return
		}
		r.s.n.update(func() { r.latency = rtt })
		if !sleep(ctx, pingEvery, nil) {
			return
		}
	}
}

// watched is a source that notes what its relay claims, and when a first block of it was verified.
type watched struct {
	light.Source
	relay    *relay
	verified int // blocks
}

// noteAt are the blocks of a connection upon which the visit is noted: the first, since the relay has proved itself then,
// and one when the time between blocks is known.
const noteAt = 20

// Heads passes the relay's blocks on. That fn returns nil says that the block is verified.
func (w *watched) Heads(ctx context.Context, fn func(*light.LightBlock, uint64) error) error {
	s := w.relay.s
	return w.Source.Heads(ctx, func(b *light.LightBlock, latest uint64) error {
		s.n.update(func() { w.relay.height = latest })
		if err := fn(b, latest); err != nil {
			return err
		}
		if b != nil {
			s.hear(w.relay, b)
			if w.verified++; w.verified == 1 || w.verified == noteAt {
				s.n.remember(ctx, s.chainID, w.relay.addr, s.blockTime())
			}
		}
		return nil
	})
}

// Witness notes whether the relay answers.
func (w *watched) Witness(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
	answer, err := w.Source.Witness(ctx, req)
	if ctx.Err() == nil {
		w.relay.s.n.update(func() {
			if w.relay.withheld++; err == nil {
				w.relay.withheld = 0
			}
		})
	}
	return answer, err
}

// sleep waits and says whether to go on; a token in poke cuts it short.
func sleep(ctx context.Context, d time.Duration, poke <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-poke:
	case <-ctx.Done():
		return false
	}
	return true
}
