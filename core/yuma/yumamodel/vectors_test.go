package yumamodel_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/yumamodel"
)

// bundle is a file of vectors: epochs of the reference chain.
type bundle struct {
	Vectors []struct {
		Name  string
		Init  json.RawMessage
		Steps []struct {
			Patch map[string]json.RawMessage
			Out   epochOut
			Trace struct {
				V map[string]json.RawMessage
				M map[string]matrix
			}
		}
	}
}

type matrix struct {
	NNZ  int
	FNV  string
	Rows json.RawMessage
}

// epochIn has the names of the vectors.
type epochIn struct {
	N               uint16   `json:"n"`
	Block           uint64   `json:"block"`
	Tempo           uint16   `json:"tempo"`
	Factor          uint32   `json:"activity_cutoff_factor_milli"`
	LastEpochBlock  uint64   `json:"last_mechanism_step_block"`
	Kappa           uint16   `json:"kappa"`
	BMA             uint64   `json:"bonds_moving_average"`
	Penalty         uint16   `json:"bonds_penalty"`
	LiquidAlpha     bool     `json:"liquid_alpha"`
	AlphaLow        uint16   `json:"alpha_low"`
	AlphaHigh       uint16   `json:"alpha_high"`
	Steepness       int16    `json:"alpha_sigmoid_steepness"`
	Yuma3           bool     `json:"yuma3"`
	Threshold       uint64   `json:"stake_threshold"`
	TaoWeight       uint64   `json:"tao_weight"`
	Owner           *int     `json:"owner_uid"`
	MaxValidators   uint16   `json:"max_allowed_validators"`
	CommitReveal    bool     `json:"commit_reveal"`
	CommitBlocks    []uint64 `json:"commit_blocks"`
	Emission        uint64   `json:"rao_emission"`
	LastUpdate      []uint64 `json:"last_update"`
	RegisteredAt    []uint64 `json:"block_at_registration"`
	AlphaStake      []uint64 `json:"alpha_stake"`
	TaoStake        []uint64 `json:"tao_stake"`
	ValidatorPermit []int    `json:"validator_permit"`
	Weights         [][]int  `json:"weights"`
	Bonds           [][]int  `json:"bonds"`
}

// epochOut has the names of the vectors.
type epochOut struct {
	Active, Consensus, Incentive, Dividends []int64
	ValidatorTrust                          []int64  `json:"validator_trust"`
	StakeWeight                             []int64  `json:"stake_weight"`
	ValidatorPermit                         []int    `json:"validator_permit"`
	ServerEmission                          []uint64 `json:"server_emission"`
	ValidatorEmission                       []uint64 `json:"validator_emission"`
	Emission, Stake                         []uint64
	Bonds                                   [][]int
}

func rows(flat [][]int) []yuma.Row {
	out := make([]yuma.Row, len(flat))
	for i, row := range flat {
		for k := 0; k < len(row); k += 2 {
			out[i] = append(out[i], yuma.Entry{UID: uint16(row[k]), Value: uint16(row[k+1])})
		}
	}
	return out
}

func (in *epochIn) inputs() *yuma.Inputs {
	out := &yuma.Inputs{
		Params: yuma.Params{
			Tempo: in.Tempo, ActivityCutoffFactor: in.Factor, Kappa: in.Kappa, BondsMovingAverage: in.BMA,
			BondsPenalty: in.Penalty, LiquidAlpha: in.LiquidAlpha, AlphaLow: in.AlphaLow, AlphaHigh: in.AlphaHigh,
			AlphaSteepness: in.Steepness, Yuma3: in.Yuma3, StakeThreshold: in.Threshold, TaoWeight: in.TaoWeight,
			MaxValidators: in.MaxValidators, CommitReveal: in.CommitReveal,
		},
		N: in.N, Block: in.Block, LastEpochBlock: in.LastEpochBlock, Owner: -1, Emission: in.Emission,
		LastUpdate: in.LastUpdate, RegisteredAt: in.RegisteredAt, CommitBlocks: in.CommitBlocks,
		AlphaStake: in.AlphaStake, TaoStake: in.TaoStake, Weights: rows(in.Weights), Bonds: rows(in.Bonds),
	}
	if in.Owner != nil {
		out.Owner = *in.Owner
	}
	for _, p := range in.ValidatorPermit {
		out.ValidatorPermit = append(out.ValidatorPermit, p != 0)
	}
	return out
}

// patch applies plain keys, then replaced neurons, then weights that were set.
func (in *epochIn) patch(t *testing.T, p map[string]json.RawMessage) {
	var replaced [][2]uint64
	var set [][2]json.RawMessage
	plain := maps.Clone(p)
	unpack := func(key string, to any) {
		if raw, ok := plain[key]; ok {
			unmarshal(t, raw, to)
			delete(plain, key)
		}
	}
	unpack("replace_neuron", &replaced)
	unpack("set_weights", &set)
	raw, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	unmarshal(t, raw, in)
	for _, r := range replaced {
		uid := int(r[0])
		in.RegisteredAt[uid], in.LastUpdate[uid] = r[1], r[1]
		in.Weights[uid], in.Bonds[uid] = nil, nil
		in.ValidatorPermit[uid], in.AlphaStake[uid], in.TaoStake[uid] = 0, 0, 0
		for _, row := range in.Weights {
			for k := 0; k < len(row); k += 2 {
				if row[k] == uid {
					row[k+1] = 0
				}
			}
		}
	}
	for _, s := range set {
		var uid int
		var row []int
		unmarshal(t, s[0], &uid)
		unmarshal(t, s[1], &row)
		in.Weights[uid], in.LastUpdate[uid] = row, in.Block
	}
}

func unmarshal(t *testing.T, raw []byte, to any) {
	t.Helper()
	if err := json.Unmarshal(raw, to); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, name string) *bundle {
	f, err := os.Open(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	b := new(bundle)
	if err := json.NewDecoder(r).Decode(b); err != nil {
		t.Fatal(err)
	}
	return b
}

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
				if in.N > 64 && runtime.GOOS == "js" {
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
