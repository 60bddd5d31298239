package state

import (
	"context"
	"errors"
	"math/rand"
	"testing"

	ds "github.com/ipfs/go-datastore"
)

var errPower = errors.New("power cut")

// flaky is a store whose batches aren't atomic: it fails after a number of writes, each single one of which counts.
type flaky struct {
	ds.Batching
	left int // writes until the power is cut; negative: never
}

func (f *flaky) write() error {
	if f.left == 0 {
		return errPower
	}
	f.left--
	return nil
}

func (f *flaky) Put(ctx context.Context, key ds.Key, value []byte) error {
	if err := f.write(); err != nil {
		return err
	}
	return f.Batching.Put(ctx, key, value)
}

func (f *flaky) Sync(context.Context, ds.Key) error { return f.write() }

func (f *flaky) Batch(context.Context) (ds.Batch, error) { return &flakyBatch{f: f}, nil }

type flakyBatch struct {
	f   *flaky
	ops []func() error
}

func (b *flakyBatch) Put(ctx context.Context, key ds.Key, value []byte) error {
	b.ops = append(b.ops, func() error { return b.f.Batching.Put(ctx, key, value) })
	return nil
}

func (b *flakyBatch) Delete(ctx context.Context, key ds.Key) error {
	b.ops = append(b.ops, func() error { return b.f.Batching.Delete(ctx, key) })
	return nil
}

func (b *flakyBatch) Commit(context.Context) error {
	rand.New(rand.NewSource(int64(len(b.ops)))).Shuffle(len(b.ops), func(i, j int) { b.ops[i], b.ops[j] = b.ops[j], b.ops[i] })
	for _, op := range b.ops {
		if err := b.f.write(); err != nil {
			return err
		}
		if err := op(); err != nil {
			return err
		}
	}
	return nil
}

// TestCrashAtEveryWrite cuts the power at each write of a commit, whose batch lands in any order, and finds the version
// before whole (or the new one, when only the sync was lost), goes on from it, and gets the same roots.
func TestCrashAtEveryWrite(t *testing.T) {
	for _, keep := range []uint64{0, 1, 3} {
		for try := 0; ; try++ { // each cut twice: the process lives on, or starts anew
			cut := try / 2
			store := &flaky{Batching: memStore(), left: -1}
			o := Options{Keep: keep, CacheBytes: -1}
			tree, err := Open(bg, store, o)
			ok(t, err)
			r := rand.New(rand.NewSource(5))
			m := model{}
			block := func(version uint64) (Root, error) {
				ops := randomOps(rand.New(rand.NewSource(int64(version))), 60)
				playModel(m, ops)
				_, err := play(tree, ops)
				ok(t, err)
				return tree.Commit(bg, version)
			}
			for v := uint64(1); v <= 6; v++ {
				_, err := block(v)
				ok(t, err)
			}
			before := m.clone()
			store.left = cut
			_, err = block(7)
			store.left = -1
			if err != nil && !errors.Is(err, errPower) {
				t.Fatal(err)
			}
			finished := err == nil
			if !finished {
				if _, err := tree.Get([]byte("k")); !errors.Is(err, errPower) {
					t.Fatalf("a tree that failed to commit goes on: %v", err)
				}
				if try%2 == 0 {
					tree.Rollback()
				} else {
					tree, err = Open(bg, store, o)
					ok(t, err)
				}
			}
			want := m
			if tree.Version() == 6 {
				want = before
			}
			if got := tree.Root(); got != want.rebuilt(t, r) {
				t.Fatalf("keep %d, cut %d: version %d has another root", keep, cut, tree.Version())
			}
			checkWhole(t, tree)
			m = want.clone()
			for v := uint64(8); v <= 12; v++ {
				root, err := block(v)
				ok(t, err)
				if root != m.rebuilt(t, r) {
					t.Fatalf("keep %d, cut %d: another root at %d", keep, cut, v)
				}
			}
			checkWhole(t, tree)
			if finished {
				break
			}
		}
	}
}

// checkWhole reads all of each version that is kept.
func checkWhole(t *testing.T, tree *Tree) {
	t.Helper()
	for v := tree.st.oldest.Load(); v <= tree.Version(); v++ {
		s, err := tree.At(v)
		if errors.As(err, new(*PrunedError)) && v == 7 { // the version that didn't make it
			continue
		}
		ok(t, err)
		fresh := New()
		for e, err := range s.Iterate(nil, nil) {
			ok(t, err)
			ok(t, fresh.Set(e.Key, e.Value))
		}
		if fresh.Root() != s.Root() {
			t.Fatalf("version %d isn't whole", v)
		}
	}
}
