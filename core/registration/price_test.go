package registration

import (
	"math"
	"math/big"
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration/work"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"pgregory.net/rapid"
)

// nearZero is the adjustment alpha of the reference chain's tests: truncated to 18 fraction bits it is 0.
const nearZero = 58_000

func prices(least uint64, target, interval uint16) hyper.Params {
	p := hyper.Defaults()
	p.AdjustmentAlpha, p.TargetRegs, p.AdjustmentInterval = nearZero, target, interval
	p.MinBurn, p.MaxBurn, p.MinDifficulty, p.MaxDifficulty = 1, tao.Cap, least, math.MaxUint64
	return p
}

// follow puts a record in place, ends the block and returns the record and the difficulty after it.
func follow(t *testing.T, p hyper.Params, difficulty uint64, rec Record) (Record, uint64) {
	t.Helper()
	p.Difficulty = difficulty
	m := newMarket(t, func(q *hyper.Params) { *q = p })
	rec.Next = m.Height
	rec.Block = rec.Interval
	m.ok(put(m.Ledger, m.subnet(1).ID, rec))
	m.next()
	return m.record(1), m.params(1).Difficulty
}

func TestP08Difficulty(t *testing.T) {
	rec, difficulty := follow(t, prices(1, 1, 1), 20_000, Record{Burn: 5, Interval: 3, ByWork: 3})
	if want := (Record{Burn: 5, Adjusted: 10, Next: 11}); rec != want || difficulty != 40_000 {
		t.Errorf("%+v, want %+v; difficulty %d", rec, want, difficulty)
	}
	rec, difficulty = follow(t, prices(1, 3, 3), difficulty, Record{Burn: 5, Interval: 6, ByWork: 6})
	if want := (Record{Burn: 5, Adjusted: 10, Next: 13}); rec != want || difficulty != 60_000 {
		t.Errorf("%+v, want %+v; difficulty %d", rec, want, difficulty)
	}
}

func TestP09Burn(t *testing.T) {
	for alpha, want := range map[uint64]tao.Amount{nearZero: 1500, math.MaxUint64 / 2: 1250} {
		p := prices(1, 1, 1)
		p.AdjustmentAlpha = alpha
		if rec, difficulty := follow(t, p, 1, Record{Burn: 1000, Interval: 2, ByBurn: 2}); rec.Burn != want || difficulty != 1 {
			t.Errorf("with alpha %d the burn is %d and the difficulty %d, want %d and 1", alpha, rec.Burn, difficulty, want)
		}
	}
}

// The cases are those of the reference chain's own tests; the others follow from the rule.
func TestP10P11P12WhichPriceMoves(t *testing.T) {
	for _, c := range []struct {
		name           string
		target         uint16
		byBurn, byWork uint32
		least          uint64
		burn           tao.Amount
		difficulty     uint64
	}{
		{"P10 case A: many, mostly by work", 1, 1, 2, 10_000, 1000, 20_000},
		{"case B: many, mostly by burning", 1, 2, 1, 10_000, 2000, 10_000},
		{"P11 case C: few, mostly by work", 4, 1, 2, 10_000, 875, 10_000},
		{"case D: few, mostly by burning", 4, 2, 1, 1, 1000, 8750},
		{"P12 case E: few, as many", 3, 1, 1, 1, 833, 8333},
		{"case F: many, as many", 1, 1, 1, 1, 1500, 15_000},
		{"none", 4, 0, 0, 1, 500, 5000},
		{"as many as aimed at", 2, 1, 1, 1, 1000, 10_000},
	} {
		rec, difficulty := follow(t, prices(c.least, c.target, 1), 10_000, Record{
			Burn: 1000, Interval: c.byBurn + c.byWork, ByBurn: c.byBurn, ByWork: c.byWork,
		})
		if rec.Burn != c.burn || difficulty != c.difficulty {
			t.Errorf("%s: burn %d, difficulty %d, want %d and %d", c.name, rec.Burn, difficulty, c.burn, c.difficulty)
		}
	}
}

func TestIntervalEndsWhenItIsOver(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) { p.AdjustmentInterval, p.AdjustmentAlpha, p.TargetRegs = 3, 0, 1 })
	m.want(m.burn(0), 0)
	m.want(m.burn(1), 0)
	first := m.record(1)
	if first.Block != 2 || first.Interval != 2 || first.ByBurn != 2 || first.Next != 13 {
		t.Errorf("after two registrations: %+v", first)
	}
	for m.Height < 13 {
		m.next()
		if rec := m.record(1); rec.Block != 0 || rec.Interval != 2 || rec.Burn != first.Burn {
			t.Errorf("in block %d: %+v", m.Height, rec)
		}
	}
	m.next()
	if rec, want := m.record(1), (Record{Burn: first.Burn * 3 / 2, Adjusted: 13, Next: 16}); rec != want {
		t.Errorf("after the interval %+v, want %+v", rec, want)
	}
}

