// Package fixed is the fixed-point arithmetic of consensus, with the bits of the reference chain's.
//
// [I32F32] carries shares and scores, [I64F64] sums of stake. Start with [FromU16], [Share] or [FromU64]. Products round
// down (floor), quotients toward zero, and nothing wraps or panics: what doesn't fit saturates, or becomes 0 where an
// operation says so. The same operation gives the same bits on every machine; there is no float in it.
//
// The rounding rules are those of the crate substrate-fixed 0.6, as the reference chain's epoch uses it.
package fixed

import (
	"fmt"
	"math"
	"math/bits"
)

// I32F32 is a signed number with 32 bits before the point and 32 behind it: the integer holds x·2^32.
type I32F32 int64

// One and the bounds of an I32F32.
const (
	One I32F32 = 1 << 32
	Max I32F32 = math.MaxInt64
	Min I32F32 = math.MinInt64
)

// FromU16 returns x.
func FromU16(x uint16) I32F32 { return I32F32(x) << 32 }

// Share returns x/65535, rounded down: 65535 is [One].
func Share(x uint16) I32F32 { return I32F32(uint64(x) << 32 / math.MaxUint16) }

// Add returns a+b, saturated.
func (a I32F32) Add(b I32F32) I32F32 {
	sum := a + b
	if (a^sum)&(b^sum) < 0 {
		return saturated(a < 0)
	}
	return sum
}

// Sub returns a-b, saturated.
func (a I32F32) Sub(b I32F32) I32F32 {
	diff := a - b
	if (a^b)&(a^diff) < 0 {
		return saturated(a < 0)
	}
	return diff
}

// Mul returns floor(a·b), saturated.
func (a I32F32) Mul(b I32F32) I32F32 {
	if uint64(a|b)>>32 == 0 { // both in [0, 1): one machine multiplication
		return I32F32(uint64(a) * uint64(b) >> 32)
	}
	return a.mulSaturated(b)
}

func (a I32F32) mulSaturated(b I32F32) I32F32 {
	p, ok := a.product(b)
	if !ok {
		return saturated((a < 0) != (b < 0))
	}
	return p
}

// MulOrZero returns floor(a·b), and 0 when that doesn't fit.
func (a I32F32) MulOrZero(b I32F32) I32F32 {
	p, ok := a.product(b)
	if !ok {
		return 0
	}
	return p
}

// product returns floor(a·b) and whether it fits.
func (a I32F32) product(b I32F32) (p I32F32, ok bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	// The product of two's complements as if they were unsigned is too large by the other factor for each negative one.
	hi -= uint64(a>>63)&uint64(b) + uint64(b>>63)&uint64(a)
	top := int64(hi) >> 31
	return I32F32(hi<<32 | lo>>32), top == 0 || top == -1
}

// Div returns a/b rounded toward zero; 0 when b is 0 or the quotient doesn't fit.
func (a I32F32) Div(b I32F32) I32F32 {
	if uint64(a)>>32 == 0 && b > 1 { // a in [0, 1), and the quotient fits: one machine division
		return I32F32(uint64(a) << 32 / uint64(b))
	}
	q, ok := a.quotient(b)
	if !ok {
		return 0
	}
	return q
}

// DivSaturated returns a/b rounded toward zero, saturated; 0/0 is 0.
func (a I32F32) DivSaturated(b I32F32) I32F32 {
	q, ok := a.quotient(b)
	if !ok && a != 0 {
		return saturated((a < 0) != (b < 0))
	}
	return q
}

// quotient returns a/b rounded toward zero and whether it fits; 0 and false when b is 0.
func (a I32F32) quotient(b I32F32) (q I32F32, ok bool) {
	switch {
	case b == 0:
		return 0, false
	case b&(One-1) == 0 && (a != Min || b != -One):
		return a / (b >> 32), true // a whole number: the point stays where it is
	}
	n, d := magnitude(a), magnitude(b)
	whole, rest := n/d, n%d
	if whole>>32 != 0 {
		return 0, false
	}
	var frac uint64
	switch {
	case rest>>32 == 0:
		frac = rest << 32 / d
	case rest == uint64(One):
		frac = reciprocal(d)
	default:
		frac, _ = bits.Div64(rest>>32, rest<<32, d)
	}
	return signed(whole<<32+frac, (a < 0) != (b < 0))
}

// reciprocal returns floor(2^64/d), for d above 1.
func reciprocal(d uint64) uint64 {
	q, r := math.MaxUint64/d, math.MaxUint64%d
	if r+1 == d { // what was divided is one less than 2^64
		q++
	}
	return q
}

// signed puts a sign to a magnitude and says whether the result fits.
func signed(u uint64, negative bool) (x I32F32, ok bool) {
	if negative {
		return -I32F32(u), u <= 1<<63
	}
	return I32F32(u), u < 1<<63
}

func magnitude(x I32F32) uint64 {
	if x < 0 {
		return -uint64(x)
	}
	return uint64(x)
}

func saturated(negative bool) I32F32 {
	if negative {
		return Min
	}
	return Max
}

// U16 returns floor(a) as a number from 0 to 65535, saturated.
func (a I32F32) U16() uint16 { return uint16(min(a.U64(), math.MaxUint16)) }

// U64 returns floor(a), and 0 for what is negative.
func (a I32F32) U64() uint64 { return uint64(max(a, 0) >> 32) }

// ToShare returns floor(a·65535) as a number from 0 to 65535, saturated.
func (a I32F32) ToShare() uint16 {
	if uint64(a) > uint64(One) {
		return a.Mul(FromU16(math.MaxUint16)).U16()
	}
	return uint16(uint64(a) * math.MaxUint16 >> 32)
}

// Of returns floor(a·amount): the part a of so many rao. Negative parts are 0, what doesn't fit saturates.
func (a I32F32) Of(amount uint64) uint64 {
	hi, lo := bits.Mul64(uint64(max(a, 0)), amount)
	if hi>>32 != 0 {
		return math.MaxUint64
	}
	return hi<<32 | lo>>32
}

// String returns a in decimal with nine digits behind the point, the rest cut off.
func (a I32F32) String() string {
	sign, u := "", magnitude(a)
	if a < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%s%d.%09d", sign, u>>32, u&(uint64(One)-1)*1_000_000_000>>32)
}
