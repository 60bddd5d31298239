package yuma

import "github.com/taolight/taolight/core/fixed"

// maskWeights computes W: what validators with a permit say of others, rows divided by their sums. Left out is what a
// uid says of itself (but the owner's hotkey), of whoever was registered since it last set weights, and, while it has a
// commit to reveal, of whoever was registered after that commit.
func (w *Workspace) maskWeights() {
	in := w.in
	entries := 0
	for _, row := range in.Weights {
		entries += len(row)
	}
	cols, vals := w.weights.build(len(in.Weights), entries)
	k := 0
	for i, row := range in.Weights {
		if w.permitted(i) {
			updated, committed := w.lastUpdate(i), uint64(NoCommit)
			if in.CommitReveal && i < len(in.CommitBlocks) {
				committed = in.CommitBlocks[i]
			}
			for _, e := range row {
				j := int(e.UID)
				if j >= len(in.RegisteredAt) || j == i && i != in.Owner {
					continue
				}
				if registered := in.RegisteredAt[j]; updated > registered && committed >= registered {
					cols[k], vals[k] = e.UID, fixed.FromU16(e.Value)
					k++
				}
			}
		}
		w.weights.endRow(i, k)
	}
	w.weights.done()
	w.weights.normalizeRows()
	w.tellMatrix(StepWeights, &w.weights)
}

// clipWeights computes W̄ = min(W, C), without what becomes 0, and each validator's trust, the row sums.
func (w *Workspace) clipWeights() *matrix {
	m := &w.clipped
	newCols, newVals := m.build(w.weights.Rows(), len(w.weights.col))
	next := 0
	for i := range w.weights.Rows() {
		cols, vals := w.weights.Row(i)
		for k, j := range cols {
			if x := min(vals[k], w.consensus[j]); x > 0 || x == vals[k] {
				newCols[next], newVals[next] = j, x
				next++
			}
		}
		m.endRow(i, next)
	}
	m.done()
	w.tellMatrix(StepClipped, m)
	m.rowSums(w.trust)
	w.tell(StepTrust, w.trust)
	return m
}

// rank computes R = W̄ᵀS', what validators give each uid by their stake, and incentive I = R/ΣR.
func (w *Workspace) rank(clipped *matrix) {
	clipped.timesColumns(w.activeStake, w.ranks)
	w.tell(StepRanks, w.ranks)
	copy(w.incentive, w.ranks)
	fixed.Normalize(w.incentive)
	w.tell(StepIncentive, w.incentive)
}
