package bundle

import (
	"encoding/hex"
	"math/bits"
	"strconv"
	"time"
)

// number writes a number with commas.
func number(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// tenths writes n tenths with one decimal.
func tenths(n uint64) string { return number(n/10) + "." + strconv.FormatUint(n%10, 10) }

// size writes a number of bytes.
func size(n int) string {
	switch {
	case n < 1000:
		return strconv.Itoa(n) + " B"
	case n < 1_000_000:
		return tenths(uint64(n)/100) + " kB"
	}
	return tenths(uint64(n)/100_000) + " MB"
}

// percent writes a share with one decimal, cut off.
func percent(part, whole int64) string {
	if part <= 0 || whole <= 0 {
		return "0.0 %"
	}
	hi, lo := bits.Mul64(uint64(min(part, whole)), 1000)
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return tenths(q) + " %"
}

// span writes a length of time in one unit, cut off.
func span(d time.Duration) string {
	switch s := uint64(max(d, 0) / time.Second); {
	case s < 100:
		return number(s) + " s"
	case s < 100*60:
		return number(s/60) + " min"
	case s < 48*3600:
		return number(s/3600) + " h"
	default:
		return number(s/86400) + " days"
	}
}

func hops(n int) string  { return some(n, "hop") }
func links(n int) string { return some(n, "link") }

func some(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return number(uint64(n)) + " " + what
}

// short writes the two ends of a hash.
func short(hash []byte) string {
	s := hex.EncodeToString(hash)
	return s[:8] + "…" + s[len(s)-4:]
}
