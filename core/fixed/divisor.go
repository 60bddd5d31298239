package fixed

import (
	"math"
	"math/bits"
)

// Divisor divides many numbers by one, with multiplications: [Divisor.Divide] gives the same bits as [I32F32.Div].
type Divisor struct {
	by      I32F32
	d       uint64 // by as the machine divides by it
	inverse uint64 // floor((2^64-1)/d)
	limit   uint64 // dividends from here on are left to Div
	up      uint8  // how far a dividend is shifted first: not at all when by is a whole number
}

// NewDivisor prepares for dividing by b.
func NewDivisor(b I32F32) Divisor {
	switch {
	case b <= 1: // by 1, the smallest there is, not even quotients of fractions fit
		return Divisor{by: b}
	case b&(One-1) == 0:
		d := uint64(b) >> 32
		return Divisor{by: b, d: d, inverse: math.MaxUint64 / d, limit: 1 << 63}
	}
	d := uint64(b)
	return Divisor{by: b, d: d, inverse: math.MaxUint64 / d, limit: 1 << 32, up: 32}
}

// Divide returns a/b rounded toward zero; 0 when b is 0 or the quotient doesn't fit.
func (v *Divisor) Divide(a I32F32) I32F32 {
	if uint64(a) >= v.limit {
		return a.Div(v.by)
	}
	return v.quick(a)
}

// quick divides a below the limit. What the inverse lost in rounding makes the product the quotient or one less.
func (v *Divisor) quick(a I32F32) I32F32 {
	x := uint64(a) << (v.up & 63)
	q, _ := bits.Mul64(x, v.inverse)
	if x-q*v.d >= v.d {
		q++
	}
	return I32F32(q)
}

// DivideBy divides v[k] by the divisor by[index[k]], where there is one. Index is as long as v.
func DivideBy(v []I32F32, index []uint16, by []Divisor) {
	for k, j := range index[:len(v)] {
		if int(j) >= len(by) {
			continue
		}
		if d := &by[j]; uint64(v[k]) < d.limit {
			v[k] = d.quick(v[k])
		} else {
			v[k] = v[k].Div(d.by)
		}
	}
}
