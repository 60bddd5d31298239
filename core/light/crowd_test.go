package light_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

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
