package devnet

import (
	"context"
	"crypto/sha256"
	"testing"
	"time"

	ds "github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
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
	benchWitness(b, g, chain.AccountQuery, chain.AccountArgs{Address: largest})
	b.ReportMetric(float64(stakes[largest]), "stakes")
}

// BenchmarkLargestMetagraph verifies what the dashboard shows of a subnet of 256 neurons, each with stake, in the state of
// the snapshot.
func BenchmarkLargestMetagraph(b *testing.B) {
	g, err := Genesis([32]byte{1}, time.UnixMilli(1_700_000_000_000))
	if err != nil {
		b.Fatal(err)
	}
	n := chain.SubnetOf{Netuid: 9, Name: "full", Owner: g.Balances[0].Address, Params: hyper.Defaults()}
	for i := range 256 {
		hotkey := keys.Account(sha256.Sum256([]byte{byte(i), 9}))
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: g.Balances[0].Address, Hotkey: hotkey, Amount: tao.Amount(i+1) * tao.TAO})
		n.Hotkeys = append(n.Hotkeys, hotkey)
	}
	g.Subnets = append(g.Subnets, n)
	benchWitness(b, g, "metagraph@1", chain.MetagraphArgs{Netuid: 9, Select: []string{
		"hotkeys", "stake", "active", "validator_permit", "consensus", "incentive", "dividends", "validator_trust", "emission",
	}})
}

// benchWitness checks the witness of a query over a genesis and runs the query over it.
func benchWitness(b *testing.B, g *chain.Genesis, id string, arguments any) {
	b.Helper()
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
	program, _ := chain.Lookup(id)
	args := codec.MustEncode(arguments)
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
}
