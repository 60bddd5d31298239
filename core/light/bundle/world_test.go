package bundle_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

var rich = keys.Account{7}

// payday is the height of the world's block with transactions.
const payday = 5

// txs are the transactions of that block, with their results and events.
var (
	txs     = [][]byte{[]byte("first"), []byte("second"), []byte("third")}
	results = []wire.TxResult{{GasUsed: 10}, {Code: 3, GasUsed: 20}, {Data: []byte{1, 2}, GasUsed: 30}}
	events  = []ledger.Event{
		{Tx: 0, Name: "Transfer", Data: codec.MustEncode([]uint64{1})}, {Tx: 1, Name: "Burn", Data: codec.MustEncode([]uint64{2})},
		{Tx: 2, Name: "Transfer", Data: codec.MustEncode([]uint64{3})}, {Tx: 2, Name: "Stake", Data: codec.MustEncode([]uint64{4})},
		{Tx: -1, Name: "Epoch", Data: codec.MustEncode([]uint64{5})},
	}
)

// world is a chain of ten blocks on a genesis of this chain's, of which block 5 holds transactions.
func world(t testing.TB, o lighttest.Options) *lighttest.World {
	t.Helper()
	programs := make([]light.Program, len(chain.Queries))
	for i := range programs {
		programs[i] = chain.Queries[i]
	}
	genesis := &chain.Genesis{
		Name: "test", Time: 1_700_000_000_000, Source: "made up for a test", Params: ledger.DefaultParams(),
		Producers: []chain.Producer{{PubKey: [32]byte{1}, Power: 10}},
		Balances:  []chain.Balance{{Address: rich, Free: 1_000_000_000_000}},
	}
	w := lighttest.NewWorld(o, programs, func(s state.Writer) error { return genesis.Apply(s) })
	for w.Height() < 10 {
		if w.Height() != payday-1 {
			w.Step(lighttest.Spec{}, nil)
			continue
		}
		root, err := ledger.EventsRoot(events)
		if err != nil {
			t.Fatal(err)
		}
		spec := lighttest.Spec{Txs: txs, Results: results}
		for _, e := range events {
			spec.Events = append(spec.Events, codec.MustEncode(e))
		}
		w.Step(spec, func(s state.Writer) error {
			return ledger.Put(s, ledger.TablePast.Key().U64(payday), ledger.PastBlock{Events: root})
		})
	}
	return w
}

// client returns a client that has followed the world from a trust root.
func client(t testing.TB, w *lighttest.World, trust light.TrustRoot) *light.Client {
	t.Helper()
	c, err := light.NewClient(context.Background(), light.Config{ChainID: w.ID(), Trust: trust, Now: w.Now, Sources: []light.Source{w.Source("relay")}, AppVersion: chain.AppVersion})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	return c
}

// figure makes a bundle of what the account has after the block below a header.
func figure(t testing.TB, c *light.Client, header uint64) *bundle.Bundle {
	t.Helper()
	h, err := c.At(context.Background(), header)
	if err != nil {
		t.Fatal(err)
	}
	program, _ := chain.Lookup(chain.AccountQuery)
	answer, err := c.QueryAt(context.Background(), h, program, codec.MustEncode(chain.AccountArgs{Address: rich}))
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.ForFigure(context.Background(), c, answer)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func transaction(t testing.TB, c *light.Client, index int) *bundle.Bundle {
	t.Helper()
	b, err := bundle.ForTransaction(context.Background(), c, payday, index)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func encode(t testing.TB, b *bundle.Bundle) []byte {
	t.Helper()
	raw, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// reread returns a copy that shares nothing, for a test to change.
func reread(t testing.TB, b *bundle.Bundle) *bundle.Bundle {
	t.Helper()
	out, err := bundle.Decode(encode(t, b))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func trusting(roots ...light.TrustRoot) bundle.Options { return bundle.Options{Trust: roots} }

func outcomes(r *bundle.Report) (out string) {
	for _, s := range r.Steps {
		out += s.Name + " " + s.Outcome.String() + ", "
	}
	return out
}

// said is all that a body says, but for what a figure was asked beside: where a list begins that has nothing there.
func said(r *bundle.Report) []byte {
	if f, ok := r.Body.(*bundle.Figure); ok {
		return append([]byte(f.Program), f.Pages[0].Result...)
	}
	return codec.MustEncode(r.Body)
}

// same says whether two reports say the same about the chain.
func same(a, b *bundle.Report) bool {
	return a.Kind == b.Kind && a.Height == b.Height && a.Time.Equal(b.Time) && a.State == b.State && a.ChainID == b.ChainID && a.Anchor == b.Anchor &&
		bytes.Equal(said(a), said(b))
}

func later(w *lighttest.World, d time.Duration) time.Time { return w.Now().Add(d) }

func show(r *bundle.Report) string { return fmt.Sprintf("%s (%v): %s", r.Verdict, r.Err, outcomes(r)) }
