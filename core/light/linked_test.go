package light_test

import (
	"context"
	"io"
	"net"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// answering is a relay that answers each stream with the same frame.
func answering(t *testing.T, reply any) light.Source {
	raw := encoded(t, reply)
	return light.NewRelay("relay", opener(func(context.Context, string) (net.Conn, error) {
		mine, theirs := net.Pipe()
		go io.Copy(io.Discard, theirs)
		go theirs.Write(raw)
		return mine, nil
	}))
}

func TestSeveralLightBlocksInOneAnswerAreSmall(t *testing.T) {
	c := lighttest.New(lighttest.Options{}).Extend(9)
	set := strangers(4000)
	var giants [][]byte
	for height := uint64(2); height <= 4; height++ {
		giants = append(giants, crowded(c, height, set, 0).Encode())
	}
	one, three := len(giants[0]), len(giants[0])+len(giants[1])+len(giants[2])
	if one > wire.MaxRangeBytes || three < wire.MaxRangeBytes || three > wire.MaxLightBlock {
		t.Fatalf("%d and %d bytes: neither", one, three)
	}
	_, err := answering(t, &wire.LightBlockReply{LightBlocks: giants}).LightBlock(t.Context(), 2, 9)
	if light.VerdictOf(err) != light.Blame || light.Code(err) != "bad_answer" {
		t.Errorf("three at once: %v", err)
	}
	got, err := answering(t, &wire.LightBlockReply{LightBlocks: giants[:1]}).LightBlock(t.Context(), 2, 9)
	if err != nil || len(got) != 1 {
		t.Errorf("one: %v", err)
	}
}

// Blocks of many producers come in more answers, and lead as far down.
func TestBlocksOfManyProducersComeInPieces(t *testing.T) {
	many := make([]int64, 60)
	for i := range many {
		many[i] = 10
	}
	c := lighttest.New(lighttest.Options{Producers: powers(many...)}).Extend(100)
	if size := len(c.Block(90).Encode()); size*wire.MaxRange < wire.MaxRangeBytes {
		t.Fatalf("%d bytes fit into one answer", size)
	}
	src := c.Source("relay")
	client := client(t, c, func(cfg *light.Config) { cfg.Trust = c.Trust(100) }, light.NewRelay("relay", &lighttest.Opener{Source: src}))
	if _, err := client.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked := src.Asked.Load()
	h, err := client.At(t.Context(), 2)
	if err != nil || h.Hash != c.Block(2).Hash() {
		t.Fatal(err)
	}
	if n := src.Asked.Load() - asked; n > 2*100 {
		t.Errorf("%d blocks were asked for", n)
	}
	if p := pathOf(t, client, 2); len(p.Down) != 98 {
		t.Errorf("%d headers", len(p.Down))
	}
}
