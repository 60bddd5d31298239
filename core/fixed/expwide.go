package fixed

// wideTerms ends the series of [ExpWide]: its terms are the second to the 63rd, 62 of them.
const wideTerms = 64

// ExpWide returns e^x by its power series of 62 terms behind 1+x, each product and quotient rounded down; e^-x is 1/e^x.
// Like the reference, it has e^1 from a constant with 23 bits behind the point. What doesn't fit saturates; beyond ±20
// the series is too short to be e^x, but the same everywhere.
func ExpWide(x I64F64) I64F64 {
	one := I64F64{Hi: 1}
	switch x {
	case I64F64{}:
		return one
	case one:
		return I64F64{Hi: int64(euler >> 32), Lo: uint64(euler%One) << 32}
	}
	u := x
	if x.Hi < 0 {
		u = I64F64{}.Sub(x)
	}
	sum, term := u.Add(one), u
	for i := uint64(2); i < wideTerms; i++ {
		term = term.Mul(u).Div(FromU64(i))
		sum = sum.Add(term)
	}
	if x.Hi < 0 {
		return one.Div(sum)
	}
	return sum
}

// Sub returns a-b, saturated.
func (a I64F64) Sub(b I64F64) I64F64 {
	if b == saturatedWide(true) { // has no opposite
		if a.Hi >= 0 {
			return saturatedWide(false)
		}
		return a.AddWrapped(b)
	}
	hi, lo := b.magnitude()
	minus, _ := signedWide(hi, lo, b.Hi >= 0)
	return a.Add(minus)
}

// Wide returns a with 64 bits behind the point.
func (a I32F32) Wide() I64F64 { return I64F64{Hi: int64(a >> 32), Lo: uint64(a) << 32} }
