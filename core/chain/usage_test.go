package chain

import (
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/weights"
)

// Free calls on one subnet leave room for those on others, and all of them for those that pay.
func TestFreeCallsLeaveRoom(t *testing.T) {
	w := newWalker(t, 0)
	hotkey := w.hot[0]
	raw, err := Body{
		Signer: hotkey.Account(), Scheme: hotkey.Scheme(), ValidUntil: 5, Call: "set_weights",
		Args: codec.MustEncode(weights.Set{Netuid: 1, UIDs: []uint16{0}, Values: []uint16{1}}),
	}.Sign(w.chainID, hotkey)
	if err != nil {
		t.Fatal(err)
	}
	p := prepare([][]byte{raw}, w.chainID, sign.VerifyAll)[0]
	quarter := ledger.DefaultParams().BlockUnits / 4
	for _, c := range []struct {
		name string
		used usage
		full bool
	}{
		{"an empty block", usage{}, false},
		{"much on the same subnet", usage{all: quarter / 8, feeless: quarter / 8, subnets: map[string]uint64{"1": quarter / 8}}, true},
		{"much on another", usage{all: quarter / 8, feeless: quarter / 8, subnets: map[string]uint64{"2": quarter / 8}}, false},
		{"a full quarter", usage{all: quarter, feeless: quarter}, true},
		{"a block full of paid calls", usage{all: 4 * quarter}, true},
	} {
		l, err := ledger.Begin(state.NewOverlay(w.tree), w.chainID, 4, 0)
		if err != nil {
			t.Fatal(err)
		}
		refusal, err := apply(l, p, &c.used)
		if err != nil {
			t.Fatal(err)
		}
		if full := refusal != nil && refusal.Code == ledger.BlockFull; full != c.full || full && !refusal.Invalid {
			t.Errorf("%s: %v", c.name, refusal)
		}
		if refusal == nil && c.used.subnets["1"] < p.cost.Units() {
			t.Errorf("%s: %v was counted", c.name, c.used)
		}
	}
}
