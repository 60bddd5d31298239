package fixed

import (
	"math"
	"math/big"
	"math/bits"
)

// I64F64 is a signed number with 64 bits before the point and 64 behind it, in two's complement: Hi is floor(x).
type I64F64 struct {
	Hi int64
	Lo uint64
}

// FromU64 returns x, saturated: the largest I64F64 is just below 2^63.
func FromU64(x uint64) I64F64 {
	if x > math.MaxInt64 {
		return saturatedWide(false)
	}
	return I64F64{Hi: int64(x)}
}

// Weight returns x/(2^64-1) with 32 bits behind the point, rounded down: 2^64-1 is 1.
func Weight(x uint64) I64F64 {
	q, _ := bits.Div64(x>>32, x<<32, math.MaxUint64)
	return I64F64{Hi: int64(q >> 32), Lo: q << 32}
}

// Add returns a+b, saturated.
func (a I64F64) Add(b I64F64) I64F64 {
	sum := a.AddWrapped(b)
	if (a.Hi^sum.Hi)&(b.Hi^sum.Hi) < 0 {
		return saturatedWide(a.Hi < 0)
	}
	return sum
}

// AddWrapped returns a+b modulo 2^128 raw units.
func (a I64F64) AddWrapped(b I64F64) I64F64 {
	lo, carry := bits.Add64(a.Lo, b.Lo, 0)
	hi, _ := bits.Add64(uint64(a.Hi), uint64(b.Hi), carry)
	return I64F64{int64(hi), lo}
}

// Mul returns floor(a·b), saturated.
func (a I64F64) Mul(b I64F64) I64F64 {
	ah, al := a.magnitude()
	bh, bl := b.magnitude()
	top, high := bits.Mul64(ah, bh)
	mid1, low1 := bits.Mul64(ah, bl)
	mid2, low2 := bits.Mul64(al, bh)
	carry, lost := bits.Mul64(al, bl)

	low, c1 := bits.Add64(low1, low2, 0)
	low, c2 := bits.Add64(low, carry, 0)
	high, c3 := bits.Add64(high, mid1, c1)
	high, c4 := bits.Add64(high, mid2, c2)

	negative := (a.Hi < 0) != (b.Hi < 0)
	if negative && lost != 0 { // toward minus infinity
		var c uint64
		low, c = bits.Add64(low, 1, 0)
		high, c = bits.Add64(high, 0, c)
		top += c
	}
	x, ok := signedWide(high, low, negative)
	if top|c3|c4 != 0 || !ok {
		return saturatedWide(negative)
	}
	return x
}

// Div returns a/b rounded toward zero; 0 when b is 0 or the quotient doesn't fit.
func (a I64F64) Div(b I64F64) I64F64 {
	nh, nl := a.magnitude()
	dh, dl := b.magnitude()
	var over, high, low uint64
	switch {
	case dh == 0 && dl == 0:
		return I64F64{}
	case dh == 0:
		var r uint64
		over, r = nh/dl, nh%dl
		high, r = bits.Div64(r, nl, dl)
		low, _ = bits.Div64(r, 0, dl)
	default:
		// Shifted so that the divisor's highest bit is set, each digit of 64 bits comes from one trial division.
		s := uint(bits.LeadingZeros64(dh))
		dh, dl = dh<<s|dl>>(64-s), dl<<s
		n3, n2, n1 := nh>>(64-s), nh<<s|nl>>(64-s), nl<<s
		var r1, r0 uint64
		high, r1, r0 = digit(n3, n2, n1, dh, dl)
		low, _, _ = digit(r1, r0, 0, dh, dl)
	}
	x, ok := signedWide(high, low, (a.Hi < 0) != (b.Hi < 0))
	if over != 0 || !ok {
		return I64F64{}
	}
	return x
}

// digit divides n2:n1:n0 by d1:d0, whose highest bit is set; the quotient fits 64 bits when n2:n1 < d1:d0.
func digit(n2, n1, n0, d1, d0 uint64) (q, r1, r0 uint64) {
	q = math.MaxUint64
	if n2 < d1 {
		q, _ = bits.Div64(n2, n1, d1)
	}
	// The trial digit is at most two too large.
	for {
		hi, lo := bits.Mul64(q, d0)
		top, mid := bits.Mul64(q, d1)
		mid, carry := bits.Add64(mid, hi, 0)
		top += carry
		var borrow uint64
		r0, borrow = bits.Sub64(n0, lo, 0)
		r1, borrow = bits.Sub64(n1, mid, borrow)
		if _, borrow = bits.Sub64(n2, top, borrow); borrow == 0 {
			return q, r1, r0
		}
		q--
	}
}

// I32F32 returns floor of a to 32 bits behind the point, saturated.
func (a I64F64) I32F32() I32F32 {
	if top := a.Hi >> 31; top != 0 && top != -1 {
		return saturated(a.Hi < 0)
	}
	return I32F32(a.Hi<<32 | int64(a.Lo>>32))
}

// U64 returns floor(a), and 0 for what is negative.
func (a I64F64) U64() uint64 { return uint64(max(a.Hi, 0)) }

// IsZero says whether a is 0.
func (a I64F64) IsZero() bool { return a == I64F64{} }

// String returns the raw number a·2^64 in decimal, as traces write it.
func (a I64F64) String() string {
	x := new(big.Int).Lsh(big.NewInt(a.Hi), 64)
	return x.Add(x, new(big.Int).SetUint64(a.Lo)).String()
}

func (a I64F64) magnitude() (hi, lo uint64) {
	if a.Hi >= 0 {
		return uint64(a.Hi), a.Lo
	}
	lo, borrow := bits.Sub64(0, a.Lo, 0)
	hi, _ = bits.Sub64(0, uint64(a.Hi), borrow)
	return hi, lo
}

// signedWide puts a sign to a magnitude and says whether the result fits.
func signedWide(hi, lo uint64, negative bool) (x I64F64, ok bool) {
	if !negative {
		return I64F64{int64(hi), lo}, hi>>63 == 0
	}
	ok = hi>>63 == 0 || hi == 1<<63 && lo == 0
	lo, borrow := bits.Sub64(0, lo, 0)
	hi, _ = bits.Sub64(0, hi, borrow)
	return I64F64{int64(hi), lo}, ok
}

func saturatedWide(negative bool) I64F64 {
	if negative {
		return I64F64{Hi: math.MinInt64}
	}
	return I64F64{Hi: math.MaxInt64, Lo: math.MaxUint64}
}
