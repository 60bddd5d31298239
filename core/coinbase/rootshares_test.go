package coinbase

import (
	"slices"
	"testing"

	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

// steps is the case of the reference's test: ten members with equal stake, member i weighs netuids 0 to i-1.
func steps() (stakes []tao.Amount, rows []yuma.Row) {
	for i := range 10 {
		var row yuma.Row
		for j := range i {
			row = append(row, yuma.Entry{UID: uint16(j), Value: 65535})
		}
		stakes, rows = append(stakes, 1000), append(rows, row)
	}
	return stakes, rows
}

func TestP03RootEmission(t *testing.T) {
	stakes, rows := steps()
	got := RootShares(stakes, rows, 30, 32767, true, tao.TAO)
	want := []tao.Amount{277_820_113, 246_922_263, 215_549_466, 176_432_500, 77_181_559, 5_857_251, 229_035, 7619, 189}
	if !slices.Equal(got, want) {
		t.Errorf("got  %d\nwant %d", got, want)
	}
}

func TestP04RootEmissionOfUsualSteepness(t *testing.T) {
	stakes, rows := steps()
	got := RootShares(stakes, rows, 10, 32767, true, tao.TAO)
	want := []tao.Amount{284_575_768, 245_373_448, 198_524_943, 141_237_351, 80_499_614, 34_640_099, 11_515_281, 3_054_317, 579_174}
	if !slices.Equal(got, want) {
		t.Errorf("got  %d\nwant %d", got, want)
	}
}

// With rows divided by their sums, larger numbers don't count for more.
func TestRootSharesOfNormalizedRows(t *testing.T) {
	rows := []yuma.Row{{{UID: 1, Value: 65535}, {UID: 2, Value: 65535}}, {{UID: 3, Value: 1}}}
	got := RootShares([]tao.Amount{500, 500}, rows, 10, 32767, false, tao.TAO)
	if want := []tao.Amount{0, 250_000_000, 250_000_000, 500_000_000}; !slices.Equal(got, want) {
		t.Errorf("got %d, want %d", got, want)
	}
	if got := RootShares([]tao.Amount{0, 0}, rows, 10, 32767, false, tao.TAO); got != nil {
		t.Errorf("without stake: %d", got)
	}
}
