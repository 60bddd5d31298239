package subnet

import (
	"slices"
	"testing"

	"github.com/taolight/taolight/core/yuma"
	"pgregory.net/rapid"
)

// Rows of any shape come back as they were, in their order.
func TestPackedRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var row yuma.Row
		for range rapid.IntRange(0, 6).Draw(t, "runs") {
			first := rapid.Uint16().Draw(t, "first")
			for i := range rapid.IntRange(1, 600).Draw(t, "length") {
				row = append(row, yuma.Entry{UID: first + uint16(i), Value: rapid.Uint16().Draw(t, "value")})
			}
		}
		packed := packRow(row)
		back, err := unpackRow(packed)
		if err != nil || !slices.Equal(back, row) {
			t.Fatalf("%v is packed as %x and comes back as %v, %v", row, packed, back, err)
		}
		if len(packed) > 5*len(row) {
			t.Fatalf("%d bytes for %d entries", len(packed), len(row))
		}
	})
	for _, packed := range [][]byte{{0}, {0, 1}, {0, 1, 0}, {0, 1, 0, 7}, {0, 1, 1, 0, 7}, {0xff, 0xff, 1, 0, 7, 0, 8}} {
		if row, err := unpackRow(packed); err == nil {
			t.Errorf("%x is read as %v", packed, row)
		}
	}
}
