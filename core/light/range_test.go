package light_test

import (
	"errors"
	"testing"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

func TestRange(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(100)
	source := chain.Source("relay")
	client := func(s light.Source) *light.Client {
		c, err := light.NewClient(t.Context(), light.Config{ChainID: chain.ID(), Trust: chain.Trust(1), Now: chain.Now, Sources: []light.Source{s}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := client(source)
	for _, test := range []struct{ from, to, lowest uint64 }{{100, 100, 100}, {98, 100, 98}, {1, 5, 1}, {20, 60, 20}, {1, 100, 100 - wire.MaxRange + 1}} {
		before := source.Asked.Load()
		got, err := c.Range(t.Context(), test.from, test.to)
		if err != nil || uint64(len(got)) != test.to-test.lowest+1 {
			t.Fatalf("%+v: %d blocks, %v", test, len(got), err)
		}
		for i, h := range got {
			if want := chain.Block(test.to - uint64(i)); h.Hash != want.Hash() || h.Level != level.Proven || len(h.Signed) != 4 || !h.Signed[0] {
				t.Fatalf("%+v: block %d of it is %d", test, i, h.Block.Height())
			}
		}
		if asked := source.Asked.Load() - before; asked > int64(100-test.lowest+1) {
			t.Errorf("%+v: %d blocks fetched", test, asked)
		}
	}
	for _, bad := range [][2]uint64{{0, 5}, {6, 5}, {5, 101}} {
		if _, err := c.Range(t.Context(), bad[0], bad[1]); !errors.As(err, new(*light.ReachError)) {
			t.Errorf("%v: %v", bad, err)
		}
	}

	liar := chain.Source("liar")
	liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 90 {
			b.Header.AppHash[0] ^= 1
			chain.Seal(b) // all signatures are right, only it is not the block that 91 follows
		}
		return b
	}
	if _, err := client(liar).Range(t.Context(), 88, 95); light.VerdictOf(err) != light.Blame {
		t.Errorf("a false block in between: %v", err)
	}
}

// Without a trust root whoever invents blocks chooses how many producers they have.
func TestRangeOfClaimedCrowds(t *testing.T) {
	many := make([]int64, 200)
	for i := range many {
		many[i] = 10
	}
	chain := lighttest.New(lighttest.Options{Producers: powers(many...)}).Extend(30)
	c := client(t, chain, func(cfg *light.Config) { cfg.Trust = light.TrustRoot{} }, chain.Source("relay"))
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := c.Range(t.Context(), 1, 30)
	if err != nil || len(got) != 4096/200+1 || got[len(got)-1].Block.Height() != 30-uint64(len(got))+1 || got[0].Level != level.Claimed {
		t.Errorf("%d blocks, %v", len(got), err)
	}
}
