package light_test

import (
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// assault is a conflicting block with what the victim holds for right.
type assault struct {
	kind                         light.Kind
	conflicting, trusted, common *light.LightBlock
}

// assaults makes one of each kind, and of each some that random producers don't sign.
func assaults(d dice) (out []assault) {
	c := lighttest.New(lighttest.Options{Powers: []int64{40, 30, 20, 20, 10, 10, 10}, Seed: string(d.bytes(4))}).Extend(3)
	c.Add(lighttest.Spec{Next: append(c.Producers()[:6], lighttest.Producer{Key: lighttest.KeyOf("newcomer", 0), Power: 25})})
	c.Extend(6)
	silent := func() (who []int) { // less than a third of the power
		return [][]int{nil, {2}, {4, 5}, {3, 6}, {1}}[d.IntN(5)]
	}
	kinds := map[light.Kind]func(*light.LightBlock){
		light.Lunatic: func(b *light.LightBlock) {
			*[]*[]byte{&b.Header.AppHash, &b.Header.NextValidatorsHash, &b.Header.ConsensusHash, &b.Header.LastResultsHash}[d.IntN(4)] = d.bytes(32)
		},
		light.Equivocation: func(b *light.LightBlock) { b.Header.DataHash = d.bytes(32) },
		light.Amnesia:      func(b *light.LightBlock) { b.Header.DataHash = d.bytes(32) },
	}
	for kind, change := range kinds {
		height := 3 + d.Uint64N(8)
		b, trusted := c.Block(height), c.Block(height)
		c.Seal(trusted, silent()...)
		change(b)
		c.Seal(b, silent()...)
		if kind == light.Amnesia {
			b.Commit.Round = 1 + d.Int32N(3)
			for i := range b.Commit.Signatures {
				if b.Commit.Signatures[i].Flag == light.FlagCommit {
					c.Sign(b, i, c.KeyFor(b.Validators.List[i].PubKey))
				}
			}
		}
		out = append(out, assault{kind, b, trusted, c.Block(1 + d.Uint64N(height-1))})
	}
	return out
}
