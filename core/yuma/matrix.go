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

// build makes room for rows and entries, both at their most, to be filled from the front: whoever does ends row i with
// endRow, and all with done.
func (m *matrix) build(rows, entries int) (cols []uint16, vals []fixed.I32F32) {
	m.start = sized(m.start, rows+1)
	m.start[0] = 0
	m.col, m.val = sized(m.col, entries), sized(m.val, entries)
	return m.col, m.val
}

// endRow ends row i before entry k.
func (m *matrix) endRow(i, k int) { m.start[i+1] = k }

// done ends the matrix with its last row.
func (m *matrix) done() {
	k := m.start[m.Rows()]
	m.col, m.val = m.col[:k], m.val[:k]
}

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

// setScaled makes m equal to from with row i multiplied by v_i.
func (m *matrix) setScaled(from *matrix, v []fixed.I32F32) {
	m.start = append(m.start[:0], from.start...)
	m.col = append(m.col[:0], from.col...)
	m.val = sized(m.val, len(from.val))
	for i, x := range v {
		_, vals := from.Row(i)
		_, scaled := m.Row(i)
		for k, y := range vals {
			scaled[k] = y.Mul(x)
		}
	}
}

// columns is what a pass over a matrix finds for each of its N columns, and divides it by.
type columns struct {
	found []fixed.I32F32
	by    []fixed.Divisor
}

func (c *columns) resize(n int) { c.found, c.by = sized(c.found, n), sized(c.by, n) }

// normalizeColumns divides each column by its sum, where that isn't 0; columns from N on stay as they are.
func (m *matrix) normalizeColumns(c *columns) {
	sums := c.found
	clear(sums)
	vals := m.val
	for k, j := range m.col[:len(vals)] {
		if int(j) < len(sums) {
			sums[j] = sums[j].Add(vals[k])
		}
	}
	m.divideColumns(c)
}

// upscaleColumns divides each column by its largest element, where that is positive; columns from N on stay as they are.
func (m *matrix) upscaleColumns(c *columns) {
	largest := c.found
	clear(largest)
	vals := m.val
	for k, j := range m.col[:len(vals)] {
		if int(j) < len(largest) {
			largest[j] = max(largest[j], vals[k])
		}
	}
	m.divideColumns(c)
}

func (m *matrix) divideColumns(c *columns) {
	for j, d := range c.found {
		if d == 0 {
			d = fixed.One // leaves what it divides
		}
		c.by[j] = fixed.NewDivisor(d)
	}
	fixed.DivideBy(m.val, m.col, c.by)
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
