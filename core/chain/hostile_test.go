package chain

import (
	"bytes"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/batch"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/market"
	"github.com/taolight/taolight/core/multisig"
	"github.com/taolight/taolight/core/proxy"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// A subnet is worth its lock. Who looks after subnets could otherwise make one out of its principal's balance, give it to
// himself and dissolve it.
func TestAnOwnerProxyTakesNoLock(t *testing.T) {
	g := testGenesis(t)
	g.Params.MinLock, g.Params.NetworkRateLimit = 10*tao.TAO, 0
	w := worldOf(t, g)
	alice, bob, hot := key(t, "//Alice"), key(t, "//Bob"), key(t, "//Alice//hotkey").Account()
	if code := w.one(w.tx(alice, "add_proxy", proxy.Add{Delegate: bob.Account(), Kind: proxy.Owner}, 0)); code != 0 {
		t.Fatal(code)
	}
	as := func(n ledger.Nested) proxy.Call { return proxy.Call{Real: alice.Account(), Kind: proxy.Owner, Call: n} }
	steps := batch.Batch{Calls: []ledger.Nested{
		nested("register_network", market.Register{Hotkey: hot}),
		nested("transfer_subnet_ownership", subnet.TransferOwnership{Netuid: 3, NewOwner: bob.Account()}),
	}}
	if code := w.one(w.tx(bob, "proxy", as(nested("batch", steps)), 0)); code != ledger.CallFiltered {
		t.Errorf("%s; %d rao of Alice's are reserved for Bob", code, w.account(bob.Account()).Reserved)
	}
	if code := w.one(w.tx(bob, "proxy", as(steps.Calls[0]), 0)); code != 0 {
		t.Errorf("making a subnet: %s", code)
	}
}

// What a checker lets happen is what happens: two proposals of a group in one block are two operations.
func TestCheckerTellsTransactionsOfABlockApart(t *testing.T) {
	w := newWorld(t)
	alice, bob, carol := key(t, "//Alice"), key(t, "//Bob"), key(t, "//Charlie").Account()
	group := func(others ...keys.Account) multisig.Group {
		slices.SortFunc(others, func(a, b keys.Account) int { return bytes.Compare(a[:], b[:]) })
		return multisig.Group{Threshold: 2, Others: others}
	}
	rest := w.account(bob.Account()).Free - 2*tao.TAO/100
	txs := [][]byte{
		w.tx(alice, "multisig_propose", multisig.Propose{Group: group(bob.Account(), carol), Call: send(carol, 1)}, 0),
		w.tx(bob, "transfer", account.Transfer{To: carol, Amount: rest}, 0),
		w.tx(alice, "multisig_propose", multisig.Propose{Group: group(bob.Account(), carol), Call: send(carol, 2)}, 1),
	}
	pool, err := NewChecker(w.tree, w.chainID, sign.VerifyAll)
	if err != nil {
		t.Fatal(err)
	}
	for i, raw := range txs {
		if err := pool.Submit(raw); err != nil {
			t.Errorf("submitting %d: %v", i, err)
		}
	}
	for name, check := range map[string]func(c *Checker) error{
		"pick":   func(c *Checker) error { _, err := c.Pick(txs, 1<<20); return err },
		"accept": func(c *Checker) error { return c.Accept(txs) },
	} {
		c, err := NewChecker(w.tree, w.chainID, sign.VerifyAll)
		if err != nil {
			t.Fatal(err)
		}
		if err := check(c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		a, _, err := account.Get(c.ledger, alice.Account())
		if err != nil || a.Reserved != 2*ledger.DefaultParams().RecordDeposit {
			t.Errorf("%s: %d rao are reserved (%v)", name, a.Reserved, err)
		}
	}
	w.block(txs...)
	if got := w.account(alice.Account()).Reserved; got != 2*ledger.DefaultParams().RecordDeposit {
		t.Errorf("%d rao are reserved", got)
	}
}

// A chain without seats on its root network refuses who wants one; it does not stop.
func TestRootWithoutSeats(t *testing.T) {
	g := testGenesis(t)
	g.Params.RootSeats = 0
	w := worldOf(t, g)
	alice, hot := key(t, "//Alice"), key(t, "//Alice//hotkey").Account()
	if code := w.one(w.tx(alice, "root_register", registration.RootRegister{Hotkey: hot}, 0)); code != ledger.StakeTooLowForRoot {
		t.Error(code)
	}
}

// Who sends what fails pays nothing as long as it is kept out of blocks. There is an end to that: what a checker tries
// for nothing is no more than a block's worth.
func TestFailuresAreTriedForNothingUpToABlocksWorth(t *testing.T) {
	g := testGenesis(t)
	g.Params.BlockUnits = 5_000
	w := worldOf(t, g)
	alice, bob := key(t, "//Alice"), key(t, "//Bob")
	fails := account.Transfer{To: bob.Account(), Amount: 1000 * tao.TAO}
	c, err := NewChecker(w.tree, w.chainID, sign.VerifyAll)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for c.Submit(w.tx(alice, "transfer", fails, 0)) != nil {
		if refused++; refused > 100 {
			t.Fatal("without end")
		}
	}
	if units := w.cost("transfer", fails).Units(); uint64(refused) != (5_000+units-1)/units {
		t.Errorf("%d of %d units were tried", refused, units)
	}
	if err := c.Submit(w.tx(alice, "transfer", fails, 0)); err == nil {
		t.Error("a nonce is used once")
	}
	if err := c.Submit(w.tx(key(t, "//Nobody"), "transfer", fails, 0)); err == nil {
		t.Error("who can't pay is refused")
	}
	if code := w.one(w.tx(alice, "transfer", fails, 0)); code != ledger.InsufficientBalance {
		t.Error(code)
	}
}
