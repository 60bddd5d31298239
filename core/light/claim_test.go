package light_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
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

// Without a trust root a relay can claim any header. An honest relay whose contents don't fit it is not to blame.
func TestAttackClaimedHeadersBlameNobody(t *testing.T) {
	l := bazaar(t, nil)
	for name, lie := range map[string]func(*light.Header){
		"other transactions": func(h *light.Header) { h.DataHash = bytes.Repeat([]byte{7}, 32) },
		"other evidence":     func(h *light.Header) { h.EvidenceHash = bytes.Repeat([]byte{7}, 32) },
		"other results":      func(h *light.Header) { h.LastResultsHash = bytes.Repeat([]byte{7}, 32) },
		"another state":      func(h *light.Header) { h.AppHash = l.Block(4).Header.AppHash },
	} {
		t.Run(name, func(t *testing.T) {
			liar, honest := l.Source("liar"), l.Source("honest")
			liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
				b.Header.Time = b.Header.Time.Add(time.Second)
				lie(&b.Header)
				l.Seal(b)
				return b
			}
			gone := &wire.Refusal{Code: wire.CodeNotFound}
			liar.Bodies = func(uint64, wire.BlockReply) (*wire.BlockReply, error) { return nil, gone }
			liar.Witnesses = func(context.Context, wire.WitnessRequest) (state.Witness, error) { return nil, gone }
			var blamed []light.Event
			c := client(t, l.Chain, func(cfg *light.Config) {
				cfg.Trust = light.TrustRoot{}
				cfg.OnEvent = func(e light.Event) {
					if e.Kind == light.EventBlame {
						blamed = append(blamed, e)
					}
				}
			}, liar, honest)
			if _, err := c.Sync(t.Context()); err != nil || c.Head().Source != "liar" {
				t.Fatalf("%v from %s", err, c.Head().Source)
			}
			_, err := c.Block(t.Context(), 9)
			if light.VerdictOf(err) == light.Blame || err != nil && light.Code(err) != "unsigned_mismatch" && light.Code(err) != wire.CodeNotFound {
				t.Errorf("block: %s, %v", light.Code(err), err)
			}
			if name != "another state" && err == nil {
				t.Error("the contents fit")
			}
			if _, err = c.Replay(t.Context(), 9); err == nil || light.VerdictOf(err) == light.Blame {
				t.Errorf("replay: %v", err)
			}
			if len(blamed) > 0 {
				t.Errorf("blamed: %+v", blamed)
			}
		})
	}
}
