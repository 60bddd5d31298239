package subnet_test

import (
	"slices"
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/ledger/ledgertest"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/yuma"
)

// members makes a subnet with so many hotkeys, whose first byte is their uid plus 1.
func members(t *testing.T, l *ledger.Ledger, netuid uint16, n byte) subnet.Entry {
	t.Helper()
	s, err := subnet.Create(l, subnet.Subnet{Netuid: netuid}, hyper.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		uid, err := subnet.Append(l, &s, keys.Account{i + 1})
		if err != nil || uid != uint16(i) {
			t.Fatal(uid, err)
		}
	}
	return s
}

// row makes a row of uid, value, uid, value …
func row(flat ...uint16) (r yuma.Row) {
	for k := 0; k < len(flat); k += 2 {
		r = append(r, yuma.Entry{UID: flat[k], Value: flat[k+1]})
	}
	return r
}

// A newcomer inherits nothing but the slot.
func TestReplaceLeavesNothingBehind(t *testing.T) {
	l := ledgertest.New(t)
	s := members(t, l, 1, 3)
	for _, c := range []subnet.Column{subnet.Incentive, subnet.PruningScore} {
		if err := subnet.PutColumn(l, s.ID, c, []uint16{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
	}
	if err := subnet.PutColumn(l, s.ID, subnet.ValidatorPermit, []bool{true, true, true}); err != nil {
		t.Fatal(err)
	}
	for uid := range uint16(3) {
		for _, f := range []subnet.Field{subnet.FieldWeights, subnet.FieldBonds} {
			if err := subnet.PutRow(l, s.ID, f, uid, row(0, 5, 1, 6, 2, 7)); err != nil {
				t.Fatal(err)
			}
		}
	}
	l.Height = 40
	newcomer := keys.Account{9}
	if err := subnet.Replace(l, &s, 1, newcomer); err != nil {
		t.Fatal(err)
	}
	if hotkey, _, err := subnet.HotkeyOf(l, s.ID, 1); err != nil || hotkey != newcomer {
		t.Error(hotkey, err)
	}
	if _, ok, err := subnet.UIDOf(l, s.ID, keys.Account{2}); err != nil || ok {
		t.Error("the old hotkey still has a uid", err)
	}
	incentive, err := subnet.ReadColumn[uint16](l, s.ID, subnet.Incentive)
	if err != nil || !slices.Equal(incentive, []uint16{1, 0, 3}) {
		t.Error(incentive, err)
	}
	permits, err := subnet.ReadColumn[bool](l, s.ID, subnet.ValidatorPermit)
	if err != nil || !slices.Equal(permits, []bool{true, false, true}) {
		t.Error(permits, err)
	}
	registered, err := subnet.ReadColumn[uint64](l, s.ID, subnet.RegisteredAt)
	if err != nil || !slices.Equal(registered, []uint64{1, 40, 1}) {
		t.Error(registered, err)
	}
	for _, f := range []subnet.Field{subnet.FieldWeights, subnet.FieldBonds} {
		rows, err := subnet.ReadRows(l, s.ID, f, s.Uids)
		if err != nil || len(rows[1]) != 0 || !slices.Equal(rows[0], row(0, 5, 2, 7)) || !slices.Equal(rows[2], rows[0]) {
			t.Error(rows, err)
		}
	}
}

// On the root network rows are about subnets: who takes a seat changes nothing about others' votes.
func TestRootSeatsDoNotTouchVotes(t *testing.T) {
	l := ledgertest.New(t)
	s := members(t, l, subnet.RootNetuid, 3)
	vote := row(1, 65_535, 0, 32_768)
	if err := subnet.PutRow(l, s.ID, subnet.FieldWeights, 0, vote); err != nil {
		t.Fatal(err)
	}
	if err := subnet.Replace(l, &s, 1, keys.Account{9}); err != nil {
		t.Fatal(err)
	}
	if got, err := subnet.ReadRow(l, s.ID, subnet.FieldWeights, 0); err != nil || !slices.Equal(got, vote) {
		t.Error(got, err)
	}
}
