package light_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// The tests here are named after CometBFT's own of the same attacks (light/detector_test.go).

// stand is a fork as a client meets it: an honest chain, and another that two thirds signed, too.
type stand struct {
	honest, other *lighttest.Source
	client        *light.Client
	mu            sync.Mutex
	got           map[string]*light.Attack // evidence that each source was handed
}

// newStand has a client that follows the honest source, if follow says so, and knows the other one.
func newStand(t *testing.T, honest, other *lighttest.Chain, follow bool) *stand {
	t.Helper()
	t.Cleanup(light.HurryReports(time.Millisecond))
	s := &stand{honest: honest.Source("honest"), other: other.Source("other"), got: make(map[string]*light.Attack)}
	for _, src := range []*lighttest.Source{s.honest, s.other} {
		src.Judge = func(evidence []byte) error {
			a, err := light.DecodeAttack(evidence)
			if err != nil {
				t.Errorf("%s was handed %v", src.Called, err)
				return err
			}
			s.mu.Lock()
			s.got[src.Called] = a
			s.mu.Unlock()
			return nil
		}
	}
	s.client = client(t, honest, func(cfg *light.Config) {
		cfg.Now = func() time.Time { return time.Unix(max(s.honest.Chain.Now().Unix(), s.other.Chain.Now().Unix()), 0) }
	}, s.honest, s.other)
	if follow {
		if _, err := s.client.SyncWith(t.Context(), s.honest); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// forks expects that syncing with the source, or all of them, stops with a fork, and reports it.
func (s *stand) forks(t *testing.T, with light.Source) (*light.ForkError, []light.Report) {
	t.Helper()
	var err error
	if with == nil {
		_, err = s.client.Sync(t.Context())
	} else {
		_, err = s.client.SyncWith(t.Context(), with)
	}
	var fork *light.ForkError
	if !errors.As(err, &fork) || s.client.Fork() == nil || light.VerdictOf(err) != light.Inconclusive {
		t.Fatalf("no fork: %v", err)
	}
	reports := s.client.Report(t.Context())
	return s.client.Fork(), reports
}

func addresses(vs []light.Validator) (out [][20]byte) {
	for _, v := range vs {
		out = append(out, v.Address)
	}
	slices.SortFunc(out, func(a, b [20]byte) int { return slices.Compare(a[:], b[:]) })
	return out
}

func sameProducers(a, b []light.Validator) bool { return slices.Equal(addresses(a), addresses(b)) }

// expect checks what both sources were handed, and said to it.
func (s *stand) expect(t *testing.T, reports []light.Report, kind light.Kind, conflict, common uint64, guilty []light.Validator) {
	t.Helper()
	for _, r := range reports {
		if r.Err != nil {
			t.Errorf("%v", r)
		}
	}
	for name, chain := range map[string]*lighttest.Chain{"honest": s.other.Chain, "other": s.honest.Chain} {
		a := s.got[name]
		if a == nil {
			t.Errorf("%s was handed nothing", name)
			continue
		}
		if a.Kind() != kind || a.CommonHeight != common || a.Conflicting.Hash() != chain.Block(conflict).Hash() || !sameProducers(a.Byzantine, guilty) {
			t.Errorf("%s: %s of block %d from %d, accuses %x; want %s of block %d from %d, accusing %x", name, a.Kind(), a.Conflicting.Height(), a.CommonHeight,
				addresses(a.Byzantine), kind, conflict, common, addresses(guilty))
		}
	}
}

// retold is a chain that shares all blocks below a height; from there on change makes others of them, which all but the
// silent producers sign.
func retold(c *lighttest.Chain, from uint64, change func(*light.LightBlock), silent ...int) *lighttest.Chain {
	other := c.Fork(from-1, "x")
	for other.Height() < c.Height() {
		other.Append(func() *light.LightBlock {
			b := c.Block(other.Height() + 1)
			change(b)
			b.Header.LastBlockID = other.Block(0).Commit.BlockID
			c.Seal(b, silent...)
			return b
		}())
	}
	return other
}

func TestLightClientAttackEvidence_Lunatic(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(30)
	for name, with := range map[string]bool{"asked first": true, "asked last": false} {
		t.Run(name, func(t *testing.T) {
			s := newStand(t, c, c.Fork(20, "x").Extend(10), with)
			fork, reports := s.forks(t, map[bool]light.Source{true: s.other}[with])
			if fork.Kind() != light.Lunatic || len(reports) != 2 {
				t.Errorf("%s, %v", fork.Kind(), reports)
			}
			// The client skipped from 1 to 30, so that is where the chains part for it.
			s.expect(t, reports, light.Lunatic, 30, 1, c.Block(1).Validators.List)
		})
	}
}

func TestLightClientAttackEvidence_Equivocation(t *testing.T) {
	c := lighttest.New(lighttest.Options{Powers: []int64{10, 10, 10, 10, 10}}).Extend(30)
	other := retold(c, 30, func(b *light.LightBlock) { b.Header.DataHash[0] ^= 1 }, 2)
	s := newStand(t, c, other, true)
	fork, reports := s.forks(t, s.other)
	both := slices.Delete(slices.Clone(c.Block(30).Validators.List), 2, 3)
	s.expect(t, reports, light.Equivocation, 30, 30, both)
	if who := fork.Culprits(); fork.Kind() != light.Equivocation || !sameProducers(who.Both, both) || who.A != nil || who.B != nil {
		t.Errorf("%s, %+v", fork.Kind(), who)
	}
}

func TestLightClientAttackEvidence_ForwardLunatic(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(20)
	// The producers run ahead to height 25 within the time of a block, and show nothing between.
	ahead := c.Fork(20, "x")
	for range 5 {
		ahead.Add(lighttest.Spec{Wait: time.Second})
	}
	s := newStand(t, c, ahead, true)
	s.other.Refuse = func(h uint64) error {
		if h > 20 && h < 25 {
			return &wire.Refusal{Code: wire.CodeNotFound, Message: "withheld"}
		}
		return nil
	}
	if h, err := s.client.SyncWith(t.Context(), s.other); err != nil || h.Block.Height() != 25 {
		t.Fatalf("%v, %v", h, err) // nobody can tell yet
	}
	c.Extend(1) // 12 s after block 20: not before block 25 of the others
	fork, reports := s.forks(t, s.honest)
	if fork.Kind() != light.Lunatic || len(reports) != 1 { // the other side shows nothing to hold block 21 against
		t.Errorf("%s, %v", fork.Kind(), reports)
	}
	if shared, err := fork.Check(c.ID(), light.Params{}); err != nil || shared.Height() != 20 {
		t.Errorf("by dates alone: %v", err)
	}
	a := s.got["honest"]
	if a == nil || a.Kind() != light.Lunatic || a.Conflicting.Height() != 25 || a.CommonHeight != 20 || !sameProducers(a.Byzantine, c.Block(20).Validators.List) {
		t.Errorf("%+v", a)
	}
}

// Blocks of another round: the fork is found and told, and nobody is accused.
func TestLightClientAttackEvidence_Amnesia(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(30)
	other := c.Fork(29, "x")
	b := c.Block(30)
	b.Header.DataHash[0] ^= 1
	c.Seal(b)
	b.Commit.Round = 1
	for i, v := range b.Validators.List {
		c.Sign(b, i, c.KeyFor(v.PubKey))
	}
	other.Append(b)
	s := newStand(t, c, other, true)
	fork, reports := s.forks(t, s.other)
	s.expect(t, reports, light.Amnesia, 30, 30, nil)
	if who := fork.Culprits(); fork.Kind() != light.Amnesia || who.Both != nil || who.A != nil {
		t.Errorf("%s, %+v", fork.Kind(), who)
	}
}

// Two chains whose producers drift apart: steps that one side needs lead to where they part.
func TestClientDivergentTraces(t *testing.T) {
	for name, tc := range map[string]struct {
		shared, mine, theirs func(*lighttest.Chain, int) // the way to block 12, and each side's from there on
		tall                 int                         // how far the other side has come
	}{
		"mine drifts":            {drift, drift, stay, 40},
		"theirs drifts":          {drift, stay, drift, 40},
		"both drift":             {drift, drift, drift, 40},
		"theirs drifts, farther": {drift, stay, drift, 45},
		"mine drifts, farther":   {drift, drift, stay, 45},
		"theirs drifts, behind":  {drift, stay, drift, 33},
		"theirs begins to drift": {stay, stay, drift, 40},
		"mine begins to drift":   {stay, drift, stay, 40},
		"both begin to drift":    {stay, drift, drift, 42},
	} {
		t.Run(name, func(t *testing.T) {
			c := lighttest.New(lighttest.Options{})
			tc.shared(c, 12)
			other := c.Fork(12, "x")
			tc.mine(c, 40)
			tc.theirs(other, tc.tall)
			s := newStand(t, c, other, true)
			fork, reports := s.forks(t, s.other)
			if len(reports) != 2 || fork.A.Trace[0].Hash() != fork.B.Trace[0].Hash() || len(fork.A.Trace) != 2 || len(fork.B.Trace) != 2 {
				t.Fatalf("%v; traces of %d and %d blocks", reports, len(fork.A.Trace), len(fork.B.Trace))
			}
			if h := fork.A.Trace[0].Height(); h > 12 || fork.A.Block().Height() <= 12 || fork.A.Block().Height() != fork.B.Block().Height() {
				t.Errorf("they part after %d, differ at %d and %d; the last shared block is 12", h, fork.A.Block().Height(), fork.B.Block().Height())
			}
			if _, err := fork.Check(c.ID(), light.Params{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// drift has the producers change with every block, so that verification takes many steps; stay keeps them.
func drift(c *lighttest.Chain, to int) {
	for i := int(c.Height()); i < to; i++ {
		var next []lighttest.Producer
		for k := range 3 {
			next = append(next, lighttest.Producer{Key: lighttest.KeyOf("drift", i+k), Power: 10})
		}
		c.Add(lighttest.Spec{Next: next})
	}
}

func stay(c *lighttest.Chain, to int) { c.Extend(to - int(c.Height())) }

// A conflicting block that nobody can step down to is blamed on who showed it; the client goes on with the others.
func TestClientDivergentTraces_HeaderWithoutTrace(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(30)
	liar := retold(c, 30, func(b *light.LightBlock) {
		b.Validators = lighttest.Set(powers(10, 10))
		hash := b.Validators.Hash()
		b.Header.ValidatorsHash = hash[:]
		b.Header.AppHash[0] ^= 1
	})
	s := newStand(t, c, liar, true)
	_, err := s.client.SyncWith(t.Context(), s.other)
	var who *light.SourceError
	if light.VerdictOf(err) != light.Blame || !errors.As(err, &who) || who.Source != "other" || s.client.Fork() != nil {
		t.Fatalf("%v", err)
	}
	c.Extend(5)
	if h, err := s.client.Sync(t.Context()); err != nil || h.Block.Height() != 35 {
		t.Errorf("does not go on: %v", err)
	}
	if reports := s.client.Report(context.Background()); reports != nil {
		t.Errorf("reported %v", reports)
	}
}
