package yumamodel

import (
	"slices"

	"github.com/taolight/taolight/core/yuma"
)

// weights are those that count, with rows that sum to 1: of validators with a permit, toward others (the owner's also
// toward himself) who were there when the weights were set or committed to.
func (m *model) weights() Matrix {
	w := make(Matrix, m.n)
	for i, row := range m.in.Weights {
		if !m.permit(i) {
			continue
		}
		for _, e := range row {
			j := int(e.UID)
			if j >= m.n || j == i && i != m.in.Owner {
				continue
			}
			registered := m.in.RegisteredAt[j]
			if m.lastUpdate(i) <= registered || m.in.CommitReveal && m.commit(i) < registered {
				continue
			}
			w[i] = append(w[i], Cell{e.UID, Real(e.Value) << 32})
		}
		if total := sum(values(w[i])); total > 0 {
			for k := range w[i] {
				w[i][k].Value = safeDiv(w[i][k].Value, total)
			}
		}
	}
	return m.matrix(yuma.StepWeights, w)
}

func (m *model) commit(i int) uint64 {
	if i < len(m.in.CommitBlocks) {
		return m.in.CommitBlocks[i]
	}
	return yuma.NoCommit
}

func values(row []Cell) []Real {
	v := make([]Real, len(row))
	for k, c := range row {
		v[k] = c.Value
	}
	return v
}

func rowSums(x Matrix) []Real {
	v := make([]Real, len(x))
	for i, row := range x {
		v[i] = sum(values(row))
	}
	return v
}

// columnProducts is xᵀv.
func (m *model) columnProducts(x Matrix, v []Real) []Real {
	out := make([]Real, m.n)
	for i, row := range x {
		for _, c := range row {
			out[c.Column] = add(out[c.Column], mul(v[i], c.Value))
		}
	}
	return out
}

// dense is a row of all n columns; of several entries for one column the last counts. Columns beyond n are left out.
func (m *model) dense(row []Cell) []Real {
	v := make([]Real, m.n)
	for _, c := range row {
		if int(c.Column) < m.n {
			v[c.Column] = c.Value
		}
	}
	return v
}

// sparse keeps the positive values of a dense row.
func sparse(v []Real) []Cell {
	var row []Cell
	for j, x := range v {
		if x > 0 {
			row = append(row, Cell{uint16(j), x})
		}
	}
	return row
}

// consensus is each column's weighted median over the validators that have active stake.
func (m *model) consensus(weights Matrix, active []Real, kappa Real) []Real {
	var stake []Real
	var scores [][]Real
	for i, s := range active {
		if s > 0 {
			stake = append(stake, s)
			scores = append(scores, m.dense(weights[i]))
		}
	}
	stake = normalize(stake)
	out := make([]Real, m.n)
	for j := range out {
		column := make([]Real, len(scores))
		for k, row := range scores {
			column[k] = row[j]
		}
		out[j] = median(stake, column, kappa)
	}
	return out
}

// median looks for the score below which lies less stake than a minority. It halves the candidates at a pivot: bottom
// is the stake known to lie below all candidates, top that up to and with the last of them.
func median(stake, score []Real, majority Real) Real {
	if len(stake) == 0 {
		return 0
	}
	candidates := make([]int, len(stake))
	for k := range candidates {
		candidates[k] = k
	}
	total := sum(stake)
	bottom, top, minority := Real(0), total, sub(total, majority)
	for len(candidates) > 1 {
		pivot := score[candidates[len(candidates)/2]]
		below := slices.DeleteFunc(slices.Clone(candidates), func(k int) bool { return score[k] >= pivot })
		above := slices.DeleteFunc(slices.Clone(candidates), func(k int) bool { return score[k] <= pivot })
		afterBelow, beforeAbove := add(bottom, saturatingSum(stake, below)), sub(top, saturatingSum(stake, above))
		switch {
		case minority < afterBelow && len(below) > 0:
			candidates, top = below, afterBelow
		case beforeAbove <= minority && len(above) > 0:
			candidates, bottom = above, beforeAbove
		default:
			return pivot
		}
	}
	return score[candidates[0]]
}

func saturatingSum(v []Real, of []int) Real {
	total := Real(0)
	for _, k := range of {
		total = add(total, v[k])
	}
	return total
}

// clip lowers weights to consensus. What would become 0 by it goes; a weight that was 0 stays.
func clip(weights Matrix, consensus []Real) Matrix {
	out := make(Matrix, len(weights))
	for i, row := range weights {
		for _, c := range row {
			limit := consensus[c.Column]
			if c.Value > limit && limit <= 0 {
				continue
			}
			out[i] = append(out[i], Cell{c.Column, min(c.Value, limit)})
		}
	}
	return out
}

// interpolate is a + ratio·(b − a); at the ends one of them as it is.
func (m *model) interpolate(a, b Matrix, ratio Real) Matrix {
	switch ratio {
	case 0:
		return a
	case one:
		return b
	}
	out := make(Matrix, m.n)
	for i := range out {
		row, other := m.dense(a[i]), m.dense(b[i])
		for j := range row {
			row[j] = add(row[j], mul(ratio, sub(other[j], row[j])))
		}
		out[i] = sparse(row)
	}
	return out
}
