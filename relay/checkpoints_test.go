package relay

import (
	"context"
	"testing"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
)

func TestSignedCheckpointsAreServed(t *testing.T) {
	home := t.TempDir()
	g := newGenesis(t, home)
	first := startNode(t, testConfig(home, g))
	waitFor(t, first, 3)
	if b := bootstrap(t, first); len(b.Checkpoints) != 0 {
		t.Errorf("%q", b.Checkpoints)
	}
	reply, err := first.Answers().LightBlock(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	b, err := light.DecodeLightBlock(reply.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	good := checkpoint.Checkpoint{Block: checkpoint.Block{ChainID: g.ChainID(), Height: 2, Hash: b.Hash(), Time: uint64(b.Header.Time.Unix())}}
	sign := func(change func(*checkpoint.Checkpoint)) checkpoint.Checkpoint {
		c := good
		if change != nil {
			change(&c)
		}
		if err := c.Sign(key(t, "//Alice")); err != nil {
			t.Fatal(err)
		}
		return c
	}
	signed := sign(nil)
	forged := signed
	forged.Height = 1
	var many []checkpoint.Checkpoint
	for range wire.MaxCheckpoints + 1 {
		many = append(many, signed)
	}
	for name, list := range map[string][]checkpoint.Checkpoint{
		"unsigned":       {good},
		"false":          {forged},
		"another chain":  {sign(func(c *checkpoint.Checkpoint) { c.ChainID = "other-1" })},
		"another block":  {sign(func(c *checkpoint.Checkpoint) { c.Hash[0]++ })},
		"another date":   {sign(func(c *checkpoint.Checkpoint) { c.Time++ })},
		"contradictions": {sign(func(c *checkpoint.Checkpoint) { c.Height = 1000 }), sign(func(c *checkpoint.Checkpoint) { c.Height, c.Hash[0] = 1000, 1 })},
		"too many":       many,
	} {
		cfg := testConfig(home, nil)
		cfg.Checkpoints = list
		if n, err := Start(context.Background(), cfg); err == nil {
			n.Close()
			t.Errorf("%s is handed out", name)
		}
	}
	cfg := testConfig(home, nil)
	cfg.Checkpoints = []checkpoint.Checkpoint{signed}
	n := startNode(t, cfg)
	waitFor(t, n, 4)
	if got := bootstrap(t, n).Checkpoints; len(got) != 1 || got[0] != signed.String() {
		t.Errorf("%q", got)
	}
}
