package text

import (
	"math"
	"testing"

	"github.com/taolight/taolight/core/tao"
	"pgregory.net/rapid"
)

func TestAmount(t *testing.T) {
	for _, c := range []struct {
		a        tao.Amount
		decimals int
		want     string
	}{
		{0, Exact, "0 τ"},
		{134, 3, "134 rao"},
		{999, Exact, "999 rao"},
		{1000, 3, "0.000001 τ"},
		{214_726_000, 3, "0.214726 τ"},
		{999_999_999, 0, "0.999999999 τ"},
		{tao.TAO, 0, "1 τ"},
		{640 * tao.TAO, Exact, "640.000000000 τ"},
		{1284_500312775, Exact, "1,284.500312775 τ"},
		{9_896_132_419999999, 3, "9,896,132.419 τ"},
		{9_896_132_419999999, -4, "9,896,132 τ"},
		{math.MaxUint64, 40, "18,446,744,073.709551615 τ"},
	} {
		if got := Amount(c.a, c.decimals).String(); got != c.want {
			t.Errorf("%d rao with %d decimals: %q, want %q", uint64(c.a), c.decimals, got, c.want)
		}
	}
}

func TestColumn(t *testing.T) {
	for want, a := range map[string]tao.Amount{"0": 0, "0.000000134": 134, "0.001000000": 1_000_000, "640.000000000": 640 * tao.TAO, "1,284.500312775": 1284_500312775} {
		if f := Column(a); f.Whole+f.Frac != want || f.Unit != "" {
			t.Errorf("%+v, want %q", f, want)
		}
	}
}

func TestTidy(t *testing.T) {
	for want, a := range map[string]tao.Amount{"1 τ": tao.TAO, "12.5 τ": 12_500_000_000, "10,000 τ": 10_000 * tao.TAO, "0.5 τ": 500_000_000, "0 τ": 0, "7 rao": 7} {
		if got := Tidy(a).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAmountNeverRoundsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := tao.Amount(rapid.Uint64Max(uint64(tao.Cap)).Draw(t, "rao"))
		f := Amount(a, rapid.IntRange(0, 9).Draw(t, "decimals"))
		plain := ""
		for _, c := range f.Whole + f.Frac {
			if c != ',' {
				plain += string(c)
			}
		}
		got, err := tao.Parse(plain + map[string]string{"τ": "", "rao": "rao"}[f.Unit])
		if err != nil || got > a {
			t.Fatalf("%d rao is shown as %s (%v)", uint64(a), f, err)
		}
	})
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, total uint64
		decimals    int
		want        string
	}{
		{0, 0, 1, "–"}, {0, 7, 1, "0.0"}, {1, 1, 1, "100.0"}, {2, 3, 1, "66.6"}, {2, 3, 0, "66"}, {1, 1000000, 2, "0.00"},
		{81, 100, 1, "81.0"}, {999999, 1000000, 1, "99.9"}, {math.MaxUint64, math.MaxUint64, 2, "100.00"},
		{math.MaxUint64, 1, 2, "–"}, {5, 10000, 2, "0.05"},
	} {
		if got := Percent(c.part, c.total, c.decimals); got != c.want {
			t.Errorf("%d of %d: %q, want %q", c.part, c.total, got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	const s, min, h, d = 1000, 60_000, 3_600_000, 86_400_000
	for _, c := range []struct {
		ms   uint64
		want string
	}{
		{0, "0 s"}, {999, "0 s"}, {4 * s, "4 s"}, {88 * s, "88 s"}, {100 * s, "1 min 40 s"}, {120 * s, "2 min"},
		{27*min + 59*s, "27 min"}, {1*h + 27*min, "1 h 27 min"}, {2 * h, "2 h"}, {11*h + 30*min, "11 h"}, {47 * h, "47 h"}, {3*d + 2*h, "3 days"},
		{math.MaxUint64, "213,503,982,334 days"},
	} {
		if got := Span(c.ms); got != c.want {
			t.Errorf("%d ms: %q, want %q", c.ms, got, c.want)
		}
	}
	if got := Age(5000, 1000); got != "4 s ago" {
		t.Error(got)
	}
	if got := Age(1000, 9000); got != "now" {
		t.Errorf("a moment ahead of the clock: %q", got)
	}
	if got := Old(4*d, d); got != "3 days old" {
		t.Error(got)
	}
	if got := When(1795421496000); got != "23 Nov 2026, 08:11:36 UTC" {
		t.Error(got)
	}
	if got := When(math.MaxUint64); got != "after the year 9999" {
		t.Error(got)
	}
}

func TestUnits(t *testing.T) {
	for want, got := range map[string]string{
		"860 µs": Took(860), "1.4 ms": Took(1499), "41 ms": Took(41_900), "–": Took(0), "1.04 s": Took(1_049_999), "12.0 s": Seconds(12_049), "2.0 s": Seconds(1_999), "1.9 s": Seconds(1_949), "0.0 s": Seconds(0),
		"512 B": Bytes(512), "2.1 kB": Bytes(2199), "999.9 kB": Bytes(999_999), "1.0 MB": Bytes(1_000_000), "18.4 EB": Bytes(math.MaxUint64),
		"1 relay": Plural(1, "relay", "relays"), "1,200 relays": Plural(1200, "relay", "relays"), "0 relays": Plural(0, "relay", "relays"),
		"7f3a91c4…e20b": Hash([]byte{0x7f, 0x3a, 0x91, 0xc4, 0, 0, 0, 0, 0xe2, 0x0b}), "00ff": Hash([]byte{0, 255}),
		"5FNsZ…RszK": Address("5FNsZHRZDHGyzRbDTpF48JB8kgpjqNk9KcWRn5Bj6V4QRszK"), "short": Address("short"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFraction(t *testing.T) {
	for _, c := range []struct {
		parts    uint64
		decimals int
		want     string
	}{{0, 4, "0.0000"}, {1 << 31, 4, "0.5000"}, {1 << 32, 4, "1.0000"}, {1<<32 - 1, 4, "0.9999"}, {1, 9, "0.000000000"}, {5, 9, "0.000000001"}, {7 << 32, 0, "7"}, {1<<64 - 1, 2, "4294967295.99"}} {
		if got := Fraction(c.parts, c.decimals); got != c.want {
			t.Errorf("%d with %d decimals: %s, want %s", c.parts, c.decimals, got, c.want)
		}
	}
}
