package light_test

import (
	"fmt"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

var sizes = []int{4, 21, 64, 100}

func sized(n int) *lighttest.Chain {
	ps := make([]int64, n)
	for i := range ps {
		ps[i] = 10
	}
	return lighttest.New(lighttest.Options{Powers: ps}).Extend(3)
}

// BenchmarkVerify is what one new head costs: adjacent, or after a gap.
func BenchmarkVerify(b *testing.B) {
	for _, n := range sizes {
		c := sized(n)
		trusted, now := c.Block(1), c.Now()
		for i, name := range []string{"adjacent", "skipping"} {
			next := c.Block(uint64(2 + i))
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					if err := light.Verify(trusted, next, now, light.Params{}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(next.Encode())), "bytes/block")
			})
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, n := range sizes {
		raw := sized(n).Block(2).Encode()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			for b.Loop() {
				if _, err := light.DecodeLightBlock(raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOversized is what an attacker can make a client do with the largest set that fits into a light block and
// signatures that are worth nothing.
func BenchmarkOversized(b *testing.B) {
	c := lighttest.New(lighttest.Options{}).Extend(3)
	raw := crowded(c, 3, strangers(light.MaxValidators), 500).Encode()
	trusted, now := c.Block(1), c.Now()
	for b.Loop() {
		next, err := light.DecodeLightBlock(raw)
		if err != nil {
			b.Fatal(err)
		}
		if err := light.Verify(trusted, next, now, light.Params{}); light.Code(err) != "not_enough_trust" {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(raw)), "bytes/block")
}
