package yuma_test

import (
	"encoding/binary"
	"fmt"
	"hash"
	"hash/fnv"
	"math/big"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/yumamodel"
)

// comparer is a tracer that holds each step to the model's, and notes the first that is another.
type comparer struct {
	want  *yumamodel.Result
	told  map[yuma.Step]bool
	first string
}

func (c *comparer) note(format string, args ...any) {
	if c.first == "" {
		c.first = fmt.Sprintf(format, args...)
	}
}

// step says whether the model has taken step s, and that it wasn't told before.
func (c *comparer) step(s yuma.Step, known bool, got, want int) bool {
	if !known {
		c.note("%s: the model doesn't take this step", s)
	} else if c.told[s] {
		c.note("%s: told twice", s)
	} else if got != want {
		c.note("%s: %d values or rows, want %d", s, got, want)
	}
	c.told[s] = true
	return known && got == want
}

func (c *comparer) Stakes(s yuma.Step, v []fixed.I64F64) {
	want, ok := c.want.Stakes[s]
	if !c.step(s, ok, len(v), len(want)) {
		return
	}
	for i, x := range v {
		raw := new(big.Int).Lsh(big.NewInt(x.Hi), 64)
		raw.Add(raw, new(big.Int).SetUint64(x.Lo))
		if raw.Cmp(want[i]) != 0 || x.String() != want[i].String() {
			c.note("%s[%d]: %s, want %s", s, i, x, want[i])
		}
	}
}

func (c *comparer) Vector(s yuma.Step, v []fixed.I32F32) {
	want, ok := c.want.Vectors[s]
	if !c.step(s, ok, len(v), len(want)) {
		return
	}
	for i, x := range v {
		if int64(x) != int64(want[i]) {
			c.note("%s[%d]: %d, want %d", s, i, x, want[i])
		}
	}
}

func (c *comparer) Matrix(s yuma.Step, m yuma.Matrix) {
	want, ok := c.want.Matrices[s]
	if !c.step(s, ok, m.Rows(), len(want)) {
		return
	}
	for i, row := range want {
		cols, vals := m.Row(i)
		got := make([]yumamodel.Cell, len(cols))
		for k, j := range cols {
			got[k] = yumamodel.Cell{Column: j, Value: yumamodel.Real(vals[k])}
		}
		if !slices.Equal(got, row) {
			c.note("%s row %d (column, value): %v, want %v", s, i, got, row)
		}
	}
}

// finish compares which steps were told, and the outputs.
func (c *comparer) finish(out *yuma.Outputs) string {
	if want := len(c.want.Stakes) + len(c.want.Vectors) + len(c.want.Matrices); len(c.told) != want {
		c.note("%d steps were told, want %d: %v", len(c.told), want, c.told)
	}
	c.note("%s", outputDifference(out, &c.want.Outputs))
	return c.first
}

// outputDifference names the first field and uid in which outputs differ. Nil and empty are the same.
func outputDifference(got, want *yuma.Outputs) string {
	g, w := reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()
	for f := range g.NumField() {
		name, a, b := g.Type().Field(f).Name, g.Field(f), w.Field(f)
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s: %d values, want %d", name, a.Len(), b.Len())
		}
		for i := range a.Len() {
			x, y := a.Index(i), b.Index(i)
			if x.Kind() == reflect.Slice && x.Len() == 0 && y.Len() == 0 {
				continue
			}
			if !reflect.DeepEqual(x.Interface(), y.Interface()) {
				return fmt.Sprintf("%s[%d]: %v, want %v", name, i, x, y)
			}
		}
	}
	return ""
}

// differ runs an epoch with w and with the model, and returns where they part first.
func differ(w *yuma.Workspace, in *yuma.Inputs) (*yuma.Outputs, string) {
	want, err := yumamodel.Epoch(in)
	if err != nil {
		return nil, err.Error()
	}
	c := &comparer{want: want, told: map[yuma.Step]bool{}}
	out, err := w.Epoch(in, c)
	if err != nil {
		return nil, err.Error()
	}
	return out, c.finish(out)
}

// wasm takes far fewer: big integers are slow there, and what they prove natively holds where the digest is the same.
func count(native, wasm int) int {
	if runtime.GOOS == "js" {
		return wasm
	}
	return native
}

// Whatever an epoch's inputs, every step and every output are the model's, in one workspace for all of them.
func TestEpochAgreesWithTheModel(t *testing.T) {
	var w yuma.Workspace
	for seed := range uint64(count(4000, 300)) {
		if _, d := differ(&w, yumamodel.Random(seed)); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	}
}

// The same, for epochs that follow each other: bonds and permits are what the workspace made in the epoch before.
func TestChainsAgreeWithTheModel(t *testing.T) {
	for seed := range uint64(count(150, 10)) {
		var w yuma.Workspace
		yumamodel.Chain(seed, 12, func(k int, in *yuma.Inputs) *yuma.Outputs {
			out, d := differ(&w, in)
			if d != "" {
				t.Fatalf("seed %d, epoch %d: %s", seed, k, d)
			}
			return out
		})
	}
}

