package light_test

import (
	"math/rand/v2"
	"time"

	"github.com/taolight/taolight/core/light"
)

// dice make random values that are the same in every run.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 1))} }

func (d dice) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(d.Uint32())
	}
	return b
}

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func (d dice) time() time.Time {
	switch d.IntN(8) {
	case 0:
		return time.Time{}
	case 1:
		return time.Unix(0, 0).UTC()
	case 2:
		return time.Unix(-d.Int64N(1<<35), d.Int64N(1e9)).UTC()
	default:
		return time.Unix(d.Int64N(1<<33), d.Int64N(1e9)).UTC()
	}
}

func (d dice) id() light.BlockID {
	if d.chance(10) {
		return light.BlockID{}
	}
	return light.BlockID{Hash: d.bytes(32), PartsTotal: d.Uint32(), PartsHash: d.bytes(32)}
}
