package light_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// secondSigned is a relay that shows, when it is asked for one certain block alone, another one that the producers have
// signed as well. On the way down by hashes it can't.
type secondSigned struct {
	*lighttest.Source
	l      *lighttest.Ledger
	at     uint64
	change func(*light.Header)
	shown  int
}

func (s *secondSigned) LightBlock(ctx context.Context, from, to uint64) ([]*light.LightBlock, error) {
	got, err := s.Source.LightBlock(ctx, from, to)
	if err != nil || from != s.at || to != s.at {
		return got, err
	}
	b, err := light.DecodeLightBlock(got[0].Encode())
	if err != nil {
		return nil, err
	}
	s.change(&b.Header)
	s.l.Seal(b)
	s.shown++
	return []*light.LightBlock{b}, nil
}

// A replay is held to the chain's own next header, however far down: producers who have signed a false state can't hide it
// behind a second header that a relay shows for the replay alone.
func TestReplayIsHeldToTheChainsNextHeader(t *testing.T) {
	l := bazaar(t, lighttest.PayFriend.At(10))
	for l.Height() < 1200 {
		l.Execute(lighttest.Spec{})
	}
	right := append([]byte(nil), bazaar(t, nil).Block(11).Header.AppHash...)
	for name, change := range map[string]func(*light.Header){
		"the right state": func(h *light.Header) { h.AppHash = right },
		"another date":    func(h *light.Header) { h.Time = h.Time.Add(time.Millisecond) },
		"the chain's own": func(*light.Header) {},
	} {
		for _, trust := range []uint64{1, 1190} {
			s := &secondSigned{Source: l.Source("relay"), l: l, at: 11, change: change}
			c := client(t, l.Chain, func(cfg *light.Config) { cfg.Trust, cfg.AppVersion = l.Trust(trust), chain.AppVersion }, s)
			if _, err := c.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err := c.Replay(t.Context(), 10)
			var fraud *light.FraudError
			if !errors.As(err, &fraud) || fraud.Evidence.Next.Hash() != l.Block(11).Hash() {
				t.Errorf("%s, from %d: %v", name, trust, err)
			}
			audited := client(t, l.Chain, func(cfg *light.Config) { cfg.Trust, cfg.AppVersion = l.Trust(trust), chain.AppVersion }, s)
			if _, err := audited.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			if a, err := audited.Audit(t.Context(), 1, 10); !errors.As(err, &fraud) || a == nil {
				t.Errorf("%s, from %d: audited: %v", name, trust, err)
			}
		}
	}
}

// Without a trust root two headers that do not follow one another show no fork: nobody vouches for either.
func TestClaimedHeadersShowNoFork(t *testing.T) {
	l := bazaar(t, nil)
	s := &secondSigned{Source: l.Source("relay"), l: l, at: 10, change: func(h *light.Header) { h.Time = h.Time.Add(time.Millisecond) }}
	c := follower(t, l, false, s)
	_, err := c.Replay(t.Context(), 10)
	var fork *light.ForkError
	if errors.As(err, &fork) || c.Stopped() != nil || s.shown == 0 {
		t.Errorf("%v, stopped by %v, shown %d", err, c.Stopped(), s.shown)
	}
}
