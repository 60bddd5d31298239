package chain

import (
	"slices"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/view"
)

func TestPunishment(t *testing.T) {
	producer := func(i byte) Producer { return Producer{PubKey: [32]byte{i}, Power: 10 * int64(i)} }
	for name, tc := range map[string]struct {
		accused [][]byte // producers, by block and place in its evidence; 9 is none
		gone    [][]byte // those that are removed, by block
	}{
		"one":                          {[][]byte{{2}}, [][]byte{{2}}},
		"several at once":              {[][]byte{{4, 2, 1}}, [][]byte{{4, 2, 1}}},
		"one by one, but not the last": {[][]byte{{1}, {2}, {3}, {4}}, [][]byte{{1}, {2}, {3}, {}}},
		"all at once":                  {[][]byte{{4, 3, 2, 1}}, [][]byte{{4, 3, 2}}},
		"again":                        {[][]byte{{3}, {3}, {3, 3}}, [][]byte{{3}, {}, {}}},
		"twice in a block":             {[][]byte{{3, 4, 3}}, [][]byte{{3, 4}}},
		"a stranger":                   {[][]byte{{9, 2}, {9}}, [][]byte{{2}, {}}},
		"none":                         {[][]byte{{}}, [][]byte{{}}},
	} {
		t.Run(name, func(t *testing.T) {
			g := testGenesis(t)
			g.Producers = []Producer{producer(1), producer(2), producer(3), producer(4)}
			g.sort()
			w := worldOf(t, g)
			left := []byte{1, 2, 3, 4}
			for n, accused := range tc.accused {
				for _, who := range accused {
					w.evidence = append(w.evidence, Evidence{Address: producer(who).Address(), Height: 1})
				}
				out := w.block()
				var gone []byte
				for _, u := range out.Updates {
					if u.Power != 0 {
						t.Errorf("block %d: a power of %d is given", n, u.Power)
					}
					gone = append(gone, u.PubKey[0])
				}
				if !slices.Equal(gone, tc.gone[n]) {
					t.Errorf("block %d removes %v, want %v", n, gone, tc.gone[n])
				}
				left = slices.DeleteFunc(left, func(i byte) bool { return slices.Contains(gone, i) })
				removed := 0
				for _, e := range out.Events {
					if e.Name == "ProducerRemoved" {
						removed++
					}
				}
				if removed != len(gone) {
					t.Errorf("block %d: %d events for %d removals", n, removed, len(gone))
				}
			}
			checkProducers(t, w, left)
		})
	}
}

// checkProducers holds the query to who is left.
func checkProducers(t *testing.T, w *world, left []byte) {
	t.Helper()
	p, _ := Lookup(ProducersQuery)
	raw, err := p.Run(w.tree, codec.MustEncode(None{}))
	if err != nil {
		t.Fatal(err)
	}
	var answer view.Producers
	if err := codec.Decode(raw, &answer); err != nil {
		t.Fatal(err)
	}
	var have []byte
	power := int64(0)
	for _, p := range answer.Producers {
		if p.Address != (Producer{PubKey: p.Key}).Address() || p.Power != 10*int64(p.Key[0]) {
			t.Errorf("%+v", p)
		}
		have = append(have, p.Key[0])
		power += p.Power
	}
	slices.Sort(have)
	if !slices.Equal(have, left) || answer.Power != power {
		t.Errorf("left are %v with power %d, want %v", have, answer.Power, left)
	}
}
