package stake

import (
	"math/big"
	"testing"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
	"pgregory.net/rapid"
)

func TestStakeMovesBetweenKeys(t *testing.T) {
	b := newBench(t)
	b.Params.MinStake = 2_000_000
	b.do(cold[1], BecomeDelegate{Hotkey: hot[1]})
	b.do(cold[0], Add{Hotkey: hot[0], Amount: 10 * tao.TAO})
	for _, s := range []struct {
		name   string
		signer int
		blocks uint64
		call   runner
		want   ledger.Code
	}{
		{"move neither", 0, 0, Move{FromHotkey: hot[0], ToHotkey: hot[1]}, ledger.ZeroAmount},
		{"transfer both", 0, 0, Transfer{ToColdkey: cold[1], Hotkey: hot[0], Amount: 1, All: true}, ledger.ZeroAmount},
		{"move to the same", 0, 0, Move{FromHotkey: hot[0], ToHotkey: hot[0], All: true}, ledger.SameOriginAndDestination},
		{"transfer to oneself", 0, 0, Transfer{ToColdkey: cold[0], Hotkey: hot[0], All: true}, ledger.SameOriginAndDestination},
		{"move to what is no delegate", 0, 0, Move{FromHotkey: hot[0], ToHotkey: hot[2], All: true}, ledger.NonAssociatedColdKey},
		{"move to nobody's", 0, 0, Move{FromHotkey: hot[0], ToHotkey: cold[2], All: true}, ledger.HotKeyAccountNotExists},
		{"transfer to who may not have it", 0, 0, Transfer{ToColdkey: cold[1], Hotkey: hot[0], All: true}, ledger.NonAssociatedColdKey},
		{"move too much", 0, 0, Move{FromHotkey: hot[0], ToHotkey: hot[1], Amount: 11 * tao.TAO}, ledger.NotEnoughStakeToWithdraw},
		{"move too little", 0, 0, Move{FromHotkey: hot[0], ToHotkey: hot[1], Amount: 1_999_999}, ledger.StakeTooLow},
		{"leave too little", 0, 0, Move{FromHotkey: hot[0], ToHotkey: hot[1], Amount: 10*tao.TAO - 1}, ledger.StakeTooLow},
		{"move", 0, 0, Move{FromHotkey: hot[0], ToHotkey: hot[1], Amount: 4 * tao.TAO}, 0},
		{"add", 0, 0, Add{Hotkey: hot[1], Amount: tao.TAO}, 0},
		{"transfer", 0, 1, Transfer{ToColdkey: cold[2], Hotkey: hot[1], Amount: 2 * tao.TAO}, 0},
		{"transfer too little", 2, 0, Transfer{ToColdkey: cold[3], Hotkey: hot[1], Amount: 1}, ledger.StakeTooLow},
		{"transfer all", 2, 0, Transfer{ToColdkey: cold[3], Hotkey: hot[1], All: true}, 0},
		{"unstake all", 0, 0, UnstakeAll{}, 0},
		{"unstake all again", 0, 0, UnstakeAll{}, ledger.NotEnoughStakeToWithdraw},
	} {
		b.Height += s.blocks
		if got := b.run(cold[s.signer], s.call); got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
	if got := b.has(cold[3], hot[1]); got != 2*tao.TAO || b.has(cold[2], hot[1]) != 0 {
		t.Errorf("c3 has %d of the 2 TAO that went through two hands", got)
	}
	if got := b.free(cold[0]); got != start-2*tao.TAO {
		t.Errorf("c0 has %d free", got)
	}
	id, _, err := PoolOf(b, hot[1], 0)
	b.must(err)
	page, _, err := Nominators(b, id, keys.Account{}, 10)
	b.must(err)
	if len(page) != 1 || page[0] != (Nominator{Coldkey: cold[3], Value: 2 * tao.TAO}) {
		t.Errorf("nominators: %+v", page)
	}
}

// Who has more positions than a page takes them back in several calls.
func TestUnstakeAllComesInPages(t *testing.T) {
	b := newBench(t)
	for i := range UnstakePage + 3 {
		hotkey := keys.Account{0xee, byte(i)}
		b.must(SetOwner(b.Ledger, hotkey, cold[0]))
		b.must(Add{Hotkey: hotkey, Amount: tao.TAO}.Run(b.Ledger, cold[0]))
	}
	b.do(cold[0], UnstakeAll{})
	if b.Totals.Staked != 3*tao.TAO {
		t.Errorf("%d are left", b.Totals.Staked)
	}
	b.do(cold[0], UnstakeAll{})
	if b.Totals.Staked != 0 || b.free(cold[0]) != start {
		t.Errorf("%d are left, %d free", b.Totals.Staked, b.free(cold[0]))
	}
	hotkeys, next, err := Hotkeys(b, cold[0], keys.Account{}, 10)
	b.must(err)
	if len(hotkeys) != 10 || next != (keys.Account{0xee, 9}) {
		t.Errorf("%d hotkeys, next %x", len(hotkeys), next)
	}
}

// Whatever four people do on four hotkeys, every rao is accounted for and the price of a share never falls: nobody's
// rounding costs anybody else, so that nobody gains by it.
func TestNobodyGainsByRounding(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b := newBench(t)
		b.Params.MaxTake = 65_535
		for i := range hot {
			b.do(cold[i], BecomeDelegate{Hotkey: hot[i]})
		}
		amounts := rapid.OneOf(rapid.Uint64Range(1, 300), rapid.Uint64Range(1, uint64(start/4)))
		who := rapid.IntRange(0, 3)
		for range rapid.IntRange(1, 20).Draw(r, "steps") {
			before := b.prices()
			c, h, other := cold[who.Draw(r, "who")], who.Draw(r, "where"), who.Draw(r, "other")
			amount, all := tao.Amount(amounts.Draw(r, "amount")), rapid.IntRange(0, 4).Draw(r, "all") == 0
			if all {
				amount = 0
			}
			switch rapid.IntRange(0, 5).Draw(r, "what") {
			case 0:
				b.run(c, Add{Hotkey: hot[h], Amount: amount})
			case 1:
				b.run(c, Remove{Hotkey: hot[h], Amount: amount, All: all})
			case 2:
				b.run(c, Move{FromHotkey: hot[h], ToHotkey: hot[other], Amount: amount, All: all})
			case 3:
				b.run(c, Transfer{ToColdkey: cold[other], Hotkey: hot[h], Amount: amount, All: all})
			case 4:
				take := uint16(rapid.IntRange(0, 65_535).Draw(r, "take"))
				b.Height += b.Params.TakeInterval + 1
				if b.run(cold[h], IncreaseTake{Hotkey: hot[h], Take: take}) != 0 {
					b.run(cold[h], DecreaseTake{Hotkey: hot[h], Take: take})
				}
			case 5:
				validator := tao.Amount(amounts.Draw(r, "dividends"))
				server := tao.Amount(rapid.Uint64Range(0, uint64(validator)).Draw(r, "incentive"))
				fairReward(r, b, h, server, validator)
			}
			for i, price := range b.prices() {
				if price.Cmp(before[i]) < 0 {
					r.Fatalf("a share of h%d fell from %s to %s", i, before[i], price)
				}
			}
		}
	})
}

