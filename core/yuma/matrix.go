package yuma

import "github.com/taolight/taolight/core/fixed"

// matrix is a sparse matrix: n rows, by validator, of entries toward uids. A row is in stored order; most are sorted by
// column without repetition, but none has to be.
type matrix struct {
	start []int // row i is entries start[i] to start[i+1]
	col   []uint16
	val   []fixed.I32F32
}

// Rows returns the number of rows.
func (m *matrix) Rows() int { return len(m.start) - 1 }

// Row returns row i.
func (m *matrix) Row(i int) (cols []uint16, vals []fixed.I32F32) {
	from, to := m.start[i], m.start[i+1]
	return m.col[from:to:to], m.val[from:to:to]
}

// empty says whether row i has no entries.
func (m *matrix) empty(i int) bool { return m.start[i] == m.start[i+1] }

// reset empties the matrix for building: push appends to the row that endRow closes.
func (m *matrix) reset() { m.start, m.col, m.val = append(m.start[:0], 0), m.col[:0], m.val[:0] }

func (m *matrix) push(col uint16, val fixed.I32F32) {
	m.col, m.val = append(m.col, col), append(m.val, val)
}

func (m *matrix) endRow() { m.start = append(m.start, len(m.col)) }

// set makes m equal to from.
func (m *matrix) set(from *matrix) {
	m.start = append(m.start[:0], from.start...)
	m.col = append(m.col[:0], from.col...)
	m.val = append(m.val[:0], from.val...)
}

// rowSums writes the sum of each row: sums_i = Σ_j m_ij.
func (m *matrix) rowSums(sums []fixed.I32F32) {
	for i := range sums {
		_, vals := m.Row(i)
		sums[i] = fixed.Sum(vals)
	}
}

// normalizeRows divides each row by its sum, where that is positive.
func (m *matrix) normalizeRows() {
	for i := range m.Rows() {
		_, vals := m.Row(i)
		if sum := fixed.Sum(vals); sum > 0 {
			fixed.NormalizeBy(vals, sum)
		}
	}
}

// scaleRows multiplies row i by v_i.
func (m *matrix) scaleRows(v []fixed.I32F32) {
	for i, x := range v {
		_, vals := m.Row(i)
		for k, y := range vals {
			vals[k] = y.Mul(x)
		}
	}
}

// normalizeColumns divides each column by its sum, where that isn't 0. Sums is scratch, N long.
func (m *matrix) normalizeColumns(sums []fixed.I32F32) {
	clear(sums)
	for k, j := range m.col {
		if int(j) < len(sums) {
			sums[j] = sums[j].Add(m.val[k])
		}
	}
	m.divideColumns(sums)
}

// upscaleColumns divides each column by its largest element, where that is positive. Largest is scratch, N long.
func (m *matrix) upscaleColumns(largest []fixed.I32F32) {
	clear(largest)
	for k, j := range m.col {
		if int(j) < len(largest) {
			largest[j] = max(largest[j], m.val[k])
		}
	}
	m.divideColumns(largest)
}

// divideColumns divides column j by d_j, where there is one and it isn't 0.
func (m *matrix) divideColumns(d []fixed.I32F32) {
	for k, j := range m.col {
		if int(j) < len(d) && d[j] != 0 {
			m.val[k] = m.val[k].Div(d[j])
		}
	}
}

// timesColumns writes the product with a vector over the rows: out_j = Σ_i v_i·m_ij, summed in the order of rows.
func (m *matrix) timesColumns(v, out []fixed.I32F32) {
	clear(out)
	for i, x := range v {
		cols, vals := m.Row(i)
		for k, j := range cols {
			out[j] = out[j].Add(x.Mul(vals[k]))
		}
	}
}

// timesRows writes the product with a vector over the columns: out_i = Σ_j v_j·m_ij.
func (m *matrix) timesRows(v, out []fixed.I32F32) {
	for i := range out {
		cols, vals := m.Row(i)
		var sum fixed.I32F32
		for k, j := range cols {
			sum = sum.Add(v[j].Mul(vals[k]))
		}
		out[i] = sum
	}
}
