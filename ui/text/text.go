// Package text writes the dashboard's figures: amounts, counts, ages, sizes, hashes.
//
// Every function returns words for a page and none returns markup. Figures are never rounded up: a share of 66.66 %
// must not read as two thirds. [Amount] is the one for money.
package text

import (
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/taolight/taolight/core/tao"
)

// Figure is an amount in three parts that look different: the whole number in ink, fraction and unit quiet.
type Figure struct {
	Whole string // "9,896,132"
	Frac  string // ".418772", or empty
	Unit  string // "τ" or "rao"
}

// String is the figure in one piece, such as "9,896,132.418772 τ".
func (f Figure) String() string { return f.Whole + f.Frac + " " + f.Unit }

// Exact keeps all nine decimals in [Amount].
const Exact = 9

// Amount writes an amount with the given number of decimals (0 to 9), the rest cut off. An amount under one τ stands
// in Whole with all its digits, and one under 0.000001 τ is in rao, whatever decimals says.
func Amount(a tao.Amount, decimals int) Figure {
	switch {
	case a == 0:
		return Figure{Whole: "0", Unit: "τ"}
	case a < tao.TAO/1_000_000:
		return Figure{Whole: Count(uint64(a)), Unit: "rao"}
	case a < tao.TAO:
		return Figure{Whole: a.TAOString(), Unit: "τ"}
	}
	f := Figure{Whole: Count(uint64(a / tao.TAO)), Unit: "τ"}
	frac := strconv.FormatUint(uint64(a%tao.TAO), 10)
	frac = strings.Repeat("0", 9-len(frac)) + frac
	decimals = min(max(decimals, 0), 9)
	if decimals > 0 {
		f.Frac = "." + frac[:decimals]
	}
	return f
}

// Column writes an amount in τ for a column of them: always all nine decimals, the unit is in the column's header.
func Column(a tao.Amount) Figure {
	if a >= tao.TAO {
		f := Amount(a, Exact)
		f.Unit = ""
		return f
	}
	frac := strconv.FormatUint(uint64(a), 10)
	if a == 0 {
		return Figure{Whole: "0"}
	}
	return Figure{Whole: "0." + strings.Repeat("0", 9-len(frac)) + frac}
}

// Tidy writes an amount exactly and without the zeros at its end, for a sentence: "1 τ", "12.5 τ".
func Tidy(a tao.Amount) Figure {
	f := Amount(a, Exact)
	f.Frac = strings.TrimRight(strings.TrimRight(f.Frac, "0"), ".")
	return f
}

