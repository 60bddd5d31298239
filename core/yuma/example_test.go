package yuma_test

import (
	"fmt"

	"github.com/taolight/taolight/core/yuma"
)

// Two validators judge two miners. The one with more stake is the majority, and the other's praise beyond what it says
// counts for nothing.
func Example() {
	in := &yuma.Inputs{
		Params: yuma.Params{
			Tempo: 360, ActivityCutoffFactor: 13_889, Kappa: 32_767, BondsMovingAverage: 900_000, BondsPenalty: 65_535,
			MaxValidators: 2,
		},
		N: 4, Block: 720, LastEpochBlock: 360, Owner: -1, Emission: 1_000_000_000,
		LastUpdate: []uint64{700, 700, 0, 0}, RegisteredAt: []uint64{1, 1, 1, 1},
		AlphaStake: []uint64{6_000, 4_000, 0, 0}, TaoStake: make([]uint64, 4),
		ValidatorPermit: []bool{true, true, false, false},
		Weights:         []yuma.Row{{{2, 65_535}, {3, 21_845}}, {{2, 0}, {3, 65_535}}, {}, {}},
		Bonds:           make([]yuma.Row, 4),
	}
	out, err := yuma.Epoch(in)
	if err != nil {
		panic(err)
	}
	fmt.Println("consensus", out.Consensus)
	fmt.Println("emission ", out.Emission)

	why, err := yuma.Explain(in, 3)
	if err != nil {
		panic(err)
	}
	for _, v := range why.Votes {
		fmt.Printf("uid %d gives %s, of which %s counts\n", v.Validator, v.Weight, v.Clipped)
	}
	// Output:
	// consensus [0 0 49151 16383]
	// emission  [428571428 71428571 321428571 178571428]
	// uid 0 gives 0.250000000, of which 0.250000000 counts
	// uid 1 gives 1.000000000, of which 0.250000000 counts
}
