package yuma

import (
	"math"

	"github.com/taolight/taolight/core/fixed"
)

// weightsForBonds computes W + penalty·(W̄ − W): the weights that bonds follow. Between the extremes rows come out sorted,
// with positive elements only; of several toward one uid the last counts.
func (w *Workspace) weightsForBonds(clipped *matrix) *matrix {
	m := &w.interpolated
	switch penalty := fixed.Share(w.in.BondsPenalty); penalty {
	case 0:
		m = &w.weights
	case fixed.One:
		m = clipped
	default:
		cols, vals := m.build(w.weights.Rows(), len(w.weights.col))
		before, after, k := w.rowA, w.rowB, 0
		for i := range w.weights.Rows() {
			if !w.weights.empty(i) {
				spread(before, &w.weights, i)
				spread(after, clipped, i)
				for j, x := range before {
					if x = x.Add(penalty.Mul(after[j].Sub(x))); x > 0 {
						cols[k], vals[k] = uint16(j), x
						k++
					}
				}
				wipe(before, &w.weights, i)
				wipe(after, clipped, i)
			}
			m.endRow(i, k)
		}
		m.done()
	}
	w.tellMatrix(StepWeightsForBonds, m)
	return m
}

// spread writes row i of m into a dense row; of several elements in a column the last stays.
func spread(dense []fixed.I32F32, m *matrix, i int) {
	cols, vals := m.Row(i)
	for k, j := range cols {
		if int(j) < len(dense) {
			dense[j] = vals[k]
		}
	}
}

// wipe sets to 0 what row i of m has written.
func wipe(dense []fixed.I32F32, m *matrix, i int) {
	cols, _ := m.Row(i)
	for _, j := range cols {
		if int(j) < len(dense) {
			dense[j] = 0
		}
	}
}

// bondsByStake is Yuma 2: a validator's bond in a miner is the moving average of its share of the stake behind it.
//
//	ΔB = W∘S', columns sum to 1
//	B  = α·ΔB + (1−α)·B', columns sum to 1
//	D_i = Σ_j B_ij·I_j, divided by the sum
//
// The bonds that it returns have 1 as the largest of each column.
func (w *Workspace) bondsByStake(weights *matrix) *matrix {
	w.loadBonds(fixed.FromU16)
	w.bonds.normalizeColumns(&w.columns)
	w.tellMatrix(StepBondsIn, &w.bonds)

	w.delta.setScaled(weights, w.activeStake)
	w.tellMatrix(StepBondsDeltaRaw, &w.delta)
	w.delta.normalizeColumns(&w.columns)
	w.tellMatrix(StepBondsDelta, &w.delta)

	w.moveBonds(&w.delta)
	w.tellMatrix(StepEMARaw, &w.ema)
	w.ema.normalizeColumns(&w.columns)
	w.tellMatrix(StepEMANorm, &w.ema)

	w.ema.timesRows(w.incentive, w.dividends)
	fixed.Normalize(w.dividends)
	w.ema.upscaleColumns(&w.columns)
	w.tellMatrix(StepEMA, &w.ema)
	w.tell(StepDividends, w.dividends)
	return &w.ema
}

// bondsByPair is Yuma 3: a validator's bond in a miner is the moving average of its weight for it, its stake counts in
// dividends only.
//
//	B  = α·W + (1−α)·B'
//	D_i = S'_i·Σ_j B̂_ij·I_j, divided by the sum; B̂ is B with columns that sum to 1
func (w *Workspace) bondsByPair(weights *matrix) *matrix {
	w.loadBonds(fixed.Share)
	w.tellMatrix(StepBondsIn, &w.bonds)
	if w.in.LiquidAlpha && w.hasConsensus() {
		w.moveBondsFreely(weights)
	} else {
		w.moveBonds(weights)
	}
	w.tellMatrix(StepEMA, &w.ema)

	w.emaNorm.set(&w.ema)
	w.emaNorm.normalizeColumns(&w.columns)
	w.tellMatrix(StepEMANorm, &w.emaNorm)
	w.emaNorm.timesRows(w.incentive, w.totalBonds)
	w.tell(StepTotalBonds, w.totalBonds)
	for i, s := range w.activeStake {
		w.dividends[i] = w.totalBonds[i].MulOrZero(s)
	}
	fixed.Normalize(w.dividends)
	w.tell(StepDividends, w.dividends)
	return &w.ema
}

// loadBonds reads the bonds of the epoch before, by from, without those toward uids registered since then.
func (w *Workspace) loadBonds(from func(uint16) fixed.I32F32) {
	in := w.in
	since := in.LastEpochBlock
	if since == 0 {
		since = in.Block - min(in.Block, uint64(in.Tempo))
	} else if since < math.MaxUint64 {
		since++
	}
	entries := 0
	for _, row := range in.Bonds {
		entries += len(row)
	}
	cols, vals := w.bonds.build(len(in.Bonds), entries)
	k := 0
	for i, row := range in.Bonds {
		for _, e := range row {
			registered := uint64(0)
			if int(e.UID) < len(in.RegisteredAt) {
				registered = in.RegisteredAt[e.UID]
			}
			if since > registered {
				cols[k], vals[k] = e.UID, from(e.Value)
				k++
			}
		}
		w.bonds.endRow(i, k)
	}
	w.bonds.done()
}

// moveBonds computes the moving average α·new + (1−α)·B' with one α for all, rows sorted, positive
// elements only; of several toward one uid all add up.
func (w *Workspace) moveBonds(latest *matrix) {
	alpha := w.in.alpha()
	rest := fixed.One.Sub(alpha)
	sum := w.rowA
	cols, vals := w.ema.build(latest.Rows(), len(latest.col)+len(w.bonds.col))
	k := 0
	for i := range latest.Rows() {
		if !latest.empty(i) || !w.bonds.empty(i) {
			addScaled(sum, latest, i, alpha)
			addScaled(sum, &w.bonds, i, rest)
			for j, x := range sum {
				if x > 0 {
					cols[k], vals[k] = uint16(j), x
					k++
				}
				sum[j] = 0
			}
		}
		w.ema.endRow(i, k)
	}
	w.ema.done()
}

// alpha returns the rate at which all bonds move: 1 − BondsMovingAverage/10^6.
func (p *Params) alpha() fixed.I32F32 {
	return fixed.One.Sub(fixed.FromU64(p.BondsMovingAverage).Div(fixed.FromU64(1_000_000)).I32F32())
}

// addScaled adds x times row i of m to a dense row.
func addScaled(dense []fixed.I32F32, m *matrix, i int, x fixed.I32F32) {
	cols, vals := m.Row(i)
	for k, j := range cols {
		if int(j) < len(dense) {
			dense[j] = dense[j].Add(x.Mul(vals[k]))
		}
	}
}
