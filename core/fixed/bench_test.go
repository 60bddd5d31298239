package fixed_test

import (
	"testing"

	"github.com/taolight/taolight/core/fixed"
)

func BenchmarkExp(b *testing.B) {
	var sum fixed.I32F32
	for b.Loop() {
		for x := -5 * fixed.One; x < 5*fixed.One; x += fixed.One / 10 {
			sum += fixed.Exp(x + sum&1)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/exp")
}
