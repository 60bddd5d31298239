package light_test

import (
	"context"
	"errors"
	"testing"
	"time"

	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// only returns the one record in a store.
func only(t *testing.T, s ds.Datastore) (ds.Key, []byte) {
	t.Helper()
	found, err := s.Query(t.Context(), query.Query{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := found.Rest()
	if err != nil || len(all) != 1 {
		t.Fatalf("%d records, %v", len(all), err)
	}
	return ds.NewKey(all[0].Key), all[0].Value
}

// A saved record can be damaged in every way: the client then starts from the trust root as if it were not there, says
// so, and ends up at the same head. It never starts from something else.
func TestDamagedSavedHead(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(20)
	s := store()
	save := func(cfg *light.Config) { cfg.Store = s }
	if _, err := client(t, chain, save, chain.Source("a")).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	key, good := only(t, s)
	for i := 0; i < len(good); i++ {
		bad := append([]byte(nil), good...)
		bad[i] ^= 0x41
		if err := s.Put(t.Context(), key, bad); err != nil {
			t.Fatal(err)
		}
		var events []light.Event
		c := client(t, chain, func(cfg *light.Config) {
			save(cfg)
			cfg.OnEvent = func(e light.Event) { events = append(events, e) }
		})
		if c.Head() != nil {
			t.Fatalf("byte %d: taken up", i)
		}
		if len(events) != 1 || events[0].Kind != light.EventStore || events[0].Err == nil {
			t.Fatalf("byte %d: events %+v", i, events)
		}
		if pin, ok := c.Pin(); !ok || pin.Root != chain.Trust(1) {
			t.Fatalf("byte %d: pin %+v", i, pin)
		}
	}
	for n := range len(good) {
		if err := s.Put(t.Context(), key, good[:n]); err != nil {
			t.Fatal(err)
		}
		if c := client(t, chain, save); c.Head() != nil {
			t.Fatalf("%d bytes were enough", n)
		}
	}
	// What is whole, but not what it says: the checks of the block itself. The record is made anew around each lie.
	for name, lie := range map[string]func(b *light.LightBlock){
		"another header":    func(b *light.LightBlock) { b.Header.AppHash[0] ^= 1 },
		"false signatures":  func(b *light.LightBlock) { b.Commit.Signatures[0].Signature[0] ^= 1 },
		"another set":       func(b *light.LightBlock) { b.Validators.List[0].Power++ },
		"not signed":        func(b *light.LightBlock) { chain.Seal(b, 1, 2) },
		"another chain":     func(b *light.LightBlock) { b.Header.ChainID = "x"; chain.Seal(b) },
		"below the root":    func(b *light.LightBlock) { b.Header.Height = 0 },
		"signed but not it": func(b *light.LightBlock) { b.Header.AppHash[0] ^= 1; chain.Seal(b) },
	} {
		b := chain.Block(20)
		lie(b)
		if err := s.Put(t.Context(), key, light.ResealRecord(good, b)); err != nil {
			t.Fatal(err)
		}
		if c := client(t, chain, save); c.Head() != nil {
			t.Errorf("%s: taken up", name)
		}
	}
	if h, err := client(t, chain, save, chain.Source("a")).Sync(t.Context()); err != nil || h.Block.Height() != 20 {
		t.Errorf("from the trust root: %v", err)
	}
	if _, again := only(t, s); len(again) != len(good) {
		t.Error("the record was not written anew")
	}
}

func TestSavedHeadOfAnotherTrustRoot(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(20)
	s := store()
	cfg := func(root uint64) func(*light.Config) {
		return func(cfg *light.Config) { cfg.Store, cfg.Trust = s, chain.Trust(root) }
	}
	if _, err := client(t, chain, cfg(1), chain.Source("a")).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := client(t, chain, cfg(5), chain.Source("a"))
	if c.Head() != nil {
		t.Fatal("the head of another trust root was taken up")
	}
	if pin, ok := light.SavedPin(t.Context(), s, chain.ID()); !ok || pin.Root != chain.Trust(1) {
		t.Error("the pin was replaced before anything was seen of the new one")
	}
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if pin, ok := light.SavedPin(t.Context(), s, chain.ID()); !ok || pin.Root != chain.Trust(5) {
		t.Errorf("%+v", pin)
	}
	// Another chain's client sees nothing of it.
	other := lighttest.New(lighttest.Options{ChainID: "other"}).Extend(3)
	if c := client(t, other, func(cfg *light.Config) { cfg.Store, cfg.Trust = s, light.TrustRoot{} }); c.Head() != nil {
		t.Error("another chain's head")
	}
	if err := light.Forget(t.Context(), s, chain.ID()); err != nil {
		t.Fatal(err)
	}
	if _, ok := light.SavedPin(t.Context(), s, chain.ID()); ok {
		t.Error("not forgotten")
	}
	if err := light.Forget(t.Context(), s, chain.ID()); err != nil {
		t.Errorf("forgotten twice: %v", err)
	}
}

func TestSavedHeadExpires(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(20)
	s := store()
	now := chain.Now()
	cfg := func(cfg *light.Config) { cfg.Store, cfg.Now = s, func() time.Time { return now } }
	if _, err := client(t, chain, cfg, chain.Source("a")).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	now = now.Add(15 * 24 * time.Hour)
	chain.Add(lighttest.Spec{Wait: 15 * 24 * time.Hour})
	c := client(t, chain, cfg, chain.Source("a"))
	if c.Head() != nil {
		t.Error("an expired head was taken up")
	}
	_, err := c.Sync(t.Context())
	var expired *light.ExpiredError
	if !errors.As(err, &expired) {
		t.Errorf("%v", err)
	}
	// A fresher pin helps.
	c = client(t, chain, func(c *light.Config) { cfg(c); c.Trust = chain.Trust(21) }, chain.Source("a"))
	if h, err := c.Sync(t.Context()); err != nil || h.Block.Height() != 21 {
		t.Error(err)
	}
	// A head saved ahead of the clock is no beginning either.
	now = now.Add(-20 * 24 * time.Hour)
	if c = client(t, chain, func(c *light.Config) { cfg(c); c.Trust = light.TrustRoot{} }); c.Head() != nil {
		t.Error("a head from the future was taken up")
	}
}

// broken is a store that fails.
type broken struct{ ds.Datastore }

var errDisk = errors.New("disk full")

func (broken) Get(context.Context, ds.Key) ([]byte, error) { return nil, errDisk }
func (broken) Put(context.Context, ds.Key, []byte) error   { return errDisk }
func (broken) Delete(context.Context, ds.Key) error        { return errDisk }

func TestBrokenStoreIsNoObstacle(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(3)
	var said []error
	c := client(t, chain, func(cfg *light.Config) {
		cfg.Store = broken{store()}
		cfg.OnEvent = func(e light.Event) {
			if e.Kind == light.EventStore {
				said = append(said, e.Err)
			}
		}
	}, chain.Source("a"))
	if h, err := c.Sync(t.Context()); err != nil || h.Block.Height() != 3 {
		t.Error(err)
	}
	if len(said) < 2 || !errors.Is(said[0], errDisk) || !errors.Is(said[1], errDisk) {
		t.Errorf("%v", said)
	}
	if err := light.Forget(t.Context(), broken{store()}, chain.ID()); !errors.Is(err, errDisk) {
		t.Error(err)
	}
}

func TestConfig(t *testing.T) {
	now := time.Now
	for name, cfg := range map[string]light.Config{
		"no chain":       {Now: now},
		"no clock":       {ChainID: "x"},
		"half a root":    {ChainID: "x", Now: now, Trust: light.TrustRoot{Height: 3}},
		"too much trust": {ChainID: "x", Now: now, Params: light.Params{TrustLevel: light.Fraction{Num: 2, Den: 1}}},
		"too little":     {ChainID: "x", Now: now, Params: light.Params{TrustLevel: light.Fraction{Num: 33, Den: 100}}},
		"a third of 4":   {ChainID: "x", Now: now, Params: light.Params{TrustLevel: light.Fraction{Num: 1, Den: 4}}},
		"no divisor":     {ChainID: "x", Now: now, Params: light.Params{TrustLevel: light.Fraction{Num: 1}}},
		"negative":       {ChainID: "x", Now: now, Params: light.Params{TrustingPeriod: -1}},
	} {
		if _, err := light.NewClient(t.Context(), cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	c, err := light.NewClient(t.Context(), light.Config{ChainID: "x", Now: now, Params: light.Params{TrustLevel: light.Fraction{Num: 34, Den: 100}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Sync(t.Context()); !errors.Is(err, light.ErrNoSource) || light.VerdictOf(err) != light.Inconclusive || light.Code(err) != "no_relay" {
		t.Error(err)
	}
}

// What the store's documentation admits: a head that its writer planted there is believed, though its producers are made
// up. Forget is the way out.
func TestPlantedHeadStaysUntilForgotten(t *testing.T) {
	chain := lighttest.New(lighttest.Options{}).Extend(20)
	invented := lighttest.New(lighttest.Options{Seed: "other keys"}).Extend(20)
	s := store()
	save := func(cfg *light.Config) { cfg.Store = s }
	if _, err := client(t, chain, save, chain.Source("a")).Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	key, good := only(t, s)
	if err := s.Put(t.Context(), key, light.PlantRecord(good, invented.Block(0))); err != nil {
		t.Fatal(err)
	}
	if h := client(t, chain, save).Head(); h == nil || h.Hash != invented.Block(0).Hash() {
		t.Fatalf("not believed: say so in the documentation of Client.load and in the README: %+v", h)
	}
	if err := light.Forget(t.Context(), s, chain.ID()); err != nil {
		t.Fatal(err)
	}
	if h, err := client(t, chain, save, chain.Source("a")).Sync(t.Context()); err != nil || h.Hash != chain.Block(0).Hash() {
		t.Errorf("from the trust root: %v", err)
	}
}
