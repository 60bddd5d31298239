package chain

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

func mustEncode(v any) []byte { return codec.MustEncode(v) }

// A random walk: accounts are made, emptied and made again, stakes come and go, some transactions are invalid. The
// amounts add up after every block, and a second run gives the same roots.
func TestRandomWalk(t *testing.T) {
	blocks := 120
	if testing.Short() {
		blocks = 20
	}
	walk := func() state.Root {
		rnd := rand.New(rand.NewPCG(1, 2))
		g := testGenesis(t)
		people := make([]*sign.Key, 6)
		for i := range people {
			k, err := sign.FromURIScheme(sign.Ed25519, fmt.Sprintf("//Walker%d", i))
			if err != nil {
				t.Fatal(err)
			}
			people[i] = k
			g.Balances = append(g.Balances, Balance{Address: k.Account(), Free: tao.TAO})
		}
		w := worldOf(t, g)
		carol, err := sign.FromURIScheme(sign.Ed25519, "//Carol")
		if err != nil {
			t.Fatal(err)
		}
		people = append(people, carol)
		done := 0
		for range blocks {
			var txs [][]byte
			signed := map[*sign.Key]uint64{} // in this block
			for range rnd.IntN(6) {
				from, to := people[rnd.IntN(len(people))], people[rnd.IntN(len(people))]
				amount := tao.Amount(rnd.Uint64N(uint64(tao.TAO) / 4))
				if rnd.IntN(4) == 0 {
					amount = tao.Amount(rnd.IntN(1200))
				}
				var name string
				var args any
				switch rnd.IntN(6) {
				case 0, 1:
					name, args = "transfer", account.Transfer{To: to.Account(), Amount: amount}
				case 2:
					name, args = "transfer", account.Transfer{To: to.Account(), All: true}
				case 3:
					c := stake.AssociateHotkey{Hotkey: to.Account(), Scheme: to.Scheme()}
					c.Signature, _ = to.Sign(stake.AssociationPayload(w.chainID, c.Hotkey, from.Account()))
					name, args = "associate_hotkey", c
				case 4:
					name, args = "add_stake", stake.Add{Hotkey: to.Account(), Amount: amount}
				case 5:
					name, args = "remove_stake", stake.Remove{Hotkey: to.Account(), Amount: amount}
				}
				skip := signed[from]
				signed[from]++
				if rnd.IntN(10) == 0 {
					skip++ // a nonce ahead: invalid
				}
				txs = append(txs, w.tx(from, name, args, skip))
			}
			for _, r := range w.block(txs...).Results {
				if r.Code == 0 {
					done++
				}
			}
		}
		if !testing.Short() && done < blocks/2 {
			t.Errorf("only %d transactions of %d blocks did something", done, blocks)
		}
		return w.tree.Root()
	}
	if a, b := walk(), walk(); a != b {
		t.Errorf("two runs, two roots: %s and %s", a, b)
	}
}
