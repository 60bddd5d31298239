package yumamodel_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/yuma"
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
