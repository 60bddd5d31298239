package subnet_test

import (
	"math"
	"testing"

	"github.com/taolight/taolight/core/subnet"
	"pgregory.net/rapid"
)

func TestP16EpochSchedule(t *testing.T) {
	for _, c := range []struct {
		netuid, tempo uint16
		height, want  uint64
	}{{0, 1, 0, 0}, {1, 1, 0, 1}, {1, 10, 0, 8}, {1, 10, 8, 0}, {1, 10, 9, 10}, {math.MaxUint16, math.MaxUint16, 0, math.MaxUint16}} {
		if got, ok := subnet.BlocksUntilEpoch(c.netuid, c.tempo, c.height); got != c.want || !ok {
			t.Errorf("subnet %d of tempo %d at block %d: %d blocks, %t; want %d", c.netuid, c.tempo, c.height, got, ok, c.want)
		}
	}
	if _, ok := subnet.BlocksUntilEpoch(1, 0, 5); ok {
		t.Error("a tempo of 0 has epochs")
	}
}

// Block by block it counts down to 0, and starts again a tempo higher.
func TestEpochsComeInTurn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		netuid, tempo := rapid.Uint16().Draw(t, "netuid"), rapid.Uint16Min(1).Draw(t, "tempo")
		height := rapid.Uint64Max(math.MaxUint64-1).Draw(t, "height")
		now, _ := subnet.BlocksUntilEpoch(netuid, tempo, height)
		next, _ := subnet.BlocksUntilEpoch(netuid, tempo, height+1)
		if now == 0 && next != uint64(tempo) || now > 0 && next != now-1 {
			t.Fatalf("%d and then %d", now, next)
		}
	})
}
