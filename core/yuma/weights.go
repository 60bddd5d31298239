package yuma

import "github.com/taolight/taolight/core/fixed"

// maskWeights computes W: what validators with a permit say of others, rows divided by their sums. Left out is what a
// uid says of itself (but the owner's hotkey), of whoever was registered since it last set weights, and, while it has a
// commit to reveal, of whoever was registered after that commit.
func (w *Workspace) maskWeights() {
	in := w.in
	w.weights.reset()
	for i, row := range in.Weights {
		if w.permitted(i) {
			updated, committed := w.lastUpdate(i), uint64(NoCommit)
			if in.CommitReveal && i < len(in.CommitBlocks) {
				committed = in.CommitBlocks[i]
			}
			for _, e := range row {
				j := int(e.UID)
				if j >= int(in.N) || j == i && i != in.Owner {
					continue
				}
				if registered := in.RegisteredAt[j]; updated > registered && committed >= registered {
					w.weights.push(e.UID, fixed.FromU16(e.Value))
				}
			}
		}
		w.weights.endRow()
	}
	w.weights.normalizeRows()
	w.tellMatrix(StepWeights, &w.weights)
}

// clipWeights computes W̄ = min(W, C), without what becomes 0, and each validator's trust, the row sums.
func (w *Workspace) clipWeights() *matrix {
	m := &w.clipped
	m.reset()
	for i := range w.weights.Rows() {
		cols, vals := w.weights.Row(i)
		for k, j := range cols {
			limit := w.consensus[j]
			if vals[k] <= limit {
				m.push(j, vals[k])
			} else if limit > 0 {
				m.push(j, limit)
			}
		}
		m.endRow()
	}
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
