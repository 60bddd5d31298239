package light_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// remembering is a chain of blocks, whose state holds the hashes of the last kept ones. It has filler besides.
func remembering(t testing.TB, o lighttest.Options, blocks int, kept, filler uint64) *lighttest.World {
	t.Helper()
	params := ledger.DefaultParams()
	params.BlocksKept = kept
	w := lighttest.NewWorld(o, []light.Program{chain.PastBlock}, func(w state.Writer) error {
		for i := range filler {
			if err := ledger.Put(w, ledger.TablePast.Key().U64(1<<20+i), ledger.PastBlock{Hash: [32]byte{byte(i), byte(i >> 8)}}); err != nil {
				return err
			}
		}
		return ledger.WriteGenesis(w, params, "a test")
	})
	for height := uint64(2); height <= uint64(blocks); height++ {
		w.Step(lighttest.Spec{}, func(s state.Writer) error {
			l, err := ledger.Begin(s, w.ID(), height, 0)
			if err != nil {
				return err
			}
			return l.SealBlock(w.Block(height).Hash())
		})
	}
	return w
}

var longChain = sync.OnceValue(func() *lighttest.World { return remembering(&testing.T{}, lighttest.Options{}, 1200, 1100, 0) })

// resumed is a client that trusts a block close to the newest of a long chain, and so knows of none far below.
func resumed(t *testing.T, w *lighttest.World, sources ...light.Source) *light.Client {
	t.Helper()
	c := client(t, w.Chain, func(cfg *light.Config) { cfg.Trust = w.Trust(1190) }, sources...)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOldBlocksAreReachedByTheirHashInTheState(t *testing.T) {
	w := longChain()
	for _, height := range []uint64{100, 101, 500, 1181} {
		src := w.Source("a")
		c := resumed(t, w, src)
		asked, counts := src.Asked.Load(), c.Counts()
		h, err := c.At(t.Context(), height)
		if err != nil || h.Hash != w.Block(height).Hash() || h.Level != level.Proven || h.Source != "a" || len(h.Signed) != 4 || !h.Signed[3] {
			t.Fatalf("block %d: %+v, %v", height, h, err)
		}
		got := c.Counts()
		if n := src.Asked.Load() - asked; n != 1 || got.Witnesses != counts.Witnesses+1 || got.Headers != counts.Headers+1 {
			t.Errorf("block %d: %d light blocks, %+v after %+v", height, n, got, counts)
		}
	}
	// Near ones need no witness.
	src := w.Source("a")
	c := resumed(t, w, src)
	if _, err := c.At(t.Context(), 1182); err != nil || c.Counts().Witnesses != 0 {
		t.Errorf("8 below: %v, %+v", err, c.Counts())
	}
}

func TestBlocksThatTheStateForgot(t *testing.T) {
	w := longChain()
	c := resumed(t, w, w.Source("a"))
	_, err := c.At(t.Context(), 99)
	var reach *light.ReachError
	if !errors.As(err, &reach) || *reach != (light.ReachError{Height: 99, Lowest: 100, Highest: 1200}) || light.VerdictOf(err) != light.Inconclusive {
		t.Errorf("%v", err)
	}
	// From a block below they are verified as ever.
	c = synced(t, w, w.Source("a"))
	if h, err := c.At(t.Context(), 50); err != nil || h.Hash != w.Block(50).Hash() {
		t.Errorf("from below: %v", err)
	}
}

// A source that shows another block of old, however well signed, is found out by the hash in the state, and named.
func TestAttackAnotherBlockOfOld(t *testing.T) {
	w := longChain()
	for name, lie := range map[string]struct {
		bend func(b *light.LightBlock)
		code string
	}{
		"another state":         {func(b *light.LightBlock) { b.Header.AppHash[0] ^= 1; w.Seal(b) }, "other_block"},
		"another time":          {func(b *light.LightBlock) { b.Header.Time = b.Header.Time.Add(1); w.Seal(b) }, "other_block"},
		"a forged signature":    {func(b *light.LightBlock) { b.Commit.Signatures[1].Signature[3] ^= 1 }, "false_signature"},
		"a minority's word":     {func(b *light.LightBlock) { w.Seal(b, 0, 1) }, "not_enough_signatures"},
		"producers of its own":  {func(b *light.LightBlock) { b.Validators = lighttest.Set(powers(1, 1)) }, "wrong_hash"},
		"another block's place": {func(b *light.LightBlock) { *b = *w.Block(b.Height() - 1) }, "invalid_block"},
	} {
		t.Run(name, func(t *testing.T) {
			liar := w.Source("liar")
			c := resumed(t, w, liar)
			liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
				if b.Height() == 150 {
					lie.bend(b)
				}
				return b
			}
			_, err := c.At(t.Context(), 150)
			var who *light.SourceError
			if light.VerdictOf(err) != light.Blame || light.Code(err) != lie.code || !errors.As(err, &who) || who.Source != "liar" {
				t.Errorf("%s %q: %v", light.VerdictOf(err), light.Code(err), err)
			}
			c.Add(w.Source("honest"))
			if h, err := c.At(t.Context(), 150); err != nil || h.Source != "honest" || h.Hash != w.Block(150).Hash() {
				t.Errorf("with an honest relay: %v", err)
			}
		})
	}
}

