package yuma_test

import (
	"os"
	"testing"
	"time"

	"github.com/taolight/taolight/core/yuma"
	"github.com/taolight/taolight/core/yuma/vector"
)

// BenchmarkEpoch measures epochs of full subnets whose validators give everybody a weight, in a workspace that is kept.
// The fastest of the runs is what compares between machines under load; the reference, native code on one thread of a
// like machine, took 2.1, 2.3 and 26.6 ms for 256 uids, 19.8, 23.8 and 413 ms for 1024 (Yuma 2, Yuma 3, liquid alpha).
func BenchmarkEpoch(b *testing.B) {
	for _, c := range []struct {
		name, file string
		liquid     bool
	}{
		{"256uids/yuma2", "n256_v64_d100_y2_la0", false},
		{"256uids/yuma3", "n256_v64_d100_y3_la0", false},
		{"256uids/liquid", "n256_v64_d100_y3_la1", true},
		{"1024uids/yuma2", "n1024_v128_d100_y2_la0", false},
		{"1024uids/yuma3", "n1024_v128_d100_y3_la1", false},
		{"1024uids/liquid", "n1024_v128_d100_y3_la1", true},
	} {
		b.Run(c.name, func(b *testing.B) {
			file, err := os.Open("testdata/bench/" + c.file + ".json.gz")
			if err != nil {
				b.Fatal(err)
			}
			defer file.Close()
			in, err := vector.Read(file)
			if err != nil {
				b.Fatal(err)
			}
			in.LiquidAlpha = c.liquid

			w, fastest := new(yuma.Workspace), time.Duration(1<<62)
			run := func() {
				if _, err := w.Epoch(in, nil); err != nil {
					b.Fatal(err)
				}
			}
			run() // makes the buffers
			b.ReportAllocs()
			for b.Loop() {
				begun := time.Now()
				run()
				fastest = min(fastest, time.Since(begun))
			}
			b.ReportMetric(float64(fastest.Microseconds())/1000, "min-ms")
		})
	}
}

// TestEpochAllocatesNothing holds a kept workspace to its promise, for both kinds of bonds.
func TestEpochAllocatesNothing(t *testing.T) {
	for _, yuma3 := range []bool{false, true} {
		in := bondsCase()
		in.Yuma3, in.LiquidAlpha, in.BondsPenalty = yuma3, true, 30_000
		w := new(yuma.Workspace)
		run := func() { _, _ = w.Epoch(in, nil) }
		run()
		if n := testing.AllocsPerRun(20, run); n != 0 {
			t.Errorf("Yuma 3 %t: %.0f allocations an epoch", yuma3, n)
		}
	}
}
