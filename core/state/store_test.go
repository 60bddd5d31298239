package state

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"
)

// TestPrunedSnapshotsSaySo holds on to snapshots whose nodes may well be in memory still.
func TestPrunedSnapshotsSaySo(t *testing.T) {
	tree, err := Open(bg, memStore(), Options{Keep: 2})
	ok(t, err)
	var held []*Snapshot
	for v := uint64(1); v <= 6; v++ {
		ok(t, tree.Set([]byte("k"), []byte{byte(v)}))
		_, err := tree.Commit(bg, v)
		ok(t, err)
		s, err := tree.At(v)
		ok(t, err)
		held = append(held, s)
		for _, s := range held {
			value, err := s.Get([]byte("k"))
			var pruned *PrunedError
			if s.Version() > v-min(v, 2) {
				if err != nil || value[0] != byte(s.Version()) {
					t.Errorf("version %d at %d: %x, %v", s.Version(), v, value, err)
				}
				continue
			}
			_, witness := Record(s).Witness()
			for _, err := range []error{err, witness, list(nil, 9, new([]string))(Record(s))} {
				if !errors.As(err, &pruned) || pruned.Version != s.Version() || pruned.Oldest != v-1 || pruned.Newest != v {
					t.Errorf("version %d at %d: %v", s.Version(), v, err)
				}
			}
		}
	}
}

// TestSameRootInManyVersions prunes versions whose root lives on.
func TestSameRootInManyVersions(t *testing.T) {
	tree, err := Open(bg, memStore(), Options{Keep: 2})
	ok(t, err)
	ok(t, tree.Set([]byte("k"), []byte("v")))
	root := tree.Root()
	for v := uint64(1); v <= 20; v++ {
		if v%5 == 0 { // away and back
			ok(t, tree.Set([]byte("k"), []byte("w")))
			tree.Root()
			ok(t, tree.Set([]byte("k"), []byte("v")))
		}
		_, err := tree.Commit(bg, v)
		ok(t, err)
		if v%3 == 0 {
			tree, err = Open(bg, tree.st.ds, Options{Keep: 2})
			ok(t, err)
		}
		s, err := tree.AtRoot(root)
		ok(t, err)
		if s.Version() != v {
			t.Errorf("at version %d, the root's is %d", v, s.Version())
		}
	}
	ok(t, tree.Set([]byte("k"), []byte("x")))
	_, err = tree.Commit(bg, 21)
	ok(t, err)
	tree, err = Open(bg, tree.st.ds, Options{Keep: 2})
	ok(t, err)
	if s, err := tree.AtRoot(root); err != nil || s.Version() != 20 {
		t.Error(err)
	}
}

func storedKeys(t *testing.T, store ds.Batching) []string {
	t.Helper()
	results, err := store.Query(bg, query.Query{KeysOnly: true})
	ok(t, err)
	entries, err := results.Rest()
	ok(t, err)
	var keys []string
	for _, e := range entries {
		keys = append(keys, e.Key)
	}
	return keys
}

// TestPruningLeavesNothingBehind compares what is stored after many versions with what their newest ones need.
func TestPruningLeavesNothingBehind(t *testing.T) {
	store := memStore()
	tree, err := Open(bg, store, Options{Keep: 2})
	ok(t, err)
	r := rand.New(rand.NewSource(3))
	for v := uint64(1); v <= 60; v++ {
		_, err := play(tree, randomOps(r, 50))
		ok(t, err)
		_, err = tree.Commit(bg, v)
		ok(t, err)
	}
	want := map[string]bool{rawKey(recordMeta, nil).String(): true}
	for v := uint64(58); v <= 60; v++ { // the oldest goes one commit after it went out of reach
		c := tree.st.newest()
		if v < 60 {
			c, err = tree.st.version(bg, v)
			ok(t, err)
		}
		if v < 60 {
			want[versionKey(recordVersion, v).String()] = true
			want[rawKey(recordRoot, c.root.hash[:]).String()] = true
		}
		if v > 58 {
			want[versionKey(recordOrphans, v).String()] = true
		}
		var walk func(r *ref)
		walk = func(r *ref) {
			if r.id != 0 {
				want[pageKey(r.id)] = true
			}
			b, _, err := (&view{src: &pages{st: tree.st, keep: keepAlways}}).node(r, nil)
			ok(t, err)
			if b != nil {
				walk(&b.kids[0])
				walk(&b.kids[1])
			}
		}
		walk(&c.root)
	}
	for _, key := range storedKeys(t, store) {
		if !want[key] {
			t.Errorf("%q is left over", key)
		}
		delete(want, key)
	}
	for key := range want {
		t.Errorf("%q is gone", key)
	}
}

