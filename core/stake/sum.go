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

// Sum counts what all pools are worth, and checks that each pool's shares are those of its positions and that the indexes
// name what they should. It reads everything.
func Sum(r state.Reader) (staked tao.Amount, err error) {
	held, err := sumShares(r)
	if err != nil {
		return 0, err
	}
	if err := checkHolders(r); err != nil {
		return 0, err
	}
	if err := checkOwned(r); err != nil {
		return 0, err
	}
	pools := 0
	for e, err := range r.Iterate(ledger.TableHotkey.Key(), nil) {
		if err != nil {
			return 0, err
		}
		hotkey := keys.Account(e.Key[1:])
		h, _, err := GetHotkey(r, hotkey)
		if err != nil {
			return 0, err
		}
		p := h.Pool
		if p.ID == 0 {
			continue
		}
		pools++
		if of, err := GetPool(r, p.ID); err != nil || of != p {
			return 0, fmt.Errorf("%w: pool %d is not the one of its hotkey %s (%v)", ledger.ErrUnbalanced, p.ID, hotkey, err)
		}
		have := held[p.ID]
		if have == nil {
			have = &heldShares{sum: new(big.Int)}
		}
		if have.sum.Cmp(p.Shares.int()) != 0 || have.positions != p.Holders {
			return 0, fmt.Errorf("%w: pool %d has %s shares of %d holders, %d positions hold %s", ledger.ErrUnbalanced, p.ID,
				p.Shares.int().String(), p.Holders, have.positions, have.sum.String())
		}
		staked += p.Value
	}
	for _, err := range r.Iterate(ledger.TablePool.Key(), nil) {
		if err != nil {
			return 0, err
		}
		pools--
	}
	if pools != 0 {
		return 0, fmt.Errorf("%w: %+d pools more than are named by their ids", ledger.ErrUnbalanced, pools)
	}
	return staked, nil
}

// heldShares is what the positions of one pool hold.
type heldShares struct {
	sum       *big.Int
	positions uint64
}

func sumShares(r state.Reader) (map[uint64]*heldShares, error) {
	held := map[uint64]*heldShares{}
	for e, err := range r.Iterate(ledger.TableShare.Key(), nil) {
		if err != nil {
			return nil, err
		}
		var s Shares
		if err := codec.Decode(e.Value, &s); err != nil {
			return nil, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		coldkey, id := keys.Account(e.Key[1:33]), binary.BigEndian.Uint64(e.Key[33:])
		if b, err := r.Get(holderKey(id, coldkey)); err != nil || b == nil {
			return nil, fmt.Errorf("%w: %s holds shares of pool %d, whose holders don't name it (%v)", ledger.ErrUnbalanced, coldkey, id, err)
		}
		p, err := GetPool(r, id)
		if err != nil {
			return nil, err
		}
		n := s.int()
		if own := p.Owner == coldkey; own != (n.Sign() == 0) {
			return nil, fmt.Errorf("%w: %s holds %s shares of pool %d, whose hotkey is %s's", ledger.ErrUnbalanced, coldkey, n.String(), id, p.Owner)
		} else if own {
			n = p.Own.int()
		}
		h := held[id]
		if h == nil {
			h = &heldShares{sum: new(big.Int)}
			held[id] = h
		}
		h.sum.Add(h.sum, n)
		h.positions++
	}
	return held, nil
}

// checkHolders checks that holders hold something.
func checkHolders(r state.Reader) error {
	for e, err := range r.Iterate(ledger.TableHolder.Key(), nil) {
		if err != nil {
			return err
		}
		id, coldkey := binary.BigEndian.Uint64(e.Key[1:9]), keys.Account(e.Key[9:])
		if b, err := r.Get(shareKey(coldkey, id)); err != nil || b == nil {
			return fmt.Errorf("%w: %s is named as a holder of pool %d and holds nothing (%v)", ledger.ErrUnbalanced, coldkey, id, err)
		}
	}
	return nil
}

// checkOwned checks that hotkeys and the index of their owners agree.
func checkOwned(r state.Reader) error {
	owned := 0
	for e, err := range r.Iterate(ledger.TableOwned.Key(), nil) {
		if err != nil {
			return err
		}
		coldkey, hotkey := keys.Account(e.Key[1:33]), keys.Account(e.Key[33:])
		if owner, _, err := Owner(r, hotkey); err != nil || owner != coldkey {
			return fmt.Errorf("%w: %s is said to own %s, which %s owns (%v)", ledger.ErrUnbalanced, coldkey, hotkey, owner, err)
		}
		owned++
	}
	for _, err := range r.Iterate(ledger.TableHotkey.Key(), nil) {
		if err != nil {
			return err
		}
		owned--
	}
	if owned != 0 {
		return fmt.Errorf("%w: the index of owned hotkeys has %+d entries more than there are hotkeys", ledger.ErrUnbalanced, owned)
	}
	return nil
}
