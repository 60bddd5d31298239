package node

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// session is the work for one chain from one trust root.
type session struct {
	n       *Node
	chainID string
	client  *light.Client // nil when refused from the start
	stop    context.CancelFunc
	ctx     context.Context // of the session's goroutines; ended by stop
	work    sync.WaitGroup
	trust   trust
	replays chan struct{} // holds a token when there may be a block to replay

	compares chan struct{} // holds a token when there is something new to compare with

	// Of the goroutine that replays blocks.
	sampled        uint64 // the last block that was
	missed, misses uint64 // the block of the run that no relay had the state for, and how often

	chosen chan struct{} // holds a token when relays are to be chosen again

	// Guarded by the node's lock.
	relays    []*relay
	told      chan struct{} // closed when what needs the relays after a fork or a fraud is done; nil: none was found
	evidence  tab.ProofFile // of a fraud, once told is closed
	unproven  error         // why there is none
	refused   string        // why nothing may be shown; empty: go on
	refusal   tab.Refusal   // the same in facts
	others    []*other      // what else is said about the chain
	ready     chan struct{} // closed when a relay has shown its newest block and it was verified
	heard     bool          // ready is closed
	arrived   chan struct{} // closed and replaced when a relay was connected
	usual     time.Duration // between blocks, as the last visit measured; 0: unknown
	fees      *ledger.Params
	listKnown bool      // the host's list of relays is in
	settled   uint64    // newest verified height of a second or two ago
	learning  bool      // the list on chain is being asked for
	learnAt   uint64    // height from which it is read again
	learnFrom time.Time // nor before
	learnWait time.Duration
	audit     *light.Audit // the last one
	points    points       // of series, as they were proven
}

// begin starts a session for the host's chain, or for the chain of the last visit while the host has not answered. It
// returns nil if there is nowhere to begin yet.
func (n *Node) begin(ctx context.Context, p tab.StartParams, saved visit, boot *wire.Bootstrap) *session {
	s := &session{n: n, chainID: saved.ChainID, ready: make(chan struct{}), arrived: make(chan struct{}), replays: make(chan struct{}, 1), chosen: make(chan struct{}, 1),
		compares: make(chan struct{}, 1)}
	if boot != nil {
		s.chainID = boot.ChainID
	}
	s.ctx, s.stop = context.WithCancel(ctx)
	n.phaseBegin(phaseTrust, "")
	t, err := n.chooseTrust(ctx, p, s.chainID, boot)
	if errors.Is(err, errNoTrust) {
		s.stop()
		return nil
	}
	n.update(func() { n.session = s })
	if err != nil {
		n.phaseEnd(phaseTrust, "", true)
		s.refuseFor(tab.Refusal{Code: tab.BadTrust}, sentence(clip(err.Error(), 300)))
		return s
	}
	s.open(t)
	if s.client == nil {
		return s
	}
	var addrs []string
	if saved.ChainID == s.chainID {
		s.usual = time.Duration(saved.BlockTime) * time.Millisecond
		addrs = slices.Clone(saved.Relays)
		slices.Reverse(addrs) // the one that answered last is the first to be tried
	}
	for _, a := range addrs {
		s.add(a, false)
	}
	s.work.Go(func() { n.guard("choice of relays", s.manage) })
	if boot != nil {
		s.learn(*boot)
	}
	return s
}