func TestCorruptStoreIsNoticed(t *testing.T) {
	store := memStore()
	tree, err := Open(bg, store, Options{})
	ok(t, err)
	r := rand.New(rand.NewSource(4))
	m := model{}
	for v := uint64(1); v <= 3; v++ {
		ops := randomOps(r, 100)
		playModel(m, ops)
		_, err := play(tree, ops)
		ok(t, err)
		_, err = tree.Commit(bg, v)
		ok(t, err)
	}
	readAll := func() error {
		tree, err := Open(bg, store, Options{Keep: 10})
		if err != nil {
			return err
		}
		for v := uint64(1); v <= 3; v++ {
			s, err := tree.At(v)
			if err != nil {
				return err
			}
			for _, err := range s.Iterate(nil, nil) {
				if err != nil {
					return err
				}
			}
			if _, err := tree.AtRoot(s.Root()); err != nil {
				return err
			}
		}
		return nil
	}
	ok(t, readAll())
	for _, name := range storedKeys(t, store) {
		if strings.HasPrefix(name, recordOrphans) {
			continue // read when pruning only
		}
		key := ds.RawKey(name)
		good, err := store.Get(bg, key)
		ok(t, err)
		for range 3 {
			bad := bytes.Clone(good)
			switch i := r.Intn(len(bad)); r.Intn(3) {
			case 0:
				bad[i] ^= 1 << r.Intn(8)
			case 1:
				bad = bad[:i]
			case 2:
				bad = append(bad, byte(i))
			}
			ok(t, store.Put(bg, key, bad))
			var corrupt *CorruptError
			if err := readAll(); !errors.As(err, &corrupt) {
				t.Fatalf("%q changed: %v", name, err)
			}
			if strings.HasPrefix(name, "/n/") && (corrupt.Version < 1 || corrupt.Version > 3 || corrupt.Node == 0) {
				t.Errorf("%q changed: blames %v", name, corrupt)
			}
		}
		ok(t, store.Delete(bg, key))
		if err := readAll(); err == nil && name != rawKey(recordMeta, nil).String() {
			t.Errorf("%q is missing and nobody minds", name)
		}
		ok(t, store.Put(bg, key, good))
	}
	ok(t, readAll())
}

