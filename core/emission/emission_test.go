package emission_test

import (
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/emission"
	"github.com/taolight/taolight/core/tao"
)

// TestCases holds the formula to the cases published for the reference chain.
func TestCases(t *testing.T) {
	for _, c := range []struct{ issued, want tao.Amount }{
		{0, 1_000_000_000},
		{1_776_000_000_000, 1_000_000_000},
		{10_499_999_999_999_999, 1_000_000_000},
		{10_500_000_000_000_000, 500_000_000},
		{10_999_999_000_000_000, 500_000_000},
		{15_749_999_000_000_000, 500_000_000},
		{15_750_000_000_000_000, 250_000_000},
		{15_800_000_000_000_000, 250_000_000},
		{18_400_000_000_000_000, 125_000_000},
		{20_917_970_000_000_000, 3_906_250},
		{20_979_493_000_000_000, 976_562},
		{20_999_999_980_442_225, 1},
		{20_999_999_980_442_226, 0},
		{21_000_000_000_000_000, 0},
		{1<<64 - 1, 0},
	} {
		if got := emission.Block(c.issued); got != c.want {
			t.Errorf("at %d rao: got %d, want %d", c.issued, got, c.want)
		}
	}
}

// TestVectors holds the formula to the values that the reference's own fixed-point code computes.
func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/emission.json")
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Curve      [][2]json.Number `json:"block_emission"`            // issued, emission; -1: the reference refuses
		Thresholds [][3]json.Number `json:"block_emission_thresholds"` // first issuance of a level, before, after
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	amount := func(n json.Number) tao.Amount {
		var a tao.Amount
		if err := a.UnmarshalText([]byte(n)); err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, row := range v.Curve {
		if row[1] == "-1" {
			continue
		}
		if got := emission.Block(amount(row[0])); got != amount(row[1]) {
			t.Errorf("at %s rao: got %d, want %s", row[0], got, row[1])
		}
	}
	for _, row := range v.Thresholds {
		first, before, after := amount(row[0]), amount(row[1]), amount(row[2])
		if got := emission.Block(first - 1); got != before {
			t.Errorf("before %d rao: got %d, want %d", first, got, before)
		}
		if got := emission.Block(first); got != after {
			t.Errorf("from %d rao: got %d, want %d", first, got, after)
		}
		if got := emission.NextHalving(first - 1); got != first {
			t.Errorf("next halving before %d rao is %d", first, got)
		}
	}
	if len(v.Curve) == 0 || len(v.Thresholds) == 0 {
		t.Error("no vectors read")
	}
}

// TestFormula computes the rule as it is written, with fractions: k = floor(log2(1 / (1 - issued/cap))).
func TestFormula(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		left := rapid.Uint64Range(1, uint64(tao.Cap)).Draw(r, "left") >> rapid.IntRange(0, 40).Draw(r, "shift")
		issued := tao.Cap - tao.Amount(left)
		want := tao.Amount(0)
		if left > 0 {
			ratio := new(big.Rat).SetFrac(new(big.Int).SetUint64(uint64(tao.Cap)), new(big.Int).SetUint64(left))
			whole := new(big.Int).Quo(ratio.Num(), ratio.Denom())
			want = tao.TAO >> (whole.BitLen() - 1) // floor(log2(ratio)) is that of its whole part
		}
		if got := emission.Block(issued); got != want {
			r.Fatalf("at %d rao: got %d, want %d", issued, got, want)
		}
	})
}

func TestNextHalving(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		issued := tao.Cap - tao.Amount(rapid.Uint64Range(0, uint64(tao.Cap)).Draw(r, "left")>>rapid.IntRange(0, 40).Draw(r, "shift"))
		now, next := emission.Block(issued), emission.NextHalving(issued)
		switch {
		case now == 0:
			if next != tao.Cap {
				r.Fatalf("nothing is emitted, yet it halves at %d", next)
			}
		case next <= issued || emission.Block(next) >= now || emission.Block(next-1) != now:
			r.Fatalf("at %d rao: %d is not the next halving", issued, next)
		}
	})
}
