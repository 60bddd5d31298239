package bundle_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/tao"
)

// market is a chain of ten executed blocks, in each of which Alice pays somebody.
func market(t testing.TB, rules chain.Rules) *lighttest.Ledger {
	t.Helper()
	alice, err := sign.FromURI("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	l := lighttest.NewLedger(lighttest.Options{Seed: "market"}, &chain.Genesis{
		Name: "market", Time: 1_767_225_600_000, Source: "made up for a test", Params: ledger.DefaultParams(),
		Balances: []chain.Balance{{Address: alice.Account(), Free: 100 * tao.TAO}, {Address: rich, Free: tao.TAO}},
	})
	l.Rules = rules
	for range 10 {
		l.Execute(lighttest.Spec{Txs: [][]byte{l.Tx(alice, "transfer", account.Transfer{To: rich, Amount: 1000}, 0)}})
	}
	return l
}

func follower(t testing.TB, l *lighttest.Ledger, trust uint64) *light.Client {
	t.Helper()
	c, err := light.NewClient(context.Background(), light.Config{ChainID: l.ID(), Trust: l.Trust(trust), Now: l.Now, Sources: []light.Source{l.Source("relay")}, AppVersion: chain.AppVersion})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	return c
}

func block(t testing.TB, c *light.Client, height uint64) *bundle.Bundle {
	t.Helper()
	b, err := bundle.ForBlock(context.Background(), c, height)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const blockHeld = "file held, chain held, signed held, reached held, executed held, outcome held, "

func TestBlockThatFollows(t *testing.T) {
	l := market(t, nil)
	for pin, producers := range map[uint64]bool{1: false, 5: false, 6: false, 9: true} {
		b := block(t, follower(t, l, pin), 5)
		if got := len(b.Body.(*bundle.Block).Next) > 0; got != producers {
			t.Errorf("from %d: with the block above beside the path: %t", pin, got)
		}
		r, err := bundle.Check(encode(t, b), l.Now(), trusting(l.Trust(pin)))
		if err != nil || outcomes(r) != blockHeld || r.Finding != bundle.Follows || r.Level != level.Proven || r.Height != 5 || r.Nodes == 0 || r.Fraud != nil {
			t.Errorf("from %d: %q, %s", pin, r.Finding, show(r))
		}
		if x := r.Execution; x == nil || len(x.Outcome.Results) != 1 || x.Outcome.Results[0].Code != 0 {
			t.Errorf("from %d: executed: %+v", pin, x)
		}
		if b.Name() != "block-5.taoproof" {
			t.Error(b.Name())
		}
	}
	if _, err := bundle.ForBlock(t.Context(), follower(t, l, 1), l.Height()); light.Code(err) != "out_of_reach" {
		t.Error(err)
	}
}

// Each way of cheating is proven by a file to whoever trusts an earlier block, and to nobody else.
func TestFraudIsProven(t *testing.T) {
	for _, cheat := range []lighttest.Cheat{lighttest.PayFriend, lighttest.DenySuccess, lighttest.DropProducer} {
		t.Run(cheat.Name, func(t *testing.T) {
			l := market(t, cheat.At(5))
			c := follower(t, l, 1)
			b := block(t, c, 5)
			if c.Fraud() == nil {
				t.Fatal("no fraud was found")
			}
			raw := encode(t, b)
			r, err := bundle.Check(raw, l.Now(), trusting(l.Trust(1)))
			if err != nil || outcomes(r) != blockHeld || r.Finding != bundle.Fraud || r.Fraud == nil || r.Fraud.What != cheat.Differs || r.Level != level.Proven {
				t.Fatalf("%q, %s", r.Finding, show(r))
			}
			again, err := bundle.ForFraud(t.Context(), c, c.Fraud())
			if err != nil || !bytes.Equal(encode(t, again), raw) {
				t.Errorf("made of the fraud itself: %v", err)
			}
			if r, err := bundle.Check(raw, l.Now(), trusting(l.Trust(3))); light.Code(err) != "foreign_trust_root" || r.Level != level.Claimed {
				t.Error(show(r))
			}
			if _, err := bundle.ForFigure(t.Context(), c); err == nil {
				t.Error("a figure of a chain that lies")
			}
		})
	}
}

// The relays are gone once a lie is found: what the client remembers is enough for the file.
func TestFraudIsSavedWithoutRelays(t *testing.T) {
	l := market(t, lighttest.PayFriend.At(5))
	c := follower(t, l, 1)
	block(t, c, 5)
	c.Remove("relay")
	b, err := bundle.ForFraud(t.Context(), c, c.Fraud())
	if err != nil || b.Root != l.Trust(1) {
		t.Fatal(err)
	}
	if r, err := b.Check(l.Now(), trusting(l.Trust(1))); err != nil || r.Finding != bundle.Fraud {
		t.Error(show(r))
	}
}

// Nothing makes a fraud of an honest block, or hides one.
func TestAttackForgedBlock(t *testing.T) {
	l, cheated := market(t, nil), market(t, lighttest.PayFriend.At(5))
	of := func(b *bundle.Bundle) *bundle.Block { return b.Body.(*bundle.Block) }
	other := block(t, follower(t, l, 1), 6)
	for name, honest := range map[string]*bundle.Bundle{"follows": block(t, follower(t, l, 1), 5), "fraud": block(t, follower(t, cheated, 1), 5)} {
		w := l.World
		if name == "fraud" {
			w = cheated.World
		}
		for _, f := range []forgery{
			{"another transaction", func(b *bundle.Bundle) { of(b).Txs[0] = []byte{1} }, "wrong_hash", "executed"},
			{"no transaction", func(b *bundle.Bundle) { of(b).Txs = nil }, "wrong_hash", "executed"},
			{"evidence", func(b *bundle.Bundle) { of(b).Evidence = []byte{1} }, "malformed", "executed"},
			{"another block's witness", func(b *bundle.Bundle) { of(b).Witness = of(other).Witness }, "false_node", "executed"},
			{"no witness", func(b *bundle.Bundle) { of(b).Witness = nil }, "missing_node", "executed"},
			{"a witness cut off", func(b *bundle.Bundle) { of(b).Witness = of(b).Witness[:50] }, "false_node", "executed"},
			{"another block above", func(b *bundle.Bundle) { of(b).Next = w.Block(7).Encode() }, "false_proof", "executed"},
			{"other producers above", func(b *bundle.Bundle) {
				next := w.Block(6)
				next.Validators.List = next.Validators.List[:3]
				next.Validators.Proposer = next.Validators.List[0]
				of(b).Next = next.Encode()
			}, "wrong_hash", "executed"},
			{"a false signature above", func(b *bundle.Bundle) {
				next := w.Block(6)
				next.Commit.Signatures[0].Signature[0] ^= 1
				of(b).Next = next.Encode()
			}, "false_signature", "executed"},
			{"no header above", func(b *bundle.Bundle) { b.Path.Up, b.Path.Down = []*light.LightBlock{w.Block(1), w.Block(5)}, nil }, "false_proof", "executed"},
			{"too much", func(b *bundle.Bundle) { of(b).Evidence = make([]byte, 8<<20) }, "", "file"},
			{"nothing above", func(b *bundle.Bundle) { of(b).Next = []byte{1} }, "malformed", "executed"},
		} {
			want := light.Blame
			if f.code == "missing_node" {
				want = light.Inconclusive
			}
			f.try(t, w, honest, trusting(w.Trust(1)), want)
		}
	}
}

func TestEveryByteOfEvidenceFlipped(t *testing.T) {
	cheated := market(t, lighttest.PayFriend.At(5))
	honest := market(t, nil)
	for want, b := range map[string]*bundle.Bundle{bundle.Follows: block(t, follower(t, honest, 1), 5), bundle.Fraud: block(t, follower(t, cheated, 1), 5)} {
		raw, l := encode(t, b), honest
		if want == bundle.Fraud {
			l = cheated
		}
		for i := 0; i < len(raw); i += 5 {
			flipped := bytes.Clone(raw)
			flipped[i] ^= 1 << (i % 8)
			if r, err := bundle.Check(flipped, l.Now(), trusting(l.Trust(1))); err == nil && (r.Finding != want || r.Height != 5) {
				t.Fatalf("%s: byte %d flipped finds %q", want, i, r.Finding)
			}
		}
	}
}
