//go:build !js

package chain

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	ds "github.com/ipfs/go-datastore"
	pebbleds "github.com/ipfs/go-ds-pebble"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// BenchmarkMillionAccounts puts a million accounts, each with a hotkey and stake on it, into a store on disk, and commits
// blocks of 2,000 transfers among them. One operation is one commit; executing the block isn't timed. The heap is what is
// in use when garbage is gone: behind the genesis, with the tree's cache and the store's.
func BenchmarkMillionAccounts(b *testing.B) {
	const accounts, transfers = 1_000_000, 2_000
	ctx, dir := context.Background(), b.TempDir()
	cache := pebble.NewCache(64 << 20)
	defer cache.Unref()
	var store ds.Batching
	store, err := pebbleds.NewDatastore(dir, pebbleds.WithPebbleOpts(&pebble.Options{Cache: cache, MemTableSize: 32 << 20}))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	before := heap()
	tree, err := state.Open(ctx, store, state.Options{Keep: 8})
	if err != nil {
		b.Fatal(err)
	}
	signers := make([]*sign.Key, transfers)
	m := &world{t: b, tree: tree}
	begun := time.Now()
	m.chainID = million(b, tree, signers, accounts)
	applied := time.Now()
	if _, err := tree.Commit(ctx, 1); err != nil {
		b.Fatal(err)
	}
	committed := time.Now()
	var most runtime.MemStats
	runtime.ReadMemStats(&most)
	b.Logf("genesis of %d accounts: applied in %.1f s, committed in %.1f s; %d MiB of memory at the most, then %d MiB of heap; %d MiB on disk",
		accounts, applied.Sub(begun).Seconds(), committed.Sub(applied).Seconds(), most.Sys>>20, (heap()-before)>>20, size(dir)>>20)

	fastest := time.Duration(1 << 62)
	b.ResetTimer()
	for b.Loop() {
		b.StopTimer()
		txs := make([][]byte, transfers)
		for i, s := range signers {
			to := stranger((i*7919 + int(m.height)*104_729) % (accounts - transfers))
			txs[i] = m.tx(s, "transfer", account.Transfer{To: to, Amount: tao.TAO / 1000}, 0)
		}
		block := m.blockOf(txs)
		m.height++
		out, err := Execute(tree, block, sign.VerifyAll)
		if err != nil || out.Results[transfers-1].Code != 0 {
			b.Fatal(err, out.Refusals[transfers-1])
		}
		b.StartTimer()
		begun := time.Now()
		if _, err := tree.Commit(ctx, tree.Version()+1); err != nil {
			b.Fatal(err)
		}
		fastest = min(fastest, time.Since(begun))
	}
	b.StopTimer()
	b.ReportMetric(float64(fastest.Microseconds())/1000, "min-ms")
	b.ReportMetric(float64(heap()-before)/(1<<20), "heap-MiB")
	b.ReportMetric(float64(size(dir))/(1<<20), "disk-MiB")
	runtime.KeepAlive(tree)
}

// million writes the genesis and returns the chain's id. Nothing of it stays in memory but the tree.
func million(b *testing.B, tree *state.Tree, signers []*sign.Key, accounts int) string {
	g := testGenesis(b)
	for i := range accounts - len(g.Balances) {
		id := stranger(i)
		if i < len(signers) {
			signers[i] = key(b, fmt.Sprintf("//Signer%d", i))
			id = signers[i].Account()
		}
		hotkey := id
		hotkey[31] ^= 1
		g.Balances = append(g.Balances, Balance{Address: id, Free: 10 * tao.TAO})
		g.Stakes = append(g.Stakes, StakeOf{Coldkey: id, Hotkey: hotkey, Amount: 2 * tao.TAO})
	}
	g.sort()
	if err := g.Apply(tree); err != nil {
		b.Fatal(err)
	}
	return g.ChainID()
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func size(dir string) (sum int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				sum += info.Size()
			}
		}
		return nil // a file that the store has just deleted
	})
	return sum
}
