package stake

import (
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// shareKey is where a position is: its shares, or none where the coldkey owns the hotkey, whose record has them then.
func shareKey(coldkey keys.Account, pool uint64) ledger.Key {
	return ledger.TableShare.Key().Account(coldkey).U64(pool)
}

// holderKey is the index from pools to coldkeys, for those who list a pool's nominators.
func holderKey(pool uint64, coldkey keys.Account) ledger.Key {
	return ledger.TableHolder.Key().U64(pool).Account(coldkey)
}

// Position is one coldkey's part of one pool.
type Position struct {
	ID    uint64 // of the pool
	Pool  Pool
	Value tao.Amount
}

// Positions returns the positions of a coldkey in the order of pool ids, from the given id on and at most limit, and
// the pool id at which the next page begins, 0 if there is none.
func Positions(r state.Reader, coldkey keys.Account, from uint64, limit int) (page []Position, next uint64, err error) {
	prefix := ledger.TableShare.Key().Account(coldkey)
	for entry, err := range r.Iterate(prefix, shareKey(coldkey, from)) {
		if err != nil {
			return nil, 0, err
		}
		// A relay that nobody has held to a trust root can show a state that no chain made.
		if len(entry.Key) != len(prefix)+8 {
			return nil, 0, fmt.Errorf("state key %x: not a share's", entry.Key)
		}
		id := binary.BigEndian.Uint64(entry.Key[len(prefix):])
		if len(page) == limit {
			return page, id, nil
		}
		var shares Shares
		if err := codec.Decode(entry.Value, &shares); err != nil {
			return nil, 0, fmt.Errorf("state key %x: %w", entry.Key, err)
		}
		pool, err := GetPool(r, id)
		if err != nil {
			return nil, 0, err
		}
		if pool.Owner == coldkey {
			shares = pool.Own
		}
		page = append(page, Position{ID: id, Pool: pool, Value: pool.value(shares.int())})
	}
	return page, 0, nil
}

// deposit turns amount, which has left the free balance, into shares of coldkey, and returns what they are all worth then.
// The hotkey has an owner.
func deposit(l *ledger.Ledger, coldkey, hotkey keys.Account, amount tao.Amount) (tao.Amount, error) {
	h, _, err := GetHotkey(l, hotkey)
	if err != nil {
		return 0, err
	}
	pool := h.Pool
	if err := pool.open(l); err != nil {
		return 0, err
	}
	held, err := readShares(l, coldkey, pool)
	if err != nil {
		return 0, err
	}
	minted, err := pool.mint(amount)
	if err != nil {
		return 0, err
	}
	if minted.Sign() == 0 {
		return 0, ledger.Refuse(ledger.StakeTooLow, "%d rao are less than one share of this pool", amount)
	}
	l.Totals.Staked += amount
	after := new(big.Int).Add(held, minted)
	if err := writeShares(l, coldkey, &pool, held, after); err != nil {
		return 0, err
	}
	return pool.value(after), putPool(l, pool)
}

// withdraw takes amount (everything if all) out of coldkey's shares and returns what was taken and what is left.
func withdraw(l *ledger.Ledger, coldkey, hotkey keys.Account, amount tao.Amount, all bool) (taken, left tao.Amount, err error) {
	pool, held, amount, err := holding(l, coldkey, hotkey, amount, all)
	if err != nil {
		return 0, 0, err
	}
	burnt, err := pool.burn(amount, held)
	if err != nil {
		return 0, 0, err
	}
	l.Totals.Staked -= amount
	after := new(big.Int).Sub(held, burnt)
	if err := writeShares(l, coldkey, &pool, held, after); err != nil {
		return 0, 0, err
	}
	return amount, pool.value(after), putPool(l, pool)
}

// holding returns the shares of coldkey on a hotkey and the amount that is asked for of them: their whole value if all.
// It refuses with [ledger.NotEnoughStakeToWithdraw] what they are not worth.
func holding(l *ledger.Ledger, coldkey, hotkey keys.Account, amount tao.Amount, all bool) (Pool, *big.Int, tao.Amount, error) {
	h, _, err := GetHotkey(l, hotkey)
	if err != nil {
		return h.Pool, nil, 0, err
	}
	if h.Pool.ID == 0 {
		return h.Pool, nil, 0, ledger.Refuse(ledger.NotEnoughStakeToWithdraw, "nothing is staked on %s", hotkey)
	}
	held, err := readShares(l, coldkey, h.Pool)
	if err != nil {
		return h.Pool, nil, 0, err
	}
	value := h.Pool.value(held)
	if all {
		amount = value
	}
	if amount > value || amount == 0 {
		return h.Pool, nil, 0, ledger.Refuse(ledger.NotEnoughStakeToWithdraw, "%d rao are staked on %s, %d are asked for", value, hotkey, amount)
	}
	return h.Pool, held, amount, nil
}

func readShares(r state.Reader, coldkey keys.Account, p Pool) (*big.Int, error) {
	if coldkey == p.Owner {
		return p.Own.int(), nil
	}
	var s Shares
	_, err := ledger.Load(r, shareKey(coldkey, p.ID), &s)
	return s.int(), err
}

// writeShares changes what coldkey holds of a pool from before to after, and p's count of positions; the caller writes p.
func writeShares(l *ledger.Ledger, coldkey keys.Account, p *Pool, before, after *big.Int) error {
	s, err := sharesOf(after)
	if err != nil {
		return err
	}
	own := coldkey == p.Owner
	if own {
		p.Own, s = s, Shares{}
	}
	switch had, has := before.Sign() > 0, after.Sign() > 0; {
	case had && !has:
		p.Holders--
		if err := l.Delete(holderKey(p.ID, coldkey)); err != nil {
			return err
		}
		return l.Delete(shareKey(coldkey, p.ID))
	case has && !had:
		p.Holders++
		if err := l.Put(holderKey(p.ID, coldkey), true); err != nil {
			return err
		}
	case own || !has:
		return nil
	}
	return l.Put(shareKey(coldkey, p.ID), s)
}

// Endow stakes amount at genesis, whatever its size, and counts it as issued. The hotkey must be owned already.
func Endow(l *ledger.Ledger, coldkey, hotkey keys.Account, amount tao.Amount) error {
	l.Mint(amount)
	_, err := deposit(l, coldkey, hotkey, amount)
	return err
}
