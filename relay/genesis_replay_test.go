package relay

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	"github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/relay/devnet/market"
)

// TestReplayFromGenesis has a producer make blocks of the simulated market's transactions. From the genesis and the
// stored blocks alone, an empty tree comes to every root, result and set of producers that the headers name; and so does
// another relay that joins later and fetches the blocks from the first.
func TestReplayFromGenesis(t *testing.T) {
	if testing.Short() {
		t.Skip("two nodes and some dozens of blocks")
	}
	const blocks, epochs, most = 40, 6, 600
	home := t.TempDir()
	g := marketGenesis(t, home)
	first := testConfig(home, g)
	first.PeerListen = fmt.Sprintf("127.0.0.1:%d", freePort(t))
	n := startNode(t, first)
	play(t, n)
	waitFor(t, n, blocks)
	for count(t, n, "EpochEnded") < epochs || count(t, n, "WeightsSet") == 0 || count(t, n, "WeightsCommitted") == 0 {
		if waitFor(t, n, n.Height()+5); n.Height() > most {
			t.Fatalf("%d blocks, and nothing goes on in the market", n.Height())
		}
	}

	id, err := PeerID(home)
	if err != nil {
		t.Fatal(err)
	}
	second := testConfig(t.TempDir(), g)
	second.Peers = []string{id + "@" + first.PeerListen}
	joined := startNode(t, second)
	height := n.Height()
	waitFor(t, joined, height)

	roots := replayFromGenesis(t, g, n, height-1)
	t.Logf("%d blocks, %d epochs, %d and %d rows of weights", height-1, count(t, n, "EpochEnded"), count(t, n, "WeightsSet"), count(t, n, "WeightsCommitted"))
	for h, want := range roots {
		meta := joined.chain.Blocks().LoadBlockMeta(int64(h) + 1)
		if meta == nil || state.Root(meta.Header.AppHash) != want {
			t.Fatalf("the relay that joined has another state than the replay after block %d", h)
		}
	}
	if s, err := joined.chain.Snapshot(roots[height-1]); err != nil || s.Version() != height-1 {
		t.Errorf("the relay that joined does not keep the state after block %d: %v", height-1, err)
	}
}

// marketGenesis is a small chain with the simulated market's subnets, on which the home produces blocks.
func marketGenesis(t *testing.T, home string) *chain.Genesis {
	t.Helper()
	g := newGenesis(t, home)
	if err := market.Add(g, []keys.Account{g.Balances[0].Address, g.Balances[1].Address}); err != nil {
		t.Fatal(err)
	}
	raw, err := g.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if g, err = chain.ParseGenesis(raw); err != nil { // sorted
		t.Fatal(err)
	}
	return g
}

// play runs the simulated market on a node until the test ends.
func play(t *testing.T, n *Node) {
	t.Helper()
	m, err := market.New(n.ChainID())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { m.Run(ctx, n.Answers(), nil); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
}

// count says how many events of that name the node's blocks have had.
func count(t *testing.T, n *Node, name string) (total int) {
	t.Helper()
	for h := uint64(1); h <= n.Height(); h++ {
		for _, e := range eventsOf(t, n, h) {
			if e.Name == name {
				total++
			}
		}
	}
	return total
}

func eventsOf(t *testing.T, n *Node, height uint64) []ledger.Event {
	t.Helper()
	raw, ok, err := n.chain.Events(height)
	if err != nil || !ok {
		t.Fatalf("events of block %d: %v, %v", height, ok, err)
	}
	events := make([]ledger.Event, len(raw))
	for i := range raw {
		if err := codec.Decode(raw[i], &events[i]); err != nil {
			t.Fatal(err)
		}
	}
	return events
}

// replayFromGenesis executes a node's stored blocks up to a height over an empty tree, holds what they do to the headers
// that follow them, and returns the roots by the height of the block that they are after.
func replayFromGenesis(t *testing.T, g *chain.Genesis, n *Node, last uint64) []state.Root {
	t.Helper()
	tree := state.New()
	if err := g.Apply(tree); err != nil {
		t.Fatal(err)
	}
	roots, producers := []state.Root{tree.Root()}, map[[32]byte]int64{}
	for _, p := range g.Producers {
		producers[p.PubKey] = p.Power
	}
	if first := n.chain.Blocks().LoadBlockMeta(1).Header.AppHash; state.Root(first) != roots[0] {
		t.Fatalf("the genesis has root %s, block 1 names %s", roots[0], first)
	}
	for h := uint64(1); h <= last; h++ {
		out, err := chain.Execute(tree, stored(n.chain.Blocks().LoadBlock(int64(h))), sign.VerifyAll)
		if err != nil {
			t.Fatalf("block %d: %v", h, err)
		}
		for _, p := range out.Updates {
			producers[p.PubKey] = p.Power
		}
		next := n.chain.Blocks().LoadBlockMeta(int64(h) + 1).Header
		roots = append(roots, tree.Root())
		for _, c := range []struct {
			what      string
			got, want []byte
		}{
			{"state root", roots[h][:], next.AppHash},
			{"hash of results", resultsHash(out), next.LastResultsHash},
			{"set of producers after the next block", producersHash(producers), next.NextValidatorsHash},
		} {
			if !bytes.Equal(c.got, c.want) {
				t.Fatalf("block %d: %s is %X when replayed, the next header names %X", h, c.what, c.got, c.want)
			}
		}
		if kept := eventsOf(t, n, h); !bytes.Equal(codec.MustEncode(out.Events), codec.MustEncode(kept)) {
			t.Fatalf("block %d: %d events when replayed, the relay keeps %d", h, len(out.Events), len(kept))
		}
	}
	return roots
}

// stored takes a block from CometBFT's store as the state machine knows it.
func stored(b *types.Block) chain.Block {
	out := chain.Block{
		ChainID: b.ChainID, Height: uint64(b.Height), Time: uint64(b.Time.UnixNano()), Hash: [32]byte(b.Hash()), Proposer: [20]byte(b.ProposerAddress),
		AppVersion: b.Version.App,
	}
	for _, tx := range b.Txs {
		out.Txs = append(out.Txs, tx)
	}
	for _, e := range b.Evidence.Evidence {
		for _, m := range e.ABCI() {
			out.Evidence = append(out.Evidence, chain.Evidence{Address: [20]byte(m.Validator.Address), Height: uint64(m.Height)})
		}
	}
	return out
}

func resultsHash(out chain.Outcome) []byte {
	results := make([]*abci.ExecTxResult, len(out.Results))
	for i, r := range out.Results {
		results[i] = &abci.ExecTxResult{Code: uint32(r.Code), GasWanted: int64(r.GasUsed), GasUsed: int64(r.GasUsed)}
	}
	return types.NewResults(results).Hash()
}

func producersHash(producers map[[32]byte]int64) []byte {
	var all []*types.Validator
	for key, power := range producers {
		if power > 0 {
			all = append(all, types.NewValidator(ed25519.PubKey(key[:]), power))
		}
	}
	return types.NewValidatorSet(all).Hash()
}
