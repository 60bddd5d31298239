package bundle_test

import (
	"bytes"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
)

// seeds are one file of each kind and shape.
func seeds(f *testing.F) {
	w := world(f, lighttest.Options{Powers: []int64{10}})
	c := client(f, w, w.Trust(1))
	f.Add(encode(f, figure(f, c, 10)))
	f.Add(encode(f, figure(f, client(f, w, w.Trust(9)), 4)))
	f.Add(encode(f, transaction(f, c, 2)))
	_, split := forked(f, lighttest.Options{Powers: []int64{10}}, 1)
	f.Add(encode(f, forkFile(f, split)))
	l := market(f, nil)
	f.Add(encode(f, block(f, follower(f, l, 9), 5)))
	f.Add([]byte("\x89htaoproof\x01"))
}

func FuzzDecode(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := bundle.Decode(raw)
		if err != nil {
			if light.VerdictOf(err) == light.Accept {
				t.Error(err)
			}
			return
		}
		if again, err := b.Encode(); err != nil || !bytes.Equal(again, raw) {
			t.Errorf("%x is written again as %x, %v", raw, again, err)
		}
	})
}

// Whatever a file holds, checking it ends, with a report; and nothing is accepted that doesn't begin at a trusted block.
func FuzzCheck(f *testing.F) {
	seeds(f)
	w := world(f, lighttest.Options{Powers: []int64{10}})
	now := w.Now()
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, o := range []bundle.Options{{AcceptRoot: true}, {}, {Trust: []light.TrustRoot{w.Trust(1), w.Trust(9)}}} {
			r, err := bundle.Check(raw, now, o)
			if r == nil || r.Err != err || len(r.Steps) == 0 || r.Verdict != light.VerdictOf(err) {
				t.Fatalf("%+v, %v", r, err)
			}
			if err == nil && r.Standing == bundle.Foreign {
				t.Errorf("accepted from a foreign root: %x", raw)
			}
		}
	})
}