func TestAttackWitnessOfAnOldHash(t *testing.T) {
	w := longChain()
	ask := func(ctx context.Context, height uint64) (state.Witness, error) {
		return w.Witness(ctx, wire.WitnessRequest{Root: rootOf(t, w), Program: chain.PastBlock.ID(), Args: codec.MustEncode(chain.PastBlockArgs{Height: height})})
	}
	for name, lie := range map[string]struct {
		witness func(ctx context.Context) (state.Witness, error)
		verdict light.Verdict
		code    string
	}{
		"a false hash": {func(ctx context.Context) (state.Witness, error) {
			witness, err := ask(ctx, 150)
			hash := w.Block(150).Hash()
			for i := range len(witness) - 32 {
				if [32]byte(witness[i:i+32]) == hash {
					witness[i] ^= 1
				}
			}
			return witness, err
		}, light.Blame, "false_node"},
		"another block's": {func(ctx context.Context) (state.Witness, error) { return ask(ctx, 900) }, light.Inconclusive, "out_of_reach"},
		"withheld": {func(context.Context) (state.Witness, error) {
			return nil, &wire.Refusal{Code: wire.CodeNotFound, Message: "no state here"}
		}, light.Inconclusive, "out_of_reach"},
	} {
		t.Run(name, func(t *testing.T) {
			liar := w.Source("liar")
			liar.Witnesses = func(ctx context.Context, _ wire.WitnessRequest) (state.Witness, error) { return lie.witness(ctx) }
			c := resumed(t, w, liar)
			_, err := c.At(t.Context(), 150)
			if light.VerdictOf(err) != lie.verdict || light.Code(err) != lie.code {
				t.Errorf("%s %q: %v", light.VerdictOf(err), light.Code(err), err)
			}
			// Where headers alone lead there, they do.
			liar = w.Source("liar")
			liar.Witnesses = func(ctx context.Context, _ wire.WitnessRequest) (state.Witness, error) { return lie.witness(ctx) }
			honest := w.Source("stateless")
			honest.Witnesses = nil
			c = resumed(t, w, liar, honest)
			if h, err := c.At(t.Context(), 200); err != nil || h.Hash != w.Block(200).Hash() {
				t.Errorf("by the chain of hashes: %v", err)
			}
			c = synced(t, w, honest)
			if h, err := c.At(t.Context(), 100); err != nil || h.Hash != w.Block(100).Hash() {
				t.Errorf("from a block below: %v", err)
			}
		})
	}
}

// BenchmarkReach is what a block far below the newest costs, of 21 producers, while the state remembers 100,800: by its
// hash there, and by hashes from header to header.
func BenchmarkReach(b *testing.B) {
	const newest = 7100
	powers := make([]int64, 21)
	for i := range powers {
		powers[i] = 10
	}
	w := remembering(b, lighttest.Options{Powers: powers}, newest, 100_800, 100_800-newest)
	for _, way := range []struct {
		name  string
		below uint64
		state bool
		path  bool // as far as replays, audits and proof files go
	}{{"state/7000", 7000, true, false}, {"state/1000", 1000, true, false}, {"headers/1000", 1000, false, false}, {"headers/7000", 7000, false, true}} {
		b.Run(way.name, func(b *testing.B) {
			src := &metered{Source: w.Source("a")}
			if !way.state {
				src.Witnesses = nil
			}
			c, err := light.NewClient(b.Context(), light.Config{ChainID: w.ID(), Trust: w.Trust(newest), Now: w.Now, Sources: []light.Source{src}})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := c.Sync(b.Context()); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				src.bytes, src.asked = 0, 0
				if way.path {
					old := w.Block(newest - way.below)
					p, err := c.Path(b.Context(), &light.Head{Block: old, Hash: old.Hash(), Level: level.Proven})
					if err != nil || uint64(len(p.Down)) != way.below {
						b.Fatal(err)
					}
					continue
				}
				if _, err := c.At(b.Context(), newest-way.below); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(src.bytes), "bytes")
			b.ReportMetric(float64(src.asked), "requests")
		})
	}
}

// metered counts what comes from a source.
type metered struct {
	*lighttest.Source
	bytes, asked int
}

func (m *metered) LightBlock(ctx context.Context, from, to uint64) ([]*light.LightBlock, error) {
	blocks, err := m.Source.LightBlock(ctx, from, to)
	m.asked++
	for _, b := range blocks {
		m.bytes += len(b.Encode())
	}
	return blocks, err
}

func (m *metered) Witness(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
	w, err := m.Source.Witness(ctx, req)
	m.asked++
	m.bytes += len(w)
	return w, err
}

// A lie on the way by headers is not hidden behind the state that was withheld before.
func TestBlameOutweighsWithholding(t *testing.T) {
	w := longChain()
	liar := w.Source("liar")
	liar.Witnesses = nil
	c := resumed(t, w, liar)
	liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
		if b.Height() == 300 {
			b.Header.AppHash[0] ^= 1
			w.Seal(b)
		}
		return b
	}
	if _, err := c.At(t.Context(), 300); light.VerdictOf(err) != light.Blame || light.Code(err) != "invalid_block" {
		t.Errorf("%s: %v", light.Code(err), err)
	}
}
