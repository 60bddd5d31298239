package chain

import (
	"errors"
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/registration/work"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
)

// worked is a chain whose subnet 2 takes easy work, and the miner who does it on a block.
func newWorked(t *testing.T) (w *world, mine func(block uint64) registration.Register, miner *sign.Key) {
	g := testGenesis(t)
	p := hyper.Defaults()
	p.PowAllowed, p.MinDifficulty, p.MaxDifficulty, p.TargetRegs = true, 1, 50, 10
	g.Subnets[1].Params = p
	w, miner = worldOf(t, g), key(t, "//Miner")
	for range 4 {
		w.block()
	}
	mine = func(block uint64) registration.Register {
		t.Helper()
		on, _, err := ledger.ReadPastBlock(w.tree, block)
		if err != nil {
			t.Fatal(err)
		}
		nonce, ok := work.Search(on.Hash, miner.Account(), 50, 0, 1<<16)
		if !ok {
			t.Fatal("no work found")
		}
		return registration.Register{
			Netuid: 2, Block: block, Nonce: nonce, Work: work.Seal(on.Hash, miner.Account(), nonce),
			Hotkey: miner.Account(), Coldkey: key(t, "//Bob").Account(),
		}
	}
	return w, mine, miner
}

// A hotkey without an account, an owner or money comes in by work alone, once.
func TestWorkPaysForRegistration(t *testing.T) {
	w, mine, miner := newWorked(t)
	for age := range uint64(2) { // seen from the next block: 1 and 2
		checker, err := NewChecker(w.tree, w.chainID, sign.VerifyAll)
		if err != nil {
			t.Fatal(err)
		}
		if err := checker.Submit(w.tx(miner, "register", mine(w.height-age), 0)); err != nil {
			t.Errorf("work on block %d is refused in block %d: %v", w.height-age, w.height+1, err)
		}
	}
	raw := w.tx(miner, "register", mine(w.height), 0)
	again := w.tx(miner, "register", mine(w.height), 1) // signed anew
	out := w.block(raw, raw, again)
	for i, want := range []ledger.Code{0, ledger.TooManyRegistrationsThisBlock, ledger.TooManyRegistrationsThisBlock} {
		if got := out.Results[i].Code; got != want {
			t.Errorf("transaction %d: %s, want %s", i, got, want)
		}
	}
	if owner, ok, err := stake.Owner(w.tree, miner.Account()); owner != key(t, "//Bob").Account() || !ok || err != nil {
		t.Errorf("the miner belongs to %s (%t, %v)", owner, ok, err)
	}
	s, err := subnet.Must(w.tree, 2)
	if err != nil || s.Uids != 1 {
		t.Errorf("%+v, %v", s, err)
	}
	if code := w.one(again); code != ledger.AlreadyRegistered {
		t.Errorf("the same work again: %s", code)
	}
}

// What the work is worth is found out before its signature is looked at.
func TestWorkIsCheckedBeforeItsSignature(t *testing.T) {
	w, mine, miner := newWorked(t)
	verified := 0
	checker, err := NewChecker(w.tree, w.chainID, func(checks []sign.Check) []bool {
		verified += len(checks)
		return sign.VerifyAll(checks)
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*registration.Register)
		want   ledger.Code
	}{
		"too old":      {func(c *registration.Register) { c.Block -= 2 }, ledger.InvalidWorkBlock},
		"too weak":     {func(c *registration.Register) { c.Work[0] = 0xff }, ledger.InvalidDifficulty},
		"made up":      {func(c *registration.Register) { c.Work[31] ^= 1 }, ledger.InvalidSeal},
		"another's":    {func(c *registration.Register) { c.Hotkey[0] ^= 1 }, ledger.HotkeyOriginMismatch},
		"where closed": {func(c *registration.Register) { c.Netuid = 1 }, ledger.RegistrationDisabled},
	} {
		args := mine(w.height)
		c.change(&args)
		var refusal *ledger.Refusal
		if err := checker.Submit(w.tx(miner, "register", args, 0)); !errors.As(err, &refusal) || refusal.Code != c.want || !refusal.Invalid {
			t.Errorf("%s: %v, want an invalid %s", name, err, c.want)
		}
	}
	if verified != 0 {
		t.Errorf("%d signatures were verified", verified)
	}
	if err := checker.Submit(w.tx(miner, "register", mine(w.height), 0)); err != nil || verified != 1 {
		t.Errorf("%v after %d signatures", err, verified)
	}
}
