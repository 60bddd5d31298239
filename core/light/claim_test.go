package light_test

import (
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// Without a trust root one relay can claim any height, but not for everybody and not for long.
func TestClaimedHeadIsReplaced(t *testing.T) {
	const absurd = 1 << 40
	chain := lighttest.New(lighttest.Options{}).Extend(5)
	liar, lying := chain.Source("liar"), true
	liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if lying {
			b.Header.Height, b.Header.Time = absurd, b.Header.Time.Add(10*time.Second) // as far ahead as it can be
			chain.Seal(b)
		}
		return b
	}
	honest := chain.Source("honest")
	c := client(t, chain, func(cfg *light.Config) { cfg.Trust = light.TrustRoot{} }, liar, honest)
	want := func(what string, height uint64, source string) {
		t.Helper()
		if h := c.Head(); h == nil || h.Block.Height() != height || h.Source != source {
			t.Fatalf("%s: %d from %s, want %d from %s", what, h.Block.Height(), h.Source, height, source)
		}
	}
	sync := func(s light.Source) {
		t.Helper()
		if _, err := c.SyncWith(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	sync(liar)
	want("nobody else was heard", absurd, "liar")
	sync(honest)
	want("not dated later", absurd, "liar")
	chain.Extend(1)
	sync(honest)
	want("dated later", 6, "honest")

	// A relay that is behind takes nobody back, the same block is nobody's news, and a relay can take itself back.
	behind := chain.Source("behind")
	behind.Newest = func() uint64 { return 4 }
	sync(behind)
	want("behind", 6, "honest")
	lying = false
	sync(liar)
	want("the same block", 6, "honest")
	lying = true
	sync(liar)
	want("again", absurd, "liar")
	lying = false
	sync(liar)
	want("taken back", 6, "liar")
}
