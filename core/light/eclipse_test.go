package light_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// A lie is a way in which a relay misbehaves. Those who collude throw the same dice and tell the same lie.
type lie struct {
	name      string
	producers bool // more than a third of the producers are part of it
	tell      func(d dice, w *lighttest.World, s *lighttest.Source)
}

// tampering changes every light block but the first, each time in the same way, whatever the order in which they are asked
// for, which may be several at a time.
func tampering(change func(d dice, c *lighttest.Chain, b *light.LightBlock)) func(dice, *lighttest.World, *lighttest.Source) {
	return func(d dice, w *lighttest.World, s *lighttest.Source) {
		salt := d.Uint64()
		s.Tamper = func(b *light.LightBlock) *light.LightBlock {
			if b.Height() > 1 {
				change(newDice(salt^b.Height()), w.Chain, b)
			}
			return b
		}
	}
}

var lies = []lie{
	{"forged commits", false, tampering(func(d dice, _ *lighttest.Chain, b *light.LightBlock) {
		b.Commit.Signatures[0].Signature[d.IntN(64)] ^= 1 << d.IntN(8)
	})},
	{"a state of their own, signed by a minority", false, tampering(func(d dice, c *lighttest.Chain, b *light.LightBlock) {
		b.Header.AppHash[d.IntN(32)] ^= 1
		c.Seal(b, 0, 1, 2)
	})},
	{"a state of their own, with forged signatures", false, tampering(func(d dice, c *lighttest.Chain, b *light.LightBlock) {
		b.Header.AppHash[d.IntN(32)] ^= 1
		c.Seal(b)
		for i := range b.Commit.Signatures {
			b.Commit.Signatures[i].Signature[d.IntN(64)] ^= 1 << d.IntN(8)
		}
	})},
	{"another header under the same signatures", false, tampering(func(_ dice, _ *lighttest.Chain, b *light.LightBlock) { b.Header.DataHash[0] ^= 1 })},
	{"producers of their own", false, tampering(func(_ dice, c *lighttest.Chain, b *light.LightBlock) {
		b.Validators = lighttest.Set(powers(1, 1))
		hash := b.Validators.Hash()
		b.Header.ValidatorsHash = hash[:]
		c.Seal(b)
		for i, v := range b.Validators.List {
			for n := range 2 {
				if k := lighttest.KeyOf("power", n); light.AddressOf([32]byte(k[32:])) == v.Address {
					c.Sign(b, i, k)
				}
			}
		}
	})},
	{"another chain", false, tampering(func(_ dice, c *lighttest.Chain, b *light.LightBlock) {
		b.Header.ChainID = "another"
		c.Seal(b)
	})},
	{"blocks of tomorrow", false, tampering(func(_ dice, c *lighttest.Chain, b *light.LightBlock) {
		b.Header.Time = b.Header.Time.Add(24 * time.Hour)
		c.Seal(b)
	})},
	{"a block in another's place", false, func(_ dice, w *lighttest.World, s *lighttest.Source) {
		s.Tamper = func(b *light.LightBlock) *light.LightBlock { return w.Block(1 + b.Height()%w.Height()) }
	}},
	{"a frozen head", false, func(d dice, w *lighttest.World, s *lighttest.Source) {
		at := 3 + d.Uint64N(w.Height()-2)
		s.Newest = func() uint64 { return at }
	}},
	{"nothing", false, func(_ dice, _ *lighttest.World, s *lighttest.Source) {
		s.Refuse = func(uint64) error { return &wire.Refusal{Code: wire.CodeBusy, Message: "later"} }
	}},
	{"nothing but the newest", false, func(_ dice, w *lighttest.World, s *lighttest.Source) {
		s.Refuse = func(h uint64) error {
			if h != w.Height() {
				return &wire.Refusal{Code: wire.CodeNotFound, Message: "pruned"}
			}
			return nil
		}
	}},
	{"a false witness", false, func(d dice, w *lighttest.World, s *lighttest.Source) {
		salt := d.Uint64()
		s.Witnesses = func(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
			truth, err := w.Witness(ctx, req)
			if err == nil {
				d, truth := newDice(salt), slices.Clone(truth)
				truth[d.IntN(len(truth))] ^= 1 << d.IntN(8)
				return truth, nil
			}
			return nil, err
		}
	}},
	{"no witness", false, func(_ dice, _ *lighttest.World, s *lighttest.Source) {
		s.Witnesses = func(context.Context, wire.WitnessRequest) (state.Witness, error) { return nil, nil }
	}},
	{"a second chain, signed by everybody", true, func(d dice, w *lighttest.World, s *lighttest.Source) {
		s.Chain = w.Fork(3+d.Uint64N(w.Height()-3), "x")
		for s.Chain.Height() < w.Height() {
			s.Chain.Extend(1)
		}
	}},
	{"the newest block, made up by half of the producers", true, func(_ dice, w *lighttest.World, s *lighttest.Source) {
		s.Tamper = func(b *light.LightBlock) *light.LightBlock {
			if b.Height() == w.Height() {
				appoint(w.Chain, 2, b)
			}
			return b
		}
	}},
}

