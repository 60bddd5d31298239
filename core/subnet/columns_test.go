package subnet

import (
	"slices"
	"testing"

	"github.com/taolight/taolight/core/ledger/ledgertest"
	"pgregory.net/rapid"
)

// Columns come back as they were, whatever their largest number.
func TestPackedColumns(t *testing.T) {
	l := ledgertest.New(t)
	rapid.Check(t, func(t *rapid.T) {
		most := uint64(1)<<rapid.IntRange(0, 63).Draw(t, "bits")*2 - 1
		wide := rapid.SliceOfN(rapid.Uint64Range(0, most), 0, 40).Draw(t, "wide")
		if err := PutColumn(l, 1, Emission, wide); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadColumn[uint64](l, 1, Emission); err != nil || !slices.Equal(got, wide) {
			t.Fatalf("%v comes back as %v, %v", wide, got, err)
		}
		shares := rapid.SliceOfN(rapid.Uint16(), 0, 40).Draw(t, "shares")
		if err := PutColumn(l, 1, Incentive, shares); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadColumn[uint16](l, 1, Incentive); err != nil || !slices.Equal(got, shares) {
			t.Fatalf("%v comes back as %v, %v", shares, got, err)
		}
		flags := rapid.SliceOfN(rapid.Bool(), 0, 40).Draw(t, "flags")
		if err := PutColumn(l, 1, Active, flags); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadColumn[bool](l, 1, Active); err != nil || !slices.Equal(got, flags) {
			t.Fatalf("%v comes back as %v, %v", flags, got, err)
		}
	})
	if err := PutColumn(l, 1, Emission, []uint16{1}); err == nil {
		t.Error("a column took another type")
	}
	for _, packed := range [][]byte{{0}, {0, 1}, {9, 1}, {2, 1}} {
		if err := l.Put(Key(1, FieldColumn).Byte(byte(Emission)), packed); err != nil {
			t.Fatal(err)
		}
		if v, err := ReadColumn[uint64](l, 1, Emission); err == nil {
			t.Errorf("%x is read as %v", packed, v)
		}
	}
}
