package tao_test

import (
	"testing"

	"github.com/taolight/taolight/core/fuzztest"
	"github.com/taolight/taolight/core/tao"
)

func FuzzAmount(f *testing.F) { fuzztest.Text[tao.Amount](f, "0", "18446744073709551615", "007", "-1") }

// FuzzParse: an amount that was read is at most all there is, and reads the same however it is written.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"1.5", "0.000000500", "12tao", " 500rao", "21000000", "0.0000000001", "1.5rao", "."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := tao.Parse(text)
		if err != nil {
			return
		}
		if a > tao.Cap {
			t.Fatalf("%q is %d", text, a)
		}
		for _, written := range []string{a.TAOString(), a.TAOString() + "tao", a.String() + "rao"} {
			if b, err := tao.Parse(written); err != nil || b != a {
				t.Fatalf("%q is %d, written %s that is %d, %v", text, a, written, b, err)
			}
		}
	})
}
