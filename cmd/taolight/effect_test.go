package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/tao"
)

// An event is told by the names of its fields: to people with amounts in TAO and shares per cent, to programs in rao.
func TestLineOf(t *testing.T) {
	alice := keys.Account{1}
	long := coinbase.EmissionPaid{Netuid: 1, Server: make([]uint64, 10), Validator: []uint64{2e9}}
	for _, test := range []struct {
		name        string
		data        any
		words, json string
	}{
		{"Transfer", account.Transferred{From: alice, To: alice, Amount: 3 * tao.TAO / 2},
			"from " + alice.String() + ", to " + alice.String() + ", amount 1.5 TAO",
			`{"from":"` + alice.String() + `","to":"` + alice.String() + `","amount":"1500000000"}`},
		{"ChildkeyTakeSet", stake.ChildTake{Netuid: 1, Hotkey: alice, Take: 6554},
			"netuid 1, hotkey " + alice.String() + ", take 10.00%", `{"netuid":1,"hotkey":"` + alice.String() + `","take":6554}`},
		{"ChildrenSet", stake.ChildrenOf{Netuid: 1, Parent: alice, Children: []stake.Link{{Proportion: 1 << 63, Hotkey: alice}}},
			"netuid 1, parent " + alice.String() + ", children (proportion 9223372036854775808, hotkey " + alice.String() + ")",
			`{"netuid":1,"parent":"` + alice.String() + `","children":[{"proportion":"9223372036854775808","hotkey":"` + alice.String() + `"}]}`},
		{"EmissionPaid", long,
			"netuid 1, index 0, server " + strings.Repeat("0 TAO; ", mostListed) + "and 2 more, validator 2 TAO",
			`{"netuid":1,"index":0,"server":["0","0","0","0","0","0","0","0","0","0"],"validator":["2000000000"]}`},
		{"FromTheFuture", []any{uint64(7), []byte{1, 255}}, `[7,"01ff"]`, `[7,"01ff"]`},
	} {
		line, err := lineOf(ledger.Event{Name: test.name, Data: codec.MustEncode(test.data)})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if data, err := json.Marshal(line.Data); line.words != test.words || string(data) != test.json {
			t.Errorf("%s: %s\n%s\n%v", test.name, line.words, data, err)
		}
	}
	if _, err := lineOf(ledger.Event{Name: "Transfer", Data: codec.MustEncode(uint64(1))}); err == nil {
		t.Error("data of another type make an event")
	}
}

// A receipt whose events can't be had says so, and stands.
func TestEffectThatCannotBeShown(t *testing.T) {
	ch := lighttest.New(lighttest.Options{}).Extend(4)
	client, err := light.NewClient(t.Context(), light.Config{
		ChainID: ch.ID(), Trust: ch.Trust(1), Sources: []light.Source{ch.Source("relay")},
		Now: func() time.Time { return time.Date(2026, 1, 1, 0, 3, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &session{client: client, chain: ch.ID()}
	if s.head, err = client.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &receipt{Height: 2}
	s.showEffect(t.Context(), order{}, r)
	if r.Effect != nil || r.Unshown == "" {
		t.Errorf("effect %v, missing because of %q", r.Effect, r.Unshown)
	}
	var out bytes.Buffer
	r.human(&out, order{})
	if !strings.Contains(out.String(), "effect\tnot shown: ") || !strings.Contains(out.String(), "succeeded all the same") {
		t.Error(out.String())
	}
}

// Of a block's events those of one transaction are its effect.
func TestEventsOf(t *testing.T) {
	all := &blockEvents{Block: 9, Events: []eventLine{{Tx: 0, Name: "A"}, {Tx: 1, Name: "B"}, {Tx: -1, Name: "C"}, {Tx: 1, Name: "D"}}}
	if own := eventsOf(all, 1); len(own.Events) != 2 || own.Events[0].Name != "B" || own.Events[1].Name != "D" || len(all.Events) != 4 {
		t.Errorf("%+v", own.Events)
	}
	var out bytes.Buffer
	eventsOf(all, 5).human(&out)
	if !strings.Contains(out.String(), "none: ") {
		t.Error(out.String())
	}
}
