package registration

import (
	"testing"

	"github.com/taolight/taolight/core/tao"
	"pgregory.net/rapid"
)

func TestP26BurnDecay(t *testing.T) {
	burn := Bump(1000, 2*One)
	if burn != 2000 {
		t.Errorf("after a registration %d, want 2000", burn)
	}
	if burn = Decay(burn, DecayFactor(1000), 0); burn != 1998 {
		t.Errorf("a block later %d, want 1998", burn)
	}
}

func TestDecayHalvesInAHalfLife(t *testing.T) {
	for _, halfLife := range []uint16{1, 2, 360, 1000, 36_100} {
		factor, burn := DecayFactor(halfLife), tao.Cap
		for range halfLife {
			burn = Decay(burn, factor, 0)
		}
		if off := int64(burn) - int64(tao.Cap/2); max(off, -off) > int64(tao.Cap/50_000) {
			t.Errorf("after %d blocks %d is left of %d", halfLife, burn, tao.Cap)
		}
	}
	if Decay(7, DecayFactor(0), 0) != 7 || Decay(7, 3*One, 0) != 7 || Decay(7, 0, 5) != 5 {
		t.Error("the edges of a decay")
	}
}

func TestBumpAndDecayMoveOneWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		burn := tao.Amount(rapid.Uint64Range(0, uint64(tao.Cap)).Draw(t, "burn"))
		if next := Bump(burn, rapid.Uint64Min(One).Draw(t, "multiplier")); next < burn || next > tao.Cap {
			t.Fatalf("from %d up to %d", burn, next)
		}
		if next := Decay(burn, rapid.Uint64().Draw(t, "factor"), 0); next > burn {
			t.Fatalf("from %d down to %d", burn, next)
		}
	})
}
