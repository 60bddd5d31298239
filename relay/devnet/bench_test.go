package devnet

import (
	"context"
	"testing"
	"time"

	ds "github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/state"
)

// BenchmarkLargestAccount verifies the proof of the snapshot's address with the most stakes (210 of them): the time to check
// its witness and run the query over it, and the witness's size.
func BenchmarkLargestAccount(b *testing.B) {
	g, err := Genesis([32]byte{1}, time.UnixMilli(1_700_000_000_000))
	if err != nil {
		b.Fatal(err)
	}
	stakes := map[keys.Account]int{}
	var largest keys.Account
	for _, s := range g.Stakes {
		if stakes[s.Coldkey]++; stakes[s.Coldkey] > stakes[largest] {
			largest = s.Coldkey
		}
	}
	tree, err := state.Open(context.Background(), dssync.MutexWrap(ds.NewMapDatastore()), state.Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := g.Apply(tree); err != nil {
		b.Fatal(err)
	}
	root, err := tree.Commit(context.Background(), 1)
	if err != nil {
		b.Fatal(err)
	}
	snapshot, err := tree.At(1)
	if err != nil {
		b.Fatal(err)
	}
	program, _ := chain.Lookup(chain.AccountQuery)
	args := codec.MustEncode(chain.AccountArgs{Address: largest})
	recorder := state.Record(snapshot)
	if _, err := program.Run(recorder, args); err != nil {
		b.Fatal(err)
	}
	witness, err := recorder.Witness()
	if err != nil {
		b.Fatal(err)
	}
	nodes := 0
	for b.Loop() {
		stats, err := witness.Run(root, func(t *state.Tree) error { _, err := program.Run(t, args); return err })
		if err != nil {
			b.Fatal(err)
		}
		nodes = stats.Nodes
	}
	b.ReportMetric(float64(len(witness)), "witness-B")
	b.ReportMetric(float64(nodes), "nodes")
	b.ReportMetric(float64(stakes[largest]), "stakes")
}
