package light_test

import (
	"errors"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// Who trusts a block of today replays and audits those of this morning: blocks far below any that was verified, by hashes alone,
// for the price of fetching each once.
func TestReplayAndAuditFarBelowTheTrustRoot(t *testing.T) {
	l := bazaar(t, nil)
	for l.Height() < 1200 {
		l.Execute(lighttest.Spec{})
	}
	const trusted = 1190
	src := l.Source("relay")
	var steps []light.Event
	c := client(t, l.Chain, func(cfg *light.Config) {
		cfg.Trust, cfg.AppVersion = l.Trust(trusted), chain.AppVersion
		cfg.OnEvent = func(e light.Event) {
			if e.Kind == light.EventStep && e.Target < trusted {
				steps = append(steps, e)
			}
		}
	}, src)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked := src.Asked.Load()
	a, err := c.Audit(t.Context(), 1, 10)
	if err != nil || a.Level != level.Replayed || len(a.Differences) != 0 || a.Height != 10 {
		t.Fatalf("%+v, %v", a, err)
	}
	if n := src.Asked.Load() - asked; n > trusted {
		t.Errorf("%d light blocks", n)
	}
	if len(steps) < 10 || steps[0].Target != 11 || steps[0].Height >= trusted || steps[5].Height >= steps[0].Height {
		t.Errorf("%d steps were told: %+v", len(steps), steps)
	}
	asked = src.Asked.Load()
	for _, height := range []uint64{10, 9, 5} {
		if r, err := c.Replay(t.Context(), height); err != nil || r.Basis.Before.Hash() != l.Block(height).Hash() {
			t.Errorf("block %d: %v", height, err)
		}
	}
	if n := src.Asked.Load() - asked; n > 16 {
		t.Errorf("%d light blocks for three near by", n)
	}
	c.ReplayFrom(20)
	for height := uint64(20); height < 23; height++ {
		if r, err := c.ReplayNext(t.Context()); err != nil || r.Height != height {
			t.Errorf("in a run from block 20: %v", err)
		}
	}
	// What nobody asked for does not go as far.
	stateless := l.Source("stateless")
	stateless.Witnesses = nil
	var reach *light.ReachError
	late := client(t, l.Chain, func(cfg *light.Config) { cfg.Trust = l.Trust(trusted) }, stateless)
	if _, err := late.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := late.At(t.Context(), 10); !errors.As(err, &reach) || reach.Lowest != trusted-1024 {
		t.Errorf("%v", err)
	}
}

// As far down as relays keep states, and so far that a path holds it and one more.
func TestPathOfADay(t *testing.T) {
	const day = 7200
	c := lighttest.New(lighttest.Options{Producers: powers(10)}).Extend(light.MaxLinks + 20)
	trusted := c.Height() - 10
	client := client(t, c, func(cfg *light.Config) { cfg.Trust = c.Trust(trusted) }, c.Source("relay"))
	if _, err := client.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	for below, links := range map[uint64]int{day: day, light.MaxLinks - 1: light.MaxLinks - 1, light.MaxLinks: 0} {
		b := c.Block(trusted - below)
		p, err := client.Path(t.Context(), &light.Head{Block: b, Hash: b.Hash(), Level: level.Proven})
		if err != nil || len(p.Down) != links || p.Last().Hash() != b.Hash() {
			t.Fatalf("%d headers, %v", len(p.Down), err)
		}
		if check, err := p.Verify(0, c.Now(), light.Params{}); err != nil || check.Links != links {
			t.Errorf("%+v, %v", check, err)
		}
	}
}
