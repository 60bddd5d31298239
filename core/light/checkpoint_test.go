package light_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

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

// movingChain has another producer of four from block to block now and then, so that great steps need smaller ones.
func movingChain(n int) *lighttest.Chain {
	chain := lighttest.New(lighttest.Options{})
	for i := range n {
		var next []lighttest.Producer
		if i%200 == 199 {
			next = append(chain.Producers()[1:], lighttest.Producer{Key: lighttest.KeyOf("new", i), Power: 10})
		}
		chain.Add(lighttest.Spec{Next: next})
	}
	return chain
}

func TestConfirm(t *testing.T) {
	chain := movingChain(3000)
	other := chain.Fork(400, "other").Extend(2600) // by the same producers: two thirds of them lied
	for _, at := range []struct{ root, height uint64 }{
		{2500, 2500}, // the trust root itself
		{2500, 3000}, // the newest
		{2500, 2800}, // between
		{500, 700},   // far below the newest, above the root
		{2500, 2000}, // below the root, within its chain of hashes
		{2500, 900},  // farther below
		{2500, 100},
	} {
		t.Run(fmt.Sprint(at.height, "_from_", at.root), func(t *testing.T) {
			c := client(t, chain, func(cfg *light.Config) { cfg.Trust, cfg.Origin = chain.Trust(at.root), "typed in" }, chain.Source("a"), chain.Source("b"))
			if _, err := c.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			cp := vouch(chain, at.height)
			if err := c.Confirm(t.Context(), cp, "signed by Ana"); err != nil {
				t.Errorf("the chain's own block: %v", err)
			}
			cp.Time++
			var date *checkpoint.DateError
			if err := c.Confirm(t.Context(), cp, "signed by Ana"); !errors.As(err, &date) || date.Other+1 != date.Date {
				t.Errorf("another date: %v", err)
			}
			rival := other
			if at.height <= 400 {
				rival = chain.Fork(50, "early").Extend(300)
			}
			theirs := vouch(rival, at.height)
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
			if c.Counts().Headers == 0 || c.LatestOf("a") == 0 || c.LatestOf("b") == 0 {
				t.Error("a source was dropped")
			}
		})
	}
}

func TestConfirmIsInconclusive(t *testing.T) {
	chain := movingChain(3000)
	fork := chain.Fork(400, "other").Extend(2600)
	strangers := lighttest.New(lighttest.Options{Seed: "strangers"}).Extend(2900)
	stopped := errors.New("not now")
	for name, test := range map[string]struct {
		cp    checkpoint.Checkpoint
		trust light.TrustRoot
		spoil func(*lighttest.Source)
		code  string
	}{
		"above the newest":    {vouch(fork, 3000), chain.Trust(1), func(s *lighttest.Source) { s.Newest = func() uint64 { return 2999 } }, "out_of_reach"},
		"nothing trusted":     {vouch(chain, 5), light.TrustRoot{}, nil, "no_trust_root"},
		"relay has it not":    {vouch(chain, 5), chain.Trust(2900), func(s *lighttest.Source) { s.Refuse = func(h uint64) error { return when(h == 5, stopped) } }, "out_of_reach"},
		"no steps in between": {vouch(chain, 5), chain.Trust(2900), func(s *lighttest.Source) { s.Refuse = func(h uint64) error { return when(h > 5 && h < 2000, stopped) } }, "out_of_reach"},
		"too long before":     {vouch(chain, 5), chain.Trust(2900), nil, "out_of_reach"},
		"block of strangers":  {vouch(strangers, 900), chain.Trust(2900), nil, "out_of_reach"},
	} {
		t.Run(name, func(t *testing.T) {
			src := chain.Source("a")
			var blamed error
			params := light.Params{}
			if name == "too long before" {
				params.TrustingPeriod = 2000 * 12 * time.Second
			}
			if name == "block of strangers" { // a relay that shows both
				src.Tamper = func(b *light.LightBlock) *light.LightBlock {
					if b.Height() > 400 && b.Height() < 2800 {
						return strangers.Block(b.Height())
					}
					return b
				}
			}
			if test.spoil != nil {
				test.spoil(src)
			}
			c := client(t, chain, func(cfg *light.Config) {
				cfg.Trust, cfg.Params = test.trust, params
				cfg.OnEvent = func(e light.Event) {
					if e.Kind == light.EventBlame {
						blamed = e.Err
					}
				}
			}, src)
			if _, err := c.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			err := c.Confirm(t.Context(), test.cp, "signed by Ana")
			var conflict *checkpoint.ConflictError
			if err == nil || errors.As(err, &conflict) || light.VerdictOf(err) != light.Inconclusive || light.Code(err) != test.code {
				t.Errorf("%s: %v", light.Code(err), err)
			}
			if blamed != nil {
				t.Errorf("blamed: %v", blamed)
			}
		})
	}
	c := client(t, chain, nil, chain.Source("a"))
	foreign := vouch(chain, 5)
	foreign.ChainID = "other-1"
	if err := c.Confirm(t.Context(), foreign, ""); light.Code(err) != "wrong_chain" {
		t.Error(err)
	}
}

// A relay that joins another block far below does not outweigh one that joins the checkpoint's.
func TestConfirmAsksAllBeforeItFindsAConflict(t *testing.T) {
	chain := movingChain(3000)
	// One producer of block 901's set has lent its key: a made-up block 900 that names it as sole producer leads on.
	made := chain.Block(900)
	lent := chain.Block(901).Validators.List[0]
	set := lighttest.Set([]lighttest.Producer{{Key: chain.KeyFor(lent.PubKey), Power: 10}})
	made.Validators = set
	hash := set.Hash()
	made.Header.ValidatorsHash, made.Header.ProposerAddress = hash[:], set.List[0].Address[:]
	chain.Seal(made)
	liar := chain.Source("liar")
	liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 900 {
			return lighttest.Copy(made)
		}
		return b
	}
	c := client(t, chain, func(cfg *light.Config) { cfg.Trust = chain.Trust(2900) }, liar)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	var conflict *checkpoint.ConflictError
	if err := c.Confirm(t.Context(), vouch(chain, 900), "signed by Ana"); !errors.As(err, &conflict) {
		t.Fatalf("the lie does not join, and shows nothing: %v", err)
	}
	c.Add(chain.Source("honest"))
	if err := c.Confirm(t.Context(), vouch(chain, 900), "signed by Ana"); err != nil {
		t.Error(err)
	}
}

func when(so bool, err error) error {
	if so {
		return err
	}
	return nil
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
