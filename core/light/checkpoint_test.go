package light_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// vouch is the checkpoint that a chain's block makes.
func vouch(chain *lighttest.Chain, height uint64) checkpoint.Checkpoint {
	b := chain.Block(height)
	return checkpoint.Checkpoint{Block: checkpoint.Block{ChainID: chain.ID(), Height: height, Hash: b.Hash(), Time: uint64(b.Header.Time.Unix())}}
}

func TestConfirm(t *testing.T) {
	w := longChain()
	chain := w.Chain
	other := chain.Fork(50, "other").Extend(1150) // by the same producers: two thirds of them lied
	for _, at := range []struct{ root, height uint64 }{
		{1000, 1000}, // the trust root itself
		{1000, 1200}, // the newest
		{1000, 1100}, // between
		{150, 1000},  // far below the newest, above the root
		{1000, 970},  // close below the root
		{1000, 100},  // far below
	} {
		t.Run(fmt.Sprint(at.height, "_from_", at.root), func(t *testing.T) {
			c := client(t, chain, func(cfg *light.Config) { cfg.Trust, cfg.Origin = chain.Trust(at.root), "typed in" }, w.Source("a"), w.Source("b"))
			if _, err := c.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			cp := vouch(chain, at.height)
			if err := c.Confirm(t.Context(), cp, "signed by Ana"); err != nil {
				t.Errorf("the chain's own block: %v", err)
			}
			if err := c.ConfirmRoot(t.Context(), chain.Trust(at.height), "built in"); err != nil {
				t.Errorf("its bare root: %v", err)
			}
			cp.Time++
			var date *checkpoint.DateError
			if err := c.Confirm(t.Context(), cp, "signed by Ana"); !errors.As(err, &date) || date.Other+1 != date.Date {
				t.Errorf("another date: %v", err)
			}
			theirs := vouch(other, at.height)
			err := c.Confirm(t.Context(), theirs, "signed by Ana")
			var conflict *checkpoint.ConflictError
			if !errors.As(err, &conflict) {
				t.Fatalf("another chain's block: %v", err)
			}
			want := checkpoint.ConflictError{Height: at.height,
				A: checkpoint.Side{Height: at.root, Hash: chain.Trust(at.root).Hash, By: "the trust root, typed in", Makes: chain.Trust(at.height).Hash},
				B: checkpoint.Side{Height: at.height, Hash: theirs.Hash, By: "signed by Ana", Makes: theirs.Hash}}
			if *conflict != want {
				t.Errorf("%+v, want %+v", *conflict, want)
			}
			if light.Code(err) != "checkpoint_conflict" || light.VerdictOf(err) != light.Inconclusive {
				t.Errorf("%s, %s", light.Code(err), light.VerdictOf(err))
			}
			if c.LatestOf("a") == 0 || c.LatestOf("b") == 0 {
				t.Error("a source was dropped")
			}
		})
	}
}

func TestConfirmIsInconclusive(t *testing.T) {
	w := longChain()
	for name, test := range map[string]struct {
		height uint64
		trust  light.TrustRoot
		spoil  func(*lighttest.Source)
		code   string
	}{
		"above the newest":      {1200, w.Trust(1), func(s *lighttest.Source) { s.Newest = func() uint64 { return 1199 } }, "out_of_reach"},
		"nothing trusted":       {100, light.TrustRoot{}, nil, "no_trust_root"},
		"the state forgot it":   {5, w.Trust(1150), nil, "out_of_reach"},
		"the relay has it not":  {100, w.Trust(1150), func(s *lighttest.Source) { s.Refuse = func(h uint64) error { return unless(h != 100) } }, "error"},
		"the state is withheld": {100, w.Trust(1150), func(s *lighttest.Source) { s.Witnesses = nil }, "out_of_reach"},
	} {
		t.Run(name, func(t *testing.T) {
			src := w.Source("a")
			var blamed error
			if test.spoil != nil {
				test.spoil(src)
			}
			c := client(t, w.Chain, func(cfg *light.Config) {
				cfg.Trust = test.trust
				cfg.OnEvent = func(e light.Event) {
					if e.Kind == light.EventBlame {
						blamed = e.Err
					}
				}
			}, src)
			if _, err := c.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			wrong := vouch(w.Chain, test.height)
			wrong.Hash[0]++ // it would be a conflict if it could be found out
			err := c.Confirm(t.Context(), wrong, "signed by Ana")
			var conflict *checkpoint.ConflictError
			if err == nil || errors.As(err, &conflict) || light.VerdictOf(err) != light.Inconclusive || light.Code(err) != test.code {
				t.Errorf("%s: %v", light.Code(err), err)
			}
			if blamed != nil {
				t.Errorf("blamed: %v", blamed)
			}
		})
	}
	c := client(t, w.Chain, nil, w.Source("a"))
	foreign := vouch(w.Chain, 5)
	foreign.ChainID = "other-1"
	if err := c.Confirm(t.Context(), foreign, ""); light.Code(err) != "wrong_chain" {
		t.Error(err)
	}
}

func unless(fine bool) error {
	if fine {
		return nil
	}
	return errors.New("not now")
}

func TestReadTrust(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(3)
	cp := vouch(chain, 2)
	if err := cp.Add(checkpoint.Signature{Party: keys.Account{1}}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{cp.String(), "  " + cp.Lines()} {
		root, got, err := light.ReadTrust(text)
		if err != nil || root != chain.Trust(2) || got == nil || got.String() != cp.String() {
			t.Errorf("%v, %v, %v", root, got, err)
		}
	}
	root, got, err := light.ReadTrust(" " + chain.Trust(2).String())
	if err != nil || root != chain.Trust(2) || got != nil {
		t.Errorf("%v, %v, %v", root, got, err)
	}
	for _, text := range []string{"", "2", cp.String()[:80], "taolight-checkpoint:"} {
		if root, got, err := light.ReadTrust(text); err == nil || !root.IsZero() || got != nil {
			t.Errorf("%q: %v, %v", text, root, got)
		}
	}
}
