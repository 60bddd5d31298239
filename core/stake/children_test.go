package stake

import (
	"math"
	"testing"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

const half = math.MaxUint64/2 + 1 // of 2^64-1, cut off at 32 digits exactly a half

func link(proportion uint64, hotkey keys.Account) Link {
	return Link{Proportion: proportion, Hotkey: hotkey}
}

func (b bench) weight(hotkey keys.Account, s subnet.Entry) tao.Amount {
	b.t.Helper()
	w, err := Weight(b, hotkey, s.ID)
	b.must(err)
	return w
}

func TestChildrenWorkWithTheirParentsStake(t *testing.T) {
	b := newBench(t)
	one, two := b.subnet(1), b.subnet(2)
	b.do(cold[0], Add{Hotkey: hot[0], Amount: 1000})
	b.do(cold[1], Add{Hotkey: hot[1], Amount: 100})
	b.do(cold[0], SetChildren{Netuid: 1, Hotkey: hot[0], Children: []Link{{Proportion: half, Hotkey: hot[1]}, {Proportion: half / 2, Hotkey: hot[2]}}})
	// What is given is not given on.
	b.do(cold[1], SetChildren{Netuid: 1, Hotkey: hot[1], Children: []Link{{Proportion: math.MaxUint64, Hotkey: hot[3]}}})
	for i, want := range []tao.Amount{250, 500, 250, 100} {
		if got := b.weight(hot[i], one); got != want {
			t.Errorf("h%d weighs %d on subnet 1, want %d", i, got, want)
		}
	}
	for i, want := range []tao.Amount{1000, 100, 0, 0} {
		if got := b.weight(hot[i], two); got != want {
			t.Errorf("h%d weighs %d on subnet 2, want %d", i, got, want)
		}
	}
	// Nothing of the family is left when all of it is taken back.
	b.Height += b.Params.ChildInterval
	b.do(cold[0], SetChildren{Netuid: 1, Hotkey: hot[0]})
	b.do(cold[1], SetChildren{Netuid: 1, Hotkey: hot[1]})
	for i, want := range []tao.Amount{1000, 100, 0, 0} {
		if got := b.weight(hot[i], one); got != want {
			t.Errorf("h%d weighs %d in the end, want %d", i, got, want)
		}
	}
	for e, err := range b.Iterate(subnet.Key(one.ID, subnet.FieldParents), nil) {
		b.must(err)
		t.Errorf("%x is left", e.Key)
	}
}

func TestPartsAreCutOffLikeTheReferences(t *testing.T) {
	for _, c := range []struct {
		amount tao.Amount
		p      uint64
		want   tao.Amount
	}{
		{1000, math.MaxUint64, 1000}, {1000, math.MaxUint64 - 1, 999}, {1000, half, 500}, {1001, half, 500}, {1000, half - 1, 499},
		{tao.Cap, 1, 0}, {tao.Cap, 1 << 32, tao.Cap >> 32}, {tao.Cap, math.MaxUint64, tao.Cap}, {0, math.MaxUint64, 0},
	} {
		if got := partOf(c.amount, c.p); got != c.want {
			t.Errorf("%d of %d is %d, want %d", c.p, c.amount, got, c.want)
		}
	}
}

// On a subnet c2's hotkey h2 has 100 of its own, h0 of c0 gives it 400 and a second hotkey of c2 gives it 500.
func TestDividendsOfChildrenGoToTheirParents(t *testing.T) {
	b := newBench(t)
	b.Params.MaxChildTake = 65_535
	s := b.subnet(1)
	sister := keys.Account{0xd9}
	b.must(SetOwner(b.Ledger, sister, cold[2]))
	b.do(cold[0], Add{Hotkey: hot[0], Amount: 800})
	b.do(cold[2], Add{Hotkey: hot[2], Amount: 100})
	b.do(cold[2], Add{Hotkey: sister, Amount: 500})
	b.do(cold[0], SetChildren{Netuid: 1, Hotkey: hot[0], Children: []Link{{Proportion: half, Hotkey: hot[2]}}})
	b.do(cold[2], SetChildren{Netuid: 1, Hotkey: sister, Children: []Link{{Proportion: math.MaxUint64, Hotkey: hot[2]}}})
	b.do(cold[2], SetChildkeyTake{Netuid: 1, Hotkey: hot[2], Take: 13_107}) // a fifth
	if got := b.weight(hot[2], s); got != 1000 {
		t.Fatalf("the child weighs %d", got)
	}
	pay := func(l *ledger.Ledger, hotkey keys.Account, server, validator tao.Amount) error {
		return RewardOn(l, s.ID, hotkey, server, validator)
	}
	b.earn(pay, hot[2], 7, 10_000)
	// h0 has earned 4000 and leaves a fifth; the sister has earned 5000 and leaves nothing.
	for hotkey, want := range map[keys.Account]tao.Amount{hot[0]: 800 + 3200, sister: 500 + 5000, hot[2]: 100 + 7 + 1000 + 800} {
		if got := b.total(hotkey); got != want && got != want+1 && got+1 != want {
			t.Errorf("%x holds %d, want %d", hotkey[:1], got, want)
		}
	}
	if b.Totals.Staked != 1400+10_007 {
		t.Errorf("%d are staked", b.Totals.Staked)
	}
	// Without stake there is nothing to split by; without parents it is a plain reward.
	b.do(cold[0], UnstakeAll{})
	b.do(cold[2], UnstakeAll{})
	b.earn(pay, hot[2], 0, 10)
	b.earn(pay, hot[1], 5, 10)
	if b.total(hot[2]) < 10 || b.total(hot[1]) != 15 || b.total(hot[0]) > 1 {
		t.Errorf("%d, %d and %d", b.total(hot[2]), b.total(hot[1]), b.total(hot[0]))
	}
}

func TestChildrenHaveRules(t *testing.T) {
	b := newBench(t)
	b.subnet(1)
	b.subnet(subnet.RootNetuid)
	many := make([]Link, MaxChildren+1)
	for i := range many {
		many[i] = Link{Proportion: 1, Hotkey: keys.Account{0xe0, byte(i)}}
	}
	set := func(children ...Link) SetChildren { return SetChildren{Netuid: 1, Hotkey: hot[0], Children: children} }
	for _, s := range []struct {
		name   string
		signer int
		blocks uint64
		call   runner
		want   ledger.Code
	}{
		{"root", 0, 0, SetChildren{Hotkey: hot[0]}, ledger.OperationNotPermittedOnRootSubnet},
		{"no subnet", 0, 0, SetChildren{Netuid: 2, Hotkey: hot[0]}, ledger.NetworkDoesNotExist},
		{"another's", 1, 0, set(), ledger.NonAssociatedColdKey},
		{"six", 0, 0, set(many...), ledger.TooManyChildren},
		{"itself", 0, 0, set(link(1, hot[0])), ledger.InvalidChild},
		{"nothing for a child", 0, 0, set(link(0, hot[1])), ledger.InvalidChild},
		{"twice", 0, 0, set(link(1, hot[1]), link(1, hot[1])), ledger.DuplicateChild},
		{"more than all", 0, 0, set(link(half, hot[1]), link(half, hot[2])), ledger.ProportionOverflow},
		{"nobody's child", 0, 0, set(link(1, cold[1])), ledger.HotKeyAccountNotExists},
		{"first", 0, 0, set(link(half, hot[1]), link(half-1, hot[2])), 0},
		{"again at once", 0, 0, set(), ledger.TxRateLimitExceeded},
		{"again a block early", 0, b.Params.ChildInterval - 1, set(), ledger.TxRateLimitExceeded},
		{"again", 0, 1, set(), 0},
		{"take of another's", 0, 0, SetChildkeyTake{Netuid: 1, Hotkey: hot[1], Take: 1}, ledger.NonAssociatedColdKey},
		{"take too high", 1, 0, SetChildkeyTake{Netuid: 1, Hotkey: hot[1], Take: uint16(b.Params.MaxChildTake) + 1}, ledger.InvalidChildkeyTake},
		{"take", 1, 0, SetChildkeyTake{Netuid: 1, Hotkey: hot[1], Take: 10}, 0},
		{"higher take at once", 1, 1, SetChildkeyTake{Netuid: 1, Hotkey: hot[1], Take: 11}, ledger.TxChildkeyTakeRateLimitExceeded},
		{"lower take", 1, 0, SetChildkeyTake{Netuid: 1, Hotkey: hot[1], Take: 9}, 0},
		{"higher take", 1, b.Params.TakeInterval, SetChildkeyTake{Netuid: 1, Hotkey: hot[1], Take: 11}, 0},
	} {
		b.Height += s.blocks
		if got := b.run(cold[s.signer], s.call); got != s.want {
			t.Errorf("%s: %s, want %s", s.name, got, s.want)
		}
	}
}

// A child whose parents are as many as may be takes one who gives more for the one who gives least, and nobody else.
func TestNobodyCanCrowdOutParents(t *testing.T) {
	b := newBench(t)
	s := b.subnet(1)
	child := []Link{{Proportion: math.MaxUint64, Hotkey: hot[1]}}
	parent := func(i int) keys.Account { return keys.Account{0xe0, byte(i)} }
	for i := range MaxParents + 1 {
		b.must(SetOwner(b.Ledger, parent(i), cold[0]))
		b.must(Add{Hotkey: parent(i), Amount: tao.Amount(100 + i)}.Run(b.Ledger, cold[0]))
	}
	for i := range MaxParents {
		b.must(SetChildren{Netuid: 1, Hotkey: parent(i + 1), Children: child}.Run(b.Ledger, cold[0]))
	}
	for _, gives := range []string{"less than all others", "as much as another"} {
		if got := b.run(cold[0], SetChildren{Netuid: 1, Hotkey: parent(0), Children: child}); got != ledger.TooManyParents {
			t.Errorf("a parent that gives %s: %s", gives, got)
		}
		b.do(cold[0], Add{Hotkey: parent(0), Amount: 1})
	}
	b.do(cold[0], SetChildren{Netuid: 1, Hotkey: parent(0), Children: child})
	p, err := ReadParents(b, s.ID, hot[1])
	b.must(err)
	loser, err := ReadChildren(b, s.ID, parent(1))
	b.must(err)
	if len(p.List) != MaxParents || p.List[MaxParents-1].Hotkey != parent(0) || p.List[0].Hotkey != parent(2) || len(loser.List) != 0 {
		t.Errorf("%d parents, the last is %x; the one who gave least has children %v", len(p.List), p.List[len(p.List)-1].Hotkey[:2], loser.List)
	}
	if got := b.weight(parent(1), s); got != 101 {
		t.Errorf("the parent that lost its place weighs %d", got)
	}
}

// A new child is paid for once, and the money leaves the issuance: naming it again is free.
func TestNewChildrenArePaidFor(t *testing.T) {
	b := newBench(t)
	b.subnet(1)
	call := SetChildren{Netuid: 1, Hotkey: hot[0], Children: []Link{{Proportion: 1 << 62, Hotkey: hot[1]}}}
	for i, want := range []tao.Amount{1, 1, 2} {
		if i == 2 {
			call.Children = append(call.Children, Link{Proportion: 1, Hotkey: hot[2]})
		}
		b.do(cold[0], call)
		if got := b.Totals.Recycled; got != want*b.Params.RecordDeposit {
			t.Errorf("call %d: %d rao are recycled, want %d records' worth", i, got, want)
		}
		b.Height += b.Params.ChildInterval
	}
}
