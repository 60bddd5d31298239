package yumamodel_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"runtime"
	"testing"

	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/yumamodel"
)

// The model gives every bit of the reference chain: what comes out and every step on the way. Big integers are slow
// under wasm, so that large subnets run natively only.
func TestModelGivesTheReferencesBits(t *testing.T) {
	for _, name := range []string{
		"small.json", "random.json.gz", "sequences.json.gz", "subtensor_tests.json.gz", "subtensor_tests_512.json.gz",
	} {
		t.Run(name, func(t *testing.T) {
			steps := 0
			for _, v := range open(t, name).Vectors {
				in := new(epochIn)
				unmarshal(t, v.Init, in)
				if in.N > 32 && runtime.GOOS == "js" {
					continue
				}
				for k, step := range v.Steps {
					steps++
					in.patch(t, step.Patch)
					res, err := yumamodel.Epoch(in.inputs())
					if err != nil {
						t.Fatal(v.Name, k, err)
					}
					if d := firstDifference(t, res, &step.Out, step.Trace.V, step.Trace.M); d != "" {
						t.Errorf("%s, step %d: %s", v.Name, k, d)
						break
					}
					in.Bonds, in.ValidatorPermit = step.Out.Bonds, step.Out.ValidatorPermit
				}
			}
			t.Logf("%d epochs", steps)
		})
	}
}

// order is that in which an epoch takes its steps, so that the first difference named is where it begins.
var order = []yuma.Step{
	yuma.StepFilteredStake, yuma.StepStake, yuma.StepActiveStake, yuma.StepWeights, yuma.StepParams,
	yuma.StepConsensus, yuma.StepClipped, yuma.StepTrust, yuma.StepRanks, yuma.StepIncentive, yuma.StepWeightsForBonds,
	yuma.StepBondsIn, yuma.StepBondsDeltaRaw, yuma.StepBondsDelta, yuma.StepEMARaw, yuma.StepAlphas, yuma.StepEMA,
	yuma.StepEMANorm, yuma.StepTotalBonds, yuma.StepDividends, yuma.StepEmissionSum, yuma.StepServerShare,
	yuma.StepValidatorShare, yuma.StepCombinedShare,
}

func firstDifference(t *testing.T, r *yumamodel.Result, out *epochOut, v map[string]json.RawMessage, m map[string]matrix) string {
	known := 0
	for _, s := range order {
		if raw, ok := v[string(s)]; ok {
			known++
			if s == yuma.StepFilteredStake {
				var want []string
				unmarshal(t, raw, &want)
				if d := compare(texts(r.Stakes[s]), want); d != "" {
					return string(s) + d
				}
				continue
			}
			var want []yumamodel.Real
			unmarshal(t, raw, &want)
			if d := compare(r.Vectors[s], want); d != "" {
				return string(s) + d
			}
		} else if r.Vectors[s] != nil || r.Stakes[s] != nil {
			return string(s) + ": not in the vector"
		}
		if want, ok := m[string(s)]; ok {
			known++
			if d := compareMatrix(t, r.Matrices[s], want); d != "" {
				return string(s) + d
			}
		} else if r.Matrices[s] != nil {
			return string(s) + ": not in the vector"
		}
	}
	if known != len(v)+len(m) {
		return fmt.Sprintf("%d steps of the vector are known, of %d", known, len(v)+len(m))
	}
	return outDifference(&r.Outputs, out)
}

func texts(v []yumamodel.Wide) []string {
	out := make([]string, len(v))
	for i, x := range v {
		out[i] = x.String()
	}
	return out
}

func compare[T comparable](got, want []T) string {
	if len(got) != len(want) {
		return fmt.Sprintf(": %d values, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			return fmt.Sprintf("[%d]: %v, want %v", i, got[i], want[i])
		}
	}
	return ""
}

func compareMatrix(t *testing.T, got yumamodel.Matrix, want matrix) string {
	var sparse [][]int64
	if want.Rows != nil && string(want.Rows) != `"dense"` {
		unmarshal(t, want.Rows, &sparse)
		for i, row := range sparse {
			var flat []int64
			for _, c := range got[i] {
				flat = append(flat, int64(c.Column), int64(c.Value))
			}
			if d := compare(flat, row); d != "" {
				return fmt.Sprintf("[%d] (column, value, ...)%s", i, d)
			}
		}
	}
	hash, nnz := fnv.New64a(), 0
	for i, row := range got {
		for _, c := range row {
			nnz++
			b := []byte{byte(i), byte(i >> 8), byte(c.Column), byte(c.Column >> 8)}
			for s := 0; s < 64; s += 8 {
				b = append(b, byte(c.Value>>s))
			}
			hash.Write(b)
		}
	}
	if sum := fmt.Sprintf("%016x", hash.Sum64()); nnz != want.NNZ || sum != want.FNV {
		return fmt.Sprintf(": %d entries that hash to %s, want %d and %s", nnz, sum, want.NNZ, want.FNV)
	}
	return ""
}

func outDifference(got *yuma.Outputs, want *epochOut) string {
	for _, f := range []struct {
		name string
		got  []uint16
		want []int64
	}{
		{"consensus", got.Consensus, want.Consensus}, {"incentive", got.Incentive, want.Incentive},
		{"dividends", got.Dividends, want.Dividends}, {"validator_trust", got.ValidatorTrust, want.ValidatorTrust},
		{"stake_weight", got.StakeWeight, want.StakeWeight},
	} {
		wide := make([]int64, len(f.got))
		for i, x := range f.got {
			wide[i] = int64(x)
		}
		if d := compare(wide, f.want); d != "" {
			return f.name + d
		}
	}
	for _, f := range []struct {
		name      string
		got, want []uint64
	}{
		{"server_emission", got.ServerEmission, want.ServerEmission},
		{"validator_emission", got.ValidatorEmission, want.ValidatorEmission},
		{"emission", got.Emission, want.Emission}, {"stake", got.Stake, want.Stake},
	} {
		if d := compare(f.got, f.want); d != "" {
			return f.name + d
		}
	}
	for i := range got.Active {
		if got.Active[i] != (want.Active[i] == 1) || got.ValidatorPermit[i] != (want.ValidatorPermit[i] == 1) {
			return fmt.Sprintf("active[%d] or validator_permit[%d]", i, i)
		}
	}
	for i, row := range rows(want.Bonds) {
		if d := compare(got.Bonds[i], row); d != "" {
			return fmt.Sprintf("bonds[%d]%s", i, d)
		}
	}
	return ""
}
