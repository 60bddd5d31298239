package yumamodel

import (
	"math/big"
	"slices"

	"github.com/taolight/taolight/core/yuma"
)

// bondsIn are those of the epoch before, of value(u16), without those toward uids registered since. Columns beyond n,
// which nobody registered, are as old as can be.
func (m *model) bondsIn(value func(uint16) Real) Matrix {
	since := m.in.LastEpochBlock
	switch since {
	case 0:
		if m.in.Block > uint64(m.in.Tempo) {
			since = m.in.Block - uint64(m.in.Tempo)
		}
	case 1<<64 - 1:
	default:
		since++
	}
	b := make(Matrix, m.n)
	for i, row := range m.in.Bonds {
		for _, e := range row {
			registered := uint64(0)
			if int(e.UID) < m.n {
				registered = m.in.RegisteredAt[e.UID]
			}
			if since > registered {
				b[i] = append(b[i], Cell{e.UID, value(e.Value)})
			}
		}
	}
	return b
}

// yuma2 keeps bonds by stake: a validator's part of each column.
func (m *model) yuma2(weights Matrix, active, incentive []Real) (bonds Matrix, dividends []Real) {
	old := m.bondsIn(func(v uint16) Real { return Real(v) << 32 })
	old = m.matrix(yuma.StepBondsIn, m.columnsBy(old, add))
	raw := make(Matrix, m.n)
	for i, row := range weights {
		for _, c := range row {
			raw[i] = append(raw[i], Cell{c.Column, mul(c.Value, active[i])})
		}
	}
	delta := m.matrix(yuma.StepBondsDelta, m.columnsBy(m.matrix(yuma.StepBondsDeltaRaw, raw), add))
	ema := m.matrix(yuma.StepEMARaw, m.average(delta, old))
	norm := m.matrix(yuma.StepEMANorm, m.columnsBy(ema, add))
	dividends = make([]Real, m.n)
	for i, row := range norm {
		for _, c := range row {
			dividends[i] = add(dividends[i], mul(incentive[c.Column], c.Value))
		}
	}
	bonds = m.columnsBy(norm, func(a, b Real) Real { return max(a, b) })
	return m.matrix(yuma.StepEMA, bonds), normalize(dividends)
}

// yuma3 keeps bonds of each pair by themselves; stake counts at the end.
func (m *model) yuma3(weights Matrix, active, consensus, incentive []Real) (bonds Matrix, dividends []Real) {
	old := m.matrix(yuma.StepBondsIn, m.bondsIn(share))
	if m.in.LiquidAlpha && slices.ContainsFunc(consensus, func(c Real) bool { return c != 0 }) {
		bonds = m.liquid(weights, old, consensus)
	} else {
		bonds = m.average(weights, old)
	}
	norm := m.matrix(yuma.StepEMANorm, m.columnsBy(m.matrix(yuma.StepEMA, bonds), add))
	totals := make([]Real, m.n)
	for i, row := range norm {
		parts := make([]Real, len(row))
		for k, c := range row {
			parts[k] = mul(c.Value, incentive[c.Column])
		}
		totals[i] = sum(parts)
	}
	m.vector(yuma.StepTotalBonds, totals)
	dividends = make([]Real, m.n)
	for i := range dividends {
		dividends[i] = checkedMul(totals[i], active[i])
	}
	return bonds, normalize(dividends)
}

// columnsBy divides each value by what fold makes of its column, from 0 on, unless that is 0. Columns beyond n stay.
func (m *model) columnsBy(x Matrix, fold func(a, b Real) Real) Matrix {
	by := make([]Real, m.n)
	for _, row := range x {
		for _, c := range row {
			if int(c.Column) < m.n {
				by[c.Column] = fold(by[c.Column], c.Value)
			}
		}
	}
	out := make(Matrix, m.n)
	for i, row := range x {
		for _, c := range row {
			if int(c.Column) < m.n && by[c.Column] != 0 {
				c.Value = safeDiv(c.Value, by[c.Column])
			}
			out[i] = append(out[i], c)
		}
	}
	return out
}

// average is the moving average with one α for all; entries of one column add up.
func (m *model) average(fresh, old Matrix) Matrix {
	moving := wideDiv(wideFromU64(m.in.BondsMovingAverage), new(big.Int).Lsh(big.NewInt(1_000_000), 64))
	alpha := sub(one, narrow(moving))
	out := make(Matrix, m.n)
	for i := range out {
		row := make([]Real, m.n)
		for _, c := range fresh[i] {
			row[c.Column] = add(row[c.Column], mul(alpha, c.Value))
		}
		for _, c := range old[i] {
			if int(c.Column) < m.n {
				row[c.Column] = add(row[c.Column], mul(sub(one, alpha), c.Value))
			}
		}
		out[i] = sparse(row)
	}
	return out
}

// liquid is the moving average with an α for each pair. It has the entries of fresh, in their order.
func (m *model) liquid(fresh, old Matrix, consensus []Real) Matrix {
	low, high := share(m.in.AlphaLow), share(m.in.AlphaHigh)
	alphas, out := make(Matrix, m.n), make(Matrix, m.n)
	for i := range out {
		weights, bonds := m.inOrder(fresh[i]), m.inOrder(old[i])
		alpha := make([]Real, m.n)
		for j := range alpha {
			alpha[j] = m.alpha(consensus[j], weights[j], bonds[j], low, high)
			alphas[i] = append(alphas[i], Cell{uint16(j), alpha[j]})
		}
		kept := m.dense(old[i])
		for j := range kept {
			kept[j] = mul(sub(one, alpha[j]), kept[j])
		}
		for _, c := range fresh[i] {
			gain := max(0, mul(alpha[c.Column], c.Value))
			if v := min(one, add(kept[c.Column], gain)); v > 0 {
				out[i] = append(out[i], Cell{c.Column, v})
			}
		}
	}
	m.matrix(yuma.StepAlphas, alphas)
	return out
}

// inOrder is a dense row of what a walk over the columns from 0 to n-1 sees that never turns back in the row: an entry
// is missed once the walk has passed its column, and one that the walk doesn't reach hides all after it.
func (m *model) inOrder(row []Cell) []Real {
	v := make([]Real, m.n)
	column := -1
	for _, c := range row {
		if int(c.Column) >= m.n {
			break
		}
		if int(c.Column) > column {
			column = int(c.Column)
			v[column] = c.Value
		}
	}
	return v
}

// alpha moves between low and high with how far a weight leads consensus, or a bond the weight.
func (m *model) alpha(consensus, weight, bond, low, high Real) Real {
	lead := clamp(sub(weight, consensus), 0, one)
	if weight < bond {
		lead = clamp(sub(bond, weight), 0, one)
	}
	slope := div(Real(m.in.AlphaSteepness)<<32, -100<<32)
	sigmoid := div(one, add(one, exp(mul(slope, sub(lead, half)))))
	return clamp(add(low, mul(sigmoid, sub(high, low))), low, high)
}
