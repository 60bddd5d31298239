package light_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// A visitor comes back after nearly the whole trusting period: 100,000 blocks of 12 s, a producer replaced every 2,000.
const (
	skipped  = 100_000
	turnover = 2_000
)

var producerCounts = []int{21, 100}

// BenchmarkSkip verifies the newest block from the first. The source's blocks are signed beforehand and decoded each time;
// away is how long it takes to answer, which in a browser is most of the time.
func BenchmarkSkip(b *testing.B) {
	for _, n := range producerCounts {
		chain := lighttest.NewLong(n, turnover, skipped)
		for _, away := range []time.Duration{0, 50 * time.Millisecond} {
			b.Run(fmt.Sprintf("producers=%d/away=%v", n, away), func(b *testing.B) {
				chain.Away = 0
				c := skip(b, chain)
				heights, bytes := chain.Served()
				chain.Away = away
				fastest := time.Duration(1 << 62)
				for b.Loop() {
					begun := time.Now()
					skip(b, chain)
					fastest = min(fastest, time.Since(begun))
				}
				chain.Served()
				b.ReportMetric(float64(fastest.Microseconds())/1000, "min-ms")
				b.ReportMetric(float64(len(heights)), "blocks")
				b.ReportMetric(float64(bytes), "bytes")
				b.ReportMetric(float64(c.Counts().Headers-1), "steps")
				b.ReportMetric(float64(c.Counts().Signatures), "signatures")
			})
		}
	}
}

// skip verifies the newest block with a new client that trusts the first.
func skip(t testing.TB, chain *lighttest.Long) *light.Client {
	t.Helper()
	c := visitor(t, chain, chain)
	if h, err := c.Sync(t.Context()); err != nil || h.Block.Height() != chain.Height {
		t.Fatalf("%v, %v", h, err)
	}
	return c
}

func visitor(t testing.TB, chain *lighttest.Long, s light.Source) *light.Client {
	t.Helper()
	c, err := light.NewClient(t.Context(), light.Config{ChainID: chain.ID(), Trust: chain.Trust(1), Now: chain.Now, Sources: []light.Source{s}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}
