package market_test

import (
	"context"
	"testing"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay"
	"github.com/taolight/taolight/relay/devnet/market"
)

// On a real relay the market's transactions come into blocks, miners are paid, and it ends when it is told to, whether
// blocks come or not.
func TestPlaysOnARelay(t *testing.T) {
	home := t.TempDir()
	producer, err := relay.Producer(home)
	if err != nil {
		t.Fatal(err)
	}
	g := &chain.Genesis{Name: "test", Time: uint64(time.Now().UnixMilli()) - 1000, Source: "a test", Params: ledger.DefaultParams(), Producers: []chain.Producer{producer}}
	var owners []keys.Account
	for _, uri := range []string{"//Alice", "//Bob"} {
		coldkey, err := sign.FromURI(uri)
		if err != nil {
			t.Fatal(err)
		}
		owners = append(owners, coldkey.Account())
		g.Balances = append(g.Balances, chain.Balance{Address: coldkey.Account(), Free: 100 * tao.TAO})
	}
	if err := market.Add(g, owners); err != nil {
		t.Fatal(err)
	}
	raw, err := g.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if g, err = chain.ParseGenesis(raw); err != nil { // sorted
		t.Fatal(err)
	}
	n, err := relay.Start(t.Context(), relay.Config{Home: home, Listen: "127.0.0.1:0", BlockTime: 100 * time.Millisecond, Genesis: g})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	m, err := market.New(n.ChainID())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { m.Run(ctx, n.Answers(), nil); close(ended) }()
	for end := time.Now().Add(60 * time.Second); minersEarn(t, n) == 0; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("at block %d no miner has earned anything", n.Height())
		}
	}
	stop()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("it goes on after its end")
	}
}

// minersEarn asks the relay what miners of subnet 1 earned in its last epoch.
func minersEarn(t *testing.T, n *relay.Node) (sum tao.Amount) {
	t.Helper()
	head, ok := n.Answers().Heads().Newest()
	if !ok || head.Height < 2 {
		return 0
	}
	block, err := light.DecodeLightBlock(head.LightBlock)
	if err != nil {
		t.Fatal(err)
	}
	root, err := block.StateRoot()
	if err != nil {
		t.Fatal(err)
	}
	args := codec.MustEncode(chain.MetagraphArgs{Netuid: 1, Select: []string{"server_emission"}})
	reply, err := n.Answers().Witness(t.Context(), wire.WitnessRequest{Root: root, Program: "metagraph@1", Args: args})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := chain.Lookup("metagraph@1")
	var g view.Metagraph
	_, err = state.Witness(reply.Body).Run(root, func(tree *state.Tree) error {
		answer, err := p.Run(tree, args)
		if err != nil {
			return err
		}
		return codec.Decode(answer, &g)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range g.ServerEmission {
		sum += e
	}
	return sum
}
