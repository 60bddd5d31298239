package stake

import (
	"testing"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// delegates makes the state that cases 13 and 15 start from: h0 of c0 and h1 of c1 are delegates with a take of 10/65535,
// on h0 c0 has 200 and c1 300, on h1 both have 200.
func delegates(t *testing.T) bench {
	b := newBench(t)
	b.Params.DefaultTake = 10
	for i := range 2 {
		b.do(cold[i], BecomeDelegate{Hotkey: hot[i]})
	}
	b.do(cold[0], Add{Hotkey: hot[0], Amount: 200})
	b.do(cold[1], Add{Hotkey: hot[0], Amount: 300})
	b.do(cold[0], Add{Hotkey: hot[1], Amount: 200})
	b.do(cold[1], Add{Hotkey: hot[1], Amount: 200})
	return b
}

func (b bench) want(what string, got, want tao.Amount) {
	b.t.Helper()
	if !near(got, want) {
		b.t.Errorf("%s has %d, want %d within 2", what, got, want)
	}
}

func TestP13DelegationSharesDividends(t *testing.T) {
	b := delegates(t)
	b.earn(Reward, hot[0], 0, 1000)
	b.earn(Reward, hot[1], 0, 1000)
	b.want("c0 on h0", b.has(cold[0], hot[0]), 601)
	b.want("c1 on h0", b.has(cold[1], hot[0]), 899)
	b.want("c0 on h1", b.has(cold[0], hot[1]), 700)
	b.want("c1 on h1", b.has(cold[1], hot[1]), 700)
	if h0, h1 := b.total(hot[0]), b.total(hot[1]); h0 != 1500 || h1 != 1400 || b.Totals.Staked != 2900 {
		t.Errorf("the pools hold %d and %d, together %d", h0, h1, b.Totals.Staked)
	}
}

func TestP14DelegationRights(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		name   string
		signer int
		call   runner
		want   ledger.Code
	}{
		{"stake on another's hotkey", 0, Add{Hotkey: hot[1], Amount: 200}, ledger.NonAssociatedColdKey},
		{"make another's hotkey a delegate", 0, BecomeDelegate{Hotkey: hot[1]}, ledger.NonAssociatedColdKey},
		{"become a delegate", 1, BecomeDelegate{Hotkey: hot[1]}, 0},
		{"become one again", 1, BecomeDelegate{Hotkey: hot[1]}, ledger.AlreadyDelegate},
		{"stake on a delegate", 0, Add{Hotkey: hot[1], Amount: 200}, 0},
		{"take out more than there is", 0, Remove{Hotkey: hot[1], Amount: 100_000}, ledger.NotEnoughStakeToWithdraw},
		{"take out what another has", 2, Remove{Hotkey: hot[1], Amount: 100}, ledger.NotEnoughStakeToWithdraw},
		{"take it out", 0, Remove{Hotkey: hot[1], Amount: 200}, 0},
		{"make nobody's hotkey a delegate", 0, BecomeDelegate{Hotkey: cold[3]}, ledger.HotKeyAccountNotExists},
		{"stake on nobody's hotkey", 0, Add{Hotkey: cold[3], Amount: 200}, ledger.HotKeyAccountNotExists},
	} {
		if got := b.run(cold[c.signer], c.call); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if b.free(cold[0]) != start || b.Totals.Staked != 0 {
		t.Errorf("%d are free, %d staked", b.free(cold[0]), b.Totals.Staked)
	}
}

func TestP15ServerPartIsTheOwners(t *testing.T) {
	b := delegates(t)
	b.earn(Reward, hot[0], 200, 1000)
	b.earn(Reward, hot[1], 123, 2000)
	b.want("c0 on h0", b.has(cold[0], hot[0]), 801)
	b.want("c1 on h0", b.has(cold[1], hot[0]), 899)
	b.want("c0 on h1", b.has(cold[0], hot[1]), 1200)
	b.want("c1 on h1", b.has(cold[1], hot[1]), 1323)
	if h0, h1 := b.total(hot[0]), b.total(hot[1]); h0 != 1700 || h1 != 2523 || b.Totals.Staked != 4223 {
		t.Errorf("the pools hold %d and %d, together %d", h0, h1, b.Totals.Staked)
	}
}

func TestTakesAreCutOffLikeTheReferences(t *testing.T) {
	for _, c := range []struct {
		amount tao.Amount
		take   uint16
		want   tao.Amount
	}{
		{21_845, 11_796, 3931}, // 3932 exactly; the ratio is cut off first
		{0, 11_796, 0}, {1, 65_534, 0}, {1, 65_535, 1}, {1_000_000_000, 11_796, 179_995_422},
		{tao.Cap, 65_535, tao.Cap}, {tao.Cap, 0, 0},
	} {
		if got := takeOf(c.amount, c.take); got != c.want {
			t.Errorf("a take of %d from %d is %d, want %d", c.take, c.amount, got, c.want)
		}
	}
}

// Dividends that nobody has a share in, and those of a hotkey that is no delegate, are the owner's.
func TestRewardOfTheOwner(t *testing.T) {
	b := newBench(t)
	b.earn(Reward, hot[0], 7, 1000)
	if got := b.has(cold[0], hot[0]); got != 1007 {
		t.Errorf("the owner has %d of 1007 of a pool that was empty", got)
	}
	b.do(cold[1], BecomeDelegate{Hotkey: hot[1]})
	b.earn(Reward, hot[1], 0, 5000)
	if got := b.has(cold[1], hot[1]); got != 5000 {
		t.Errorf("the owner of a delegate without stake has %d of 5000", got)
	}
	b.earn(Reward, hot[1], 0, 0)
	b.Mint(1)
	if err := Reward(b.Ledger, cold[0], 1, 0); err == nil {
		t.Error("a hotkey that nobody owns was paid")
	}
}

func TestTakesHaveLimits(t *testing.T) {
	b := newBench(t)
	p := b.Params
	b.Params.MinTake, b.Params.DefaultTake = 1000, 5000
	steps := []struct {
		name   string
		signer int
		blocks uint64 // before it
		call   runner
		want   ledger.Code
	}{
		{"raise before delegating", 0, 0, IncreaseTake{Hotkey: hot[0], Take: 65_535}, ledger.DelegateTakeTooHigh},
		{"delegate", 0, 0, BecomeDelegate{Hotkey: hot[0]}, 0},
		{"raise at once", 0, 1, IncreaseTake{Hotkey: hot[0], Take: 6000}, ledger.DelegateTxRateLimitExceeded},
		{"raise as soon as the interval is over", 0, p.TakeInterval - 1, IncreaseTake{Hotkey: hot[0], Take: 6000}, ledger.DelegateTxRateLimitExceeded},
		{"raise a block later", 0, 1, IncreaseTake{Hotkey: hot[0], Take: 6000}, 0},
		{"raise again", 0, 1, IncreaseTake{Hotkey: hot[0], Take: 6001}, ledger.DelegateTxRateLimitExceeded},
		{"lower at once", 0, 0, DecreaseTake{Hotkey: hot[0], Take: 5500}, 0},
		{"lower to the same", 0, 0, DecreaseTake{Hotkey: hot[0], Take: 5500}, ledger.DelegateTakeTooLow},
		{"lower too far", 0, 0, DecreaseTake{Hotkey: hot[0], Take: 999}, ledger.DelegateTakeTooLow},
		{"raise to the same", 0, p.TakeInterval, IncreaseTake{Hotkey: hot[0], Take: 5500}, ledger.DelegateTakeTooLow},
		{"raise too far", 0, 1, IncreaseTake{Hotkey: hot[0], Take: uint16(p.MaxTake) + 1}, ledger.DelegateTakeTooHigh},
		{"raise to the most", 0, 0, IncreaseTake{Hotkey: hot[0], Take: uint16(p.MaxTake)}, 0},
		{"raise another's", 1, 0, IncreaseTake{Hotkey: hot[0], Take: 7000}, ledger.NonAssociatedColdKey},
		{"lower another's", 1, 0, DecreaseTake{Hotkey: hot[0], Take: 1000}, ledger.NonAssociatedColdKey},
	}
	for _, s := range steps {
		b.Height += s.blocks
		if got := b.run(cold[s.signer], s.call); got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
}
