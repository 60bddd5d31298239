package relay

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/wire"
)

// A light node executes the blocks of an honest relay again, one after the other, over libp2p.
func TestReplayOfARealChain(t *testing.T) {
	n := devNode(t)
	waitFor(t, n, 2)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, source := visit(t, n)
	alice, bob := key(t, "//Alice"), key(t, "//Bob")
	proven(t, ctx, c, bob.Account())
	from := c.Head().Block.Height()
	c.ReplayFrom(from)
	tx := transfer(t, n, alice, bob.Account(), 5*tao.TAO, 0)
	if _, _, err := c.Submit(ctx, tx); err != nil {
		t.Fatal(err)
	}
	included := waitForTx(t, ctx, source, n, tx)
	waitFor(t, n, included+2)
	if _, err := c.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	held := 0
	for height := from; height <= included; height++ {
		r, err := c.ReplayNext(ctx)
		if err != nil {
			t.Fatalf("block %d: %v", height, err)
		}
		held += r.Txs
	}
	if held != 1 {
		t.Errorf("%d transactions were executed, 1 was sent", held)
	}
	h, err := c.At(ctx, included+1)
	if err != nil {
		t.Fatal(err)
	}
	p, _ := chain.Lookup(chain.AccountQuery)
	raw, err := c.QueryAt(ctx, h, p, codec.MustEncode(chain.AccountArgs{Address: bob.Account()}))
	if err != nil || raw.Level() != level.Replayed {
		t.Errorf("%v, %v", raw.Level(), err)
	}
}

// Producers that really run other rules sign the outcome, their relay serves it, and a light node that executes the block
// again is not deceived. What it saved convinces without a network.
func TestReplayFindsCheatingProducers(t *testing.T) {
	home := t.TempDir()
	config := testConfig(home, newGenesis(t, home))
	config.Rules = lighttest.PayFriend.At(4)
	n := startNode(t, config)
	waitFor(t, n, 6)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, _ := visit(t, n)
	if got := proven(t, ctx, c, lighttest.Friend); got.Free != tao.TAO {
		t.Fatalf("the friend has %d", got.Free) // two thirds signed it
	}
	c.ReplayFrom(2)
	var err error
	for err == nil {
		_, err = c.ReplayNext(ctx)
	}
	var fraud *light.FraudError
	if !errors.As(err, &fraud) || fraud.Height() != 4 {
		t.Fatal(err)
	}
	if again := fraud.Evidence.Check(); !errors.As(again, new(*light.FraudError)) {
		t.Errorf("the evidence shows %v", again)
	}
	if _, err := c.Sync(ctx); !errors.As(err, &fraud) {
		t.Errorf("the client goes on: %v", err)
	}
}

// A relay executes blocks over the states that they belong to and over no others.
func TestWitnessesOfBlocks(t *testing.T) {
	n := devNode(t)
	waitFor(t, n, 4)
	c, source := visit(t, n)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if _, err := c.Sync(ctx); err != nil {
		t.Fatal(err)
	}
	h, err := c.At(ctx, 3)
	if err != nil {
		t.Fatal(err)
	}
	right, err := light.ReplayRequest(h.Block)
	if err != nil {
		t.Fatal(err)
	}
	args := func(height uint64, hash [32]byte) []byte {
		return codec.MustEncode(chain.ReplayArgs{Height: height, Hash: hash})
	}
	for name, c := range map[string]struct {
		q    wire.WitnessRequest
		code string
	}{
		"right":             {right, ""},
		"another root":      {wire.WitnessRequest{Root: [32]byte{1}, Program: right.Program, Args: right.Args}, wire.CodeBadRequest},
		"another hash":      {wire.WitnessRequest{Root: right.Root, Program: right.Program, Args: args(3, [32]byte{1})}, wire.CodeNotFound},
		"height 0":          {wire.WitnessRequest{Root: right.Root, Program: right.Program, Args: args(0, h.Hash)}, wire.CodeNotFound},
		"far ahead":         {wire.WitnessRequest{Root: right.Root, Program: right.Program, Args: args(1<<63, h.Hash)}, wire.CodeNotFound},
		"no arguments":      {wire.WitnessRequest{Root: right.Root, Program: right.Program}, wire.CodeBadRequest},
		"another program's": {wire.WitnessRequest{Root: right.Root, Program: right.Program, Args: codec.MustEncode(chain.None{})}, wire.CodeBadRequest},
	} {
		_, err := source.Witness(ctx, c.q)
		if got := light.Code(err); got != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}
