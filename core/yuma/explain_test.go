package yuma_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/yumamodel"
)

// TestExplainCase reads the explanations of a subnet small enough to work out by hand: four validators with stakes of 1,
// 2, 3 and 4; the last gives uid 5 half of what the others give.
func TestExplainCase(t *testing.T) {
	in := bondsCase()
	for i := range 4 {
		in.Weights[i] = yuma.Row{{4, 1000}, {5, 1000}}
	}
	in.Weights[3] = yuma.Row{{4, 3000}, {5, 1000}}
	e, err := yuma.Explain(in, 5)
	if err != nil {
		t.Fatal(err)
	}
	half, quarter := fixed.One/2, fixed.One/4
	if e.Consensus != half || e.Support < fixed.Share(39_321)-4 || e.Support > fixed.Share(39_321)+4 {
		t.Errorf("consensus %s with the support of %s, want 0.5 with that of 0.6", e.Consensus, e.Support)
	}
	for i, v := range e.Votes[:4] {
		want := half
		if i == 3 {
			want = quarter
		}
		if v.Validator != uint16(i) || v.Weight != want || v.Clipped != want || v.SetsConsensus != (i < 3) {
			t.Errorf("vote %d: %+v", i, v)
		}
	}
	if e.Incentive == 0 || e.ServerEmission == 0 || len(e.Holdings) != 0 || e.ByStake {
		t.Errorf("a miner earns by its incentive: %+v", e)
	}

	// For uid 4 the same validator gives three quarters, of which consensus leaves a half.
	if e, err = yuma.Explain(in, 4); err != nil {
		t.Fatal(err)
	}
	if v := e.Votes[3]; v.Weight != 3*quarter || v.Clipped != half || v.SetsConsensus {
		t.Errorf("a weight above consensus is clipped: %+v", v)
	}

	if e, err = yuma.Explain(in, 3); err != nil {
		t.Fatal(err)
	}
	if len(e.Holdings) != 2 || e.Trust != 3*quarter || e.ValidatorEmission == 0 || e.Rank != 0 {
		t.Errorf("a validator earns by its bonds: %+v", e)
	}
	var input *yuma.InputError
	if _, err = yuma.Explain(in, 8); !errors.As(err, &input) {
		t.Errorf("uid 8 of 8: %v", err)
	}
}

// TestExplanationsAddUp holds what explanations say of single pairs to the results of the whole.
func TestExplanationsAddUp(t *testing.T) {
	for seed := range uint64(150) {
		in := yumamodel.Random(seed)
		if !plain(in) {
			continue
		}
		n := int(in.N)
		dividends := make([]fixed.I32F32, n)
		explained := make([]*yuma.Explanation, n)
		for i := range n {
			e, err := yuma.Explain(in, uint16(i))
			if err != nil {
				t.Fatal(err)
			}
			explained[i] = e
			rank, above := fixed.I32F32(0), fixed.I32F32(0)
			for _, v := range e.Votes {
				rank += v.Contributes
				if v.Weight > e.Consensus {
					above += v.Stake
				}
				if v.Clipped > e.Consensus {
					t.Errorf("seed %d uid %d: validator %d keeps %s, consensus is %s", seed, i, v.Validator, v.Clipped, e.Consensus)
				}
			}
			if rank != e.Rank {
				t.Errorf("seed %d uid %d: votes contribute %s, the rank is %s", seed, i, rank, e.Rank)
			}
			if slack := fixed.I32F32(n + 1); e.Consensus > 0 && (e.Support < e.Kappa-slack && above > 0 || above > e.Kappa+slack) {
				t.Errorf("seed %d uid %d: %s of stake supports the consensus and %s more than it; kappa is %s", seed, i, e.Support, above, e.Kappa)
			}
			for _, h := range e.Holdings {
				dividends[i] += h.Dividend
			}
		}
		fixed.Normalize(dividends)
		for i, e := range explained {
			if !in.Yuma3 && dividends[i] != e.Dividends {
				t.Errorf("seed %d uid %d: holdings make dividends of %s, it has %s", seed, i, dividends[i], e.Dividends)
			}
		}
	}
}

// plain says whether no row names a uid twice or one that doesn't exist.
func plain(in *yuma.Inputs) bool {
	for _, row := range slices.Concat(in.Weights, in.Bonds) {
		seen := map[uint16]bool{}
		for _, e := range row {
			if seen[e.UID] || e.UID >= in.N {
				return false
			}
			seen[e.UID] = true
		}
	}
	return true
}

// The rates of liquid alpha, of which an explanation computes only those it shows, are the ones the epoch traces.
func TestExplainedRatesAreTheTracedOnes(t *testing.T) {
	compared := 0
	for seed := range uint64(300) {
		in := yumamodel.Random(seed)
		want, err := yumamodel.Epoch(in)
		if err != nil {
			t.Fatal(err)
		}
		alphas := want.Matrices[yuma.StepAlphas]
		for uid := range alphas {
			e, err := yuma.Explain(in, uint16(uid))
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range e.Votes {
				compared++
				if got, want := int64(v.Alpha), int64(alphas[v.Validator][uid].Value); got != want {
					t.Fatalf("seed %d, uid %d, validator %d: %d, want %d", seed, uid, v.Validator, got, want)
				}
			}
			for _, h := range e.Holdings {
				compared++
				if got, want := int64(h.Alpha), int64(alphas[uid][h.Miner].Value); got != want {
					t.Fatalf("seed %d, uid %d, miner %d: %d, want %d", seed, uid, h.Miner, got, want)
				}
			}
		}
	}
	if compared < 1000 {
		t.Errorf("only %d rates", compared)
	}
}
