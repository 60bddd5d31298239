package light_test

import (
	"context"
	"errors"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/wire"
)

// rewritten is a chain of 40 blocks whose producers, all of them, in block 30 have the state name another block 3, and sign
// that one, too.
func rewritten(t *testing.T) (l *lighttest.Ledger, other *light.LightBlock) {
	l = bazaar(t, nil)
	other = l.Block(3)
	other.Header.AppHash[0] ^= 1
	l.Seal(other)
	l.Rules = func(w state.Writer, b chain.Block, verify sign.Verifier) (chain.Outcome, error) {
		out, err := chain.Execute(w, b, verify)
		if err == nil && b.Height == 30 {
			err = ledger.Put(w, ledger.TablePast.Key().U64(3), ledger.PastBlock{Hash: other.Hash()})
		}
		return out, err
	}
	for l.Height() < 40 {
		l.Execute(lighttest.Spec{})
	}
	return l, other
}

// lateFollower trusts block 38 and knows of no block below.
func lateFollower(t *testing.T, l *lighttest.Ledger, sources ...light.Source) *light.Client {
	t.Helper()
	c, err := light.NewClient(t.Context(), light.Config{ChainID: l.ID(), Trust: l.Trust(38), Now: l.Now, Sources: sources, AppVersion: chain.AppVersion})
	if err == nil {
		_, err = c.Sync(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// What two thirds sign is proven, also another past. What looks for their lies goes by headers, whose hashes they can't change.
func TestAttackAnotherPastInTheState(t *testing.T) {
	l, other := rewritten(t)
	liar := func() *lighttest.Source {
		s := l.Source("liar")
		s.Tamper = func(b *light.LightBlock) *light.LightBlock {
			if b.Height() == 3 {
				return lighttest.Copy(other)
			}
			return b
		}
		return s
	}
	c := lateFollower(t, l, liar())
	if h, err := c.At(t.Context(), 3); err != nil || h.Hash != other.Hash() || h.Level != level.Proven {
		t.Fatalf("the past that they signed: %+v, %v", h, err)
	}
	if r, err := c.Replay(t.Context(), 3); err == nil || light.VerdictOf(err) != light.Blame {
		t.Errorf("replayed the other block 3: %+v, %v", r, err)
	}
	c = lateFollower(t, l, liar())
	if _, err := c.Audit(t.Context(), 1, 3); err == nil {
		t.Error("audited on the other block 3")
	}
	c = lateFollower(t, l, liar())
	if err := c.ConfirmRoot(t.Context(), light.TrustRoot{Height: 3, Hash: other.Hash()}, "somebody"); err == nil {
		t.Error("confirmed the other block 3")
	}
	c = lateFollower(t, l, liar(), l.Source("honest"))
	var conflict *checkpoint.ConflictError
	if err := c.ConfirmRoot(t.Context(), light.TrustRoot{Height: 3, Hash: other.Hash()}, "somebody"); !errors.As(err, &conflict) {
		t.Errorf("the other block 3 beside the true one: %v", err)
	}
	if err := c.ConfirmRoot(t.Context(), l.Trust(3), "somebody"); err != nil {
		t.Errorf("the true block 3: %v", err)
	}
	c = lateFollower(t, l, l.Source("honest"))
	if r, err := c.Replay(t.Context(), 3); err != nil || r.Basis.Before.Hash() != l.Block(3).Hash() {
		t.Errorf("the true block 3: %v", err)
	}
	// And the lie itself is found where it was told.
	var fraud *light.FraudError
	if _, err := c.Replay(t.Context(), 30); !errors.As(err, &fraud) || fraud.What != "state root" {
		t.Errorf("block 30: %v", err)
	}
}

// A figure is replayed when its header is on the replayed blocks' own chain: an old one that only the state names counts
// once that state was replayed.
func TestFiguresOfOldStatesAreReplayedWithTheStateThatNamesThem(t *testing.T) {
	l := bazaar(t, nil)
	for l.Height() < 40 {
		l.Execute(lighttest.Spec{})
	}
	light.RememberHashes(t, 4)
	src := l.Source("honest")
	c := follower(t, l, true, src)
	c.ReplayFrom(2)
	next := func(to uint64) {
		t.Helper()
		for {
			r, err := c.ReplayNext(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if r.Height == to {
				return
			}
		}
	}
	next(10)
	if p := balance(t, c, 5, "//Alice"); p.Level() != level.Proven {
		t.Errorf("named by a state that was not replayed: %s", p.Level())
	}
	asked := src.Asked.Load()
	next(20)
	if n := src.Asked.Load() - asked; n != 10 {
		t.Errorf("%d light blocks for ten replays", n)
	}
	next(39)
	if p := balance(t, c, 5, "//Alice"); p.Level() != level.Replayed {
		t.Errorf("named by one that was: %s", p.Level())
	}
	if p := balance(t, c, 1, "//Alice"); p.Level() != level.Proven {
		t.Errorf("before the run: %s", p.Level())
	}
}

// All producers sign a second block 8 under an older state. Whoever replayed the true one is shown the second through
// signatures alone, when the state is withheld that names the true one: no figure of it counts as replayed.
func TestAttackAnotherBlockWithinTheRun(t *testing.T) {
	l := bazaar(t, nil)
	for l.Height() < 1050 { // farther than hashes lead
		l.Execute(lighttest.Spec{})
	}
	other := l.Block(8)
	other.Header.AppHash = l.Block(4).Header.AppHash
	l.Seal(other)
	lying := false
	s := l.Source("liar")
	s.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if lying && b.Height() == 8 {
			return lighttest.Copy(other)
		}
		return b
	}
	honest := s.Witnesses
	s.Witnesses = func(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
		if req.Program == chain.PastBlock.ID() {
			return nil, &wire.Refusal{Code: wire.CodeNotFound}
		}
		return honest(ctx, req)
	}
	c := follower(t, l, true, s)
	c.ReplayFrom(4)
	for range 6 {
		if _, err := c.ReplayNext(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if p := balance(t, c, 7, "//Bob"); p.Level() != level.Replayed || p.Value().Free != tao.TAO+7000 {
		t.Errorf("the true block: %s, %d", p.Level(), p.Value().Free)
	}
	lying = true
	if p := balance(t, c, 7, "//Bob"); p.Level() != level.Proven || p.Value().Free != tao.TAO+3000 {
		t.Errorf("the other block: %s, %d", p.Level(), p.Value().Free)
	}
}

// There is no block 0: a run from there begins with the first and has reached nothing.
func TestReplayFromZero(t *testing.T) {
	l := bazaar(t, nil)
	c := follower(t, l, true, l.Source("honest"))
	c.ReplayFrom(0)
	if _, _, ok := c.Replayed(); ok {
		t.Error("something counts as replayed")
	}
	if next, ok := c.ReplayingNext(); next != 1 || !ok {
		t.Errorf("goes on with %d", next)
	}
}