// open makes the client, which loads and checks what was saved.
func (s *session) open(t trust) {
	n := s.n
	n.phaseBegin(phaseSaved, "")
	client, err := light.NewClient(s.ctx, light.Config{
		AppVersion: chain.AppVersion, ChainID: s.chainID, Trust: t.root, Origin: t.origin, Params: n.cfg.Params, Store: n.store, Now: n.cfg.Now, OnEvent: s.event,
	})
	if err != nil {
		n.phaseEnd(phaseTrust, "", true)
		s.refuseFor(tab.Refusal{Code: tab.BadTrust}, sentence(clip(err.Error(), 300)))
		return
	}
	n.update(func() { s.client, s.trust = client, t })
	n.phaseEnd(phaseTrust, t.origin, false)
	n.logf("info", "Following %s from block %s, %s.", s.chainID, count(t.root.Height), t.origin)
	if h := client.Head(); h != nil {
		n.phaseEnd(phaseSaved, "resumed at "+count(h.Block.Height()), false)
		s.verified(h, false)
	} else {
		n.phaseEnd(phaseSaved, "none yet", false)
	}
	n.phaseBegin(phaseRelays, "")
	if s.mode() != tab.ReplayEvery {
		client.ReplayStop()
	}
	s.work.Go(func() { n.guard("replay", func() { s.replayBlocks(s.ctx) }) })
	if root, ok := n.cfg.BuiltIn[s.chainID]; ok && root != t.root {
		s.addOther(&other{root: root, by: fromBuild, state: tab.Waiting, why: "not compared yet"})
	}
	s.work.Go(func() { n.guard("compare", func() { s.compareAll(s.ctx) }) })
}

// end stops all work and waits for it.
func (s *session) end() {
	s.stop()
	s.work.Wait()
	s.n.update(func() {
		if s.n.session == s {
			s.n.session = nil
		}
	})
}

// refuse stops all work and has nothing shown.
func (s *session) refuse(reason string) { s.refuseFor(tab.Refusal{}, reason) }

// refuseFor is refuse with facts that the page can help with.
func (s *session) refuseFor(facts tab.Refusal, reason string) {
	s.n.update(func() {
		if s.refused == "" {
			s.refused, s.refusal = reason, facts
		}
	})
	s.n.logf("warn", "%s", reason)
	s.stop()
}

func (s *session) stopped() string {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return s.refused
}

// learn takes in the host's list of relays.
func (s *session) learn(b wire.Bootstrap) {
	s.n.update(func() { s.listKnown = true })
	for _, a := range b.Relays {
		s.add(a, true)
	}
	s.hearCheckpoints(b.Checkpoints)
	if len(b.Relays) == 0 {
		s.n.logf("warn", "This page’s host names no relay.")
	}
}

// add makes a relay one of those that are chosen from; listed says that the page's host named it.
func (s *session) add(addr string, listed bool) {
	target, err := multiaddr.Parse(addr)
	if err != nil {
		s.n.logf("warn", "Relay left out: %v", err)
		return
	}
	s.n.update(func() {
		if r := s.know(addr, target, false); r != nil {
			r.listed = r.listed || listed
		}
	})
	s.rechoose()
}

// know returns the relay at an address, under the node's lock. One that is not known yet is made, if there are not too many
// of its kind: those that only the chain names can't crowd out others.
func (s *session) know(addr string, target multiaddr.Addr, stranger bool) *relay {
	most := 2 * maxRelays // of the host's list and the last visit's
	if stranger {
		most = maxLearned
	}
	for _, r := range s.relays {
		if r.addr == addr {
			return r
		}
		if r.stranger() == stranger {
			most--
		}
	}
	if most <= 0 || s.refused != "" {
		return nil
	}
	r := &relay{
		s: s, addr: addr, peer: target.Peer, host: target.Host, name: s.nameFor(target), state: waiting, fresh: freshUnknown, onChain: stranger,
		poke: make(chan struct{}, 1),
	}
	s.relays = append(s.relays, r)
	s.shun()
	return r
}

// nameFor returns a short name that no other relay has: host and port, and where that is not enough the end of the peer
// id, or all of it and a number.
func (s *session) nameFor(a multiaddr.Addr) string {
	name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(a.URL, "wss://"), "ws://"), "/")
	if host, port, err := net.SplitHostPort(name); err == nil && port == "443" {
		name = host
	}
	taken := func(name string) bool {
		return slices.ContainsFunc(s.relays, func(r *relay) bool { return r.name == name })
	}
	id := a.Peer.String()
	for _, full := range []string{name, name + " …" + id[len(id)-6:]} {
		if !taken(full) {
			return full
		}
	}
	for i := 1; ; i++ {
		if full := name + " " + id + " " + strconv.Itoa(i); !taken(full) {
			return full
		}
	}
}

// wake has waiting relays dialled now.
func (s *session) wake() {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	for _, r := range s.relays {
		select {
		case r.poke <- struct{}{}:
		default:
		}
	}
}
