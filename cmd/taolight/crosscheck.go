package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/view"
)

const (
	mostChecks   = 16              // relays that --cross-check asks at most
	dialPatience = 4 * time.Second // for one that the chain lists
	dialRounds   = 4               // of as many dials at once as relays are still wanted
)

// errAlone says that the newest block could not be held against another relay's.
var errAlone = errors.New("no other relay could be asked")

// crossCheck connects to further relays that the chain lists, follows them where they have newer blocks, and notes who
// agrees with the head at which the session then stands. What it connects to are strangers: that is why it is asked for.
func (a *app) crossCheck(ctx context.Context, s *session, want int, p *progress) error {
	if s.head.Level == level.Claimed {
		return hint(errAlone, "the list on chain is only claimed without a trusted block; give one with --trust HEIGHT:HASH, or name relays with --relay")
	}
	p.step("reading the list of relays")
	found, err := s.strangers(ctx)
	if err != nil {
		return err
	}
	fresh := 0
	for round := 0; len(found) > 0 && fresh < want && round < dialRounds; round++ {
		n := min(len(found), want-fresh)
		p.step("connecting to %d relays that the chain lists", n)
		fresh += s.meet(ctx, a, p, found[:n])
		found = found[n:]
	}
	if err := s.client.Fork(); err != nil {
		return err
	}
	s.head = s.client.Head()
	for _, l := range s.links {
		if s.agrees(ctx, l) {
			s.agreeing = append(s.agreeing, l.addr)
		}
	}
	if len(s.agreeing) < 2 {
		return hint(errAlone, "see taolight relay list, or name relays with --relay")
	}
	return nil
}

// agrees says whether the newest block of a relay is one of the chain that leads to the session's head, and not much older
// than that.
func (s *session) agrees(ctx context.Context, l *link) bool {
	height := min(s.client.LatestOf(l.src.Name()), s.head.Block.Height())
	known, err := s.client.At(ctx, height)
	if err != nil || s.head.Block.Header.Time.Sub(known.Block.Header.Time) > staleAfter {
		return false
	}
	blocks, err := l.src.LightBlock(ctx, height, height)
	return err == nil && blocks[0].Hash() == known.Hash
}

// strangers returns the relays on the list that may be dialled and aren't connected, in no order.
func (s *session) strangers(ctx context.Context) ([]view.Relay, error) {
	r, err := s.answer(ctx, chain.RelaysQuery, chain.RelaysArgs{})
	if err != nil {
		return nil, err
	}
	known, home := map[multiaddr.PeerID]bool{}, false
	for _, l := range s.links {
		if at, err := multiaddr.Parse(l.addr); err == nil {
			known[at.Peer] = true
			home = home || at.Loopback()
		}
	}
	var found []view.Relay
	for _, v := range r.value.(*view.Relays).Relays {
		at, err := multiaddr.Parse(v.Addr)
		// On its own machine a chain is tried out: there its relays may be, too.
		if err == nil && !known[at.Peer] && at.Peer == v.Peer && (at.Public() || home && at.Loopback()) {
			found = append(found, v)
		}
	}
	rand.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	return found, nil
}

// meet dials relays at the same time and holds their newest blocks to the chain. It returns how many stood the test; who
// did not is named.
func (s *session) meet(ctx context.Context, a *app, p *progress, all []view.Relay) (good int) {
	links, failed := make([]*link, len(all)), make([]error, len(all))
	var dials sync.WaitGroup
	for i, v := range all {
		dials.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, dialPatience)
			defer cancel()
			links[i], failed[i] = dial(ctx, v.Addr)
		})
	}
	dials.Wait()
	for i, l := range links {
		if failed[i] == nil {
			s.links = append(s.links, l)
			l.listed = true
			s.client.Add(l.src)
			_, failed[i] = s.client.SyncWith(ctx, l.src)
		}
		switch err := failed[i]; {
		case err == nil:
			good++
		case s.client.Fork() != nil: // is told once all of them are connected
		case light.VerdictOf(err) == light.Blame:
			p.milestone("warning: the relay %s lies: %v", all[i].Addr, err)
		default:
			p.milestone("warning: the relay %s, which the chain lists, could not be asked: %v", all[i].Addr, err)
		}
	}
	return good
}