// Count writes a number with commas between groups of three digits.
func Count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	var b strings.Builder
	for i, c := range []byte(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Plural writes a count with the word for one or for several.
func Plural(n uint64, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return Count(n) + " " + several
}

// Percent writes part of total in percent with the given decimals, cut off and not rounded; "–" when total is 0. It
// has no unit: that stands beside it.
func Percent(part, total uint64, decimals int) string {
	if total == 0 {
		return "–"
	}
	scale := uint64(100)
	for range decimals {
		scale *= 10
	}
	hi, lo := bits.Mul64(part, scale)
	if hi >= total {
		return "–" // more than any share that fits
	}
	q, _ := bits.Div64(hi, lo, total)
	s := strconv.FormatUint(q, 10)
	if decimals == 0 {
		return s
	}
	if len(s) <= decimals {
		s = strings.Repeat("0", decimals+1-len(s)) + s
	}
	return s[:len(s)-decimals] + "." + s[len(s)-decimals:]
}

// Span writes a length of time in at most two units, such as "4 s", "1 h 27 min" or "3 days"; milliseconds count as
// none.
func Span(ms uint64) string {
	s := ms / 1000
	two := func(n uint64, unit string, rest uint64, small string) string {
		if rest == 0 {
			return Count(n) + " " + unit
		}
		return Count(n) + " " + unit + " " + Count(rest) + " " + small
	}
	switch m, h, d := s/60, s/3600, s/86400; {
	case s < 100:
		return Count(s) + " s"
	case m < 10:
		return two(m, "min", s%60, "s")
	case m < 60:
		return Count(m) + " min"
	case h < 10:
		return two(h, "h", m%60, "min")
	case h < 48:
		return Count(h) + " h"
	default:
		return Count(d) + " days"
	}
}

// Age writes how long ago a moment is, both in ms since 1970. A moment that is ahead of the clock is "now".
func Age(now, then uint64) string {
	if now < then+1000 {
		return "now"
	}
	return Span(now-then) + " ago"
}

// Old writes an age as in "3 days old".
func Old(now, then uint64) string {
	if now < then+1000 {
		return "new"
	}
	return Span(now-then) + " old"
}

// Took writes a measured time given in microseconds; 0 is one that was not measured.
func Took(micros uint64) string {
	switch {
	case micros == 0:
		return "–"
	case micros < 1000:
		return Count(micros) + " µs"
	case micros < 10_000:
		return strconv.FormatUint(micros/1000, 10) + "." + strconv.FormatUint(micros%1000/100, 10) + " ms"
	case micros < 1_000_000:
		return Count(micros/1000) + " ms"
	default:
		hundredths := strconv.FormatUint(micros%1_000_000/10_000, 10)
		return Count(micros/1_000_000) + "." + strings.Repeat("0", 2-len(hundredths)) + hundredths + " s"
	}
}

// Seconds writes milliseconds as seconds with one decimal, rounded, such as "12.0 s".
func Seconds(ms uint64) string {
	ms = (ms/50 + 1) / 2 * 100
	return Count(ms/1000) + "." + strconv.FormatUint(ms%1000/100, 10) + " s"
}

// Bytes writes a size in decimal units.
func Bytes(n uint64) string {
	units := []string{"kB", "MB", "GB", "TB", "PB", "EB"}
	if n < 1000 {
		return Count(n) + " B"
	}
	i := 0
	for n >= 1_000_000 {
		n /= 1000
		i++
	}
	return strconv.FormatUint(n/1000, 10) + "." + strconv.FormatUint(n%1000/100, 10) + " " + units[i]
}

// When writes a moment in UTC, such as "22 Nov 2026, 08:11:36 UTC".
func When(ms uint64) string { return stamp(ms, "2 Jan 2006, 15:04:05 UTC") }

// Date writes a day in UTC, such as "16 Feb 2027".
func Date(ms uint64) string { return stamp(ms, "2 Jan 2006") }

// Clock writes the time of day in UTC.
func Clock(ms uint64) string { return stamp(ms, "15:04:05") }

func stamp(ms uint64, layout string) string {
	const farthest = 253402300799999 // the end of the year 9999
	if ms > farthest {
		return "after the year 9999"
	}
	return time.UnixMilli(int64(ms)).UTC().Format(layout)
}

// Hash shortens hex to its ends, such as "7f3a91c4…e20b".
func Hash(b []byte) string {
	s := Hex(b)
	if len(s) <= 16 {
		return s
	}
	return s[:8] + "…" + s[len(s)-4:]
}

// Hex writes bytes in lower-case hex.
func Hex(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

// Address shortens an SS58 address to its ends, such as "5FNsZ…RszK". Never use it for one that is being signed.
func Address(s string) string {
	if len(s) <= 12 {
		return s
	}
	return s[:5] + "…" + s[len(s)-4:]
}

// Fraction writes a fraction given in parts of 2^32 with the given decimals, cut off and not rounded, such as "0.0212".
func Fraction(parts uint64, decimals int) string {
	scale := uint64(1)
	for range decimals {
		scale *= 10
	}
	hi, lo := bits.Mul64(parts, scale)
	n := hi<<32 | lo>>32
	s := strconv.FormatUint(n, 10)
	if len(s) <= decimals {
		s = strings.Repeat("0", decimals+1-len(s)) + s
	}
	if decimals == 0 {
		return s
	}
	return s[:len(s)-decimals] + "." + s[len(s)-decimals:]
}
