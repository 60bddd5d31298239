package bundle_test

import (
	"fmt"
	"testing"

	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
)

// BenchmarkVerifyBundle is what one file costs: its decoding, one hop, the top's signatures, the witness and the program.
func BenchmarkVerifyBundle(b *testing.B) {
	for _, n := range []int{4, 21, 100} {
		powers := make([]int64, n)
		for i := range powers {
			powers[i] = 10
		}
		w := world(b, lighttest.Options{Powers: powers})
		c := client(b, w, w.Trust(1))
		for name, proof := range map[string]*bundle.Bundle{"figure": figure(b, c, 10), "transaction": transaction(b, c, 2)} {
			raw, o := encode(b, proof), trusting(w.Trust(1))
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					if _, err := bundle.Check(raw, w.Now(), o); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(raw)), "bytes/file")
			})
		}
	}
}
