package bundle_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// forked is a client that has met two chains, which part after block 7.
func forked(t testing.TB, o lighttest.Options, trust uint64) (*lighttest.Chain, *light.Client) {
	t.Helper()
	c := lighttest.New(o).Extend(10)
	cl, err := light.NewClient(t.Context(), light.Config{ChainID: c.ID(), Trust: c.Trust(trust), Now: c.Now, Sources: []light.Source{c.Source("one")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.ForFork(cl); !errors.As(err, new(*bundle.NoForkError)) || light.VerdictOf(err) != light.Inconclusive {
		t.Fatalf("without a fork: %v", err)
	}
	for _, top := range []uint64{7, 10} {
		short := c.Source("one")
		short.Newest = func() uint64 { return top }
		if _, err := cl.SyncWith(t.Context(), short); err != nil {
			t.Fatal(err)
		}
	}
	other := c.Fork(7, "x").Extend(3).Source("two")
	other.Judge = func([]byte) error { return &wire.Refusal{Code: wire.CodeKnownEvidence, Message: "known"} }
	cl.Add(other)
	if _, err := cl.SyncWith(t.Context(), other); cl.Fork() == nil {
		t.Fatalf("no fork: %v", err)
	}
	cl.Report(t.Context())
	return c, cl
}

func forkFile(t testing.TB, cl *light.Client) *bundle.Bundle {
	t.Helper()
	b, err := bundle.ForFork(cl)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestForksHold(t *testing.T) {
	for _, trust := range []uint64{1, 5, 7} {
		c, cl := forked(t, lighttest.Options{}, trust)
		b := forkFile(t, cl)
		raw := encode(t, b)
		if b.Root != c.Trust(trust) || b.Name() != "fork-10.taoproof" {
			t.Errorf("begins at %v, is called %s", b.Root, b.Name())
		}
		// Years later the evidence is what it was, for those who trust the block where the sides part.
		for name, at := range map[string]time.Time{"now": c.Now(), "years later": c.Now().Add(3 * 365 * 24 * time.Hour)} {
			r, err := bundle.Check(raw, at, trusting(c.Trust(7)))
			if err != nil || r.Kind != bundle.ForkKind || !strings.Contains(r.Steps[5].Detail, "4 producers, 100.0 %") || len(r.Silent) != 2 {
				t.Errorf("%s: %s, %+v", name, show(r), r.Steps)
			}
		}
		if r, err := bundle.Check(raw, c.Now(), trusting(c.Trust(trust))); err != nil || r.Standing != bundle.Yours {
			t.Errorf("%s", show(r))
		}
		if r, err := bundle.Check(raw, c.Now(), bundle.Options{}); light.Code(err) != "foreign_trust_root" || r.Steps[4].Outcome != bundle.Held {
			t.Errorf("foreign: %s", show(r))
		}
	}
}

func TestForksThatAreNone(t *testing.T) {
	c, cl := forked(t, lighttest.Options{}, 1)
	good := forkFile(t, cl)
	block := func(b *light.LightBlock) []byte { return b.Encode() }
	for name, bend := range map[string]func(b *bundle.Bundle, f *bundle.Fork){
		"one side twice": func(_ *bundle.Bundle, f *bundle.Fork) { f.B = f.A },
		"one chain":      func(_ *bundle.Bundle, f *bundle.Fork) { f.B.Blocks = [][]byte{block(c.Block(9))} },
		"the next block": func(_ *bundle.Bundle, f *bundle.Fork) { f.B.Blocks = [][]byte{block(c.Block(8)), block(c.Block(9))} },
		"unsigned": func(_ *bundle.Bundle, f *bundle.Fork) {
			b := c.Block(10)
			b.Header.AppHash[0] ^= 1
			c.Seal(b, 1, 2)
			f.B.Blocks = [][]byte{block(b)}
		},
		"below the shared block": func(b *bundle.Bundle, f *bundle.Fork) { f.B.Blocks = slices.Insert(f.B.Blocks, 0, block(c.Block(3))) },
		"a header below": func(b *bundle.Bundle, f *bundle.Fork) {
			h := c.Block(b.Path.Top().Height() - 1).Header
			b.Path.Down = append(b.Path.Down, &h)
		},
	} {
		b := reread(t, good)
		bend(b, b.Body.(*bundle.Fork))
		r, err := b.Check(c.Now(), trusting(c.Trust(1)))
		if light.VerdictOf(err) != light.Blame || r.Steps[4].Outcome != bundle.Failed {
			t.Errorf("%s: %s", name, show(r))
		}
	}
	for name, bend := range map[string]func(f *bundle.Fork){
		"no block":     func(f *bundle.Fork) { f.A.Blocks = nil },
		"many blocks":  func(f *bundle.Fork) { f.A.Blocks = slices.Repeat(f.A.Blocks, 129) },
		"a long name":  func(f *bundle.Fork) { f.B.Relay = strings.Repeat("x", 257) },
		"half a block": func(f *bundle.Fork) { f.B.Blocks[0] = f.B.Blocks[0][:50] },
	} {
		b := reread(t, good)
		bend(b.Body.(*bundle.Fork))
		if _, err := b.Encode(); light.VerdictOf(err) != light.Blame {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a file has verified is bounded: each side by its blocks, both by their signatures.
func TestForkOfTooManySignatures(t *testing.T) {
	_, cl := forked(t, lighttest.Options{Powers: slices.Repeat([]int64{10}, 200)}, 1)
	good := forkFile(t, cl)
	for blocks, allowed := range map[int]bool{81: true, 82: false} { // and one of the other side
		b := reread(t, good)
		f := b.Body.(*bundle.Fork)
		f.A.Blocks, f.B.Blocks = slices.Repeat(f.A.Blocks[:1], blocks-1), f.B.Blocks[:1]
		_, err := b.Encode()
		if (err == nil) != allowed || err != nil && !strings.Contains(err.Error(), "16400 signatures, at most 16384") {
			t.Errorf("%d blocks of 200: %v", blocks, err)
		}
	}
}
