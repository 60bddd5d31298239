package chain

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/serving"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/weights"
)

// free signs a call without a fee; skip counts calls that are signed but not yet in a block.
func (w *world) free(from *sign.Key, call string, args any, skip uint64) []byte {
	w.t.Helper()
	var h stake.Hotkey
	if _, err := ledger.Load(w.tree, ledger.TableHotkey.Key().Account(from.Account()), &h); err != nil {
		w.t.Fatal(err)
	}
	b := Body{Signer: from.Account(), Scheme: from.Scheme(), Nonce: h.Nonce + skip, ValidUntil: w.height + 64, Call: call, Args: codec.MustEncode(args)}
	raw, err := b.Sign(w.chainID, from)
	if err != nil {
		w.t.Fatal(err)
	}
	return raw
}

// A mempool holds one call without a fee of a kind for each hotkey and subnet, whatever the rate limit allows.
func TestMempoolHoldsOneFreeCallOfAKind(t *testing.T) {
	g := testGenesis(t)
	hot := key(t, "//Alice//hotkey")
	for i := range g.Subnets {
		g.Subnets[i].Params.WeightsRateLimit = 0
		g.Subnets[i].Hotkeys = append(g.Subnets[i].Hotkeys[:0], hot.Account())
	}
	w := worldOf(t, g)
	w.block()
	row := func(netuid uint16) weights.Set {
		return weights.Set{Netuid: netuid, UIDs: []uint16{0}, Values: []uint16{1}}
	}
	serve := serving.ServeAxon{Netuid: 1, Address: serving.EndpointAt(netip.MustParseAddrPort("1.2.3.4:80"))}
	checker := func() *Checker {
		c, err := NewChecker(w.tree, w.chainID, sign.VerifyAll)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := checker()
	submit := func(raw []byte, want ledger.Code) {
		t.Helper()
		err := c.Submit(raw)
		var refusal *ledger.Refusal
		switch isRefusal := errors.As(err, &refusal); {
		case !isRefusal && (err != nil || want != 0):
			t.Errorf("got %v, want %s", err, want)
		case isRefusal && (refusal.Code != want || !refusal.Invalid):
			t.Errorf("got %v (invalid: %v), want %s", refusal, refusal.Invalid, want)
		}
	}
	bad := row(1)
	bad.UIDs = []uint16{7}
	submit(w.free(hot, "set_weights", bad, 0), ledger.NoValidatorPermit) // takes no slot
	submit(w.free(hot, "set_weights", row(1), 0), 0)
	submit(w.free(hot, "set_weights", row(1), 1), ledger.SlotTaken)
	submit(w.free(hot, "set_weights", row(2), 1), 0)
	submit(w.free(hot, "serve_axon", serve, 2), 0)
	first, second := w.free(hot, "set_weights", row(1), 0), w.free(hot, "set_weights", row(1), 1)
	if out := w.block(first, second); out.Results[0].Code != 0 || out.Results[1].Code != 0 {
		t.Errorf("a block may hold both: %v", out.Refusals)
	}
	c = checker()
	submit(w.free(hot, "set_weights", row(1), 0), 0)
}

// A guard that refuses a call without a fee makes it invalid: the root is as if it had not been there.
func TestRefusedFreeCallsChangeNothing(t *testing.T) {
	w, without := newWorld(t), newWorld(t)
	hot := key(t, "//Alice//hotkey")
	out := w.block(w.free(hot, "set_weights", weights.Set{Netuid: 1, UIDs: []uint16{3}, Values: []uint16{1}}, 0))
	without.block()
	if got := out.Results[0]; got.Code != ledger.NoValidatorPermit || got.GasUsed != 0 {
		t.Errorf("%+v", got)
	}
	if w.tree.Root() != without.tree.Root() {
		t.Error("the state is another than without the call")
	}
}

// A batch costs what its rows cost.
func TestCostOfABatchGrowsWithItsRows(t *testing.T) {
	w := newWorld(t)
	hot := key(t, "//Alice//hotkey")
	raw := w.free(hot, "batch_set_weights", weights.Batch{Items: []weights.Set{{Netuid: 1, UIDs: []uint16{0}, Values: []uint16{1}}}}, 0)
	out := w.block(raw)
	call, _ := LookupCall("set_weights")
	least := call.Estimate(len(raw)).Units()
	if got := out.Results[0]; got.Code != 0 || got.GasUsed < least {
		t.Errorf("%s, %d units, want at least %d (%v)", got.Code, got.GasUsed, least, out.Refusals[0])
	}
	s, _ := subnet.Must(w.tree, 1)
	if row, err := weights.Row(w.tree, s.ID, 0); err != nil || len(row) != 1 {
		t.Errorf("%v, %v", row, err)
	}
}
