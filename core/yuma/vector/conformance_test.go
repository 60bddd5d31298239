package vector

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/yuma"
)

// bundles are the files that the reference chain's own code wrote.
var bundles = []string{"small.json", "subtensor_tests.json.gz", "random.json.gz", "sequences.json.gz", "subtensor_tests_512.json.gz"}

func openData(t testing.TB, name string) io.Reader {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(raw)
}

// walkKept is Walk with what the document says of results.
func walkKept(src io.Reader, visit func(*Step) (*yuma.Outputs, error)) error {
	r, err := open(src)
	if err != nil {
		return err
	}
	return (&walker{Reader: r, echo: newWriter(io.Discard), visit: visit, keep: true}).document()
}

// Every epoch gives the reference's bits: each traced step, then the outputs. The first difference in the order of the
// computation is the one to look at.
func TestReferenceVectors(t *testing.T) {
	for _, name := range bundles {
		t.Run(name, func(t *testing.T) {
			if epochs := compareAll(t, openData(t, name)); epochs < 3 {
				t.Errorf("only %d epochs", epochs)
			}
		})
	}
}

// compareAll computes all epochs of a document that has results and returns their number.
func compareAll(t *testing.T, src io.Reader) (epochs int) {
	t.Helper()
	var w yuma.Workspace
	err := walkKept(src, func(s *Step) (*yuma.Outputs, error) {
		epochs++
		c := newComparison(s)
		out, err := w.Epoch(s.Inputs, c)
		if err == nil {
			err = c.finish(s, out)
		}
		if err != nil {
			err = fmt.Errorf("vector %s, step %d: %w", s.Vector, s.Number, err)
		}
		return out, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return epochs
}

// A difference is found wherever it is: the comparison itself is worth its name.
func TestComparisonSeesEveryDifference(t *testing.T) {
	raw, _ := io.ReadAll(openData(t, "small.json"))
	var bundle struct{ Vectors []json.RawMessage }
	if err := json.Unmarshal(raw, &bundle); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"filtered_stake":["45`, `"filtered_stake":["46`, "filtered_stake[0]"},
		{`"params":[2147450879`, `"params":[2147450878`, "params[0]: 2147450879, want 2147450878"},
		{`"ema_bonds_raw":{"nnz":1,"fnv":"2f`, `"ema_bonds_raw":{"nnz":1,"fnv":"3f`, "ema_bonds_raw: 1 entries"},
		{`"rows":[[0,3865470566]]`, `"rows":[[0,3865470567]]`, "ema_bonds_raw[0]: entry 0 is 3865470566 at column 0"},
		{`"stake":[24523318390023]`, `"stake":[24523318390024]`, "out.stake[0]"},
		{`"bonds":[[0,65535]]},"trace"`, `"bonds":[[0,65534]]},"trace"`, "out.bonds[0]"},
		{`"dividends":[0],"norm`, `"norm`, "dividends: not in the vector"},
		{`"emission_sum":[0]`, `"emission_sum":[0],"more":[0]`, "more: not traced"},
	} {
		doc := strings.Replace(string(bundle.Vectors[0]), c.old, c.new, 1)
		if doc == string(bundle.Vectors[0]) {
			t.Fatalf("no %s in the vector", c.old)
		}
		err := walkKept(strings.NewReader(doc), func(s *Step) (*yuma.Outputs, error) {
			var w yuma.Workspace
			compare := newComparison(s)
			out, err := w.Epoch(s.Inputs, compare)
			return out, errors.Join(err, compare.finish(s, out))
		})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.want, err)
		}
	}
}

// What Eval writes of a vector is the vector, byte by byte, with a trace and without.
func TestEvalWritesTheVectorsThemselves(t *testing.T) {
	for _, name := range bundles[:2] {
		src, err := open(openData(t, name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := src.Record(MaxInputs, src.Skip)
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := Eval(openData(t, name), &got, Options{Trace: true}); err != nil {
			t.Fatal(err)
		}
		if at := firstDifference(got.Bytes(), append(bytes.Clone(want), '\n')); at >= 0 {
			t.Errorf("%s: differs at byte %d: …%.80s", name, at, got.Bytes()[max(0, at-40):])
		}
		var short, again bytes.Buffer
		if err := errors.Join(Eval(openData(t, name), &short, Options{}), Eval(&got, &again, Options{})); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(short.Bytes(), []byte("trace")) || !bytes.Equal(short.Bytes(), again.Bytes()) {
			t.Errorf("%s: results in the document change results", name)
		}
	}
}

func firstDifference(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

// A file of inputs alone has one epoch, and its trace goes through however large it is.
func TestVectorsWithoutSteps(t *testing.T) {
	in, err := Read(openData(t, "bench/n256_v64_d100_y3_la1.json.gz"))
	if err != nil || in.N != 256 || len(in.Weights[0]) == 0 || !in.LiquidAlpha {
		t.Fatalf("%v", err)
	}
	want, err := yuma.Epoch(in)
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := Eval(openData(t, "bench/n256_v64_d100_y3_la1.json.gz"), &got, Options{Trace: true}); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Name  string
		Steps []struct {
			Patch struct{}
			Out   struct{ Emission []uint64 }
			Trace struct{ M map[string]struct{ NNZ int } }
		}
	}
	if err := json.Unmarshal(got.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Steps) != 1 || !reflect.DeepEqual(doc.Steps[0].Out.Emission, want.Emission) || doc.Steps[0].Trace.M["alphas"].NNZ != 256*256 {
		t.Errorf("%+v", doc)
	}
}
