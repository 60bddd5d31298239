package subnet

import (
	"encoding/binary"
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// HotkeyOf returns the hotkey at a uid, and whether there is one.
func HotkeyOf(r state.Reader, id uint64, uid uint16) (hotkey keys.Account, ok bool, err error) {
	ok, err = ledger.Load(r, Key(id, FieldHotkey).U16(uid), &hotkey)
	return hotkey, ok, err
}

// UIDOf returns the uid of a hotkey, and whether it is registered.
func UIDOf(r state.Reader, id uint64, hotkey keys.Account) (uid uint16, ok bool, err error) {
	ok, err = ledger.Load(r, Key(id, FieldUID).Account(hotkey), &uid)
	return uid, ok, err
}

// Hotkeys returns the hotkeys of all n uids, in order.
func Hotkeys(r state.Reader, id uint64, n uint16) ([]keys.Account, error) {
	all := make([]keys.Account, 0, n)
	prefix := Key(id, FieldHotkey)
	for e, err := range r.Iterate(prefix, nil) {
		if err != nil {
			return nil, err
		}
		if len(e.Key) != len(prefix)+2 || int(binary.BigEndian.Uint16(e.Key[len(prefix):])) != len(all) {
			return nil, fmt.Errorf("state key %x: not that of uid %d", e.Key, len(all))
		}
		var hotkey keys.Account
		if err := codec.Decode(e.Value, &hotkey); err != nil {
			return nil, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		all = append(all, hotkey)
	}
	if len(all) != int(n) {
		return nil, fmt.Errorf("subnet: %d of the %d uids of subnet %d have a hotkey", len(all), n, id)
	}
	return all, nil
}

// Append registers a hotkey at the next uid: it starts with nothing, and has set no weights since now.
func Append(l *ledger.Ledger, s *Entry, hotkey keys.Account) (uid uint16, err error) {
	uid = s.Uids
	for _, c := range Columns {
		if err := extend(l, s.ID, c); err != nil {
			return 0, err
		}
	}
	s.Uids++
	if err := l.Put(Key(s.ID, FieldSubnet), s.Subnet); err != nil {
		return 0, err
	}
	return uid, place(l, s.ID, uid, hotkey)
}

// extend adds a zero to a column.
func extend(l *ledger.Ledger, id uint64, c Column) error {
	v, err := readNumbers(l, id, c)
	if err != nil {
		return err
	}
	return putNumbers(l, id, c, append(v, 0))
}

// Replace gives a uid to another hotkey. The newcomer has nothing of who was there before: its columns begin at zero, its
// rows, commits and announcements are gone, and so is what others have said of the uid.
func Replace(l *ledger.Ledger, s *Entry, uid uint16, hotkey keys.Account) error {
	old, ok, err := HotkeyOf(l, s.ID, uid)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("subnet: uid %d of subnet %d is free", uid, s.ID)
	}
	if err := l.Delete(Key(s.ID, FieldUID).Account(old)); err != nil {
		return err
	}
	for _, c := range Columns {
		v, err := readNumbers(l, s.ID, c)
		if err != nil {
			return err
		}
		v[uid] = 0
		if err := putNumbers(l, s.ID, c, v); err != nil {
			return err
		}
	}
	for _, f := range []Field{FieldWeights, FieldBonds, FieldCommits, FieldAxon, FieldPrometheus, FieldCommitment} {
		if err := l.Delete(Key(s.ID, f).U16(uid)); err != nil {
			return err
		}
	}
	for _, f := range []Field{FieldWeights, FieldBonds} {
		if f == FieldWeights && s.Netuid == RootNetuid {
			continue // what the root network weighs are subnets, not its own seats
		}
		if err := forget(l, s, f, uid); err != nil {
			return err
		}
	}
	return place(l, s.ID, uid, hotkey)
}

// forget takes what rows say of a uid, or on the root network of a netuid, out of them.
func forget(l *ledger.Ledger, s *Entry, f Field, uid uint16) error {
	rows, err := ReadRows(l, s.ID, f, s.Uids)
	if err != nil {
		return err
	}
	for i, row := range rows {
		kept := row[:0]
		for _, e := range row {
			if e.UID != uid {
				kept = append(kept, e)
			}
		}
		if len(kept) == len(row) {
			continue
		}
		if err := PutRow(l, s.ID, f, uint16(i), kept); err != nil {
			return err
		}
	}
	return nil
}

// place writes who is at a uid since now.
func place(l *ledger.Ledger, id uint64, uid uint16, hotkey keys.Account) error {
	if err := l.Put(Key(id, FieldHotkey).U16(uid), hotkey); err != nil {
		return err
	}
	if err := l.Put(Key(id, FieldUID).Account(hotkey), uid); err != nil {
		return err
	}
	for _, c := range []Column{RegisteredAt, LastUpdate} {
		if err := SetElement(l, id, c, uid, l.Height); err != nil {
			return err
		}
	}
	return SetElement(l, id, Active, uid, true)
}
