package node

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/view"
)

const (
	learnEvery = 50               // blocks from one look at the list on chain to the next
	learnSoon  = 10 * time.Second // after a first one that failed, twice that after the second
	learnLate  = 10 * time.Minute // and at last
	maxLearned = 32               // relays of that list to choose from at a time
)

// learnDue says, once blocks are followed, whether to look at the list on chain; whoever is told so does it.
func (s *session) learnDue() bool {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	due := s.heard && !s.learning && s.refused == "" && s.height() >= s.learnAt && !s.n.cfg.Now().Before(s.learnFrom)
	s.learning = s.learning || due
	return due
}

// learnFromChain reads the list of relays out of the newest state and chooses among those on it from then on.
func (s *session) learnFromChain() {
	n := s.n
	found, err := s.listed()
	fresh, first := 0, false
	n.update(func() {
		if err != nil {
			first = s.learnWait == 0
			s.learnWait = min(max(2*s.learnWait, learnSoon), learnLate)
			s.learnFrom = n.cfg.Now().Add(s.learnWait)
			return
		}
		s.learnAt, s.learnWait = s.height()+learnEvery, 0
		fresh = s.take(found)
	})
	if first && s.ctx.Err() == nil {
		n.logf("warn", "The list of relays on chain could not be read: %v", err)
	}
	if fresh > 0 {
		n.logf("info", "The chain lists %d more relays that can be dialled from here.", fresh)
	}
	s.rechoose()
}

// listed returns relays on the list, in no order. The list is read from a place that nobody knows before: whoever lists
// many can't have them all found first.
func (s *session) listed() ([]view.Relay, error) {
	ctx, cancel := context.WithTimeout(s.ctx, s.n.cfg.Queries)
	defer cancel()
	var from multiaddr.PeerID
	for i := range from {
		from[i] = byte(rand.N(256))
	}
	found, next, err := s.page(ctx, from)
	if err == nil && next == (multiaddr.PeerID{}) { // its end came: what lies before follows
		var rest []view.Relay
		rest, _, err = s.page(ctx, multiaddr.PeerID{})
		found = append(found, rest...)
	}
	rand.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	return found, err
}

// page asks for the relays on the list from a peer id on.
func (s *session) page(ctx context.Context, from multiaddr.PeerID) ([]view.Relay, multiaddr.PeerID, error) {
	program, _ := chain.Lookup(chain.RelaysQuery)
	answer, err := s.client.Query(ctx, program, codec.MustEncode(chain.RelaysArgs{From: from}))
	if err != nil || answer.Level() == level.Claimed { // what is only claimed is no reason to dial anybody
		return nil, from, err
	}
	list, err := light.As[view.Relays](answer)
	return list.Value().Relays, list.Value().Next, err
}

// take makes the relays found those of the list to choose from, in place of spare ones found before, and says how many of
// them are new, under the node's lock. One that is connected gives its seat to one that was never tried, so that nobody
// who lists many for long keeps all seats.
func (s *session) take(found []view.Relay) (fresh int) {
	s.relays = slices.DeleteFunc(s.relays, func(r *relay) bool {
		return r.stranger() && r.state == spare && !r.running && !slices.ContainsFunc(found, func(v view.Relay) bool { return v.Addr == r.addr })
	})
	for _, r := range s.relays {
		r.resting = false
	}
	untried := false
	for _, v := range found {
		at, err := multiaddr.Parse(v.Addr)
		if err != nil || at.Peer != v.Peer || !dials(s.n.origin(), at) {
			continue
		}
		before := len(s.relays)
		r := s.know(v.Addr, at, true)
		if r == nil {
			continue // room for a known one, perhaps
		}
		r.onChain, r.owner = true, v.Owner
		if len(s.relays) > before {
			fresh++
		}
		untried = untried || !r.listed && !r.running && !r.proved && r.failed == 0 && r.state != blocked
	}
	if seated := s.seated(); untried && len(seated) > 1 {
		seated[rand.N(len(seated))].resting = true
	}
	return fresh
}

// seated are the connected relays that only the chain lists.
func (s *session) seated() (all []*relay) {
	for _, r := range s.relays {
		if r.stranger() && r.state == connected {
			all = append(all, r)
		}
	}
	return all
}

// dials says whether a page may dial an address on a stranger's word: everybody's addresses by TLS, the visitor's own
// machine and network only when the page itself is on that machine.
func dials(origin string, a multiaddr.Addr) bool {
	scheme, host, _ := strings.Cut(origin, "://")
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	home := multiaddr.Addr{Host: strings.Trim(host, "[]")}.Loopback()
	secure := a.Secure || scheme == "http" && home && a.Loopback()
	return secure && (a.Public() || home)
}

// origin is the page's, under the node's lock.
func (n *Node) origin() string {
	if n.params == nil {
		return ""
	}
	return n.params.Origin
}
