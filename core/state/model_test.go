package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"runtime"
	"slices"
	"strings"
	"testing"

	ds "github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"
)

var bg = context.Background()

func memStore() ds.Batching { return dssync.MutexWrap(ds.NewMapDatastore()) }

// steps is how many random operations the property tests do in all.
func steps() int {
	switch {
	case runtime.GOOS == "js":
		return 20_000
	case testing.Short():
		return 10_000
	}
	return 100_000
}

// model is the plain map that trees are compared with.
type model map[string]string

func (m model) list(prefix, from string) []string {
	var out []string
	for k := range m {
		if strings.HasPrefix(k, prefix) && k >= from {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func (m model) clone() model {
	c := model{}
	for k, v := range m {
		c[k] = v
	}
	return c
}

// rebuilt is the root of a new tree with the model's content, entered in random order.
func (m model) rebuilt(t *testing.T, r *rand.Rand) Root {
	t.Helper()
	keys := m.list("", "")
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	tree := New()
	for i, k := range keys {
		ok(t, tree.Set([]byte(k), []byte(m[k])))
		if i%7 == 3 {
			tree.Root()
		}
	}
	return tree.Root()
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// randomKey returns a key from a small space, in which many are prefixes of others.
func randomKey(r *rand.Rand) []byte {
	k := make([]byte, 1+r.Intn(5))
	for i := range k {
		k[i] = byte(r.Intn(4)) * 85
	}
	if r.Intn(20) == 0 {
		k = append(k, bytes.Repeat([]byte{7}, r.Intn(MaxKey-len(k)))...)
	}
	return k
}

func randomValue(r *rand.Rand) []byte {
	n := 1 + r.Intn(8)
	switch x := r.Intn(4000); {
	case x == 0:
		n = MaxValue
	case x < 40:
		n = 1 + r.Intn(2000)
	}
	v := make([]byte, n)
	r.Read(v)
	return v
}

// op is one operation of a random program.
type op struct {
	kind       int
	key, value []byte
	from       []byte
	stop       int
}

func randomOps(r *rand.Rand, n int) []op {
	ops := make([]op, n)
	for i := range ops {
		o := op{kind: r.Intn(8), key: randomKey(r), value: randomValue(r), stop: 1 << 30}
		if o.kind == 7 {
			o.key = o.key[:r.Intn(min(3, len(o.key))+1)]
			if r.Intn(2) == 0 {
				o.from = append(bytes.Clone(o.key), randomKey(r)...)
			}
			if r.Intn(3) == 0 {
				o.from = randomKey(r)
			}
			if r.Intn(2) == 0 {
				o.stop = r.Intn(4)
			}
		}
		ops[i] = o
	}
	return ops
}

// play does the operations on w and returns all that it read.
func play(w Writer, ops []op) (string, error) {
	var out strings.Builder
	for _, o := range ops {
		switch o.kind {
		case 0, 1, 2:
			if err := w.Set(o.key, o.value); err != nil {
				return "", err
			}
		case 3, 4:
			if err := w.Delete(o.key); err != nil {
				return "", err
			}
		case 5, 6:
			v, err := w.Get(o.key)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&out, "%x;", v)
		case 7:
			n := 0
			for e, err := range w.Iterate(o.key, o.from) {
				if err != nil {
					return "", err
				}
				fmt.Fprintf(&out, "%x=%x;", e.Key, e.Value)
				if n++; n > o.stop {
					break
				}
			}
		}
	}
	return out.String(), nil
}

// playModel does the same on a map.
func playModel(m model, ops []op) string {
	var out strings.Builder
	for _, o := range ops {
		switch o.kind {
		case 0, 1, 2:
			m[string(o.key)] = string(o.value)
		case 3, 4:
			delete(m, string(o.key))
		case 5, 6:
			fmt.Fprintf(&out, "%x;", m[string(o.key)])
		case 7:
			for i, k := range m.list(string(o.key), string(o.from)) {
				if fmt.Fprintf(&out, "%x=%x;", k, m[k]); i >= o.stop {
					break
				}
			}
		}
	}
	return out.String()
}

// TestTreeIsTheMap runs random programs of writes, reads and iterations, a block each, on a tree, over overlays, and
// again over their witness, and compares all with a map: what was read, the root, the history.
func TestTreeIsTheMap(t *testing.T) {
	const blocks = 40
	for seed, done := int64(0), 0; done < steps(); seed++ {
		r := rand.New(rand.NewSource(seed))
		store := memStore()
		o := Options{Keep: uint64(r.Intn(8)), CacheBytes: []int{-1, 500, 20_000, 0}[r.Intn(4)]}
		tree, err := Open(bg, store, o)
		ok(t, err)
		m, version := model{}, uint64(r.Intn(2))
		history := map[uint64]model{}
		for block := 0; block < blocks; block++ {
			ops := randomOps(r, r.Intn(40))
			done += len(ops)
			before := tree.Root()
			var recorder *Recorder
			if block > 0 {
				snapshot, err := tree.At(tree.Version())
				ok(t, err)
				recorder = Record(snapshot)
			}
			out, err := playInLayers(r, tree, ops)
			ok(t, err)
			if want := playModel(m, ops); out != want {
				t.Fatalf("seed %d block %d: read\n%s\nwant\n%s", seed, block, out, want)
			}
			root, err := tree.Commit(bg, version)
			ok(t, err)
			if want := m.rebuilt(t, r); root != want {
				t.Fatalf("seed %d block %d: root %s, of a new tree %s", seed, block, root, want)
			}
			if recorder != nil && r.Intn(2) == 0 && o.Keep != 1 {
				checkReplay(t, recorder, before, root, ops, out)
			}
			history[version] = m.clone()
			version += 1 + uint64(r.Intn(2))
			if r.Intn(10) == 0 {
				tree, err = Open(bg, store, o)
				ok(t, err)
			}
		}
		checkHistory(t, tree, o.Keep, history)
	}
}

// playInLayers plays on the tree itself or on overlays over it, taking roots and forgetting writes on the way.
func playInLayers(r *rand.Rand, tree *Tree, ops []op) (string, error) {
	var out strings.Builder
	for len(ops) > 0 {
		n := 1 + r.Intn(len(ops))
		over, inner := NewOverlay(tree), (*Overlay)(nil)
		var w Writer = over
		switch r.Intn(4) {
		case 0:
			w = tree
		case 1:
			inner = NewOverlay(over)
			w = inner
		case 2:
			waste := NewOverlay(tree)
			if _, err := play(waste, randomOps(r, 5)); err != nil {
				return "", err
			}
			waste.Discard()
		}
		s, err := play(w, ops[:n])
		if err != nil {
			return "", err
		}
		if inner != nil {
			err = inner.Flush(over)
		}
		if err = errors.Join(err, over.Flush(tree)); err != nil {
			return "", err
		}
		if r.Intn(3) == 0 {
			tree.Root()
		}
		out.WriteString(s)
		ops = ops[n:]
	}
	return out.String(), nil
}

// checkReplay records the program on the version before and runs it again over the witness.
func checkReplay(t *testing.T, recorder *Recorder, before, after Root, ops []op, want string) {
	t.Helper()
	if got, err := play(recorder, ops); err != nil || got != want {
		t.Fatalf("recorded: %v\n%s\nwant\n%s", err, got, want)
	}
	w, err := recorder.Witness()
	ok(t, err)
	_, err = w.Run(before, func(tree *Tree) error {
		got, err := play(tree, ops)
		if err != nil {
			return err
		}
		if got != want || tree.Root() != after {
			return fmt.Errorf("read %s, want %s; root %s, want %s", got, want, tree.Root(), after)
		}
		return nil
	})
	ok(t, err)
}

func checkHistory(t *testing.T, tree *Tree, keep uint64, history map[uint64]model) {
	t.Helper()
	kept := uint64(0)
	for v := tree.Version() + 1; v > 0; v-- {
		m, committed := history[v-1]
		s, err := tree.At(v - 1)
		var pruned *PrunedError
		switch {
		case !committed || keep > 0 && kept >= keep:
			if !errors.As(err, &pruned) {
				t.Fatalf("version %d: %v", v-1, err)
			}
			continue
		case err != nil:
			t.Fatal(err)
		}
		kept++
		got := model{}
		for e, err := range s.Iterate(nil, nil) {
			ok(t, err)
			got[string(e.Key)] = string(e.Value)
		}
		if fmt.Sprint(got) != fmt.Sprint(m) {
			t.Fatalf("version %d differs", v-1)
		}
		if at, err := tree.AtRoot(s.Root()); err != nil || at.Root() != s.Root() || at.Version() < s.Version() {
			t.Fatalf("version %d by root: %v", v-1, err)
		}
	}
}
