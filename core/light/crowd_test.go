package light_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// lies are ways in which a relay of a chain can misbehave.
var lies = map[string]func(d dice, s *lighttest.Source){
	"forged commits": func(d dice, s *lighttest.Source) {
		s.Tamper = func(b *light.LightBlock) *light.LightBlock {
			b.Commit.Signatures[d.IntN(3)].Signature[d.IntN(64)] ^= 1 << d.IntN(8)
			return b
		}
	},
	"a state of its own, signed by a minority": func(d dice, s *lighttest.Source) {
		s.Tamper = func(b *light.LightBlock) *light.LightBlock {
			if b.Height() > 1 {
				b.Header.AppHash[d.IntN(32)] ^= 1
				s.Chain.Seal(b, d.IntN(2), 2+d.IntN(2))
			}
			return b
		}
	},
	"another header under the same signatures": func(d dice, s *lighttest.Source) {
		s.Tamper = func(b *light.LightBlock) *light.LightBlock { b.Header.DataHash[0] ^= 1; return b }
	},
	"producers of its own": func(_ dice, s *lighttest.Source) {
		s.Tamper = func(b *light.LightBlock) *light.LightBlock {
			if b.Height() > 1 {
				b.Validators = lighttest.Set(powers(1, 1))
				hash := b.Validators.Hash()
				b.Header.ValidatorsHash = hash[:]
				s.Chain.Seal(b)
				for i, key := range b.Validators.List {
					for n := range 2 {
						if k := lighttest.KeyOf("power", n); light.AddressOf([32]byte(k[32:])) == key.Address {
							s.Chain.Sign(b, i, k)
						}
					}
				}
			}
			return b
		}
	},
	"another chain": func(_ dice, s *lighttest.Source) {
		s.Tamper = func(b *light.LightBlock) *light.LightBlock {
			b.Header.ChainID = "another"
			s.Chain.Seal(b)
			return b
		}
	},
	"blocks of tomorrow": func(_ dice, s *lighttest.Source) {
		s.Tamper = func(b *light.LightBlock) *light.LightBlock {
			if b.Height() > 1 {
				b.Header.Time = b.Header.Time.Add(24 * time.Hour)
				s.Chain.Seal(b)
			}
			return b
		}
	},
	"a frozen head": func(d dice, s *lighttest.Source) {
		at := 1 + d.Uint64N(s.Chain.Height())
		s.Newest = func() uint64 { return at }
	},
	"nothing": func(_ dice, s *lighttest.Source) {
		s.Refuse = func(uint64) error { return &wire.Refusal{Code: wire.CodeBusy, Message: "later"} }
	},
	"nothing but the newest": func(_ dice, s *lighttest.Source) {
		s.Refuse = func(h uint64) error {
			if h != s.Chain.Height() {
				return &wire.Refusal{Code: wire.CodeNotFound, Message: "pruned"}
			}
			return nil
		}
	},
	"a block in another's place": func(d dice, s *lighttest.Source) {
		s.Tamper = func(b *light.LightBlock) *light.LightBlock { return s.Chain.Block(1 + b.Height()%s.Chain.Height()) }
	},
}

// One honest relay among up to seven liars of every kind is enough, and however many liars there are, nothing false is
// taken for true. LIGHT_RUNS sets how many runs there are.
func TestOneHonestRelayAmongLiars(t *testing.T) {
	runs := 60
	if testing.Short() {
		runs = 20
	}
	fmt.Sscan(os.Getenv("LIGHT_RUNS"), &runs)
	var kinds []string
	for k := range lies {
		kinds = append(kinds, k)
	}
	chain := lighttest.New(lighttest.Options{})
	for i := range 40 { // the set changes, so that syncing takes several steps
		spec := lighttest.Spec{}
		if i%10 == 5 {
			for n := range 4 {
				spec.Next = append(spec.Next, lighttest.Producer{Key: lighttest.KeyOf("set", i/10*3+n), Power: 10})
			}
		}
		chain.Add(spec)
	}
	for seed := range runs {
		d := newDice(uint64(seed))
		n := 2 + d.IntN(7)
		honest := d.IntN(n + n/2) // sometimes nobody
		c := client(t, chain, nil)
		var who []string
		for i := range n {
			s := chain.Source(fmt.Sprint("relay ", i))
			if i != honest {
				kind := kinds[d.IntN(len(kinds))]
				who = append(who, kind)
				lies[kind](newDice(uint64(seed*100+i)), s)
			}
			c.Add(s)
		}
		_, err := c.Sync(t.Context())
		h := c.Head()
		if honest < n && (err != nil || h == nil || h.Hash != chain.Block(0).Hash() || h.Level != level.Proven) {
			t.Fatalf("run %d, honest %d of %d, %q: %v", seed, honest, n, who, err)
		}
		if h != nil && h.Hash != chain.Block(h.Block.Height()).Hash() {
			t.Fatalf("run %d, %q: false head %d", seed, who, h.Block.Height())
		}
		if c.Fork() != nil {
			t.Fatalf("run %d, %q: %v", seed, who, c.Fork())
		}
	}
}

// Several relays are followed at once, while questions are asked: each block becomes the newest once.
func TestManyAtOnce(t *testing.T) {
	w := world(t)
	c := client(t, w.Chain, nil)
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	seen := map[uint64]int{}
	var wg sync.WaitGroup
	for i := range 4 {
		r := light.NewRelay(fmt.Sprint("relay ", i), &lighttest.Opener{Source: w.Source("")})
		c.Add(r)
		wg.Go(func() {
			err := c.Follow(ctx, r, func(h *light.Head) error {
				mu.Lock()
				defer mu.Unlock()
				seen[h.Block.Height()]++
				return nil
			})
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	const last = 30
	for w.Height() < last {
		w.Step(lighttest.Spec{}, nil)
	}
	for h := c.Head(); h == nil || h.Block.Height() < last; h = c.Head() {
		time.Sleep(time.Millisecond)
	}
	var questions sync.WaitGroup
	for i := range 3 {
		questions.Go(func() {
			for range 20 {
				if p, err := ask(t, c, "key07"); err != nil || string(p.Value()) != "value 7 new" {
					t.Error(err)
				}
				if _, err := c.At(ctx, uint64(1+7*i)); err != nil {
					t.Error(err)
				}
				c.Latest()
				c.Counts()
			}
		})
	}
	questions.Wait()
	cancel()
	wg.Wait()
	for h, n := range seen {
		if n != 1 {
			t.Errorf("block %d became the newest %d times", h, n)
		}
	}
}
