package yuma

import "github.com/taolight/taolight/core/fixed"

// Liquid alpha: the bond of a validator in a miner moves at a rate α of its own, the faster the further its weight is
// ahead of consensus, or its bond behind its weight:
//
//	α = low + (high − low)·σ,  σ = 1/(1+e^(−steepness·(d − ½)))
//	d = W − C while the weight is at least the bond, else B − W; from 0 to 1

// liquid are the hyperparameters of liquid alpha as numbers.
type liquid struct {
	low, high, span fixed.I32F32
	slope           fixed.I32F32 // of the exponent
	still           fixed.I32F32 // σ where d is 0, which is the rule for clipped weights
}

func (p *Params) liquid() liquid {
	steepness := fixed.I32F32(p.AlphaSteepness) << 32
	l := liquid{
		low:   fixed.Share(p.AlphaLow),
		high:  fixed.Share(p.AlphaHigh),
		slope: steepness.DivSaturated(-100 * fixed.One),
	}
	l.span = l.high.Sub(l.low)
	l.still = l.sigma(0)
	return l
}

func (l *liquid) sigma(d fixed.I32F32) fixed.I32F32 {
	return fixed.One.DivSaturated(fixed.One.Add(fixed.Exp(l.slope.Mul(d.Sub(fixed.One / 2)))))
}

// alpha returns the rate for one pair. Where low is above high it is low.
func (l *liquid) alpha(consensus, weight, bond fixed.I32F32) fixed.I32F32 {
	d := weight.Sub(consensus)
	if weight < bond {
		d = bond.Sub(weight)
	}
	d = max(min(d, fixed.One), 0)
	sigma := l.still
	if d != 0 {
		sigma = l.sigma(d)
	}
	return max(min(l.low.Add(sigma.Mul(l.span)), l.high), l.low)
}

// hasConsensus says whether validators agree on anything.
func (w *Workspace) hasConsensus() bool {
	for _, c := range w.consensus {
		if c != 0 {
			return true
		}
	}
	return false
}

// moveBondsFreely computes α_ij·W_ij + (1−α_ij)·B'_ij, at most 1, for all pairs with a weight; the other bonds end.
func (w *Workspace) moveBondsFreely(weights *matrix) {
	if w.trace != nil {
		w.trace.Matrix(StepAlphas, &alphas{w: w, weights: weights})
	}
	l := w.in.liquid()
	weight, bond, old := w.rowA, w.rowB, w.rowC
	newCols, newVals := w.ema.build(weights.Rows(), len(weights.col))
	next := 0
	for i := range weights.Rows() {
		spreadAscending(weight, weights, i)
		spreadAscending(bond, &w.bonds, i)
		spread(old, &w.bonds, i)
		cols, vals := weights.Row(i)
		for k, j := range cols {
			a := l.alpha(w.consensus[j], weight[j], bond[j])
			kept := fixed.One.Sub(a).Mul(old[j])
			if x := min(kept.Add(max(a.Mul(vals[k]), 0)), fixed.One); x > 0 {
				newCols[next], newVals[next] = j, x
				next++
			}
		}
		w.ema.endRow(i, next)
		wipe(weight, weights, i)
		wipe(bond, &w.bonds, i)
		wipe(old, &w.bonds, i)
	}
	w.ema.done()
}

// spreadAscending writes row i of m into a dense row as the reference reads it beside others: from left to right, so that
// in a row that isn't sorted an element behind one of the same or a higher column goes unseen.
func spreadAscending(dense []fixed.I32F32, m *matrix, i int) {
	cols, vals := m.Row(i)
	next := 0
	for k, j := range cols {
		if int(j) < next {
			continue
		}
		if next = int(j) + 1; next > len(dense) {
			return
		}
		dense[j] = vals[k]
	}
}

// alphas is the N×N matrix of all rates, computed row by row when somebody looks.
type alphas struct {
	w       *Workspace
	weights *matrix
	cols    []uint16
	vals    []fixed.I32F32
}

// Rows returns N.
func (a *alphas) Rows() int { return a.weights.Rows() }

// Row returns row i, all N elements.
func (a *alphas) Row(i int) (cols []uint16, vals []fixed.I32F32) {
	w, n := a.w, a.Rows()
	if a.cols == nil {
		a.cols, a.vals = make([]uint16, n), make([]fixed.I32F32, n)
		for j := range a.cols {
			a.cols[j] = uint16(j)
		}
	}
	l := w.in.liquid()
	spreadAscending(w.rowA, a.weights, i)
	spreadAscending(w.rowB, &w.bonds, i)
	for j := range a.vals {
		a.vals[j] = l.alpha(w.consensus[j], w.rowA[j], w.rowB[j])
	}
	wipe(w.rowA, a.weights, i)
	wipe(w.rowB, &w.bonds, i)
	return a.cols, a.vals
}

// at returns one element of row i, without the others.
func (a *alphas) at(i int, j uint16) fixed.I32F32 {
	w := a.w
	spreadAscending(w.rowA, a.weights, i)
	spreadAscending(w.rowB, &w.bonds, i)
	l := w.in.liquid()
	x := l.alpha(w.consensus[j], w.rowA[j], w.rowB[j])
	wipe(w.rowA, a.weights, i)
	wipe(w.rowB, &w.bonds, i)
	return x
}
