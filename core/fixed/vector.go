package fixed

import "math"

// Sum returns the sum of v modulo 2^64 raw units, which no sum of shares comes near.
func Sum(v []I32F32) (sum I32F32) {
	for _, x := range v {
		sum += x
	}
	return sum
}

// Normalize divides v by its sum, so that it sums to 1 but for rounding; when the sum is 0 v stays as it is.
func Normalize(v []I32F32) { NormalizeBy(v, Sum(v)) }

// NormalizeBy divides v by sum; when that is 0 v stays as it is.
func NormalizeBy(v []I32F32, sum I32F32) {
	if sum == 0 {
		return
	}
	by := NewDivisor(sum)
	for i, x := range v {
		if uint64(x) < by.limit {
			v[i] = by.quick(x)
		} else {
			v[i] = x.Div(sum)
		}
	}
}

// MaxUpscale writes v to shares as parts of its largest element, which becomes 65535: round(x·65535/max).
func MaxUpscale(shares []uint16, v []I32F32) {
	if len(v) == 0 {
		return
	}
	largest := Min
	for _, x := range v {
		largest = max(largest, x)
	}
	whole := FromU16(math.MaxUint16)
	for i, x := range v {
		switch {
		case largest == 0:
			shares[i] = x.Mul(whole).U16()
		case largest > FromU16(1<<15): // x·65535 would saturate
			shares[i] = x.Mul(whole.Div(largest)).round()
		default:
			shares[i] = x.Mul(whole).Div(largest).round()
		}
	}
}

// round returns the whole number nearest to a, from 0 to 65535, halves up.
func (a I32F32) round() uint16 { return a.Add(One / 2).U16() }

// MaxUpscaleShares is [MaxUpscale] of shares themselves, as weights are stored.
func MaxUpscaleShares(v []uint16) []uint16 {
	wide := fromShares(v)
	up := make([]uint16, len(v))
	MaxUpscale(up, wide)
	return up
}

// WithinShare says whether no element of v is more than limit/65535 of the sum of v.
func WithinShare(v []uint16, limit uint16) bool {
	wide := fromShares(v)
	Normalize(wide)
	for _, x := range wide {
		if x > Share(limit) {
			return false
		}
	}
	return true
}

func fromShares(v []uint16) []I32F32 {
	wide := make([]I32F32, len(v))
	for i, x := range v {
		wide[i] = FromU16(x)
	}
	return wide
}
