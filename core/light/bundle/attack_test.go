package bundle_test

import (
	"bytes"
	"crypto/sha256"
	"runtime"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

type forgery struct {
	name  string
	forge func(b *bundle.Bundle)
	code  string
	step  string // that fails
}

func (f forgery) try(t *testing.T, w *lighttest.World, honest *bundle.Bundle, o bundle.Options, want light.Verdict) {
	t.Helper()
	b := reread(t, honest)
	f.forge(b)
	raw, err := b.Encode()
	if err != nil {
		if f.step != "file" {
			t.Errorf("%s: %v", f.name, err)
		}
		return
	}
	r, err := bundle.Check(raw, w.Now(), o)
	if r.Verdict != want || light.Code(err) != f.code {
		t.Errorf("%s: %s %s", f.name, light.Code(err), show(r))
	}
	for _, s := range r.Steps {
		if s.Name == f.step && s.Outcome == bundle.Held || s.Name != f.step && s.Outcome == bundle.Failed {
			t.Errorf("%s: %s", f.name, outcomes(r))
		}
	}
}

func fig(b *bundle.Bundle) *bundle.Figure      { return b.Body.(*bundle.Figure) }
func txn(b *bundle.Bundle) *bundle.Transaction { return b.Body.(*bundle.Transaction) }

func TestAttackForgedFigure(t *testing.T) {
	w := world(t, lighttest.Options{})
	c := client(t, w, w.Trust(1))
	honest := figure(t, c, 10)
	older := figure(t, c, payday)
	forked := w.Fork(9, "other").Extend(1).Block(10)
	for _, f := range []forgery{
		{"another result", func(b *bundle.Bundle) {
			fig(b).Pages[0].Result = codec.MustEncode(view.Account{Address: rich, Exists: true, Free: 91_284})
		}, "false_answer", "answer"},
		{"no result", func(b *bundle.Bundle) { fig(b).Pages[0].Result = nil }, "false_answer", "answer"},
		{"a witness of an older state", func(b *bundle.Bundle) { fig(b).Pages[0].Witness = fig(older).Pages[0].Witness }, "false_node", "witness"},
		{"an older header", func(b *bundle.Bundle) { b.Path.Up[1] = older.Path.Up[1] }, "false_node", "witness"},
		{"another program", func(b *bundle.Bundle) { fig(b).Program = "supply@1" }, "query_failed", "witness"},
		{"a node too many", func(b *bundle.Bundle) {
			fig(b).Program, fig(b).Pages[0].Args = "past_block@1", codec.MustEncode(chain.PastBlockArgs{Height: 1})
		}, "missing_node", "witness"},
		{"another account", func(b *bundle.Bundle) {
			fig(b).Pages[0].Args = codec.MustEncode(chain.AccountArgs{Address: keys.Account{9}})
		}, "false_answer", "answer"}, // in so small a state the same nodes show that it has nothing
		{"no arguments", func(b *bundle.Bundle) { fig(b).Pages[0].Args = nil }, "query_failed", "witness"},
		{"no witness", func(b *bundle.Bundle) { fig(b).Pages[0].Witness = nil }, "missing_node", "witness"},
		{"another state in the header", func(b *bundle.Bundle) { b.Path.Up[1].Header.AppHash[0] ^= 1 }, "wrong_hash", "signed"},
		{"another time in the header", func(b *bundle.Bundle) {
			b.Path.Up[1].Header.Time = b.Path.Up[1].Header.Time.Add(1)
		}, "wrong_hash", "signed"},
		{"a false signature", func(b *bundle.Bundle) { b.Path.Up[1].Commit.Signatures[0].Signature[0] ^= 1 }, "false_signature", "signed"},
		{"too few signatures", func(b *bundle.Bundle) {
			for i := range 2 {
				b.Path.Up[1].Commit.Signatures[i] = light.CommitSig{Flag: light.FlagAbsent}
			}
		}, "not_enough_signatures", "signed"},
		{"a root of no block", func(b *bundle.Bundle) { b.Root.Hash[0] ^= 1 }, "false_proof", "signed"},
		{"a root at another height", func(b *bundle.Bundle) { b.Root.Height++ }, "false_proof", "signed"},
		{"no path", func(b *bundle.Bundle) { b.Path.Up = nil }, "", "file"},
		{"backwards", func(b *bundle.Bundle) { b.Path.Up[0], b.Path.Up[1] = b.Path.Up[1], b.Path.Up[0] }, "false_proof", "signed"},
		{"the same block twice", func(b *bundle.Bundle) { b.Path.Up = append(b.Path.Up, b.Path.Up[1]) }, "malformed", "signed"},
		{"a header that the top does not follow", func(b *bundle.Bundle) { b.Path.Down = append(b.Path.Down, &older.Path.Up[1].Header) }, "invalid_block", "reached"},
		{"the other side of a fork", func(b *bundle.Bundle) { b.Path.Up[1] = forked }, "false_node", "witness"},
		{"another chain", func(b *bundle.Bundle) { b.ChainID = "another-0000000000000000" }, "wrong_chain", "chain"},
		{"a page too many", func(b *bundle.Bundle) { fig(b).Pages = append(fig(b).Pages, bundle.Page{}) }, "query_failed", "witness"},
		{"no pages", func(b *bundle.Bundle) { fig(b).Pages = nil }, "", "file"},
	} {
		want := light.Blame
		if f.code == "missing_node" || f.code == "query_failed" {
			want = light.Inconclusive
		}
		f.try(t, w, honest, trusting(w.Trust(1)), want)
	}
}

// Producers of the attacker's own sign whatever it likes. With the trust root of the caller nothing of that helps.
func TestAttackInventedProducers(t *testing.T) {
	w := world(t, lighttest.Options{})
	mine := world(t, lighttest.Options{Seed: "attacker", ChainID: w.ID()})
	b := figure(t, client(t, mine, mine.Trust(1)), 10)
	if r, err := b.Check(w.Now(), trusting(mine.Trust(1))); err != nil {
		t.Fatal(show(r))
	}
	if r, err := b.Check(w.Now(), trusting(w.Trust(2))); light.Code(err) != "foreign_trust_root" {
		t.Error(show(r))
	}
	b.Root, b.Path.Up[0] = w.Trust(1), w.Block(1)
	if r, err := b.Check(w.Now(), trusting(w.Trust(1))); light.Code(err) != "not_enough_trust" || r.Verdict == light.Accept {
		t.Error(show(r))
	}
	// The genuine root's header with other producers beside it.
	b.Path.Up[0].Validators = mine.Block(1).Validators
	if r, err := b.Check(w.Now(), trusting(w.Trust(1))); light.Code(err) != "wrong_hash" || r.Verdict != light.Blame {
		t.Error(show(r))
	}
}

// A bundle that contradicts itself is false, whoever's its trust root is.
func TestAttackFalseAndForeign(t *testing.T) {
	w := world(t, lighttest.Options{})
	b := figure(t, client(t, w, w.Trust(1)), 10)
	fig(b).Pages[0].Result = codec.MustEncode(view.Account{})
	r, err := b.Check(w.Now(), trusting(w.Trust(2)))
	if light.Code(err) != "false_answer" || r.Verdict != light.Blame || outcomes(r) != "file held, chain held, signed held, reached unsure, witness held, answer failed, " {
		t.Error(show(r))
	}
}

// Everything that the rules of another version wrote is beyond this program.
func TestUnknownRules(t *testing.T) {
	w := world(t, lighttest.Options{})
	w.Step(lighttest.Spec{App: 2}, nil)
	c, err := light.NewClient(t.Context(), light.Config{ChainID: w.ID(), Trust: w.Trust(1), Now: w.Now, Sources: []light.Source{w.Source("relay")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := figure(t, c, 11).Check(w.Now(), trusting(w.Trust(1)))
	if light.Code(err) != "unknown_version" || r.Verdict != light.Inconclusive {
		t.Error(show(r))
	}
}

func TestTransaction(t *testing.T) {
	w := world(t, lighttest.Options{})
	for pin, down := range map[uint64]int{1: 1, payday: 1, payday + 1: 1, 9: 4} {
		c := client(t, w, w.Trust(pin))
		for i := range txs {
			b := transaction(t, c, i)
			if len(b.Path.Down) != down {
				t.Errorf("from %d: %d headers down", pin, len(b.Path.Down))
			}
			r, err := bundle.Check(encode(t, b), w.Now(), trusting(w.Trust(pin)))
			if err != nil || outcomes(r) != "file held, chain held, signed held, reached held, included held, result held, events held, " {
				t.Fatal(show(r))
			}
			x := txn(b)
			if r.Height != payday || !bytes.Equal(x.Tx, txs[i]) || x.Code != results[i].Code || x.Gas != results[i].GasUsed || !r.Time.Equal(w.Block(payday).Header.Time) {
				t.Errorf("%+v of %+v", x, r)
			}
			if changes := x.Changes(); len(changes) != 1+i/2 || changes[0].Name != events[i].Name {
				t.Errorf("transaction %d changed %+v", i, changes)
			}
		}
	}
	c := client(t, w, w.Trust(1))
	b, err := bundle.ForTransactionHash(t.Context(), c, payday, sha256.Sum256(txs[1]))
	if err != nil || txn(b).Index != 1 {
		t.Errorf("by its hash: %v", err)
	}
	for name, ask := range map[string]func() (*bundle.Bundle, error){
		"no_transaction hash":  func() (*bundle.Bundle, error) { return bundle.ForTransactionHash(t.Context(), c, payday, [32]byte{1}) },
		"no_transaction index": func() (*bundle.Bundle, error) { return bundle.ForTransaction(t.Context(), c, payday, 3) },
		"no_transaction below": func() (*bundle.Bundle, error) { return bundle.ForTransaction(t.Context(), c, payday, -1) },
		"out_of_reach newest":  func() (*bundle.Bundle, error) { return bundle.ForTransaction(t.Context(), c, 10, 0) },
	} {
		if _, err := ask(); err == nil || name[:len(light.Code(err))] != light.Code(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Where no relay has the state any more the file does not show what changed, and says so.
func TestTransactionWithoutEvents(t *testing.T) {
	w := world(t, lighttest.Options{})
	b := transaction(t, client(t, w, w.Trust(1)), 2)
	all := len(txn(b).Effects)
	txn(b).Effects = nil
	r, err := bundle.Check(encode(t, b), w.Now(), trusting(w.Trust(1)))
	if all != 1 || err != nil || len(r.Silent) != 3 || txn(b).Changes() != nil || r.Steps[len(r.Steps)-1].Name != "result" {
		t.Error(show(r), r.Silent)
	}
}

func TestAttackForgedTransaction(t *testing.T) {
	w := world(t, lighttest.Options{})
	c := client(t, w, w.Trust(1))
	honest, first := transaction(t, c, 2), transaction(t, c, 0)
	event := codec.MustEncode(ledger.Event{Tx: 2, Name: "Transfer", Data: codec.MustEncode([]uint64{300})})
	for _, f := range []forgery{
		{"another transaction", func(b *bundle.Bundle) { txn(b).Tx = []byte("forged") }, "false_proof", "included"},
		{"with its hash", func(b *bundle.Bundle) {
			txn(b).Tx = []byte("forged")
			txn(b).Hashes[2] = sha256.Sum256(txn(b).Tx)
		}, "false_proof", "included"},
		{"beyond the last", func(b *bundle.Bundle) { txn(b).Index = 3 }, "", "file"},
		// The proof of transaction 2 of 3 is one of transaction 1 of 2, whose events are another's.
		{"as 1 of 2", func(b *bundle.Bundle) {
			txn(b).Index, txn(b).Hashes = 1, [][32]byte{txn(b).Hashes[0], txn(b).Hashes[2]}
		}, "false_proof", "included"},
		{"another place", func(b *bundle.Bundle) { txn(b).Index = 1 }, "false_proof", "included"},
		{"another result", func(b *bundle.Bundle) { txn(b).Code = 7 }, "false_proof", "result"},
		{"the result of another", func(b *bundle.Bundle) {
			txn(b).Code, txn(b).Data, txn(b).Gas = results[0].Code, results[0].Data, results[0].GasUsed
		}, "false_proof", "result"},
		{"with its proof", func(b *bundle.Bundle) {
			txn(b).Code, txn(b).Data, txn(b).Gas, txn(b).ResultProof = results[0].Code, results[0].Data, results[0].GasUsed, txn(first).ResultProof
		}, "false_proof", "result"},
		{"other data", func(b *bundle.Bundle) { txn(b).Data = nil }, "false_proof", "result"},
		{"more gas", func(b *bundle.Bundle) { txn(b).Gas = 1 << 63 }, "false_proof", "result"},
		{"no proof of the result", func(b *bundle.Bundle) { txn(b).ResultProof = nil }, "false_proof", "result"},
		{"a longer proof", func(b *bundle.Bundle) { txn(b).ResultProof = append(txn(b).ResultProof, [32]byte{}) }, "false_proof", "result"},
		{"an event changed", func(b *bundle.Bundle) { txn(b).Effects[0].Events[2] = event }, "false_proof", "events"},
		{"an event left out", func(b *bundle.Bundle) { txn(b).Effects[0].Events = txn(b).Effects[0].Events[1:] }, "false_proof", "events"},
		{"all left out", func(b *bundle.Bundle) { txn(b).Effects[0].Events = nil }, "false_proof", "events"},
		{"an event added", func(b *bundle.Bundle) { txn(b).Effects[0].Events = append(txn(b).Effects[0].Events, event) }, "false_proof", "events"},
		{"no event", func(b *bundle.Bundle) { txn(b).Effects[0].Events[0] = []byte{1} }, "malformed", "events"},
		{"another witness", func(b *bundle.Bundle) {
			txn(b).Effects[0].Witness = fig(figure(t, c, payday+1)).Pages[0].Witness
		}, "missing_node", "events"},
		{"effects twice", func(b *bundle.Bundle) { txn(b).Effects = append(txn(b).Effects, txn(b).Effects[0]) }, "", "file"},
		{"without the header above", func(b *bundle.Bundle) { b.Path.Up, b.Path.Down = []*light.LightBlock{w.Block(1), w.Block(payday)}, nil }, "false_proof", "included"},
		{"in the block above", func(b *bundle.Bundle) {
			b.Path.Up, b.Path.Down = []*light.LightBlock{w.Block(1), w.Block(payday + 2)}, []*light.Header{&w.Block(payday + 1).Header}
		}, "false_proof", "included"},
	} {
		want := light.Blame
		if f.code == "missing_node" {
			want = light.Inconclusive
		}
		f.try(t, w, honest, trusting(w.Trust(1)), want)
	}
}

// Whatever byte is changed, no other figure is accepted than the one that was proven.
func TestEveryByteFlipped(t *testing.T) {
	w := world(t, lighttest.Options{Powers: []int64{10}})
	c := client(t, w, w.Trust(1))
	for _, b := range []*bundle.Bundle{figure(t, c, 10), transaction(t, c, 2), figure(t, client(t, w, w.Trust(4)), 3)} {
		raw := encode(t, b)
		o := trusting(b.Root)
		honest, err := bundle.Check(raw, w.Now(), o)
		if err != nil {
			t.Fatal(err)
		}
		step, accepted := 1, 0
		if runtime.GOOS == "js" {
			step = 7
		}
		for i := 0; i < len(raw); i += step {
			flipped := bytes.Clone(raw)
			flipped[i] ^= 1 << (i % 8)
			r, err := bundle.Check(flipped, w.Now(), o)
			if err == nil {
				accepted++
				if !same(r, honest) {
					t.Fatalf("%s: byte %d flipped says something else and is accepted", b.Name(), i)
				}
			}
			own := o
			own.AcceptRoot = true
			if r, err := bundle.Check(flipped, w.Now(), own); err == nil && (!bytes.Equal(said(r), said(honest)) || r.Height != honest.Height) {
				t.Fatalf("%s: byte %d flipped says something else and is accepted on its own word", b.Name(), i)
			}
		}
		// Nothing signs a producer's turn, nor the signatures of a block that is trusted by its hash.
		if accepted > len(raw)/6 {
			t.Errorf("%s: %d of %d flips change nothing that is checked", b.Name(), accepted, len(raw)/step)
		}
	}
}

func TestEveryTruncation(t *testing.T) {
	w := world(t, lighttest.Options{Powers: []int64{10}})
	c := client(t, w, w.Trust(1))
	for _, b := range []*bundle.Bundle{figure(t, c, 10), transaction(t, c, 2)} {
		raw := encode(t, b)
		for n := range len(raw) {
			if _, err := bundle.Decode(raw[:n]); err == nil {
				t.Fatalf("%s is read when cut to %d bytes", b.Name(), n)
			}
		}
		if _, err := bundle.Decode(append(bytes.Clone(raw), 0)); err == nil {
			t.Errorf("%s is read with a byte more", b.Name())
		}
	}
}

func TestTooLarge(t *testing.T) {
	w := world(t, lighttest.Options{})
	b := figure(t, client(t, w, w.Trust(1)), 10)
	fig(b).Pages[0].Witness = make([]byte, bundle.MaxFile)
	if _, err := b.Encode(); light.Code(err) != "bad_file" {
		t.Error(err)
	}
	fig(b).Pages = make([]bundle.Page, 4097)
	if _, err := b.Encode(); light.Code(err) != "bad_file" {
		t.Error(err)
	}
}

// Whoever trusts a block knows nothing of the one above it: without a producer's help anybody makes one that names the
// trusted block as its parent. What is named by such a block is shown to nobody who trusts only the one below.
func TestAttackInventedBlockAbove(t *testing.T) {
	l := market(t, nil)
	mine := world(t, lighttest.Options{Seed: "attacker", ChainID: l.ID()})
	above := func(height uint64) *light.LightBlock {
		own, next := l.Block(height), mine.Block(height+1)
		hash := own.Hash()
		next.Header.LastBlockID.Hash = hash[:]
		next.Header.Time = l.Block(height + 1).Header.Time
		mine.Seal(next)
		return next
	}
	for name, b := range map[string]*bundle.Bundle{"fraud": block(t, follower(t, l, 1), 5), "transaction": transferred(t, follower(t, l, 1), 5)} {
		next := above(5)
		if x, ok := b.Body.(*bundle.Transaction); ok {
			x.Code, x.Effects = 7, nil
			root, _ := light.ResultRoot(wire.TxResult{Code: x.Code, Data: x.Data, GasUsed: x.Gas}, x.Index, uint64(len(x.Hashes)), x.ResultProof)
			next.Header.LastResultsHash = root[:]
			mine.Seal(next)
		}
		b.Path = light.Path{Up: []*light.LightBlock{next}, Down: []*light.Header{&l.Block(5).Header}}
		b.Root = light.TrustRoot{Height: 6, Hash: next.Hash()}
		r, err := bundle.Check(encode(t, b), l.Now(), trusting(l.Trust(5)))
		if light.Code(err) != "foreign_trust_root" || r.Verdict != light.Inconclusive || r.Level != level.Claimed {
			t.Errorf("%s: %s", name, show(r))
		}
	}
}

func transferred(t *testing.T, c *light.Client, height uint64) *bundle.Bundle {
	t.Helper()
	b, err := bundle.ForTransaction(t.Context(), c, height, 0)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whoever trusts a header on the way down is shown nothing below it that its hashes don't lead to.
func TestAttackBelowATrustedHeader(t *testing.T) {
	w := world(t, lighttest.Options{})
	honest := figure(t, client(t, w, w.Trust(9)), payday)
	if n := len(honest.Path.Down); n != 4 {
		t.Fatalf("%d headers down", n)
	}
	if r, err := honest.Check(w.Now(), trusting(w.Trust(7))); err != nil || r.Standing != bundle.Passes || r.Anchor != w.Trust(7) {
		t.Fatal(show(r))
	}
	for _, f := range []forgery{
		{"another state", func(b *bundle.Bundle) { b.Path.Down[3].AppHash[0] ^= 1 }, "invalid_block", "reached"},
		{"a header left out", func(b *bundle.Bundle) { b.Path.Down = append(b.Path.Down[:2:2], b.Path.Down[3]) }, "invalid_block", "reached"},
		{"the header above twice", func(b *bundle.Bundle) { b.Path.Down[3] = b.Path.Down[2] }, "invalid_block", "reached"},
	} {
		f.try(t, w, honest, trusting(w.Trust(7)), light.Blame)
	}
}
