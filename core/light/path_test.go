package light_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

func pathOf(t *testing.T, c *light.Client, height uint64) light.Path {
	t.Helper()
	h, err := c.At(t.Context(), height)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Path(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	if p.Last().Hash() != h.Hash {
		t.Fatalf("the path to %d leads to %d", height, p.Last().Height)
	}
	return p
}

func TestPaths(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(1500)
	for _, c := range []struct{ pin, to, first, hops, links uint64 }{
		{1, 1500, 1, 1, 0}, {1, 2, 1, 1, 0}, {700, 700, 700, 0, 0}, {700, 1500, 700, 1, 0}, {700, 500, 700, 0, 200}, {1200, 176, 1200, 0, 1024}, {1400, 1399, 1400, 0, 1},
	} {
		client := client(t, chain, func(cfg *light.Config) { cfg.Trust = chain.Trust(c.pin) }, chain.Source("a"))
		if _, err := client.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		p := pathOf(t, client, c.to)
		check, err := p.Verify(0, chain.Now(), light.Params{})
		if err != nil || !check.TopHolds || uint64(check.Hops) != c.hops || uint64(check.Links) != c.links || p.Header(0).Height != c.first || len(check.Signed) != 4 {
			t.Errorf("from %d to %d: %+v, %v", c.pin, c.to, check, err)
		}
	}
}

// A client that went on from its saved block still leads from the trust root.
func TestPathOfAResumedClient(t *testing.T) {
	chain, saved := lighttest.New(lighttest.Options{}).Extend(40), store()
	with := func(cfg *light.Config) { cfg.Store = saved }
	if _, err := client(t, chain, with, chain.Source("a")).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	chain.Extend(10)
	again := client(t, chain, func(cfg *light.Config) { cfg.Store, cfg.Trust = saved, light.TrustRoot{} }, chain.Source("a"))
	if _, err := again.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := pathOf(t, again, 50); p.Header(0).Height != 1 || p.Len() != 2 {
		t.Errorf("from %d in %d blocks", p.Header(0).Height, p.Len())
	}
	trusted := again.Trusted()
	if len(trusted) != 3 || trusted[0] != chain.Trust(1) || trusted[1] != chain.Trust(40) || trusted[2] != chain.Trust(50) {
		t.Errorf("trusts %v", trusted)
	}
}

// A block that is not on the chain below the trust root has no path from there.
func TestPathOfAnotherChainsBlock(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(10)
	c := client(t, chain, func(cfg *light.Config) { cfg.Trust = chain.Trust(9) }, chain.Source("a"))
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := chain.Fork(4, "other").Extend(3).Block(5)
	if _, err := c.Path(t.Context(), &light.Head{Block: other, Hash: other.Hash(), Level: level.Proven}); light.Code(err) != "wrong_hash" {
		t.Error(err)
	}
}

// A source that shows another block as the trust root's is to blame, and another is asked.
func TestAttackPathFromAnotherRoot(t *testing.T) {
	chain, saved := lighttest.New(lighttest.Options{}).Extend(40), store()
	with := func(cfg *light.Config) { cfg.Store = saved }
	if _, err := client(t, chain, with, chain.Source("a")).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	liar := chain.Source("liar")
	liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 1 {
			b.Header.AppHash[0] ^= 1
			chain.Seal(b)
		}
		return b
	}
	c := client(t, chain, with, liar)
	_, err := c.Path(t.Context(), c.Head())
	if light.Code(err) != "contradicts_trust_root" || light.VerdictOf(err) != light.Blame {
		t.Error(err)
	}
	c.Add(chain.Source("honest"))
	pathOf(t, c, 40)
}

