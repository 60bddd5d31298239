package hyper_test

import (
	"testing"

	"github.com/taolight/taolight/core/hyper"
)

// FuzzParse: a value of a hyperparameter that was read is written so that it reads the same.
func FuzzParse(f *testing.F) {
	for i, s := range []string{"1", "true", "-5", "18446744073709551616", "0x1", "false"} {
		f.Add(uint8(i), s)
	}
	f.Fuzz(func(t *testing.T, i uint8, text string) {
		s := &hyper.Table[int(i)%len(hyper.Table)]
		v, err := s.Parse(text)
		if err != nil {
			return
		}
		if again, err := s.Parse(s.Format(v)); err != nil || again != v {
			t.Fatalf("%s: %q is %d, written %s that is %d, %v", s.Name, text, v, s.Format(v), again, err)
		}
	})
}
