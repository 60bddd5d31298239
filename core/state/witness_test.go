package state

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand"
	"testing"
)

// committedTree returns a tree of n entries below table byte 1, and a few in other tables, committed as version 1.
func committedTree(t testing.TB, n int) *Tree {
	t.Helper()
	tree, err := Open(bg, memStore(), Options{})
	ok(t, err)
	r := rand.New(rand.NewSource(int64(n)))
	for i := range n {
		ok(t, tree.Set(numbered(1, i), randomValue(r)))
	}
	for i := range 3 {
		ok(t, tree.Set(numbered(byte(2*i), i), []byte{byte(i)}))
	}
	_, err = tree.Commit(bg, 1)
	ok(t, err)
	return tree
}

// numbered returns the key of the i-th entry in a table.
func numbered(table byte, i int) []byte {
	return binary.BigEndian.AppendUint32([]byte{table}, uint32(i)*2_654_435_761)
}

// witness records a program over the newest version.
func witness(t testing.TB, tree *Tree, program func(Writer) error) Witness {
	t.Helper()
	s, err := tree.At(tree.Version())
	ok(t, err)
	r := Record(s)
	ok(t, program(r))
	w, err := r.Witness()
	ok(t, err)
	return w
}

func get(key []byte, want *[]byte) func(Writer) error {
	return func(w Writer) (err error) {
		*want, err = w.Get(key)
		return err
	}
}

// list reads a prefix, and stops after limit entries.
func list(prefix []byte, limit int, out *[]string) func(Writer) error {
	return func(w Writer) error {
		*out = nil
		for e, err := range w.Iterate(prefix, nil) {
			if err != nil {
				return err
			}
			if *out = append(*out, string(e.Key)+"="+string(e.Value)); len(*out) == limit {
				break
			}
		}
		return nil
	}
}

func run(w Witness, root Root, program func(Writer) error) error {
	_, err := w.Run(root, func(t *Tree) error { return program(t) })
	return err
}

func blames(err error) bool {
	var falseNode *FalseNodeError
	var unused *UnusedError
	return errors.As(err, &falseNode) || errors.As(err, &unused)
}

func TestWitnessProvesPresenceAndAbsence(t *testing.T) {
	tree := committedTree(t, 500)
	for _, key := range [][]byte{numbered(1, 7), numbered(1, 500), {0}, {1}, {255}, bytes.Repeat([]byte{1}, MaxKey)} {
		var want, got []byte
		w := witness(t, tree, get(key, &want))
		if err := run(w, tree.Root(), get(key, &got)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("key %x: got %x, %v, want %x", key, got, err, want)
		}
	}
}

func TestEveryBitFlipOfAWitnessIsRefused(t *testing.T) {
	tree := committedTree(t, 300)
	programs := map[string]func(Writer) error{
		"present": get(numbered(1, 7), new([]byte)),
		"absent":  get(numbered(1, 1000), new([]byte)),
		"prefix":  list(numbered(1, 8)[:2], 1<<30, new([]string)),
		"part":    list([]byte{1}, 3, new([]string)),
		"write": func(w Writer) error {
			return errors.Join(w.Set(numbered(1, 1001), []byte("new")), w.Delete(numbered(1, 9)))
		},
	}
	for name, program := range programs {
		w := witness(t, tree, program)
		ok(t, run(w, tree.Root(), program))
		for i := range 8 * len(w) {
			flipped := bytes.Clone(w)
			flipped[i/8] ^= 1 << (i % 8)
			if err := run(flipped, tree.Root(), program); !blames(err) {
				t.Fatalf("%s: bit %d of %d flipped: %v", name, i, 8*len(w), err)
			}
		}
		for i := range len(w) {
			if err := run(w[:i], tree.Root(), program); err == nil {
				t.Fatalf("%s: accepted when cut to %d bytes", name, i)
			}
		}
		if err := run(append(bytes.Clone(w), 0), tree.Root(), program); !blames(err) {
			t.Fatalf("%s: a byte more: %v", name, err)
		}
		if err := run(w, Root{1}, program); !blames(err) {
			t.Fatalf("%s: another root: %v", name, err)
		}
	}
}

// prunings calls fn with each variant of the witness in which one expanded node is reduced to its hash.
func prunings(t testing.TB, w Witness, root Root, fn func(Witness)) {
	t.Helper()
	tree, _, err := w.open(root)
	ok(t, err)
	var walk func(r *ref)
	walk = func(r *ref) {
		b, l := r.branch.Load(), r.leaf.Load()
		if b == nil && l == nil {
			return
		}
		if r != tree.base {
			r.branch.Store(nil)
			r.leaf.Store(nil)
			e := encoder{}
			kind := e.kind(tree.base)
			e.buf = append(e.buf, byte(kind))
			e.node(tree.base, kind)
			fn(Witness(e.buf))
			r.branch.Store(b)
			r.leaf.Store(l)
		}
		if b != nil {
			walk(&b.kids[0])
			walk(&b.kids[1])
		}
	}
	walk(tree.base)
}

