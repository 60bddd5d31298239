package registration

import (
	"math/bits"

	"github.com/taolight/taolight/core/hyper"
)

// fraction is how many bits of a price's fixed-point arithmetic are behind the point. The reference chain uses I110F18.
const fraction = 18

// reprice moves a price from x towards x·(r+t)/(2t), for r registrations where t were the target, and keeps the part
// adjustment_alpha of x: new(x) = a·x + (1-a)·x·(r+t)/(2t), with a = ⌊alpha·2^18/(2^64-1)⌋/2^18. Every product and
// quotient is truncated to 18 fraction bits, as there, and the result to a whole number between least and most.
func reprice(x uint64, p hyper.Params, registrations uint32, least, most uint64) uint64 {
	target := uint64(max(p.TargetRegs, 1))
	kept := keptPart(p.AdjustmentAlpha)
	moved := wide{0, x}.shiftLeft(fraction).times(uint64(registrations) + target).over(2 * target)
	next := moved.times(1<<fraction - kept).shiftRight(fraction).plus(wide{0, x}.times(kept)).shiftRight(fraction)
	if next.hi != 0 {
		return most
	}
	return min(max(next.lo, least), most)
}

// keptPart is alpha/(2^64-1) in units of 2^-18, rounded down.
func keptPart(alpha uint64) uint64 {
	n := wide{0, alpha}.shiftLeft(fraction)
	q, _ := bits.Div64(n.hi, n.lo, 1<<64-1)
	return q
}

// wide is a number of 128 bits. A price of 64 bits, twice 18 fraction bits and up to 2^27 registrations fit; the limit on
// an interval's registrations is far below that.
type wide struct{ hi, lo uint64 }

func (a wide) times(b uint64) wide {
	hi, lo := bits.Mul64(a.lo, b)
	return wide{hi + a.hi*b, lo}
}

func (a wide) over(b uint64) wide {
	hi, rest := bits.Div64(0, a.hi, b)
	lo, _ := bits.Div64(rest, a.lo, b)
	return wide{hi, lo}
}

func (a wide) plus(b wide) wide {
	lo, carry := bits.Add64(a.lo, b.lo, 0)
	return wide{a.hi + b.hi + carry, lo}
}

func (a wide) shiftLeft(n uint) wide  { return wide{a.hi<<n | a.lo>>(64-n), a.lo << n} }
func (a wide) shiftRight(n uint) wide { return wide{a.hi >> n, a.lo>>n | a.hi<<(64-n)} }
