package node_test

import (
	"fmt"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/wire"
)

// transfer is a signed transfer of the richest account, which in these tests is Alice.
func transfer(t *testing.T, chainID string, to keys.Account, amount tao.Amount) []byte {
	t.Helper()
	alice, err := sign.FromURI("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	body := chain.Body{
		Signer: alice.Account(), Scheme: alice.Scheme(), ValidUntil: 50, Call: "transfer",
		Args: codec.MustEncode(account.Transfer{To: to, Amount: amount}),
	}
	raw, err := body.Sign(chainID, alice)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestBodyInWords(t *testing.T) {
	w := newWorld(t)
	to := keys.Account{8}
	raw := transfer(t, w.ID(), to, 1_500_000_000)
	junk := []byte("not a transaction")
	results := []wire.TxResult{{GasUsed: 321}, {Code: uint32(ledger.Malformed)}, {Code: uint32(ledger.InsufficientBalance), GasUsed: 5}}
	b := w.Step(lighttest.Spec{Txs: [][]byte{raw, junk, raw}, Results: results}, nil)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)

	var body tab.BlockBody
	p.ask(tab.Body, tab.BodyParams{Height: b.Height()}, &body)
	if body.Level != level.Proven || body.ResultsLevel != level.Claimed || len(body.Txs) != 3 {
		t.Fatalf("the newest block: %s, results %s, %d transactions", body.Level, body.ResultsLevel, len(body.Txs))
	}
	w.grow(t, 1)
	p.until("the next header", func(s tab.Status) bool { return s.Head.Height == w.Height() })
	p.ask(tab.Body, tab.BodyParams{Height: b.Height()}, &body)
	if body.ResultsLevel != level.Proven {
		t.Errorf("results are %s under the next header", body.ResultsLevel)
	}
	good, broken, failed := body.Txs[0], body.Txs[1], body.Txs[2]
	if good.Call != "transfer" || good.Result != "Ok" || good.Fee != 321 || good.Broken != "" || good.Hash != chain.TxHash(raw) || good.Bytes != uint64(len(raw)) {
		t.Errorf("%+v", good)
	}
	want := fmt.Sprintf("[{{} to %s} {{} amount 1.5 τ} {{} all false}]", to)
	if got := fmt.Sprint(good.Args); got != want {
		t.Errorf("arguments %s, want %s", got, want)
	}
	if broken.Broken == "" || broken.Call != "" || broken.Hash != chain.TxHash(junk) || broken.Fee != 0 {
		t.Errorf("%+v", broken)
	}
	if failed.Code != uint32(ledger.InsufficientBalance) || failed.Result != "InsufficientBalance" || failed.Fee != 5 {
		t.Errorf("%+v", failed)
	}
	if err := p.fail(tab.Body, tab.BodyParams{Height: w.Height() + 5}); err.Code != "out_of_reach" {
		t.Error(err)
	}
}

func TestFalseBody(t *testing.T) {
	w := newWorld(t)
	w.Step(lighttest.Spec{Txs: [][]byte{[]byte("one")}}, nil)
	w.relay.source.Bodies = func(_ uint64, truth wire.BlockReply) (*wire.BlockReply, error) {
		truth.Txs = [][]byte{[]byte("two")}
		return &truth, nil
	}
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	if err := p.fail(tab.Body, tab.BodyParams{Height: w.Height()}); err.Code == "" {
		t.Error(err)
	}
	p.until("an alarm", func(s tab.Status) bool { return len(s.Alarms) == 1 && s.Relays[0].State == "blocked" })
}
