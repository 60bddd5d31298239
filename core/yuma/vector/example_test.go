package vector_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/vector"
)

// A subnet with one neuron, whose validator permit brings it all emission.
const whatIf = `{
  "init": {
    "n": 1, "block": 1000, "tempo": 360, "activity_cutoff_factor_milli": 13889, "last_mechanism_step_block": 639,
    "kappa": 32767, "bonds_moving_average": 900000, "bonds_penalty": 65535, "liquid_alpha": false, "alpha_low": 45875,
    "alpha_high": 58982, "alpha_sigmoid_steepness": 1000, "yuma3": true, "stake_threshold": 0, "tao_weight": 0,
    "owner_uid": null, "max_allowed_validators": 64, "commit_reveal": false, "commit_blocks": [],
    "rao_emission": 1000000000, "last_update": [990], "block_at_registration": [1], "alpha_stake": [5000],
    "tao_stake": [0], "validator_permit": [1], "weights": [[]], "bonds": [[]]
  },
  "steps": [{"patch": {}}, {"patch": {"block": 1360, "rao_emission": 7}}]
}`

func ExampleWalk() {
	var w yuma.Workspace
	err := vector.Walk(strings.NewReader(whatIf), func(s *vector.Step) (*yuma.Outputs, error) {
		out, err := w.Epoch(s.Inputs, nil)
		if err == nil {
			fmt.Println("step", s.Number, "in block", s.Inputs.Block, "pays", out.Emission, "rao")
		}
		return out, err
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// step 0 in block 1000 pays [1000000000] rao
	// step 1 in block 1360 pays [7] rao
}

func ExampleEval() {
	wrong := strings.Replace(whatIf, `"block": 1360`, `"block": -1`, 1)
	if err := vector.Eval(strings.NewReader(wrong), os.Stdout, vector.Options{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// $.steps[1].patch.block (byte 696): -1: want a whole number from 0 to 18446744073709551615
}