func TestPathRefuses(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(10)
	now := chain.Now()
	other := lighttest.New(lighttest.Options{Seed: "other"}).Extend(10)
	forked := chain.Fork(4, "fork").Extend(2)
	up := func(heights ...uint64) (p light.Path) {
		for _, h := range heights {
			p.Up = append(p.Up, chain.Block(h))
		}
		return p
	}
	down := func(from uint64, heights ...uint64) (p light.Path) {
		p = up(from)
		for _, h := range heights {
			p.Down = append(p.Down, &chain.Block(h).Header)
		}
		return p
	}
	for name, c := range map[string]struct {
		path light.Path
		from int
		code string
		now  time.Time
	}{
		"empty":    {path: light.Path{}, code: "malformed"},
		"too long": {path: func() (p light.Path) { p.Up = make([]*light.LightBlock, light.MaxHops+1); return p }(), code: "malformed"},
		"too deep": {path: func() (p light.Path) { p = up(9); p.Down = make([]*light.Header, light.MaxLinks+1); return p }(), code: "malformed"},
		"too many signatures": {path: func() (p light.Path) {
			p = up(1, 9)
			for _, b := range p.Up {
				b.Commit.Signatures = make([]light.CommitSig, 9000)
			}
			return p
		}(), code: "malformed"},
		"falling":               {path: up(1, 5, 3), code: "malformed"},
		"the same twice":        {path: up(1, 5, 5), code: "malformed"},
		"expired":               {path: up(1, 10), code: "trust_expired", now: now.Add(15 * 24 * time.Hour)},
		"ahead of the clock":    {path: up(1, 10), code: "future_block", now: now.Add(-time.Minute)},
		"strangers":             {path: light.Path{Up: []*light.LightBlock{chain.Block(1), other.Block(9)}}, code: "not_enough_trust"},
		"strangers, adjacent":   {path: light.Path{Up: []*light.LightBlock{chain.Block(1), other.Block(2)}}, code: "invalid_block"},
		"fork":                  {path: light.Path{Up: []*light.LightBlock{chain.Block(5), forked.Block(6)}}, code: "fork"},
		"a gap in the links":    {path: down(9, 8, 6), code: "invalid_block"},
		"another's header":      {path: func() (p light.Path) { p = up(9); p.Down = []*light.Header{&other.Block(8).Header}; return p }(), code: "invalid_block"},
		"false producers":       {path: func() (p light.Path) { p = up(1, 9); p.Up[0].Validators = other.Block(1).Validators; return p }(), code: "wrong_hash"},
		"from a link: the rest": {path: down(9, 8, 6, 5), from: 1, code: "invalid_block"},
		"beyond its end":        {path: up(1, 9), from: 2, code: "error"},
	} {
		if c.now.IsZero() {
			c.now = now
		}
		if _, err := c.path.Verify(c.from, c.now, light.Params{}); light.Code(err) != c.code {
			t.Errorf("%s: %s, %v", name, light.Code(err), err)
		}
	}
	// What lies before the place where verification begins is not looked at; hashes don't age.
	p := down(9, 8, 7, 6)
	p.Up[0].Commit.Signatures[0].Signature[0] ^= 1
	check, err := p.Verify(1, now.Add(1000*24*time.Hour), light.Params{})
	if err != nil || check.Links != 2 || check.TopHolds || check.Signed != nil {
		t.Errorf("%+v, %v", check, err)
	}
}

func TestDecodeHeader(t *testing.T) {
	for _, b := range someBlocks() {
		raw := b.Header.Encode()
		h, err := light.DecodeHeader(raw)
		if err != nil || h.Hash() != b.Hash() || !bytes.Equal(h.Encode(), raw) {
			t.Fatalf("block %d: %v", b.Height(), err)
		}
		for i := range raw {
			if _, err := light.DecodeHeader(raw[:i]); err == nil {
				t.Fatalf("read when cut to %d bytes", i)
			}
		}
		var malformed *light.DecodeError
		if _, err := light.DecodeHeader(append(raw, 0x78, 1)); !errors.As(err, &malformed) {
			t.Errorf("a field more: %v", err)
		}
	}
}
