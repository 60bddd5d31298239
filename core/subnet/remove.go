package subnet

import (
	"slices"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// NetworkRemoved is the event of a subnet's end.
type NetworkRemoved struct {
	_        struct{} `cbor:",toarray"`
	Netuid   uint16
	Owner    keys.Account
	Lock     tao.Amount // paid back to the owner
	Recycled tao.Amount // emission that was pending
}

// Remove ends a subnet. Its pending emission is recycled, its lock is the owner's again and its netuid is free at once.
// What it owned lies under an id that is never used again, so nothing can find it from now on; [Sweep] deletes it when the
// block ends, and goes on in later blocks where it is a lot: the call itself costs the same whatever the subnet holds.
// The root network forgets what it said of the netuid, so that a later subnet there inherits no weight.
func Remove(l *ledger.Ledger, s *Entry) error {
	l.Totals.Pending -= s.Pending
	l.Recycle(s.Pending)
	if err := account.Unreserve(l, s.Owner, s.Lock); err != nil {
		return err
	}
	if err := l.Delete(netuidKey(s.Netuid)); err != nil {
		return err
	}
	root, ok, err := Get(l, RootNetuid)
	if err == nil && ok {
		err = forget(l, &root, FieldWeights, s.Netuid)
	}
	if err != nil {
		return err
	}
	removed, err := readRemoved(l)
	if err != nil {
		return err
	}
	if err := l.Put(removedKey(), append(removed, s.ID)); err != nil {
		return err
	}
	return l.Emit("NetworkRemoved", NetworkRemoved{Netuid: s.Netuid, Owner: s.Owner, Lock: s.Lock, Recycled: s.Pending})
}

func removedKey() ledger.Key { return ledger.TableGlobal.Key().Byte(ledger.FieldRemoved) }

func readRemoved(l *ledger.Ledger) (ids []uint64, err error) {
	_, err = ledger.Load(l, removedKey(), &ids)
	return ids, err
}

// Sweep deletes what removed subnets owned, at most so many keys.
func Sweep(l *ledger.Ledger, most int) error {
	ids, err := readRemoved(l)
	if err != nil || len(ids) == 0 {
		return err
	}
	for len(ids) > 0 && most > 0 {
		keys, err := first(l, ledger.TableSubnet.Key().U64(ids[0]), most)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := l.Delete(key); err != nil {
				return err
			}
		}
		if len(keys) < most {
			ids = ids[1:]
		}
		most -= len(keys)
	}
	if len(ids) == 0 {
		return l.Delete(removedKey())
	}
	return l.Put(removedKey(), ids)
}

// first returns the first keys with a prefix, at most so many.
func first(l *ledger.Ledger, prefix ledger.Key, most int) (keys [][]byte, err error) {
	for e, err := range l.Iterate(prefix, nil) {
		if err != nil {
			return nil, err
		}
		if keys = append(keys, slices.Clone(e.Key)); len(keys) == most {
			break
		}
	}
	return keys, nil
}
