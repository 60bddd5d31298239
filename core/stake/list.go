package stake

import (
	"bytes"
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Hotkeys returns the hotkeys that a coldkey owns in the order of their bytes, from the given one on and at most limit,
// and where the next page begins, the zero account if there is none.
func Hotkeys(r state.Reader, coldkey, from keys.Account, limit int) (page []keys.Account, next keys.Account, err error) {
	prefix := ledger.TableOwned.Key().Account(coldkey)
	next, err = accounts(r, prefix, from, limit, func(hotkey keys.Account, _ []byte) error {
		page = append(page, hotkey)
		return nil
	})
	return page, next, err
}

// Nominator is one coldkey's part of a pool.
type Nominator struct {
	Coldkey keys.Account
	Value   tao.Amount
}

// Nominators returns who holds shares of a pool, the hotkey's owner among them, in the order of their bytes, paged as
// [Hotkeys] is. Pool.Holders counts them all.
func Nominators(r state.Reader, pool uint64, from keys.Account, limit int) (page []Nominator, next keys.Account, err error) {
	p, err := GetPool(r, pool)
	if err != nil {
		return nil, next, err
	}
	next, err = accounts(r, ledger.TableHolder.Key().U64(pool), from, limit, func(coldkey keys.Account, _ []byte) error {
		held, err := readShares(r, coldkey, p)
		page = append(page, Nominator{Coldkey: coldkey, Value: p.value(held)})
		return err
	})
	return page, next, err
}

// Delegate is a hotkey on which others may stake.
type Delegate struct {
	Hotkey keys.Account
	Owner  keys.Account
	Take   uint16 // share of the dividends
	Pool   uint64 // id, 0 before anybody has staked
	Total  tao.Amount
	// Nominators is how many coldkeys hold shares, the owner among them.
	Nominators uint64
}

// Delegates returns the delegates among the next limit hotkeys from the given one on, and where the next page begins, the
// zero account if there is none. A page may be empty and not the last.
func Delegates(r state.Reader, from keys.Account, limit int) (page []Delegate, next keys.Account, err error) {
	next, err = accounts(r, ledger.TableHotkey.Key(), from, limit, func(hotkey keys.Account, value []byte) error {
		var h Hotkey
		if err := codec.Decode(value, &h); err != nil {
			return fmt.Errorf("hotkey %s: %w", hotkey, err)
		}
		if !h.Delegate {
			return nil
		}
		page = append(page, Delegate{
			Hotkey: hotkey, Owner: h.Owner, Take: h.Take, Pool: h.Pool.ID, Total: h.Pool.Value, Nominators: h.Pool.Holders,
		})
		return nil
	})
	return page, next, err
}

// accounts visits the keys that are prefix and an account, from an account on and at most limit, and returns the account
// that would have been next, the zero account if there is none.
func accounts(r state.Reader, prefix ledger.Key, from keys.Account, limit int, visit func(keys.Account, []byte) error) (next keys.Account, err error) {
	start := bytes.Clone(append(prefix[:len(prefix):len(prefix)], from[:]...))
	for e, err := range r.Iterate(prefix, start) {
		if err != nil {
			return next, err
		}
		if len(e.Key) != len(prefix)+len(from) {
			return next, fmt.Errorf("state key %x: does not end in an account", e.Key)
		}
		account := keys.Account(e.Key[len(prefix):])
		if limit == 0 {
			return account, nil
		}
		limit--
		if err := visit(account, e.Value); err != nil {
			return next, err
		}
	}
	return next, nil
}
