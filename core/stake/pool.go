// Package stake holds what coldkeys have staked on hotkeys, as shares of pools.
//
// A [Pool] belongs to a hotkey. Dividends raise a pool's value, and with it the value of every
// share, without touching any position: [Reward] costs the same however many have staked. Start with [Add], [Remove] and
// [Positions]; [Weight] is what a hotkey's stake counts on a subnet.
package stake

import (
	"fmt"
	"math/big"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Pool is the stake of all coldkeys on one hotkey. It is a part of the hotkey's record, and the shares of the hotkey's
// owner are a part of it: what a hotkey earns changes this one value. Its id is permanent and survives a swap of the
// hotkey.
type Pool struct {
	_       struct{}   `cbor:",toarray"`
	ID      uint64     // 0 before anybody has staked
	Value   tao.Amount // rao that all shares together are worth
	Shares  Shares     // in all positions
	Own     Shares     // of them in the position of the hotkey's owner
	Holders uint64     // positions

	Hotkey keys.Account `cbor:"-"` // whose record this is in
	Owner  keys.Account `cbor:"-"` // of the hotkey
	Netuid uint16       `cbor:"-"` // 0: TAO
}

// Shares is a number of shares, a 128-bit integer in big-endian order.
type Shares [16]byte

// A pool is taken to hold virtual shares besides those of its positions, against a virtual part of a rao. That makes a rao
// worth 2^48 shares at first, so that 128 bits hold all the shares that there can be. However a pool is driven, a share
// never costs more than 2^-32 of the pool, which is what rounding can take from anybody; and the virtual shares keep no
// more of a dividend than 2^-16 rao's part of it.
const (
	virtualShares = 1 << 32
	raoParts      = 16 // a rao is counted in 2^16 parts; the virtual value is one of them
)

func (s Shares) int() *big.Int { return new(big.Int).SetBytes(s[:]) }

func sharesOf(n *big.Int) (s Shares, err error) {
	if n.Sign() < 0 || n.BitLen() > 128 {
		return s, fmt.Errorf("stake: %s shares do not fit 128 bits", n)
	}
	n.FillBytes(s[:])
	return s, nil
}

func inParts(a tao.Amount) *big.Int {
	n := new(big.Int).SetUint64(uint64(a))
	return n.Lsh(n, raoParts)
}

// mulDiv returns ⌊a·b/c⌋, or ⌈a·b/c⌉ when up is set.
func mulDiv(a, b, c *big.Int, up bool) *big.Int {
	q, rest := new(big.Int).QuoRem(new(big.Int).Mul(a, b), c, new(big.Int))
	if up && rest.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

// worth is the two sides of a pool's price: shares, and value in parts of a rao, each with its virtual part.
func (p Pool) worth() (shares, parts *big.Int) {
	shares, parts = p.Shares.int(), inParts(p.Value)
	return shares.Add(shares, big.NewInt(virtualShares)), parts.Add(parts, big.NewInt(1))
}

// value returns what shares of the pool are worth, rounded down: ⌊shares·(value+2^-16)/(all shares+2^32)⌋.
func (p Pool) value(shares *big.Int) tao.Amount {
	all, parts := p.worth()
	return tao.Amount(mulDiv(shares, parts, all.Lsh(all, raoParts), false).Uint64())
}

// mint adds amount to the pool and returns the new shares, rounded down.
func (p *Pool) mint(amount tao.Amount) (*big.Int, error) {
	all, parts := p.worth()
	minted := mulDiv(inParts(amount), all, parts, false)
	total, err := sharesOf(new(big.Int).Add(p.Shares.int(), minted))
	if err != nil {
		return nil, err
	}
	p.Shares = total
	p.Value += amount
	return minted, nil
}

// price returns the shares that amount costs whoever holds so many: rounded up, and all where that is what they are worth.
func (p Pool) price(amount tao.Amount, held *big.Int) *big.Int {
	all, parts := p.worth()
	cost := mulDiv(inParts(amount), all, parts, true)
	if cost.Cmp(held) > 0 || p.value(held) == amount {
		cost.Set(held)
	}
	return cost
}

// burn takes amount out of the pool and returns the shares it costs, rounded up and at most held.
func (p *Pool) burn(amount tao.Amount, held *big.Int) (*big.Int, error) {
	burnt := p.price(amount, held)
	rest, err := sharesOf(new(big.Int).Sub(p.Shares.int(), burnt))
	if err != nil {
		return nil, err
	}
	p.Shares = rest
	p.Value -= amount
	return burnt, nil
}

func poolKey(id uint64) ledger.Key { return ledger.TablePool.Key().U64(id) }

// GetPool returns the pool with an id; the state is wrong if there is none.
func GetPool(r state.Reader, id uint64) (Pool, error) {
	var hotkey keys.Account
	ok, err := ledger.Load(r, poolKey(id), &hotkey)
	if err != nil {
		return Pool{}, err
	}
	h, owned, err := GetHotkey(r, hotkey)
	if err == nil && (!ok || !owned || h.Pool.ID != id) {
		err = fmt.Errorf("stake: no pool %d", id)
	}
	return h.Pool, err
}

// PoolOf returns the id of the pool of a hotkey and whether it has one. So far there are pools of TAO only, netuid 0.
func PoolOf(r state.Reader, hotkey keys.Account, netuid uint16) (id uint64, ok bool, err error) {
	if netuid != 0 {
		return 0, false, nil
	}
	h, _, err := GetHotkey(r, hotkey)
	return h.Pool.ID, h.Pool.ID != 0, err
}

// Total returns what all shares of a hotkey's TAO pool are worth: all that is staked on it.
func Total(r state.Reader, hotkey keys.Account) (tao.Amount, error) {
	h, _, err := GetHotkey(r, hotkey)
	return h.Pool.Value, err
}

// open gives the pool an id if it has none. Ids are never used twice.
func (p *Pool) open(l *ledger.Ledger) error {
	if p.ID != 0 {
		return nil
	}
	l.Totals.Pools++
	p.ID = l.Totals.Pools
	return l.Put(poolKey(p.ID), p.Hotkey)
}

// putPool writes a pool into the record of its hotkey.
func putPool(l *ledger.Ledger, p Pool) error {
	h, ok, err := GetHotkey(l, p.Hotkey)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("stake: a pool of %s, which nobody owns", p.Hotkey)
	}
	h.Pool = p
	return l.Put(hotkeyKey(p.Hotkey), h)
}