func TestLimitsAndErrors(t *testing.T) {
	tree, err := Open(bg, memStore(), Options{Keep: 2})
	ok(t, err)
	long, large := make([]byte, MaxKey+1), make([]byte, MaxValue+1)
	for _, w := range []Writer{tree, NewOverlay(tree)} {
		for name, err := range map[string]error{
			"no key": w.Set(nil, []byte{1}), "long key": w.Set(long, []byte{1}), "no value": w.Set([]byte{1}, nil),
			"large value": w.Set([]byte{1}, large), "delete no key": w.Delete(nil), "delete long key": w.Delete(long),
		} {
			var size *SizeError
			if !errors.As(err, &size) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Get(long); !errors.As(err, new(*SizeError)) {
			t.Errorf("get long key: %v", err)
		}
		ok(t, w.Set(long[:MaxKey], large[:MaxValue]))
	}
	if _, err := tree.At(0); !errors.As(err, new(*PrunedError)) {
		t.Errorf("before the first commit: %v", err)
	}
	_, err = tree.Commit(bg, 5)
	ok(t, err)
	for _, v := range []uint64{0, 5, 1 << 40} {
		if _, err := tree.Commit(bg, v); !errors.As(err, new(*VersionError)) {
			t.Errorf("commit %d after 5: %v", v, err)
		}
	}
	_, err = tree.Commit(bg, 6)
	ok(t, err)
	if _, err := tree.AtRoot(Root{7}); !errors.As(err, new(*PrunedError)) {
		t.Errorf("unknown root: %v", err)
	}
	for _, tree := range []*Tree{New(), {partial: true, src: nowhere{}, base: &ref{}, work: &ref{}}} {
		if _, err := tree.Commit(bg, 1); err != ErrInMemory {
			t.Errorf("commit in memory: %v", err)
		}
		if _, err := tree.At(0); !errors.As(err, new(*PrunedError)) {
			t.Errorf("version in memory: %v", err)
		}
	}
}

// TestOwnership changes what was given to the tree afterwards.
func TestOwnership(t *testing.T) {
	tree := New()
	key, value := []byte("key"), []byte("value")
	ok(t, tree.Set(key, value))
	root := tree.Root()
	ok(t, tree.Set(key, value))
	key[0], value[0] = 'x', 'x'
	if got, err := tree.Get([]byte("key")); string(got) != "value" || err != nil || tree.Root() != root {
		t.Errorf("got %q, %v", got, err)
	}
	ok(t, tree.Delete(key))
	key[0] = 'k'
	if tree.Root() != root {
		t.Error("deleted another key than was said")
	}
}

func TestRollback(t *testing.T) {
	tree := committedTree(t, 50)
	root := tree.Root()
	for range 3 {
		for i := range 60 {
			ok(t, tree.Set(numbered(1, i), []byte("other")))
		}
		if tree.Root() == root {
			t.Error("nothing changed")
		}
		ok(t, tree.Delete(numbered(1, 3)))
		tree.Rollback()
		if tree.Root() != root {
			t.Error("rolled back to another root")
		}
	}
	checkWhole(t, tree)
}

func ExampleWitness_Run() {
	ctx := context.Background()
	tree, _ := Open(ctx, memStore(), Options{})
	for i := range 1000 {
		_ = tree.Set(fmt.Appendf(nil, "account %d", i), fmt.Appendf(nil, "%d TAO", i))
	}
	root, _ := tree.Commit(ctx, 1)

	// The program, and what it finds.
	var balance []byte
	query := func(r Reader) (err error) {
		balance, err = r.Get([]byte("account 42"))
		return err
	}

	// A full node records it...
	snapshot, _ := tree.AtRoot(root)
	recorder := Record(snapshot)
	_ = query(recorder)
	witness, _ := recorder.Witness()

	// ...and somebody who has only the root runs it again.
	_, err := witness.Run(root, func(partial *Tree) error { return query(partial) })
	fmt.Printf("%s, %v\n", balance, err)
	// Output: 42 TAO, <nil>
}

// TestRootThatComesBack alternates between contents, and looks for the root of each version that is kept.
func TestRootThatComesBack(t *testing.T) {
	for period := uint64(2); period < 6; period++ {
		store, roots := memStore(), map[uint64]Root{}
		for v := uint64(1); v <= 24; v++ {
			tree, err := Open(bg, store, Options{Keep: 2})
			ok(t, err)
			ok(t, tree.Set([]byte("k"), []byte{1 + byte(v%period/(period-1))}))
			roots[v], err = tree.Commit(bg, v)
			ok(t, err)
			tree, err = Open(bg, store, Options{Keep: 2})
			ok(t, err)
			for old := v - min(v, 2) + 1; old <= v; old++ {
				if _, err := tree.AtRoot(roots[old]); err != nil {
					t.Errorf("period %d, version %d of %d: %v", period, old, v, err)
				}
			}
		}
	}
}
