package vector

import (
	"fmt"
	"io"
	"slices"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/yuma"
)

// Options say what [Eval] writes.
type Options struct {
	Trace bool // every intermediate result beside the results
}

// Eval reads the document in src and writes it to out with the results of every step, as one JSON document with all
// members in the order they came, without space, a newline at the end. It writes while it reads; the last bracket comes
// only when src was read to its very end, so that what an error cuts off is never valid JSON.
func Eval(src io.Reader, out io.Writer, o Options) error {
	r, err := open(src)
	if err != nil {
		return err
	}
	e := evaluator{w: newWriter(out), trace: o.Trace, vectors: map[yuma.Step][]fixed.I32F32{}}
	if err := (&walker{Reader: r, echo: e.w, visit: e.epoch}).document(); err != nil {
		return err
	}
	e.w.close('}')
	e.w.w.WriteByte('\n')
	return e.w.w.Flush()
}

// evaluator computes epochs and writes the results. It is the tracer of its epochs.
type evaluator struct {
	w         *writer
	workspace yuma.Workspace
	trace     bool

	stakes   []fixed.I64F64
	vectors  map[yuma.Step][]fixed.I32F32
	matrices bool // are being written
}

// epoch computes and writes one epoch. Its matrices are too large to hold until the results before them are known: for a
// trace the epoch runs twice, and the second time they are written as they come.
func (e *evaluator) epoch(s *Step) (*yuma.Outputs, error) {
	clear(e.vectors)
	var tracer yuma.Tracer
	if e.trace {
		tracer = e
	}
	out, err := e.workspace.Epoch(s.Inputs, tracer)
	if err != nil {
		return nil, err
	}
	e.w.outputs(out)
	if !e.trace {
		return out, nil
	}
	e.w.key("trace")
	e.w.open('{')
	e.writeVectors()
	e.w.key("m")
	e.w.open('{')
	e.matrices = true
	out, err = e.workspace.Epoch(s.Inputs, tracer)
	e.matrices = false
	e.w.close('}')
	e.w.close('}')
	return out, err
}

// vectorOrder is the order of vectors in a trace.
var vectorOrder = []yuma.Step{
	yuma.StepStake, yuma.StepActiveStake, yuma.StepConsensus, yuma.StepTrust, yuma.StepRanks, yuma.StepIncentive,
	yuma.StepTotalBonds, yuma.StepDividends, yuma.StepServerShare, yuma.StepValidatorShare, yuma.StepCombinedShare,
	yuma.StepEmissionSum, yuma.StepParams,
}

func (e *evaluator) writeVectors() {
	e.w.key("v")
	e.w.open('{')
	list(e.w, string(yuma.StepFilteredStake), e.stakes, func(x fixed.I64F64) { e.w.text(x.String()) })
	for _, s := range vectorOrder {
		if v, ok := e.vectors[s]; ok {
			list(e.w, string(s), v, e.w.fixed)
		}
	}
	e.w.close('}')
}

// Stakes keeps stakes for writing.
func (e *evaluator) Stakes(_ yuma.Step, v []fixed.I64F64) { e.stakes = append(e.stakes[:0], v...) }

// Vector keeps a vector for writing.
func (e *evaluator) Vector(s yuma.Step, v []fixed.I32F32) {
	if !e.matrices {
		e.vectors[s] = slices.Clone(v)
	}
}

// Matrix writes a matrix, when it is time.
func (e *evaluator) Matrix(s yuma.Step, m yuma.Matrix) {
	if !e.matrices || e.w.err() != nil {
		return
	}
	entries, sum := Sum(m)
	e.w.key(string(s))
	e.w.open('{')
	e.w.key("nnz")
	e.w.int(int64(entries))
	e.w.key("fnv")
	e.w.text(fmt.Sprintf("%016x", sum))
	dense := s == yuma.StepAlphas
	if dense {
		e.w.key("dense")
	} else {
		e.w.key("rows")
	}
	e.w.open('[')
	for i := range m.Rows() {
		e.w.open('[')
		cols, vals := m.Row(i)
		for k, x := range vals {
			if !dense {
				e.w.uint(uint64(cols[k]))
			}
			e.w.fixed(x)
		}
		e.w.close(']')
	}
	e.w.close(']')
	e.w.close('}')
}

// Sum returns the number of a matrix's entries and the FNV-1a hash over them in row order, each as row and column (u16)
// and raw value (i64), little-endian: traces give it for matrices too large to write.
func Sum(m yuma.Matrix) (entries int, sum uint64) {
	sum = 14695981039346656037
	add := func(v uint64, bytes int) {
		for ; bytes > 0; bytes-- {
			sum = (sum ^ v&0xff) * 1099511628211
			v >>= 8
		}
	}
	for i := range m.Rows() {
		cols, vals := m.Row(i)
		entries += len(vals)
		for k, x := range vals {
			add(uint64(i), 2)
			add(uint64(cols[k]), 2)
			add(uint64(x), 8)
		}
	}
	return entries, sum
}
