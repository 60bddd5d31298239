package chain

import (
	"bytes"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/multisig"
	"github.com/taolight/taolight/core/proxy"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"golang.org/x/crypto/blake2b"
)

func TestProxiesAreReadBack(t *testing.T) {
	w := keptWorld(t, func(*Genesis) {})
	alice, bob := key(t, "//Alice"), key(t, "//Bob").Account()
	ask := func(from keys.Account) view.Proxies {
		return asked[view.Proxies](w, "proxies@1", ProxiesArgs{Address: alice.Account(), From: from})
	}
	same(t, "nobody", ask(keys.Account{}), view.Proxies{Address: alice.Account(), Proxies: []view.Proxy{}})
	for _, k := range []proxy.Kind{proxy.Transfer, proxy.Staking} {
		w.hold(alice, "add_proxy", proxy.Add{Delegate: bob, Kind: k})
	}
	deposit := ledger.DefaultParams().RecordDeposit
	same(t, "Bob", ask(keys.Account{}), view.Proxies{Address: alice.Account(), Proxies: []view.Proxy{{Delegate: bob, Type: "transfer", Deposit: deposit}, {Delegate: bob, Type: "staking", Deposit: deposit}}})

	// Pages end between delegates, and together they hold everybody once.
	for i := range proxiesPerPage {
		for kind := range byte(3) {
			k := ledger.TableProxy.Key().Account(alice.Account()).Account(keys.Account{byte(i), 1}).Byte(kind)
			if err := ledger.Put(w.tree, k, tao.Amount(1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var all []view.Proxy
	pages := 0
	for from := (keys.Account{}); ; pages++ {
		page := ask(from)
		if len(page.Proxies) > proxiesPerPage+7 {
			t.Errorf("%d proxies on a page", len(page.Proxies))
		}
		all = append(all, page.Proxies...)
		if from = page.Next; from == (keys.Account{}) {
			break
		}
	}
	seen := map[view.Proxy]bool{}
	for _, p := range all {
		seen[p] = true
	}
	if want := 2 + 3*proxiesPerPage; len(all) != want || len(seen) != want || pages != 2 {
		t.Errorf("%d proxies, %d of them different, %d pages follow the first; want %d", len(all), len(seen), pages, want)
	}
}

func TestOperationsAreReadBack(t *testing.T) {
	w := keptWorld(t, func(*Genesis) {})
	alice, bob := key(t, "//Alice"), key(t, "//Bob")
	carol := key(t, "//Charlie").Account()
	mine, his := groupOf(3, alice, bob.Account(), carol), groupOf(3, bob, alice.Account(), carol)
	group := multisig.Account(3, []keys.Account{alice.Account(), bob.Account(), carol})
	ask := func(from view.Place) view.Operations {
		return asked[view.Operations](w, "operations@1", OperationsArgs{Address: group, From: from})
	}
	same(t, "nothing", ask(view.Place{}), view.Operations{Address: group, Operations: []view.Operation{}})

	call := send(carol, 1)
	w.hold(alice, "multisig_propose", multisig.Propose{Group: mine, Call: call})
	want := view.Operation{
		Height: w.height, Call: blake2b.Sum256(codec.MustEncode(call)), Threshold: 3, Approvals: []keys.Account{alice.Account()},
		Depositor: alice.Account(), Deposit: ledger.DefaultParams().RecordDeposit,
	}
	same(t, "one approval", ask(view.Place{}).Operations, []view.Operation{want})
	w.hold(bob, "multisig_approve", multisig.Approve{Group: his, Height: want.Height, Index: want.Index, Call: call})
	want.Approvals = append(want.Approvals, bob.Account())
	same(t, "two", ask(view.Place{}).Operations, []view.Operation{want})

	var txs [][]byte
	for i := range uint64(operationsPerPage + 3) {
		txs = append(txs, w.tx(alice, "multisig_propose", multisig.Propose{Group: mine, Call: call}, i))
	}
	w.block(txs...)
	first := ask(view.Place{})
	next := view.Place{Height: w.height, Index: operationsPerPage - 1}
	if len(first.Operations) != operationsPerPage || first.Next != next {
		t.Fatalf("%d operations, then %+v", len(first.Operations), first.Next)
	}
	second := ask(first.Next)
	if len(second.Operations) != 4 || second.Next != (view.Place{}) || second.Operations[0].Height != next.Height || second.Operations[0].Index != next.Index {
		t.Errorf("%+v", second)
	}
}

func TestColdkeySwapIsReadBack(t *testing.T) {
	w := keptWorld(t, func(g *Genesis) { g.Params.ColdkeySwapDelay, g.Params.ColdkeySwapReannounce = 4, 3 })
	alice, fresh := key(t, "//Alice"), keys.Account{5}
	args := AddressArgs{Address: alice.Account()}
	ask := func() view.ColdkeySwap { return asked[view.ColdkeySwap](w, "coldkey_swap@1", args) }
	same(t, "none", ask(), view.ColdkeySwap{Address: alice.Account()})
	hash := blake2b.Sum256(fresh[:])
	w.hold(alice, "announce_coldkey_swap", stake.AnnounceColdkeySwap{Hash: hash})
	since := w.height
	want := view.ColdkeySwap{Address: alice.Account(), Exists: true, Hash: hash, Since: since, From: since + 4, Again: since + 7}
	same(t, "announced", ask(), want)
	for w.height+1 < want.From {
		if code := w.one(w.tx(alice, "swap_coldkey", stake.SwapColdkey{New: fresh}, 0)); code != ledger.ColdkeySwapTooEarly {
			t.Errorf("in block %d: %s", w.height, code)
		}
	}
	for w.height+1 < want.Again {
		if code := w.one(w.tx(alice, "announce_coldkey_swap", stake.AnnounceColdkeySwap{Hash: hash}, 0)); code != ledger.ColdkeySwapReannouncedTooEarly {
			t.Errorf("in block %d: %s", w.height, code)
		}
	}
	w.hold(alice, "announce_coldkey_swap", stake.AnnounceColdkeySwap{Hash: hash})
	w.hold(alice, "dispute_coldkey_swap", stake.DisputeColdkeySwap{})
	if s := ask(); !s.Disputed || s.Since != w.height-1 || s.Begun {
		t.Errorf("disputed: %+v", s)
	}
}

// groupOf is a group as one of its members names it.
func groupOf(threshold uint16, me *sign.Key, others ...keys.Account) multisig.Group {
	if bytes.Compare(others[0][:], others[1][:]) > 0 {
		others[0], others[1] = others[1], others[0]
	}
	return multisig.Group{Threshold: threshold, Others: others}
}
