package light_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// served counts what a source is asked for.
type served struct {
	*lighttest.Source
	witnesses int
}

func (s *served) Witness(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
	s.witnesses++
	return s.Source.Witness(ctx, req)
}

// besieged is a client of the long chain that has synced with an honest relay, and a relay that shows old heads.
func besieged(t *testing.T, trust uint64) (c *light.Client, honest *served, old func(height uint64) error, liar *lighttest.Source) {
	t.Helper()
	w := longChain()
	honest, liar = &served{Source: w.Source("honest")}, w.Source("liar")
	c = client(t, w.Chain, func(cfg *light.Config) { cfg.Trust = w.Trust(trust) }, honest)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Add(liar)
	honest.Asked.Store(0)
	liar.Witnesses = nil
	return c, honest, func(height uint64) error {
		liar.Newest = func() uint64 { return height }
		h, err := c.SyncWith(t.Context(), liar)
		if err == nil && h.Block.Height() != w.Height() {
			t.Errorf("the head is %d", h.Block.Height())
		}
		return err
	}, liar
}

// What a relay shows of old, over and over, is its own work, and next to none of the others'.
func TestAttackOldHeads(t *testing.T) {
	c, honest, old, _ := besieged(t, 1)
	for range 50 {
		if err := old(190); err != nil {
			t.Fatal(err)
		}
	}
	if honest.Asked.Load() != 0 || honest.witnesses != 1 {
		t.Errorf("one block, fifty times: %d light blocks and %d witnesses", honest.Asked.Load(), honest.witnesses)
	}
	for height := uint64(191); height < 291; height++ {
		if err := old(height); err != nil {
			t.Fatal(err)
		}
	}
	if honest.Asked.Load() != 0 || honest.witnesses > 8 {
		t.Errorf("a hundred blocks: %d light blocks and %d witnesses", honest.Asked.Load(), honest.witnesses)
	}
	if _, err := c.At(t.Context(), 290); err != nil {
		t.Error(err)
	}
}

// The others are asked about a few of them each minute, also when the clock was set back, and what they said of the last ones is
// kept. A block that is near costs them its light blocks alone.
func TestOldHeadsAreComparedNowAndThen(t *testing.T) {
	w := longChain()
	honest, late := &served{Source: w.Source("honest")}, w.Source("late")
	now := w.Now()
	c := client(t, w.Chain, func(cfg *light.Config) { cfg.Trust, cfg.Now = w.Trust(1), func() time.Time { return now } }, honest)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Add(late)
	late.Witnesses = nil
	honest.Asked.Store(0)
	old := func(height uint64) {
		t.Helper()
		late.Newest = func() uint64 { return height }
		if _, err := c.SyncWith(t.Context(), late); err != nil {
			t.Fatal(err)
		}
	}
	if old(w.Height() - 8); honest.witnesses != 0 || honest.Asked.Load() > 8 {
		t.Errorf("near: %d light blocks and %d witnesses", honest.Asked.Load(), honest.witnesses)
	}
	height := uint64(189)
	for i, step := range []struct {
		later time.Duration
		more  int
	}{{0, 7}, {time.Minute, 0}, {1, 8}, {-time.Second, 8}, {2 * time.Minute, 8}, {2 * time.Minute, 8}, {2 * time.Minute, 8}, {2 * time.Minute, 8}, {2 * time.Minute, 8}, {2 * time.Minute, 8}} {
		now = now.Add(step.later)
		before := honest.witnesses
		for range 12 {
			height++
			old(height)
		}
		if more := honest.witnesses - before; more != step.more {
			t.Errorf("%d: %d witnesses, want %d", i, more, step.more)
		}
	}
	if n := c.Settled(); n != 64 {
		t.Errorf("%d blocks are remembered", n)
	}
}

// Where states are withheld the others are asked for one answer of light blocks at most, and for none of a block far below.
func TestAttackOldHeadsWithoutStates(t *testing.T) {
	_, honest, old, _ := besieged(t, 1)
	honest.Witnesses = nil
	for range 50 {
		for _, height := range []uint64{190, 900, 1150} {
			if err := old(height); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := honest.Asked.Load(); n > wire.MaxRange {
		t.Errorf("%d light blocks", n)
	}
}

// An old block that nobody signed is not taken for one that did no harm.
func TestAttackOldHeadsOfNobody(t *testing.T) {
	w := longChain()
	junk := func(b *light.LightBlock) *light.LightBlock {
		if b.Height() < w.Height() && b.Height() > 1 {
			b.Validators = lighttest.Set(powers(1, 1))
			hash := b.Validators.Hash()
			b.Header.ValidatorsHash = hash[:]
			w.Seal(b)
		}
		return b
	}
	for name, try := range map[string]struct {
		trust   uint64
		states  bool
		verdict light.Verdict
	}{
		"above the trust root":                 {1, true, light.Blame},
		"above the trust root, without states": {1, false, light.Blame},
		"below it":                             {1190, true, light.Blame},
		"below it, without states":             {1190, false, light.Inconclusive},
	} {
		c, honest, old, liar := besieged(t, try.trust)
		liar.Tamper = junk
		if !try.states {
			honest.Witnesses = nil
		}
		err := old(190)
		var who *light.SourceError
		if light.VerdictOf(err) != try.verdict || c.Fork() != nil {
			t.Errorf("%s: %v", name, err)
		}
		if try.verdict == light.Blame && (!errors.As(err, &who) || who.Source != "liar") {
			t.Errorf("%s: blames %v", name, err)
		}
		if n := honest.Asked.Load(); n != 0 {
			t.Errorf("%s: the honest relay served %d light blocks", name, n)
		}
	}
}

// A relay on the other side of a fork is heard also if all that it has is old.
func TestForkFarBelow(t *testing.T) {
	w := longChain()
	other := w.Fork(500, "other").Extend(30)
	c, _, old, liar := besieged(t, 1)
	liar.Chain = other
	var fork *light.ForkError
	if err := old(520); !errors.As(err, &fork) || c.Fork() == nil {
		t.Errorf("%v", err)
	}
}

// Nor does it take a state, where one answer of light blocks shows the chain's own block.
func TestForkNearWithoutStates(t *testing.T) {
	w := longChain()
	other := w.Fork(w.Height()-30, "other").Extend(30)
	c, honest, old, liar := besieged(t, 1)
	liar.Chain, honest.Witnesses = other, nil
	var fork *light.ForkError
	if err := old(w.Height() - 20); !errors.As(err, &fork) || c.Fork() == nil {
		t.Errorf("%v", err)
	}
}
