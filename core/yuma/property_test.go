package yuma_test

import (
	"cmp"
	"math/big"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/yumamodel"
)

func anyInputs(r *rapid.T) *yuma.Inputs { return yumamodel.Random(rapid.Uint64().Draw(r, "seed")) }

// orderly returns inputs without what depends on the order of entries or on the length of lists: rows are sorted and
// name only uids that there are, once each; every list has N values.
func orderly(r *rapid.T) *yuma.Inputs {
	in := anyInputs(r)
	n := int(in.N)
	for _, rows := range [][]yuma.Row{in.Weights, in.Bonds} {
		for i, row := range rows {
			row = slices.DeleteFunc(row, func(e yuma.Entry) bool { return int(e.UID) >= n })
			byUID := func(a, b yuma.Entry) int { return cmp.Compare(a.UID, b.UID) }
			slices.SortFunc(row, byUID)
			rows[i] = slices.CompactFunc(row, func(a, b yuma.Entry) bool { return a.UID == b.UID })
		}
	}
	in.LastUpdate = append(in.LastUpdate, make([]uint64, n)...)[:n]
	in.ValidatorPermit = append(in.ValidatorPermit, make([]bool, n)...)[:n]
	for len(in.CommitBlocks) < n {
		in.CommitBlocks = append(in.CommitBlocks, yuma.NoCommit)
	}
	return in
}

func epoch(r rapid.TB, in *yuma.Inputs) *yuma.Outputs {
	out, err := yuma.Epoch(in)
	if err != nil {
		r.Fatal(err)
	}
	return out
}

// keep is a tracer that copies the vectors.
type keep map[yuma.Step][]fixed.I32F32

func (k keep) Stakes(yuma.Step, []fixed.I64F64)     {}
func (k keep) Vector(s yuma.Step, v []fixed.I32F32) { k[s] = slices.Clone(v) }
func (k keep) Matrix(_ yuma.Step, m yuma.Matrix)    {}

// some says whether step s has a value that isn't 0.
func (k keep) some(s yuma.Step) bool {
	return slices.ContainsFunc(k[s], func(x fixed.I32F32) bool { return x != 0 })
}

func total[T uint16 | uint64](v []T) *big.Int {
	sum := new(big.Int)
	for _, x := range v {
		sum.Add(sum, new(big.Int).SetUint64(uint64(x)))
	}
	return sum
}

// Miners and validators get no more than there is, and no less but for rounding. A share is a quotient that loses less
// than 2^-32 when it is cut, which costs less than emission/2^32 rao, and its amount loses less than 1 rao when that is
// cut. So n shares lose less than n·(emission/2^32 + 1) rao, and apart there are 2n of them. Nothing is paid only when
// nobody has stake.
func TestEmissionIsPaidOnce(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in, steps := anyInputs(r), keep{}
		out, err := new(yuma.Workspace).Epoch(in, steps)
		if err != nil {
			r.Fatal(err)
		}
		paid := map[int]*big.Int{
			1: total(out.Emission),
			2: new(big.Int).Add(total(out.ServerEmission), total(out.ValidatorEmission)),
		}
		for parts, sum := range paid {
			if !steps.some(yuma.StepStake) {
				if sum.Sign() != 0 {
					r.Errorf("%s rao are paid where nobody has stake", sum)
				}
				continue
			}
			emission := new(big.Int).SetUint64(in.Emission)
			lost := new(big.Int).Sub(emission, sum)
			limit := emission.Rsh(emission, 32).Add(emission, big.NewInt(2))
			limit.Mul(limit, big.NewInt(int64(parts)*int64(in.N)))
			if lost.Sign() < 0 || lost.Cmp(limit) > 0 {
				r.Errorf("%s rao of %d are lost, %d shares each of %d uids explain %s", lost, in.Emission, parts, in.N, limit)
			}
		}
		// Together a uid gets what it gets apart, and at most what cutting once instead of twice saves.
		for i, both := range out.Emission {
			apart := out.ServerEmission[i] + out.ValidatorEmission[i]
			if both < apart || both-apart > 1+in.Emission>>32+1 {
				r.Errorf("uid %d gets %d rao as a miner and a validator, but %d as both", i, apart, both)
			}
		}
	})
}

