package registration

import (
	"math/bits"

	"github.com/taolight/taolight/core/tao"
)

// A price can also follow demand without intervals: it jumps at each registration ([Bump]) and falls a little in each
// block ([Decay]). The reference chain does so since its subnets have tokens; here it is arithmetic that no call uses.

// One is 1 in the numbers of 32 fraction bits that [Bump] and [Decay] multiply by.
const One = 1 << 32

// Bump is the burn after a registration: ⌊burn·multiplier⌋, multiplier in units of 2^-32, at most [tao.Cap].
func Bump(burn tao.Amount, multiplier uint64) tao.Amount {
	hi, lo := bits.Mul64(uint64(burn), multiplier)
	if hi >= One {
		return tao.Cap
	}
	return min(tao.Amount(hi<<32|lo>>32), tao.Cap)
}

// Decay is the burn a block later: ⌊burn·factor⌋, with a factor of [DecayFactor], at least least.
func Decay(burn tao.Amount, factor uint64, least tao.Amount) tao.Amount {
	return max(Bump(burn, min(factor, One)), least)
}

// DecayFactor is the factor that halves a price in halfLife blocks, in units of 2^-32: the largest one whose power of
// halfLife, by squaring with each product rounded down, is at most a half. Without a half-life a price stays.
func DecayFactor(halfLife uint16) uint64 {
	if halfLife == 0 {
		return One
	}
	low, high := uint64(0), uint64(One)
	for low+1 < high {
		if mid := (low + high) / 2; power(mid, halfLife) > One/2 {
			high = mid
		} else {
			low = mid
		}
	}
	return low
}

// power is base^n in units of 2^-32, for a base of at most One, by squaring.
func power(base uint64, n uint16) uint64 {
	result := uint64(One)
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			result = product(result, base)
		}
		base = product(base, base)
	}
	return result
}

// product is ⌊a·b/2^32⌋ for a and b of at most One.
func product(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi<<32 | lo>>32
}
