package fixed

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// The series against the same one in big integers, and against e^x in floats, where it is long enough to be that.
func TestExpWide(t *testing.T) {
	series := func(x *big.Int) *big.Int {
		one := new(big.Int).Lsh(big.NewInt(1), 64)
		u := new(big.Int).Abs(x)
		sum, term := new(big.Int).Add(u, one), new(big.Int).Set(u)
		for i := int64(2); i < 64; i++ {
			term.Rsh(term.Mul(term, u), 64)
			term.Quo(term, big.NewInt(i))
			sum.Add(sum, term)
		}
		if x.Sign() < 0 {
			return new(big.Int).Quo(new(big.Int).Lsh(one, 64), sum)
		}
		return sum
	}
	rapid.Check(t, func(t *rapid.T) {
		x := I64F64{Hi: rapid.Int64Range(-20, 19).Draw(t, "whole"), Lo: rapid.Uint64().Draw(t, "fraction")}
		if x == (I64F64{Hi: 1}) {
			return
		}
		raw, _ := new(big.Int).SetString(x.String(), 10)
		if got, want := ExpWide(x).String(), series(raw).String(); got != want {
			t.Fatalf("e^%s is %s, want %s", raw, got, want)
		}
		exact := math.Exp(float64(x.Hi) + float64(x.Lo)/(1<<64))
		y := ExpWide(x)
		if got := float64(y.Hi) + float64(y.Lo)/(1<<64); math.Abs(got-exact) > 1e-12*exact+1e-17 {
			t.Fatalf("e^%s is %g, want %g", raw, got, exact)
		}
	})
	for _, c := range []struct{ x, want I64F64 }{
		{I64F64{}, I64F64{Hi: 1}},
		{I64F64{Hi: 1}, I64F64{Hi: 2, Lo: 22802600 % (1 << 23) << 41}},
		{I64F64{Hi: math.MaxInt64}, saturatedWide(false)},
		{I64F64{Hi: math.MinInt64}, I64F64{Lo: 2}}, // its opposite saturates, and so does the sum; 1/2^63
	} {
		if got := ExpWide(c.x); got != c.want {
			t.Errorf("e^%s is %s, want %s", c.x, got, c.want)
		}
	}
}

func TestWideDifference(t *testing.T) {
	least, most := saturatedWide(true), saturatedWide(false)
	for _, c := range []struct{ a, b, want I64F64 }{
		{I64F64{Hi: 3}, I64F64{Hi: 1, Lo: 1 << 63}, I64F64{Hi: 1, Lo: 1 << 63}},
		{I64F64{}, I64F64{Lo: 1}, I64F64{Hi: -1, Lo: math.MaxUint64}},
		{least, I64F64{Lo: 1}, least},
		{most, I64F64{Hi: -1}, most},
		{I64F64{}, least, most},
		{least, least, I64F64{}},
		{I64F64{Hi: -1}, least, I64F64{Hi: math.MaxInt64}},
	} {
		if got := c.a.Sub(c.b); got != c.want {
			t.Errorf("%v - %v is %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
