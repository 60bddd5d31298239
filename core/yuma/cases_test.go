package yuma_test

import (
	"slices"
	"testing"

	"github.com/taolight/taolight/core/yuma"
)

// bondsCase is the subnet of the reference's own test of bonds: eight uids, the first four validate by stakes 1 to 4 and
// agree on the other four.
func bondsCase() *yuma.Inputs {
	in := &yuma.Inputs{
		Params: yuma.Params{
			Tempo: 360, ActivityCutoffFactor: 13_889, Kappa: 32_767, BondsMovingAverage: 900_000, BondsPenalty: 65_535,
			AlphaLow: 45_875, AlphaHigh: 58_982, AlphaSteepness: 1000, MaxValidators: 64,
		},
		N: 8, Block: 2, Owner: -1, Emission: 1_000_000_000,
		LastUpdate: make([]uint64, 8), RegisteredAt: make([]uint64, 8), TaoStake: make([]uint64, 8),
		AlphaStake:      []uint64{1, 2, 3, 4, 0, 0, 0, 0},
		ValidatorPermit: slices.Repeat([]bool{true}, 8),
		Weights:         make([]yuma.Row, 8), Bonds: make([]yuma.Row, 8),
	}
	for i := range 4 {
		in.LastUpdate[i] = 1
		in.Weights[i] = yuma.Row{{4, 16_383}, {5, 32_767}, {6, 49_149}, {7, 65_535}}
	}
	return in
}

func near[T uint16 | uint64](t *testing.T, what string, got T, want, off T) {
	t.Helper()
	if max(got, want)-min(got, want) > off {
		t.Errorf("%s: got %d, want %d ± %d", what, got, want, off)
	}
}

// bondsIn returns the bonds of the first four uids in a miner.
func bondsIn(out *yuma.Outputs, miner uint16) (b [4]uint16) {
	for i := range b {
		for _, e := range out.Bonds[i] {
			if e.UID == miner {
				b[i] = e.Value
			}
		}
	}
	return b
}

// P17: bonds follow stake, emission follows both halves.
func TestP17Bonds(t *testing.T) {
	out, err := yuma.Epoch(bondsCase())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [4]uint16{16_383, 32_767, 49_151, 65_535} {
		near(t, "bond", bondsIn(out, 4)[i], want, 1)
	}
	for i, want := range []uint64{
		49_999_998, 99_999_999, 150_000_000, 200_000_001, 49_998_779, 100_000_610, 149_996_337, 200_004_272,
	} {
		near(t, "emission", out.Emission[i], want, 2)
	}
}

// P18: a validator that turns away keeps nine tenths of its bonds.
func TestP18BondsDecay(t *testing.T) {
	in, w := bondsCase(), new(yuma.Workspace)
	out, err := w.Epoch(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	in.Bonds, in.ValidatorPermit = out.Bonds, out.ValidatorPermit
	in.Weights[0] = yuma.Row{{0, 65_535}}
	in.LastEpochBlock, in.Block = in.Block, in.Block+360
	if out, err = w.Epoch(in, nil); err != nil {
		t.Fatal(err)
	}
	for i, want := range [4]uint16{14_582, 32_767, 49_151, 65_535} {
		near(t, "bond", bondsIn(out, 4)[i], want, 1)
	}
}

// P19: permits follow stake from one epoch to the next.
func TestP19Permits(t *testing.T) {
	in := bondsCase()
	in.MaxValidators = 2
	in.AlphaStake = []uint64{5, 1, 6, 2, 0, 0, 0, 0}
	for _, want := range [][]uint16{{0, 2}, {1, 3}} {
		out, err := yuma.Epoch(in)
		if err != nil {
			t.Fatal(err)
		}
		var got []uint16
		for i, permit := range out.ValidatorPermit {
			if permit {
				got = append(got, uint16(i))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("permits to %d, want %d", got, want)
		}
		in.AlphaStake[1], in.AlphaStake[3] = 8, 9
	}
}
