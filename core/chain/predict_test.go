package chain

import (
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// What is predicted is what happens: code, fee, balance and events, of a success, a failure and what no block holds.
func TestPredictionsComeTrue(t *testing.T) {
	for _, c := range []struct {
		name   string
		amount tao.Amount
		skip   uint64
		want   ledger.Code
	}{
		{"a success", tao.TAO, 0, 0},
		{"a failure", 1000 * tao.TAO, 0, ledger.InsufficientBalance},
		{"a nonce ahead", 1, 1, ledger.NonceAhead},
	} {
		w := newWorld(t)
		alice, bob := key(t, "//Alice"), key(t, "//Bob").Account()
		body := w.body(alice, "transfer", account.Transfer{To: bob, Amount: c.amount}, c.skip)
		root := w.tree.Root()
		program, _ := Lookup(PredictQuery)
		raw, err := program.Run(w.tree, codec.MustEncode(PredictArgs{ChainID: w.chainID, Body: body}))
		if err != nil {
			t.Fatal(err)
		}
		var p view.Prediction
		if err := codec.Decode(raw, &p); err != nil {
			t.Fatal(err)
		}
		if w.tree.Root() != root {
			t.Errorf("%s: the state changed", c.name)
		}
		before := w.account(alice.Account()).Free
		signed, err := body.Sign(w.chainID, alice)
		if err != nil {
			t.Fatal(err)
		}
		out := w.block(signed)
		after := w.account(alice.Account()).Free
		if p.Height != w.height || p.Code != c.want.String() || p.Code != out.Results[0].Code.String() ||
			p.Fee != tao.Amount(out.Results[0].GasUsed)*ledger.DefaultParams().FeePerUnit ||
			p.FreeBefore != before || p.FreeAfter != after || len(p.Events) != len(out.Events) || p.Invalid != (c.skip > 0) {
			t.Errorf("%s: predicted %+v; %+v happened, %d rao before and %d after", c.name, p, out, before, after)
		}
	}
}
