package strictjson_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/strictjson"
)

// FuzzUints: the fast way through a list of numbers takes what the slow one does.
func FuzzUints(f *testing.F) {
	for _, s := range []string{`[1,2,3]`, `[]`, `[ 18446744073709551615 ]`, `[null]`, `[1,-1]`, `[01]`, `[1e3]`, `[1`, `[1,]`, `[99,100]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		const most, max = 10, 99
		fast := strictjson.NewReader(bytes.NewReader(doc))
		got, err := fast.Uints(nil, most, max)
		if err == nil {
			err = fast.End()
		}
		slow, want := strictjson.NewReader(bytes.NewReader(doc)), []uint64(nil)
		problem := slow.Array(most, func(int) error {
			n, err := slow.Uint(max)
			want = append(want, n)
			return err
		})
		if problem == nil {
			problem = slow.End()
		}
		if (err == nil) != (problem == nil) || err == nil && !slices.Equal(got, want) {
			t.Fatalf("%q: %v, %v; one by one %v, %v", doc, got, err, want, problem)
		}
	})
}
