package light_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

func TestBetweenIsStrictlyBetween(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range uint64(20_000) {
		from := rnd.Uint64() >> (1 + rnd.IntN(63))
		d := 2 + i
		if i > 100 {
			d += rnd.Uint64() >> (1 + rnd.IntN(63))
		}
		pieces := 2 + rnd.Uint64N(3)
		heights := light.Between(from, from+d, pieces)
		if len(heights) == 0 || uint64(len(heights)) >= pieces {
			t.Fatalf("%d heights between %d and %d blocks on in %d pieces", len(heights), from, d, pieces)
		}
		last := from + d
		for _, h := range heights {
			if h >= last || h <= from {
				t.Fatalf("%v between %d and %d", heights, from, from+d)
			}
			last = h
		}
		if nearest := heights[len(heights)-1]; nearest-from > d/2 {
			t.Fatalf("the nearest of %v is more than half of %d away from %d", heights, d, from)
		}
	}
}

// Where the trusted producers are all gone, three blocks are asked for at once: here none is answered before the third
// was asked for.
func TestSkipAsksAtOnce(t *testing.T) {
	chain := lighttest.NewLong(21, turnover, skipped)
	crowd := &together{Long: chain, of: 3, all: make(chan struct{})}
	c := visitor(t, chain, crowd)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	h, err := c.Sync(ctx)
	if err != nil || h.Block.Height() != skipped {
		t.Fatal(h, err)
	}
	if heights, _ := chain.Served(); !slices.Equal(heights[:2], []uint64{skipped, 1}) || len(heights) != 5 {
		t.Errorf("asked for %v", heights)
	}
}

// together is a source that answers the first requests for blocks between only when so many are waiting.
type together struct {
	*lighttest.Long
	of  int
	all chan struct{}

	mu      sync.Mutex
	waiting int
}

func (s *together) LightBlock(ctx context.Context, from, to uint64) ([]*light.LightBlock, error) {
	if from > 1 && from < s.Height {
		s.mu.Lock()
		if s.waiting++; s.waiting == s.of {
			close(s.all)
		}
		s.mu.Unlock()
		select {
		case <-s.all:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return s.Long.LightBlock(ctx, from, to)
}

// One block that can't be had ends the others' requests, and its error is the one that is told.
func TestSkipGivesUpTogether(t *testing.T) {
	chain := lighttest.NewLong(21, turnover, skipped)
	gone := errors.New("gone")
	partial := &withholding{Long: chain, height: skipped / 2, err: gone}
	if _, err := visitor(t, chain, partial).Sync(t.Context()); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}

// withholding is a source that has one block not, and never answers for other blocks between.
type withholding struct {
	*lighttest.Long
	height uint64
	err    error
}

func (s *withholding) LightBlock(ctx context.Context, from, to uint64) ([]*light.LightBlock, error) {
	switch {
	case from == s.height:
		return nil, s.err
	case from > 1 && from < s.Height:
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}
	return s.Long.LightBlock(ctx, from, to)
}

// Whatever the turnover is, the newest block is reached, in steps that each keep a third.
func TestSkipOverAnyTurnover(t *testing.T) {
	for _, test := range []struct {
		producers     int
		every, height uint64
	}{{4, 7, 300}, {4, 100, 3000}, {7, 20, 2000}, {21, 60, 9000}, {21, 5000, skipped}} {
		chain := lighttest.NewLong(test.producers, test.every, test.height)
		c := skip(t, chain)
		longest := test.every * uint64(test.producers*2/3+1)
		heights, _ := chain.Served()
		if most := 3*int(test.height/longest) + 10; len(heights) > most {
			t.Errorf("%+v: %d blocks were asked for, at most %d were expected", test, len(heights), most)
		}
		if steps := c.Counts().Headers - 1; steps < test.height/longest {
			t.Errorf("%+v: %d steps, which are too large", test, steps)
		}
	}
}

// A source whose blocks are signed, but by strangers, is asked for few of them before it shows two neighbours that can't be.
func TestAttackStrangersAtEveryHeight(t *testing.T) {
	chain := lighttest.NewLong(4, 1, 1<<40)
	c := visitor(t, chain, chain)
	var fork *light.ForkError
	if _, err := c.Sync(t.Context()); !errors.As(err, &fork) {
		t.Errorf("got %v", err)
	}
	if heights, _ := chain.Served(); len(heights) > 2*40+2 {
		t.Errorf("%d blocks were asked for", len(heights))
	}
}
