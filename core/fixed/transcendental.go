package fixed

import "math/bits"

const (
	expLimit = 20 * One      // e^20 is the last that fits comfortably; e^-20 is 8 raw units
	euler    = 22802600 << 9 // e with 23 bits behind the point, as the reference's constant has it
	log2e    = 12102203 << 9 // log2(e), likewise
	expTerms = 32            // of the series; as many as there are bits behind the point
)

// inverse[i] divides by i: x/i = x·factor / 2^(64+shift), exactly for x < 2^63. With shift = floor(log2(i)) the factor
// 2^(64+shift)/i, rounded up, exceeds the exact one by less than 1, which x < 2^63 makes too little to reach the next
// quotient.
var inverse = func() (t [expTerms]struct {
	factor uint64
	shift  uint8
}) {
	for i := uint64(2); i < expTerms; i++ {
		if i&(i-1) == 0 { // the factor 2^64 would not fit; half of it is exact
			t[i].factor, t[i].shift = 1<<63, uint8(bits.Len64(i)-2)
			continue
		}
		shift := bits.Len64(i) - 1
		factor, rest := bits.Div64(1<<shift, 0, i)
		if rest > 0 {
			factor++
		}
		t[i].factor, t[i].shift = factor, uint8(shift)
	}
	return t
}()

// divide returns floor(x/i) for x below 2^63 and i below expTerms.
func divide(x uint64, i int) uint64 {
	q, _ := bits.Mul64(x, inverse[i].factor)
	return q >> (inverse[i].shift & 63)
}

// Exp returns e^x by its power series, each term rounded down; x is taken as -20 or 20 when it is beyond. Like the
// reference, it has e^1 from a constant with 23 bits behind the point.
func Exp(x I32F32) I32F32 {
	x = min(max(x, -expLimit), expLimit)
	switch x {
	case 0:
		return One
	case One:
		return euler
	}
	u := magnitude(x)
	sum, term := uint64(One)+u, u
	i := 2
	// Each term is floor(floor(term·u / 2^32) / i). None reaches 2^31, and once they decrease a product fits 64 bits.
	for ; i < expTerms; i++ {
		hi, lo := bits.Mul64(term, u)
		if hi == 0 {
			break
		}
		term = divide(hi<<32|lo>>32, i)
		sum += term
	}
	for ; i < expTerms && term != 0; i++ {
		term = divide(term*u>>32, i)
		sum += term
	}
	if x < 0 {
		return I32F32(reciprocal(sum))
	}
	return I32F32(sum)
}

// Sigmoid returns 1/(1+e^(-rho·(x-kappa))).
func Sigmoid(x, rho, kappa I32F32) I32F32 {
	return One.Div(Exp(rho.Mul(-One).Mul(x.Sub(kappa))).Add(One))
}

// Ln returns the natural logarithm of x: log2(x)/log2(e), the former by repeated squaring, the latter a constant with 23
// bits behind the point. It is 0 when x is not positive, or so small that 1/x doesn't fit.
func Ln(x I32F32) I32F32 {
	if x >= One {
		return log2(x).Div(log2e)
	}
	inverse, ok := One.quotient(x)
	if !ok || x < 0 {
		return 0
	}
	return (-log2(inverse)).Div(log2e)
}

// log2 returns the base-2 logarithm of x, at least 1, bit by bit.
func log2(x I32F32) I32F32 {
	var l I32F32
	for ; x >= 2*One; x = x>>1 + x&1 {
		l++
	}
	if x == One {
		return l << 32
	}
	for range 32 {
		x = x.Mul(x)
		l <<= 1
		if x >= 2*One {
			l |= 1
			x = x>>1 + x&1
		}
	}
	return l
}