func TestOpenStaysWithinLimits(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) { p.MinBurn, p.MinDifficulty = 2*tao.TAO, 20_000_000 })
	if rec, want := m.record(1), (Record{Burn: 2 * tao.TAO, Adjusted: 10, Next: 370}); rec != want || m.params(1).Difficulty != 20_000_000 {
		t.Errorf("%+v, want %+v", rec, want)
	}
	if rec, want := m.record(subnet.RootNetuid), (Record{Burn: tao.TAO, Adjusted: 10, Next: 110}); rec != want {
		t.Errorf("root: %+v, want %+v", rec, want)
	}
}

// The reference's arithmetic, step by step in whole numbers of 2^-18.
func reference(x, alpha, r, t, least, most uint64) uint64 {
	n := func(v uint64) *big.Int { return new(big.Int).SetUint64(v) }
	raise := func(v *big.Int) *big.Int { return new(big.Int).Lsh(v, 18) }
	mul := func(a, b *big.Int) *big.Int { v := new(big.Int).Mul(a, b); return v.Rsh(v, 18) }
	div := func(a, b *big.Int) *big.Int { return new(big.Int).Quo(raise(a), b) }
	updated := div(mul(raise(n(x)), raise(n(r+t))), raise(n(t+t)))
	a := div(raise(n(alpha)), raise(n(math.MaxUint64)))
	next := mul(a, raise(n(x)))
	next.Add(next, mul(new(big.Int).Sub(raise(n(1)), a), updated))
	switch {
	case next.Cmp(raise(n(most))) >= 0:
		return most
	case next.Cmp(raise(n(least))) <= 0:
		return least
	}
	return next.Rsh(next, 18).Uint64()
}

func TestPriceIsTheReferences(t *testing.T) {
	wild := rapid.OneOf(rapid.Uint64Range(0, 1<<20), rapid.Uint64(), rapid.Uint64Range(math.MaxUint64-3, math.MaxUint64))
	rapid.Check(t, func(t *rapid.T) {
		p := hyper.Params{TargetRegs: rapid.Uint16Min(1).Draw(t, "target"), AdjustmentAlpha: wild.Draw(t, "alpha")}
		x, a, b := wild.Draw(t, "x"), wild.Draw(t, "one limit"), wild.Draw(t, "another")
		least, most := min(a, b), max(a, b)
		r := rapid.Uint32Range(0, 1<<27).Draw(t, "registrations")
		got := reprice(x, p, r, least, most)
		if want := reference(x, p.AdjustmentAlpha, uint64(r), uint64(p.TargetRegs), least, most); got != want {
			t.Fatalf("%d, the reference has %d", got, want)
		}
	})
}

// A price never falls when there were more registrations than the target, never rises when there were fewer, and more
// registrations never make it lower.
func TestPriceFollowsDemand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := hyper.Params{TargetRegs: rapid.Uint16Range(1, 1000).Draw(t, "target"), AdjustmentAlpha: rapid.Uint64().Draw(t, "alpha")}
		x := rapid.Uint64().Draw(t, "x")
		r := rapid.Uint32Range(0, 3000).Draw(t, "registrations")
		next, more := reprice(x, p, r, 0, math.MaxUint64), reprice(x, p, r+1, 0, math.MaxUint64)
		if more < next {
			t.Fatalf("%d after %d registrations, %d after one more", next, r, more)
		}
		if target := uint32(p.TargetRegs); r >= target && next < x || r <= target && next > x {
			t.Fatalf("%d of %d registrations: from %d to %d", r, target, x, next)
		}
	})
}

// What the owner makes of the difficulty holds at once, and is where the next adjustment begins.
func TestOwnerSetsDifficulty(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) {
		*p = prices(1, 1, 20)
		p.PowAllowed, p.MaxRegsPerBlock, p.Difficulty = true, 64, 10_000
	})
	strong, weak := m.mine(0, m.Height-1), Register{}
	for n := 1; ; n++ { // work that meets the difficulty of 100 and not the first one
		weak = m.mineFor(n, m.Height-1, 100)
		if !work.Meets(weak.Work, m.params(1).Difficulty) {
			break
		}
	}
	m.want(m.run(weak, weak.Hotkey), ledger.InvalidDifficulty)
	set := subnet.SetHyperparameter{Netuid: 1, Name: "difficulty", Value: "100"}
	m.want(m.run(set, coldkey), ledger.NotSubnetOwner)
	m.want(m.run(set, owner), 0)
	if got := m.params(1).Difficulty; got != 100 {
		t.Errorf("%d", got)
	}
	m.want(m.run(weak, weak.Hotkey), 0)
	m.want(m.run(strong, strong.Hotkey), 0)
	for m.Height < 31 {
		m.next()
	}
	if got := m.params(1).Difficulty; got != 150 { // two by work, one aimed at
		t.Errorf("adjusted to %d", got)
	}
}
