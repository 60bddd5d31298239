package light_test

import (
	"context"
	"errors"
	"testing"
	"time"

	ds "github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// client returns a client that trusts block 1 of the chain, at the chain's own time.
func client(t *testing.T, chain *lighttest.Chain, change func(*light.Config), sources ...light.Source) *light.Client {
	t.Helper()
	cfg := light.Config{ChainID: chain.ID(), Trust: chain.Trust(1), Now: func() time.Time { return chain.Now() }, Sources: sources}
	if change != nil {
		change(&cfg)
	}
	c, err := light.NewClient(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func store() ds.Datastore { return dssync.MutexWrap(ds.NewMapDatastore()) }

func TestSyncSkipsWhereTheProducersStay(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(1000)
	src := chain.Source("a")
	c := client(t, chain, nil, src)
	h, err := c.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if h.Block.Height() != 1000 || h.Level != level.Proven || h.Source != "a" {
		t.Errorf("head: %d %s %s", h.Block.Height(), h.Level, h.Source)
	}
	if got, total := h.SignedPower(); got != 40 || total != 40 {
		t.Errorf("signed by %d of %d", got, total)
	}
	if n := src.Asked.Load(); n != 2 {
		t.Errorf("%d light blocks were asked for, want newest and trust root", n)
	}
	if n := c.Counts(); n.Headers != 2 || n.Skipped != 998 {
		t.Errorf("counts %+v", n)
	}
}

func TestSyncBisectsWhereTheProducersChange(t *testing.T) {
	chain := lighttest.New(lighttest.Options{})
	for i := range 60 { // every block another set: each shares one of three producers with the set before
		chain.Add(lighttest.Spec{Next: []lighttest.Producer{
			{Key: lighttest.KeyOf("x", i), Power: 10}, {Key: lighttest.KeyOf("x", i+1), Power: 10}, {Key: lighttest.KeyOf("x", i+2), Power: 10}}})
	}
	var bisected int
	c := client(t, chain, func(cfg *light.Config) {
		cfg.OnEvent = func(e light.Event) {
			if e.Kind == light.EventBisect {
				bisected++
			}
		}
	}, chain.Source("a"))
	h, err := c.Sync(t.Context())
	if err != nil || h.Block.Height() != 60 {
		t.Fatal(h, err)
	}
	if bisected == 0 {
		t.Error("no step between")
	}
}

func TestFollowTakesEachNewHeadAndFillsGaps(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(5)
	c := client(t, chain, nil)
	relay := light.NewRelay("r", chain.Opener())
	c.Add(relay)
	stop := errors.New("stop")
	var heights []uint64
	err := c.Follow(t.Context(), relay, func(h *light.Head) error {
		heights = append(heights, h.Block.Height())
		switch len(heights) {
		case 1:
			chain.Extend(1)
		case 2:
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || len(heights) != 2 || heights[0] != 5 || heights[1] != 6 {
		t.Errorf("heights %v, %v", heights, err)
	}
	if c.Latest() != 6 || c.LatestOf("r") != 6 {
		t.Errorf("latest %d", c.Latest())
	}
}

func TestFollowBlamesOnce(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(5)
	liar := chain.Source("liar")
	liar.Tamper = func(b *light.LightBlock) *light.LightBlock {
		b.Header.AppHash[0] ^= byte(b.Height() - 1)
		return b
	}
	var blamed []string
	c := client(t, chain, func(cfg *light.Config) {
		cfg.OnEvent = func(e light.Event) {
			if e.Kind == light.EventBlame {
				blamed = append(blamed, e.Source+" "+light.Code(e.Err))
			}
		}
	}, liar)
	err := c.Follow(t.Context(), light.NewRelay("liar", &lighttest.Opener{Source: liar}), nil)
	if light.VerdictOf(err) != light.Blame || len(blamed) != 1 || blamed[0] != "liar wrong_hash" {
		t.Errorf("%q, %v", blamed, err)
	}
	if _, err := c.Sync(t.Context()); !errors.Is(err, light.ErrNoSource) {
		t.Errorf("asked again: %v", err)
	}
	// An error of the caller's own is nobody's lie, whatever it looks like.
	honest := chain.Source("honest")
	c.Add(honest)
	mine := &light.DecodeError{Reason: "mine"}
	if err := c.Follow(t.Context(), honest, func(*light.Head) error { return mine }); err != mine || len(blamed) != 1 {
		t.Errorf("%v, %q", err, blamed)
	}
	if _, err := c.Sync(t.Context()); err != nil {
		t.Errorf("the honest relay is gone: %v", err)
	}
}

func TestWithoutTrustRootEverythingStaysClaimed(t *testing.T) {
	chain := lighttest.New(lighttest.Options{})
	chain.Add(lighttest.Spec{Txs: [][]byte{[]byte("tx")}})
	chain.Extend(9)
	s := store()
	c := client(t, chain, func(cfg *light.Config) { cfg.Trust, cfg.Store = light.TrustRoot{}, s }, chain.Source("a"))
	h, err := c.Sync(t.Context())
	if err != nil || h.Level != level.Claimed || h.Block.Height() != 10 {
		t.Fatal(h, err)
	}
	body, err := c.Block(t.Context(), 1)
	if err != nil || body.Level != level.Claimed || body.ResultsLevel != level.Claimed {
		t.Errorf("%+v %v", body, err)
	}
	if _, saved := light.SavedPin(t.Context(), s, chain.ID()); saved {
		t.Error("a pin was saved")
	}
}

func TestBlock(t *testing.T) {
	chain := lighttest.New(lighttest.Options{})
	for i := range 300 {
		chain.Add(lighttest.Spec{Txs: [][]byte{{byte(i)}, {byte(i), 1}}, Results: []wire.TxResult{{GasUsed: 7}, {Code: 3, Data: []byte("d"), GasUsed: 9}}})
	}
	c := client(t, chain, nil, light.NewRelay("r", chain.Opener()))
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, height := range []uint64{1, 2, 150, 299, 300} {
		b, err := c.Block(t.Context(), height)
		if err != nil {
			t.Fatal(height, err)
		}
		want := level.Proven
		if height == 300 {
			want = level.Claimed // nothing binds the results yet
		}
		if b.Level != level.Proven || b.ResultsLevel != want || len(b.Txs) != 2 || b.Txs[0][0] != byte(height-1) || b.Head.Block.Height() != height {
			t.Errorf("%d: %+v", height, b)
		}
	}
	if _, err := c.Block(t.Context(), 301); light.VerdictOf(err) != light.Inconclusive || light.Code(err) != "out_of_reach" {
		t.Errorf("above the head: %v", err)
	}
}

func TestSavedHead(t *testing.T) {
	ctx, s := context.Background(), store()
	chain := lighttest.New(lighttest.Options{}).Extend(50)
	var events []light.Event
	cfg := func(cfg *light.Config) {
		cfg.Store, cfg.Origin = s, "typed in"
		cfg.OnEvent = func(e light.Event) { events = append(events, e) }
	}
	if _, err := client(t, chain, cfg, chain.Source("a")).Sync(ctx); err != nil {
		t.Fatal(err)
	}
	// Next start: resumed without a trust root being given, and without asking anybody.
	events = nil
	c := client(t, chain, func(c *light.Config) { cfg(c); c.Trust, c.Origin = light.TrustRoot{}, "" })
	if h := c.Head(); h == nil || h.Block.Height() != 50 || h.Level != level.Proven {
		t.Fatalf("%+v", h)
	}
	pin, ok := c.Pin()
	if !ok || pin.Root != chain.Trust(1) || pin.Origin != "typed in" || pin.Time.IsZero() {
		t.Errorf("pin %+v", pin)
	}
	if len(events) != 1 || events[0].Kind != light.EventResumed {
		t.Errorf("events %+v", events)
	}
	// From there on one step, without the trust root's block.
	chain.Extend(10)
	src := chain.Source("a")
	if _, err := c.SyncWith(ctx, src); err != nil || src.Asked.Load() != 1 {
		t.Errorf("%v, %d asked", err, src.Asked.Load())
	}
}

// stingy sends at most n blocks at a time, or after a bend what it likes.
type stingy struct {
	*lighttest.Source
	bend func([]*light.LightBlock) []*light.LightBlock
}

func (s stingy) LightBlock(ctx context.Context, from, to uint64) ([]*light.LightBlock, error) {
	blocks, err := s.Source.LightBlock(ctx, from, to)
	return s.bend(blocks), err
}

func TestSourcesThatKeepNoPromises(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(200)
	few := stingy{chain.Source("stingy"), func(b []*light.LightBlock) []*light.LightBlock { return b[:min(len(b), 3)] }}
	c := client(t, chain, nil, few)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h, err := c.At(t.Context(), 60); err != nil || h.Hash != chain.Block(60).Hash() || h.Level != level.Proven {
		t.Errorf("three at a time: %v", err)
	}
	for name, bend := range map[string]func([]*light.LightBlock) []*light.LightBlock{
		"nothing":  func([]*light.LightBlock) []*light.LightBlock { return nil },
		"too many": func(b []*light.LightBlock) []*light.LightBlock { return append(b, b...) },
		"no block": func(b []*light.LightBlock) []*light.LightBlock { return make([]*light.LightBlock, len(b)) },
	} {
		c := client(t, chain, nil, stingy{chain.Source("liar"), bend})
		if _, err := c.Sync(t.Context()); light.VerdictOf(err) != light.Blame {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Once it is trusted with a range: another block than asked for, and one off the chain.
	for name, bend := range map[string]func([]*light.LightBlock) []*light.LightBlock{
		"nothing":  func([]*light.LightBlock) []*light.LightBlock { return nil },
		"no order": func(b []*light.LightBlock) []*light.LightBlock { b[0], b[len(b)-1] = b[len(b)-1], b[0]; return b },
		"another past": func(b []*light.LightBlock) []*light.LightBlock {
			if len(b) == 1 {
				return b
			}
			b[1].Header.AppHash[0] ^= 1
			chain.Seal(b[1], 2, 3) // signed by all it would be a fork
			return b
		},
	} {
		s := stingy{chain.Source("liar"), func(b []*light.LightBlock) []*light.LightBlock { return b }}
		c := client(t, chain, nil, s)
		if _, err := c.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Add(stingy{s.Source, bend})
		if _, err := c.At(t.Context(), 190); light.VerdictOf(err) != light.Blame {
			t.Errorf("range, %s: %v", name, err)
		}
		c.Add(chain.Source("honest"))
		if h, err := c.At(t.Context(), 190); err != nil || h.Source != "honest" {
			t.Errorf("range, %s, with an honest relay: %v", name, err)
		}
	}
}

func TestAttackFalseBody(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(1)
	chain.Add(lighttest.Spec{Txs: [][]byte{{1}, {2}}, Results: []wire.TxResult{{GasUsed: 7}, {Code: 3, Data: []byte("d"), GasUsed: 9}}})
	chain.Extend(1)
	for name, lie := range map[string]func(r *wire.BlockReply){
		"a transaction less":  func(r *wire.BlockReply) { r.Txs, r.Results = r.Txs[:1], r.Results[:1] },
		"another transaction": func(r *wire.BlockReply) { r.Txs = [][]byte{{1}, {3}} },
		"another order":       func(r *wire.BlockReply) { r.Txs = [][]byte{{2}, {1}} },
		"evidence":            func(r *wire.BlockReply) { r.Evidence = []byte{0x0a, 0x02, 0x0a, 0x00} },
		"broken evidence":     func(r *wire.BlockReply) { r.Evidence = []byte{1} },
		"a result less":       func(r *wire.BlockReply) { r.Results = r.Results[:1] },
		"success":             func(r *wire.BlockReply) { r.Results = []wire.TxResult{{GasUsed: 7}, {GasUsed: 9}} },
		"less gas":            func(r *wire.BlockReply) { r.Results = []wire.TxResult{{GasUsed: 6}, r.Results[1]} },
		"impossible gas":      func(r *wire.BlockReply) { r.Results = []wire.TxResult{{GasUsed: 1 << 63}, r.Results[1]} },
	} {
		liar := chain.Source("liar")
		liar.Bodies = func(_ uint64, r wire.BlockReply) (*wire.BlockReply, error) { lie(&r); return &r, nil }
		c := client(t, chain, nil, light.NewRelay("liar", &lighttest.Opener{Source: liar}))
		if _, err := c.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if b, err := c.Block(t.Context(), 2); light.VerdictOf(err) != light.Blame || b != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
