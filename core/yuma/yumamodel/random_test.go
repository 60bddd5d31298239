package yumamodel_test

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"

	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/yumamodel"
)

// The random epochs are the same on every run, are all accepted, and reach what they are for.
func TestRandomEpochsReachEdges(t *testing.T) {
	seen := map[string]int{}
	note := func(what string, is bool) {
		if is {
			seen[what]++
		} else {
			seen[what] += 0
		}
	}
	seeds := 2000
	if runtime.GOOS == "js" {
		seeds = 400
	}
	for seed := range uint64(seeds) {
		in := yumamodel.Random(seed)
		if !reflect.DeepEqual(in, yumamodel.Random(seed)) {
			t.Fatal("another epoch for the same seed", seed)
		}
		r, err := yumamodel.Epoch(in)
		if err != nil {
			t.Fatal(seed, err)
		}
		n := int(in.N)
		note("no neuron", n == 0)
		note("one neuron", n == 1)
		note("more than 20 neurons", n > 20)
		note("short last update", len(in.LastUpdate) < n)
		note("long last update", len(in.LastUpdate) > n)
		note("short permits", len(in.ValidatorPermit) < n)
		note("no permits at all", n > 0 && len(in.ValidatorPermit) == 0)
		note("short commit blocks", in.CommitReveal && len(in.CommitBlocks) < n)
		note("owner beyond n", in.Owner >= n)
		note("owner", in.Owner >= 0 && in.Owner < n)
		note("earned nothing", r.Vectors[yuma.StepEmissionSum][0] == 0)
		note("earned", r.Vectors[yuma.StepEmissionSum][0] > 0)
		note("dividends", nonzero(r.Vectors[yuma.StepDividends]))
		note("no stake", n > 0 && !nonzero(r.Vectors[yuma.StepStake]))
		note("liquid alpha", r.Matrices[yuma.StepAlphas] != nil)
		note("alpha low over high", r.Matrices[yuma.StepAlphas] != nil && in.AlphaLow > in.AlphaHigh)
		for name, rows := range map[string][]yuma.Row{"weights": in.Weights, "bonds": in.Bonds} {
			unsorted, double, beyond := shape(rows, n)
			note(fmt.Sprint(name, " unsorted"), unsorted)
			note(fmt.Sprint(name, " with a uid twice"), double)
			note(fmt.Sprint(name, " beyond n"), beyond)
		}
		unsorted, double, _ := shape(r.Outputs.Bonds, n)
		note("new bonds unsorted", unsorted)
		note("new bonds with a uid twice", double)
		clipped := false
		for i, row := range r.Matrices[yuma.StepClipped] {
			clipped = clipped || !reflect.DeepEqual(row, r.Matrices[yuma.StepWeights][i])
		}
		note("clipped", clipped)
	}
	for what, times := range seen {
		if t.Logf("%4d %s", times, what); times < seeds/200 {
			t.Errorf("%s: %d times in %d epochs", what, times, seeds)
		}
	}
}

func nonzero(v []yumamodel.Real) bool {
	for _, x := range v {
		if x != 0 {
			return true
		}
	}
	return false
}

func shape(rows []yuma.Row, n int) (unsorted, double, beyond bool) {
	for _, row := range rows {
		seen := map[uint16]bool{}
		for k, e := range row {
			unsorted = unsorted || k > 0 && e.UID < row[k-1].UID
			double = double || seen[e.UID]
			beyond = beyond || int(e.UID) >= n
			seen[e.UID] = true
		}
	}
	return unsorted, double, beyond
}
