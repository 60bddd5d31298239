package yumamodel

import (
	"math"
	"math/big"
)

// Real is a number with 32 bits behind the point: x is stored as x·2^32.
type Real int64

const (
	one  Real = 1 << 32
	half Real = 1 << 31
	// Euler is e with the 23 bits behind the point that the reference has of it.
	euler Real = 22802600 << 9
)

func share(x uint16) Real { return safeDiv(Real(x)<<32, 65535<<32) }

func exact(a Real) *big.Int { return big.NewInt(int64(a)) }

// saturate returns the nearest number that a Real can be.
func saturate(x *big.Int) Real {
	switch {
	case x.IsInt64():
		return Real(x.Int64())
	case x.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

func add(a, b Real) Real { return saturate(new(big.Int).Add(exact(a), exact(b))) }

func sub(a, b Real) Real { return saturate(new(big.Int).Sub(exact(a), exact(b))) }

// product is a·b before it is known to fit; Rsh of a negative big integer rounds down.
func product(a, b Real) *big.Int {
	p := new(big.Int).Mul(exact(a), exact(b))
	return p.Rsh(p, 32)
}

func mul(a, b Real) Real { return saturate(product(a, b)) }

// checkedMul is a product that is 0 when it doesn't fit.
func checkedMul(a, b Real) Real {
	if p := product(a, b); p.IsInt64() {
		return Real(p.Int64())
	}
	return 0
}

// quotient is a/b before it is known to fit; Quo rounds toward zero.
func quotient(a, b Real) *big.Int {
	q := new(big.Int).Lsh(exact(a), 32)
	return q.Quo(q, exact(b))
}

// safeDiv is a quotient that is 0 when it doesn't fit or doesn't exist.
func safeDiv(a, b Real) Real {
	if b == 0 {
		return 0
	}
	if q := quotient(a, b); q.IsInt64() {
		return Real(q.Int64())
	}
	return 0
}

// div saturates; b is never 0 where the epoch uses it.
func div(a, b Real) Real { return saturate(quotient(a, b)) }

// sum wraps, as plain additions of the reference do.
func sum(v []Real) Real {
	total := new(big.Int)
	for _, x := range v {
		total.Add(total, exact(x))
	}
	return Real(wrap(total, 64).Int64())
}

// wrap reduces x to a two's complement of so many bits.
func wrap(x *big.Int, bits uint) *big.Int {
	size := new(big.Int).Lsh(big.NewInt(1), bits)
	x = new(big.Int).Mod(x, size)
	if x.Bit(int(bits)-1) == 1 {
		x.Sub(x, size)
	}
	return x
}

// clamp takes the smaller bound last, so that it wins over a larger one that is below it.
func clamp(x, low, high Real) Real { return max(min(x, high), low) }

// normalize divides each value by the sum, unless that is 0.
func normalize(v []Real) []Real { return normalizeBy(v, sum(v)) }

func normalizeBy(v []Real, total Real) []Real {
	out := make([]Real, len(v))
	for i, x := range v {
		if out[i] = x; total != 0 {
			out[i] = safeDiv(x, total)
		}
	}
	return out
}

// exp is e^x of x limited to [-20, 20]: 31 terms of the series, of |x|.
func exp(x Real) Real {
	x = clamp(x, -20*one, 20*one)
	switch x {
	case 0:
		return one
	case one:
		return euler
	}
	size := max(x, -x)
	result, term := add(one, size), size
	for i := Real(2); i <= 31; i++ {
		term = div(mul(term, size), i<<32)
		result = add(result, term)
	}
	if x < 0 {
		return div(one, result)
	}
	return result
}

// toShare is floor(x·65535) of a share, within 0 to 65535.
func toShare(x Real) uint16 {
	return uint16(clamp(mul(x, 65535<<32)>>32, 0, 65535))
}

// payout is floor(x·rao), within 0 to 2^64-1.
func payout(x Real, rao uint64) uint64 {
	p := new(big.Int).Mul(exact(x), new(big.Int).SetUint64(rao))
	return floorToU64(p.Rsh(p, 32))
}

func floorToU64(x *big.Int) uint64 {
	switch {
	case x.Sign() < 0:
		return 0
	case x.IsUint64():
		return x.Uint64()
	}
	return math.MaxUint64
}
