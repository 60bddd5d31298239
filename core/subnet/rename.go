package subnet

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// Rename puts a hotkey in the place of another that its owner gives up: at its uid, with everything that is kept there,
// and as the hotkey of the subnet's owner. Neither is refused where old has no such place; new must have none.
func Rename(l *ledger.Ledger, s *Entry, old, new keys.Account) error {
	if s.Hotkey == old {
		s.Hotkey = new
		if err := l.Put(Key(s.ID, FieldSubnet), s.Subnet); err != nil {
			return err
		}
	}
	uid, ok, err := UIDOf(l, s.ID, old)
	if err != nil || !ok {
		return err
	}
	if err := l.Delete(Key(s.ID, FieldUID).Account(old)); err != nil {
		return err
	}
	if err := l.Put(Key(s.ID, FieldUID).Account(new), uid); err != nil {
		return err
	}
	return l.Put(Key(s.ID, FieldHotkey).U16(uid), new)
}

// Locked returns what is reserved of a coldkey for the subnets that it owns, and how many there are.
func Locked(all []Entry, owner keys.Account) (lock tao.Amount, subnets int) {
	for _, s := range all {
		if s.Netuid != RootNetuid && s.Owner == owner {
			lock += s.Lock
			subnets++
		}
	}
	return lock, subnets
}

// Reown gives all subnets of a coldkey to another. What is reserved for them the caller moves.
func Reown(l *ledger.Ledger, all []Entry, old, new keys.Account) error {
	for i := range all {
		s := &all[i]
		if s.Netuid == RootNetuid || s.Owner != old {
			continue
		}
		s.Owner = new
		if err := l.Put(Key(s.ID, FieldSubnet), s.Subnet); err != nil {
			return err
		}
	}
	return nil
}
