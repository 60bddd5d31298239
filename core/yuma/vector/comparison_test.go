package vector

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/yuma"
)

// comparison is a tracer that compares with what a vector says.
type comparison struct {
	vectors  map[yuma.Step][]json.Number
	matrices map[yuma.Step]matrix
	order    []yuma.Step
	err      error // the first difference
}

type matrix struct {
	NNZ   int       `json:"nnz"`
	FNV   string    `json:"fnv"`
	Rows  [][]int64 `json:"rows"`
	Dense [][]int64 `json:"dense"`
}

func newComparison(s *Step) *comparison {
	var want struct {
		V map[yuma.Step][]json.Number
		M map[yuma.Step]matrix
	}
	err := json.Unmarshal(s.trace, &want)
	return &comparison{vectors: want.V, matrices: want.M, err: err}
}

func (c *comparison) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

func (c *comparison) Stakes(s yuma.Step, v []fixed.I64F64) {
	compareVector(c, s, v, fixed.I64F64.String)
}

func (c *comparison) Vector(s yuma.Step, v []fixed.I32F32) {
	compareVector(c, s, v, func(x fixed.I32F32) string { return fmt.Sprint(int64(x)) })
}

func compareVector[T any](c *comparison, s yuma.Step, got []T, text func(T) string) {
	want, ok := c.vectors[s]
	if delete(c.vectors, s); !ok {
		c.fail("%s: not in the vector", s)
	} else if len(got) != len(want) {
		c.fail("%s: %d values, want %d", s, len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if g := text(got[i]); g != want[i].String() {
			c.fail("%s[%d]: %s, want %s", s, i, g, want[i])
		}
	}
}

func (c *comparison) Matrix(s yuma.Step, m yuma.Matrix) {
	want, ok := c.matrices[s]
	if delete(c.matrices, s); !ok {
		c.fail("%s: not in the vector", s)
	}
	for i := range m.Rows() {
		cols, vals := m.Row(i)
		switch {
		case want.Rows != nil:
			c.row(s, i, cols, vals, want.Rows[i])
		case want.Dense != nil:
			flat := make([]int64, 0, 2*len(want.Dense[i]))
			for j, x := range want.Dense[i] {
				flat = append(flat, int64(j), x)
			}
			c.row(s, i, cols, vals, flat)
		}
	}
	entries, sum := Sum(m)
	if got := fmt.Sprintf("%016x", sum); entries != want.NNZ || got != want.FNV {
		c.fail("%s: %d entries, hash %s, want %d and %s", s, entries, got, want.NNZ, want.FNV)
	}
}

func (c *comparison) row(s yuma.Step, i int, cols []uint16, vals []fixed.I32F32, want []int64) {
	for k := range min(len(cols), len(want)/2) {
		if int64(cols[k]) != want[2*k] || int64(vals[k]) != want[2*k+1] {
			c.fail("%s[%d]: entry %d is %d at column %d, want %d at column %d",
				s, i, k, vals[k], cols[k], want[2*k+1], want[2*k])
		}
	}
	if len(cols) != len(want)/2 {
		c.fail("%s[%d]: %d entries, want %d", s, i, len(cols), len(want)/2)
	}
}

// finish compares what comes out, field by field in the order of the document.
func (c *comparison) finish(s *Step, out *yuma.Outputs) error {
	for step := range c.vectors {
		c.fail("%s: not traced", step)
	}
	for step := range c.matrices {
		c.fail("%s: not traced", step)
	}
	var text bytes.Buffer
	w := newWriter(&text)
	w.open('{')
	w.outputs(out)
	w.close('}')
	if err := w.w.Flush(); err != nil {
		return err
	}
	type fields map[string][]json.RawMessage
	var got struct{ Out fields }
	var want fields
	if err := errors.Join(json.Unmarshal(text.Bytes(), &got), json.Unmarshal(s.out, &want)); err != nil {
		return err
	}
	for _, name := range strings.Fields(`active consensus incentive dividends validator_trust stake_weight validator_permit
		server_emission validator_emission emission stake bonds`) {
		g, w := got.Out[name], want[name]
		for i := range min(len(g), len(w)) {
			if !bytes.Equal(g[i], w[i]) {
				c.fail("out.%s[%d]: %s, want %s", name, i, g[i], w[i])
			}
		}
		if len(g) != len(w) {
			c.fail("out.%s: %d values, want %d", name, len(g), len(w))
		}
	}
	if len(got.Out) != 12 || len(want) != 12 {
		c.fail("%d and %d fields", len(got.Out), len(want))
	}
	return c.err
}