// What no chain reaches has a result too: stakes whose sum wraps, so that parts of it are negative or above 1, and a
// moving average above 1, so that alpha is negative.
func TestUnreachableEpochsAgreeWithTheModel(t *testing.T) {
	var w yuma.Workspace
	for seed := range uint64(count(1000, 100)) {
		in, dice := yumamodel.Random(seed), yumamodel.Dice(seed)
		for i := range in.AlphaStake {
			in.AlphaStake[i], in.TaoStake[i] = dice.Next()>>dice.Below(3), dice.Next()>>dice.Below(3)
		}
		if seed%2 == 0 {
			in.BondsMovingAverage = dice.Next() >> dice.Below(64)
		}
		if _, d := differ(&w, in); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
	}
}

// Votes can be ordered so that whoever stands in the middle of those left gives the least of them, or the most: a search
// that halves them there goes one by one. With 255 voters of equal stake every 257 of kappa is exactly one of them.
func TestMedianOfVotesInABadOrder(t *testing.T) {
	const voters, n = 255, 257
	left, order := make([]int, voters), make([]int, 0, voters)
	for i := range left {
		left[i] = i
	}
	for len(left) > 0 {
		order = append(order, left[len(left)/2])
		left = slices.Delete(left, len(left)/2, len(left)/2+1)
	}
	in := &yuma.Inputs{
		Params: yuma.Params{Tempo: 360, ActivityCutoffFactor: 1000, BondsPenalty: 65535, MaxValidators: voters},
		N:      n, Block: 1000, LastEpochBlock: 640, Owner: -1, Emission: 1e9,
		LastUpdate: slices.Repeat([]uint64{900}, n), RegisteredAt: make([]uint64, n), TaoStake: make([]uint64, n),
		AlphaStake: append(slices.Repeat([]uint64{1e9}, voters), 0, 0), Bonds: make([]yuma.Row, n),
		ValidatorPermit: append(slices.Repeat([]bool{true}, voters), false, false), Weights: make([]yuma.Row, n),
	}
	for place, i := range order {
		v := uint16(1000 + 10*place) // of 65535: rising toward one uid, falling toward the other
		in.Weights[i] = yuma.Row{{UID: voters, Value: v}, {UID: voters + 1, Value: 65535 - v}}
	}
	var w yuma.Workspace
	for _, majority := range []uint16{0, 1, 2, 15, 64, 127, 128, 200, 240, 253, 254, 255} {
		in.Kappa = majority * 257
		if _, d := differ(&w, in); d != "" {
			t.Errorf("majority of %d voters: %s", majority, d)
		}
	}
}

// Natively and in a tab the same bits come out. The digest is of all steps and all outputs; another one means that
// consensus has changed, or the random epochs have.
func TestSameBitsEverywhere(t *testing.T) {
	const want = "901a0a8536127709"
	d := digester{fnv.New64a()}
	var w yuma.Workspace
	for seed := range uint64(10_000) {
		out, err := w.Epoch(yumamodel.Random(seed), d)
		if err != nil {
			t.Fatal(seed, err)
		}
		d.outputs(out)
	}
	if got := fmt.Sprintf("%x", d.Sum(nil)); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

// digester is a tracer that hashes what it is told.
type digester struct{ hash.Hash64 }

func (d digester) add(x uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], x)
	d.Write(b[:])
}

func (d digester) step(s yuma.Step, length int) {
	d.Write([]byte(s))
	d.add(uint64(length))
}

func (d digester) Stakes(s yuma.Step, v []fixed.I64F64) {
	d.step(s, len(v))
	for _, x := range v {
		d.add(uint64(x.Hi))
		d.add(x.Lo)
	}
}

func (d digester) Vector(s yuma.Step, v []fixed.I32F32) {
	d.step(s, len(v))
	for _, x := range v {
		d.add(uint64(x))
	}
}

func (d digester) Matrix(s yuma.Step, m yuma.Matrix) {
	d.step(s, m.Rows())
	for i := range m.Rows() {
		cols, vals := m.Row(i)
		d.add(uint64(len(cols)))
		for k, j := range cols {
			d.add(uint64(j))
			d.add(uint64(vals[k]))
		}
	}
}

func (d digester) outputs(o *yuma.Outputs) {
	for _, v := range [][]bool{o.Active, o.ValidatorPermit} {
		for _, x := range v {
			if d.add(0); x {
				d.add(1)
			}
		}
	}
	for _, v := range [][]uint16{
		o.Consensus, o.Incentive, o.Dividends, o.ValidatorTrust, o.StakeWeight, o.PruningScore,
	} {
		for _, x := range v {
			d.add(uint64(x))
		}
	}
	for _, v := range [][]uint64{o.ServerEmission, o.ValidatorEmission, o.Emission, o.Stake} {
		for _, x := range v {
			d.add(x)
		}
	}
	for _, row := range o.Bonds {
		d.add(uint64(len(row)))
		for _, e := range row {
			d.add(uint64(e.UID)<<16 | uint64(e.Value))
		}
	}
}
