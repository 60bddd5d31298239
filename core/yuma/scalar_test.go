package yuma

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/fixed/fixedtest"
)

// fractions is an I32F32 vector as the reference's results have it, and sparse a matrix: rows of column, value, column …
type (
	fractions []fixed.I32F32
	sparse    [][]int64
)

func (s sparse) matrix() *matrix {
	m, entries := new(matrix), 0
	for _, row := range s {
		entries += len(row) / 2
	}
	cols, vals := m.build(len(s), entries)
	k := 0
	for i, row := range s {
		for ; len(row) > 0; row = row[2:] {
			cols[k], vals[k] = uint16(row[0]), fixed.I32F32(row[1])
			k++
		}
		m.endRow(i, k)
	}
	m.done()
	return m
}

func rowsOf(m *matrix) sparse {
	s := make(sparse, m.Rows())
	for i := range s {
		s[i] = []int64{}
		cols, vals := m.Row(i)
		for k, j := range cols {
			s[i] = append(s[i], int64(j), int64(vals[k]))
		}
	}
	return s
}

// wide is a workspace's columns for a matrix, whose entries may be toward more of them than there are rows.
func wide(s sparse) *columns {
	n := len(s)
	for _, row := range s {
		for k := 0; k < len(row); k += 2 {
			n = max(n, int(row[k])+1)
		}
	}
	c := new(columns)
	c.resize(n)
	return c
}

// scalarChecks compute what the reference's helpers do, by their names: arguments in the order of the file.
var scalarChecks = map[string]func(c *scalarCase) any{
	"alpha_sigmoid": func(c *scalarCase) any {
		consensus, weight, bond, low, high, steepness := c.fixed(), c.fixed(), c.fixed(), c.fixed(), c.fixed(), c.fixed()
		l := liquid{low: low, high: high, slope: steepness.DivSaturated(-100 * fixed.One)}
		l.span = l.high.Sub(l.low)
		l.still = l.sigma(0)
		return l.alpha(consensus, weight, bond)
	},
	"bonds_alpha_from_moving_average": func(c *scalarCase) any {
		p := Params{BondsMovingAverage: uint64(c.fixed())}
		return p.alpha()
	},
	"is_topk_nonzero": func(c *scalarCase) any { return permits(c.vector(), c.fixed()) },
	"is_topk": func(c *scalarCase) any {
		stake := c.vector()
		if slices.Contains(stake, 0) { // which this epoch never permits
			return nil
		}
		return permits(stake, c.fixed())
	},
	"weighted_median_col": medians, "weighted_median_big": medians,
	"row_normalize_sparse": func(c *scalarCase) any {
		m := c.sparse().matrix()
		m.normalizeRows()
		return rowsOf(m)
	},
	"col_normalize_sparse": func(c *scalarCase) any {
		s := c.sparse()
		m := s.matrix()
		m.normalizeColumns(wide(s))
		return rowsOf(m)
	},
	"col_max_upscale_sparse": func(c *scalarCase) any {
		s := c.sparse()
		m := s.matrix()
		m.upscaleColumns(wide(s))
		return rowsOf(m)
	},
	"row_sum_sparse": func(c *scalarCase) any {
		s := c.sparse()
		out := make(fractions, len(s))
		s.matrix().rowSums(out)
		return out
	},
	"matmul_sparse": func(c *scalarCase) any {
		m, v := c.sparse(), c.vector()
		out := make(fractions, len(c.wanted()))
		m.matrix().timesColumns(v, out)
		return out
	},
	"matmul_transpose_sparse": func(c *scalarCase) any {
		m, v := c.sparse(), c.vector()
		out := make(fractions, len(m))
		m.matrix().timesRows(v, out)
		return out
	},
	"row_hadamard_sparse": func(c *scalarCase) any {
		m, v, out := c.sparse(), c.vector(), new(matrix)
		out.setScaled(m.matrix(), v)
		return rowsOf(out)
	},
	"col_clip_sparse": func(c *scalarCase) any {
		m, v := c.sparse(), c.vector()
		w := Workspace{weights: *m.matrix(), consensus: v, trust: make(fractions, len(m))}
		return rowsOf(w.clipWeights())
	},
}

func medians(c *scalarCase) any {
	stake, score, majority := c.vector(), c.sparse(), c.fixed()
	out := make(fractions, len(c.wanted()))
	var b ballots
	total := b.gather(score.matrix(), stake)
	for j := range out {
		if b.voters > 0 {
			out[j] = weightedMedian(b.column(j, total), b.spare, total, total.Sub(majority))
		}
	}
	return out
}

func permits(stake fractions, k fixed.I32F32) []int {
	n := len(stake)
	w := Workspace{in: &Inputs{N: uint16(n), Owner: -1}, stake: stake, order: make([]uint16, n)}
	w.in.MaxValidators = uint16(k)
	w.grantPermits()
	out := make([]int, n)
	for i, yes := range w.out.ValidatorPermit[:n] {
		if yes {
			out[i] = 1
		}
	}
	return out
}

// scalarCase is the arguments of one call, and at the end its result.
type scalarCase struct {
	t    *testing.T
	rest []json.RawMessage
}

func (c *scalarCase) next(to any) {
	c.t.Helper()
	if err := json.Unmarshal(c.rest[0], to); err != nil {
		c.t.Fatalf("%s: %v", c.rest[0], err)
	}
	c.rest = c.rest[1:]
}

func (c *scalarCase) fixed() (x fixed.I32F32) { c.t.Helper(); c.next(&x); return x }
func (c *scalarCase) vector() (v fractions)   { c.t.Helper(); c.next(&v); return v }
func (c *scalarCase) sparse() (s sparse)      { c.t.Helper(); c.next(&s); return s }

// wanted is a result that is a vector, without taking it.
func (c *scalarCase) wanted() fractions {
	c.t.Helper()
	again := *c
	return again.vector()
}

// Each step that the reference has as a function of its own gives the reference's results. Its masks, interpolation and
// moving average are no functions here: the traces of whole epochs hold those.
func TestReferenceSteps(t *testing.T) {
	cases := fixedtest.Scalars(t)
	for name, compute := range scalarChecks {
		held := 0
		for i, args := range cases[name] {
			c := &scalarCase{t, args}
			got := compute(c)
			if got == nil {
				continue
			}
			want := reflect.New(reflect.TypeOf(got))
			c.next(want.Interface())
			if len(c.rest) != 0 {
				t.Fatalf("%s %d: %d arguments too many", name, i, len(c.rest))
			}
			if !reflect.DeepEqual(got, want.Elem().Interface()) {
				t.Fatalf("%s %d: %v, want %v, of %s", name, i, got, want.Elem(), args)
			}
			held++
		}
		if held < 15 {
			t.Errorf("%s: %d cases", name, held)
		}
	}
}