// Shares that are parts of a whole add up to it: each of n loses less than 1/65535 when it is cut to u16, and before
// that less than 2^-32.
func TestSharesSumToOne(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in, steps := anyInputs(r), keep{}
		n := int64(in.N)
		out, err := new(yuma.Workspace).Epoch(in, steps)
		if err != nil {
			r.Fatal(err)
		}
		for _, v := range []struct {
			step   yuma.Step
			shares []uint16
		}{
			{yuma.StepStake, out.StakeWeight}, {yuma.StepIncentive, out.Incentive}, {yuma.StepDividends, out.Dividends},
		} {
			if !steps.some(v.step) {
				continue
			}
			if sum := int64(fixed.Sum(steps[v.step])); sum > 1<<32 || sum <= 1<<32-n {
				r.Errorf("%s: %d parts sum to %d/2^32", v.step, n, sum)
			}
			if sum := total(v.shares).Int64(); sum > 65535 || sum < 65535-n {
				r.Errorf("%s: %d parts sum to %d/65535", v.step, n, sum)
			}
		}
		for i, trust := range steps[yuma.StepTrust] {
			if trust < 0 || trust > 1<<32 {
				r.Errorf("trust[%d] is %d", i, trust)
			}
		}
		if steps.some(yuma.StepCombinedShare) {
			if top := slices.Max(out.PruningScore); top != 65535 {
				r.Errorf("the largest pruning score is %d", top)
			}
		}
	})
}

// At most MaxValidators have permits, and the owner. Nobody has more stake than they, and of equal stakes the higher
// uid has the permit. Bonds are kept only of those with a permit.
func TestPermitsGoToMostStake(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in, steps := anyInputs(r), keep{}
		out, err := new(yuma.Workspace).Epoch(in, steps)
		if err != nil {
			r.Fatal(err)
		}
		stake, permits := steps[yuma.StepStake], 0
		for i, has := range out.ValidatorPermit {
			if len(out.Bonds[i]) > 0 && !has {
				r.Errorf("uid %d has bonds without a permit", i)
			}
			if i == in.Owner {
				if !has {
					r.Error("the owner has no permit")
				}
				continue
			}
			if !has {
				continue
			}
			permits++
			for j, other := range out.ValidatorPermit {
				if !other && (stake[j] > stake[i] || stake[j] == stake[i] && j > i) {
					r.Errorf("uid %d has a permit by stake %d, uid %d with %d has none", i, stake[i], j, stake[j])
				}
			}
		}
		if permits > int(in.MaxValidators) {
			r.Errorf("%d permits, %d are allowed", permits, in.MaxValidators)
		}
	})
}

// Inputs stay as they are.
func TestInputsAreNotChanged(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		seed := rapid.Uint64().Draw(r, "seed")
		in := yumamodel.Random(seed)
		epoch(r, in)
		if !reflect.DeepEqual(in, yumamodel.Random(seed)) {
			r.Error("they were changed")
		}
	})
}

// A workspace used before, for subnets of other sizes too, gives what a fresh one gives; also where the outputs it owns
// are the inputs of its next epoch.
func TestWorkspaceIsAsGoodAsNew(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var w yuma.Workspace
		for range 3 {
			yumamodel.Chain(rapid.Uint64().Draw(r, "seed"), 4, func(k int, in *yuma.Inputs) *yuma.Outputs {
				fresh := epoch(r, in)
				out, err := w.Epoch(in, nil)
				if err != nil {
					r.Fatal(err)
				}
				if d := outputDifference(out, fresh); d != "" {
					r.Errorf("epoch %d: %s", k, d)
				}
				return out
			})
		}
	})
}
