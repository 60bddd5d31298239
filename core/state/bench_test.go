//go:build !js

package state

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	ds "github.com/ipfs/go-datastore"
	pebbleds "github.com/ipfs/go-ds-pebble"
)

// These benchmarks stand on Pebble, synced at every commit, as a full node's tree does. Run them with
//
//	go test -run '^$' -bench . ./core/state
const (
	benchCache = 512 << 20 // holds all of both trees
	benchKeep  = 8
)

func benchStore(b *testing.B) ds.Batching {
	b.Helper()
	cache := pebble.NewCache(64 << 20)
	defer cache.Unref()
	store, err := pebbleds.NewDatastore(b.TempDir(), pebbleds.WithPebbleOpts(&pebble.Options{
		Cache: cache, MemTableSize: 32 << 20,
	}))
	ok(b, err)
	b.Cleanup(func() { ok(b, store.Close()) })
	return store
}

func benchTree(b *testing.B, keys [][]byte, cache int) *Tree {
	b.Helper()
	tree, err := Open(bg, benchStore(b), Options{Keep: benchKeep, CacheBytes: cache})
	ok(b, err)
	value := make([]byte, benchValue)
	for i, k := range keys {
		binary.BigEndian.PutUint64(value, uint64(i))
		ok(b, tree.Set(k, value))
		if (i+1)%100_000 == 0 || i+1 == len(keys) {
			_, err := tree.Commit(bg, tree.Version()+1)
			ok(b, err)
		}
	}
	return tree
}

// update changes n random keys.
func update(b testing.TB, r *rand.Rand, tree *Tree, keys [][]byte, n int) {
	value := make([]byte, benchValue)
	for range n {
		r.Read(value)
		k := keys[r.Intn(len(keys))]
		_, err := tree.Get(k)
		ok(b, err)
		ok(b, tree.Set(k, value))
	}
}

// BenchmarkCommit reads and changes random keys and commits.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{100_000, 1_000_000} {
		keys := benchKeys(size)
		for _, cache := range []int{benchCache, 32 << 20} {
			b.Run(fmt.Sprintf("keys=%d/cache=%dMiB", size, cache>>20), func(b *testing.B) {
				tree := benchTree(b, keys, cache)
				for _, n := range []int{1000, 4000} {
					b.Run(fmt.Sprintf("updates=%d", n), func(b *testing.B) {
						r := rand.New(rand.NewSource(2))
						for range 2 * benchKeep { // so that pruning runs
							update(b, r, tree, keys, 100)
							_, err := tree.Commit(bg, tree.Version()+1)
							ok(b, err)
						}
						b.ReportAllocs()
						b.ResetTimer()
						for range b.N {
							update(b, r, tree, keys, n)
							_, err := tree.Commit(bg, tree.Version()+1)
							ok(b, err)
						}
						b.ReportMetric(float64(tree.st.cached.Load())/(1<<20), "cachedMiB")
					})
				}
			})
		}
	}
}
