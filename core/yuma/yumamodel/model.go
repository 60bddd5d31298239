// Package yumamodel is the Yuma epoch written down a second time, as plainly as possible, so that tests can hold
// package yuma to it. Only tests import it: it is slow, and checks nothing about its inputs but their lengths.
//
// [Epoch] is that model; [Random] and [Chain] make inputs for both.
package yumamodel

import (
	"slices"

	"github.com/taolight/taolight/core/yuma"
)

// Cell is one entry of a sparse row.
type Cell struct {
	Column uint16
	Value  Real
}

// Matrix has sparse rows, in the order in which the epoch keeps them.
type Matrix [][]Cell

// Result is what an epoch gives, and each of its steps by name.
type Result struct {
	Outputs  yuma.Outputs
	Stakes   map[yuma.Step][]Wide
	Vectors  map[yuma.Step][]Real
	Matrices map[yuma.Step]Matrix
}

// model is an epoch under way.
type model struct {
	in *yuma.Inputs
	n  int
	Result
}

// Epoch runs an epoch. It returns an [*yuma.InputError] when lengths don't fit together.
func Epoch(in *yuma.Inputs) (*Result, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	m := &model{in: in, n: int(in.N), Result: Result{
		Stakes: map[yuma.Step][]Wide{}, Vectors: map[yuma.Step][]Real{}, Matrices: map[yuma.Step]Matrix{},
	}}
	stake := m.stake()
	active := m.activeStake(stake)
	weights := m.weights()

	kappa, penalty := share(in.Kappa), share(in.BondsPenalty)
	m.vector(yuma.StepParams, []Real{kappa, penalty})
	consensus := m.vector(yuma.StepConsensus, m.consensus(weights, active, kappa))
	clipped := m.matrix(yuma.StepClipped, clip(weights, consensus))
	trust := m.vector(yuma.StepTrust, rowSums(clipped))
	ranks := m.vector(yuma.StepRanks, m.columnProducts(clipped, active))
	incentive := m.vector(yuma.StepIncentive, normalize(ranks))

	forBonds := m.matrix(yuma.StepWeightsForBonds, m.interpolate(weights, clipped, penalty))
	var bonds Matrix
	var dividends []Real
	if in.Yuma3 {
		bonds, dividends = m.yuma3(forBonds, active, consensus, incentive)
	} else {
		bonds, dividends = m.yuma2(forBonds, active, incentive)
	}
	m.vector(yuma.StepDividends, dividends)

	m.emission(stake, active, incentive, dividends)
	out := &m.Outputs
	out.Consensus, out.Incentive, out.Dividends = toShares(consensus), toShares(incentive), toShares(dividends)
	out.ValidatorTrust, out.StakeWeight = toShares(trust), toShares(stake)
	out.Active = make([]bool, m.n)
	out.ValidatorPermit = m.newPermits(stake)
	out.Bonds = make([]yuma.Row, m.n)
	for i := range m.n {
		out.Active[i] = m.active(i)
		if out.ValidatorPermit[i] {
			for _, c := range bonds[i] {
				out.Bonds[i] = append(out.Bonds[i], yuma.Entry{UID: c.Column, Value: toShare(c.Value)})
			}
		}
	}
	return &m.Result, nil
}

// vector and matrix note a step's result and pass it on.
func (m *model) vector(s yuma.Step, v []Real) []Real {
	m.Vectors[s] = v
	return v
}

func (m *model) matrix(s yuma.Step, x Matrix) Matrix {
	m.Matrices[s] = x
	return x
}

// emission divides what there is to pay out: by incentive and dividends, or by stake where nobody earned either.
func (m *model) emission(stake, active, incentive, dividends []Real) {
	combined := make([]Real, m.n)
	for i := range combined {
		combined[i] = add(incentive[i], dividends[i])
	}
	total := m.vector(yuma.StepEmissionSum, []Real{sum(combined)})[0]
	server := normalizeBy(incentive, total)
	validator := normalizeBy(dividends, total)
	combined = normalizeBy(combined, total)
	if total == 0 {
		validator = active
		if sum(active) == 0 {
			validator = stake
		}
		combined = validator
	}
	m.Outputs.ServerEmission = m.pay(m.vector(yuma.StepServerShare, server))
	m.Outputs.ValidatorEmission = m.pay(m.vector(yuma.StepValidatorShare, validator))
	m.Outputs.Emission = m.pay(m.vector(yuma.StepCombinedShare, combined))
	m.Outputs.PruningScore = upscale(combined)
}

func (m *model) pay(shares []Real) []uint64 {
	out := make([]uint64, len(shares))
	for i, x := range shares {
		out[i] = payout(x, m.in.Emission)
	}
	return out
}

// upscale returns v as parts of its largest value, which becomes 65535, rounded to the nearest.
func upscale(v []Real) []uint16 {
	out := make([]uint16, len(v))
	if len(v) == 0 {
		return out
	}
	largest, whole := slices.Max(v), Real(65535<<32)
	for i, x := range v {
		switch {
		case largest == 0:
			x = mul(x, whole)
		case largest > 32768<<32:
			x = add(mul(x, safeDiv(whole, largest)), half)
		default:
			x = add(safeDiv(mul(x, whole), largest), half)
		}
		out[i] = uint16(clamp(x>>32, 0, 65535))
	}
	return out
}

func toShares(v []Real) []uint16 {
	out := make([]uint16, len(v))
	for i, x := range v {
		out[i] = toShare(x)
	}
	return out
}