// prices returns what a share of each hotkey's pool is worth, and checks that positions together are worth no more than
// the pool.
func (b bench) prices() (prices [4]*big.Rat) {
	b.t.Helper()
	for i := range hot {
		record, _, err := GetHotkey(b, hot[i])
		b.must(err)
		pool := record.Pool
		shares, parts := pool.worth()
		prices[i] = new(big.Rat).SetFrac(parts, shares.Lsh(shares, raoParts))
		sum := tao.Amount(0)
		for _, c := range cold {
			sum += b.has(c, hot[i])
		}
		if sum > pool.Value {
			b.t.Fatalf("positions on h%d are worth %d, the pool holds %d", i, sum, pool.Value)
		}
	}
	return prices
}

// fairReward pays a hotkey and holds what each nominator has got to his part of the dividends: no more, and less by no
// more than a rao and what the virtual shares keep.
func fairReward(r *rapid.T, b bench, h int, server, validator tao.Amount) {
	record, _, err := GetHotkey(b, hot[h])
	b.must(err)
	pool := record.Pool
	var before [4]tao.Amount
	for i, c := range cold {
		before[i] = b.has(c, hot[h])
	}
	b.earn(Reward, hot[h], server, validator)
	if got := b.total(hot[h]); got != pool.Value+server+validator {
		r.Fatalf("the pool holds %d, had %d and earned %d", got, pool.Value, server+validator)
	}
	if pool.Shares == (Shares{}) {
		return
	}
	rest := new(big.Int).SetUint64(uint64(validator - takeOf(validator, record.Take)))
	all := pool.Shares.int()
	virtual := new(big.Int).Add(all, big.NewInt(virtualShares))
	for i, c := range cold {
		if i == h {
			continue
		}
		held, err := readShares(b, c, pool)
		b.must(err)
		got := uint64(b.has(c, hot[h]) - before[i])
		least, most := mulDiv(rest, held, virtual, false).Uint64(), mulDiv(rest, held, all, true).Uint64()
		if got+1 < least || got > most+1 {
			r.Fatalf("c%d got %d of %s dividends on h%d, want %d to %d", i, got, rest, h, least, most)
		}
	}
}