// siege is a world whose producers change, so that syncing takes several steps.
func siege(t *testing.T) *lighttest.World {
	w := world(t)
	for i := range 40 {
		spec := lighttest.Spec{}
		if i%10 == 5 {
			for n := range 4 {
				spec.Next = append(spec.Next, lighttest.Producer{Key: lighttest.KeyOf("set", i/10*3+n), Power: 10})
			}
		}
		w.Step(spec, nil)
	}
	return w
}

// runs is how often something is tried with other dice; LIGHT_RUNS sets it. Under GOOS=js it is the same code, and
// signatures cost five times as much: fewer do.
func runs() int {
	n := 1000
	if runtime.GOOS == "js" || testing.Short() {
		n = 40
	}
	fmt.Sscan(os.Getenv("LIGHT_RUNS"), &n)
	return n
}

// attempt is a client among relays, and what came of it.
type attempt struct {
	client *light.Client
	told   []string // the lies
	blamed []string // the relays
}

func (a *attempt) join(t *testing.T, w *lighttest.World, sources []*lighttest.Source) {
	a.client = client(t, w.Chain, func(cfg *light.Config) {
		cfg.OnEvent = func(e light.Event) {
			if e.Kind == light.EventBlame {
				a.blamed = append(a.blamed, e.Source)
			}
		}
	})
	for _, s := range sources {
		a.client.Add(s)
	}
}

// nothingFalse checks that what the client shows is true, and marked as far as it was checked.
func (a *attempt) nothingFalse(t *testing.T, w *lighttest.World) {
	t.Helper()
	if h := a.client.Head(); h != nil {
		if truth := w.Block(h.Block.Height()); truth == nil || h.Hash != truth.Hash() || h.Level != level.Proven {
			t.Fatalf("%q: false head %d, %s", a.told, h.Block.Height(), h.Level)
		}
	}
	p, err := ask(t, a.client, "key07")
	want := "value 7 new"
	if err == nil && p.Height() < 2 {
		want = "value 7"
	}
	if err == nil && (string(p.Value()) != want || p.Level() != level.Proven) || err != nil && p.Value() != nil {
		t.Fatalf("%q: answered %q, %s, %v", a.told, p.Value(), p.Level(), err)
	}
}

// One honest relay of two to eight is enough: the truth wins, or the alarm over producers who sign two chains is raised.
// The honest relay is never blamed.
func TestOneHonestRelayAmongLiars(t *testing.T) {
	w, won, alarms := siege(t), 0, 0
	for seed := range runs() {
		d := newDice(uint64(seed))
		n := 2 + seed%7
		honest := d.IntN(n)
		var a attempt
		var sources []*lighttest.Source
		treason := false
		for i := range n {
			s := w.Source(fmt.Sprint("relay ", i))
			if i != honest {
				l := lies[d.IntN(len(lies))]
				treason = treason || l.producers
				a.told = append(a.told, l.name)
				l.tell(newDice(uint64(seed*100+i)), w, s)
			}
			sources = append(sources, s)
		}
		a.join(t, w, sources)
		_, err := a.client.Sync(t.Context())
		h := a.client.Head()
		switch fork := a.client.Fork(); {
		case fork != nil && treason:
			alarms++
		case fork == nil && err == nil && h != nil && h.Hash == w.Block(0).Hash():
			a.nothingFalse(t, w)
			if p, err := ask(t, a.client, "key07"); err != nil || string(p.Value()) != "value 7 new" {
				t.Fatalf("run %d, honest %d of %d, %q: answered %q, %v", seed, honest, n, a.told, p.Value(), err)
			}
			won++
		default:
			t.Fatalf("run %d, honest %d of %d, %q: %v, %v", seed, honest, n, a.told, err, fork)
		}
		if slices.Contains(a.blamed, fmt.Sprint("relay ", honest)) {
			t.Fatalf("run %d, honest %d of %d, %q: the honest relay is blamed", seed, honest, n, a.told)
		}
	}
	if t.Logf("the truth won %d times, the alarm was raised %d times", won, alarms); won == 0 || alarms == 0 {
		t.Error("one of the two never")
	}
}

// All relays collude. What the client then shows is its trust root, how old that is, and what is true.
func TestEclipse(t *testing.T) {
	w, dark := siege(t), 0
	for seed := range runs() {
		d := newDice(uint64(1_000_000 + seed))
		l := lies[d.IntN(len(lies))]
		for l.producers {
			l = lies[d.IntN(len(lies))]
		}
		a := attempt{told: []string{l.name}}
		var sources []*lighttest.Source
		for i := range 1 + d.IntN(8) {
			s := w.Source(fmt.Sprint("relay ", i))
			l.tell(newDice(uint64(seed)), w, s)
			sources = append(sources, s)
		}
		a.join(t, w, sources)
		_, err := a.client.Sync(t.Context())
		a.nothingFalse(t, w)
		pin, ok := a.client.Pin()
		if !ok || pin.Root != w.Trust(1) || a.client.Fork() != nil {
			t.Fatalf("run %d, %q: pinned %+v, %v", seed, a.told, pin, a.client.Fork())
		}
		switch h := a.client.Head(); {
		case h == nil:
			dark++
			if err == nil {
				t.Fatalf("run %d, %q: no head and no error", seed, a.told)
			}
		case !pin.Time.Equal(w.Block(1).Header.Time):
			t.Fatalf("run %d, %q: the trust root is dated %s", seed, a.told, pin.Time)
		}
	}
	t.Logf("in %d runs there was no head at all", dark)
}
