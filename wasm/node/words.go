package node

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// count writes a number with commas.
func count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// span writes a length of time in one unit, cut off.
func span(d time.Duration) string {
	switch s := uint64(max(d, 0) / time.Second); {
	case s < 100:
		return count(s) + " s"
	case s < 100*60:
		return count(s/60) + " min"
	case s < 48*3600:
		return count(s/3600) + " h"
	default:
		return count(s/86400) + " days"
	}
}

// took writes a short measured time.
func took(d time.Duration) string {
	if d < 10*time.Millisecond {
		return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64) + " ms"
	}
	return count(uint64(d.Milliseconds())) + " ms"
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// clip cuts words that came from elsewhere to at most limit bytes of valid text.
func clip(s string, limit int) string {
	if len(s) > limit {
		s = s[:limit-len("…")] + "…"
	}
	return strings.ToValidUTF8(s, "")
}

func milli(t time.Time) uint64 { return uint64(max(t.UnixMilli(), 0)) }

func micros(d time.Duration) uint64 { return uint64(max(d.Microseconds(), 0)) }

// jitter spreads a wait over half to one and a half of it, so that the tabs of a relay that restarts don't all come
// back at once.
func jitter(d time.Duration) time.Duration { return d/2 + rand.N(d+1) }