func TestListsAreProvenComplete(t *testing.T) {
	tree := committedTree(t, 400)
	for _, prefix := range [][]byte{nil, {1}, numbered(1, 3)[:2], numbered(1, 3), {1, 2, 3, 4, 5, 6}} {
		for _, limit := range []int{1 << 30, 1, 5} {
			var want, got []string
			w := witness(t, tree, list(prefix, limit, &want))
			ok(t, run(w, tree.Root(), list(prefix, limit, &got)))
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("prefix %x: got %q, want %q", prefix, got, want)
			}
			n := 0
			prunings(t, w, tree.Root(), func(pruned Witness) {
				n++
				var missing *MissingError
				if err := run(pruned, tree.Root(), list(prefix, limit, &got)); !errors.As(err, &missing) {
					t.Fatalf("prefix %x, limit %d: a node was withheld: %v", prefix, limit, err)
				}
			})
			if len(want) > 1 && n < len(want) {
				t.Errorf("only %d prunings of %d entries", n, len(want))
			}
		}
	}
}

func TestMissingNodeWinsOverTheProgram(t *testing.T) {
	tree := committedTree(t, 100)
	w := witness(t, tree, get(numbered(1, 1), new([]byte)))
	other := errors.New("the program's own")
	for name, program := range map[string]func(Writer) error{
		"swallowed": func(w Writer) error {
			_, _ = w.Get(numbered(1, 2))
			if _, err := w.Get(numbered(1, 1)); err == nil {
				t.Error("an answer from a poisoned tree")
			}
			return nil
		},
		"replaced": func(w Writer) error {
			o := NewOverlay(w)
			_, _ = o.Get(numbered(1, 2))
			return other
		},
		"written":  func(w Writer) error { return w.Set(numbered(1, 2), []byte{1}) },
		"iterated": list([]byte{1}, 1<<30, new([]string)),
	} {
		var missing *MissingError
		if err := run(w, tree.Root(), program); !errors.As(err, &missing) || len(missing.Key) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := run(w, tree.Root(), func(Writer) error { return other }); err != other {
		t.Errorf("the program's error: %v", err)
	}
	if err := run(nil, Root{1}, get(numbered(1, 1), new([]byte))); !errors.As(err, new(*MissingError)) {
		t.Errorf("no witness at all: %v", err)
	}
}

func TestUnusedNodesAreRefused(t *testing.T) {
	tree := committedTree(t, 100)
	both := witness(t, tree, func(w Writer) error {
		_, err := w.Get(numbered(1, 1))
		_, err2 := w.Get(numbered(1, 2))
		return errors.Join(err, err2)
	})
	var unused *UnusedError
	if err := run(both, tree.Root(), get(numbered(1, 1), new([]byte))); !errors.As(err, &unused) || unused.Nodes < 1 {
		t.Error(err)
	}
	if err := run(both, tree.Root(), func(Writer) error { return nil }); !errors.As(err, &unused) {
		t.Error(err)
	}
}

func TestEmptyTreeNeedsNoWitness(t *testing.T) {
	tree, err := Open(bg, memStore(), Options{})
	ok(t, err)
	root, err := tree.Commit(bg, 0)
	ok(t, err)
	program := func(w Writer) error {
		v, err := w.Get([]byte("k"))
		if v != nil || err != nil {
			return fmt.Errorf("%x, %v", v, err)
		}
		return w.Set([]byte("k"), []byte("v"))
	}
	w := witness(t, tree, program)
	if len(w) != 0 || root != (Root{}) {
		t.Errorf("witness %x, root %s", w, root)
	}
	ok(t, tree.Set([]byte("k"), []byte("v")))
	_, err = w.Run(root, func(partial *Tree) error {
		err := program(partial)
		if partial.Root() != tree.Root() {
			t.Error("another root")
		}
		return err
	})
	ok(t, err)
}

func TestRecorderKeepsItsLimit(t *testing.T) {
	tree := committedTree(t, 100)
	s, err := tree.At(1)
	ok(t, err)
	for _, limit := range [][2]int{{5, 0}, {0, 10}, {50, 0}, {0, 100}} {
		r := Record(s)
		r.Limit(limit[0], limit[1])
		var over *LimitError
		if err := list([]byte{1}, 1<<30, new([]string))(r); !errors.As(err, &over) {
			t.Errorf("limit %v: %v", limit, err)
		}
		_, err := r.Get(numbered(1, 1))
		_, err2 := r.Witness()
		err3 := r.Set([]byte{1}, []byte{1})
		for _, err := range []error{err, err2, err3} {
			if !errors.As(err, &over) {
				t.Errorf("afterwards: %v", err)
			}
		}
	}
	r := Record(s)
	r.Limit(0, 100)
	if err := r.Set([]byte{1}, make([]byte, 200)); !errors.As(err, new(*LimitError)) {
		t.Errorf("large write: %v", err)
	}
}
