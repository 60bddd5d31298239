// Package stake holds what coldkeys have staked on hotkeys, as shares of pools.
//
// A [Pool] belongs to a hotkey and a netuid (0: TAO). Dividends raise a pool's value, and with it the value of every
// share, without touching any position. Start with [Add], [Remove] and [Positions].
package stake

import (
	"fmt"
	"math/big"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Pool is the stake of all coldkeys on one hotkey.
type Pool struct {
	_      struct{} `cbor:",toarray"`
	Hotkey keys.Account
	Netuid uint16
	Value  tao.Amount // rao that all shares together are worth
	Shares Shares     // in all positions
}

// Shares is a number of shares, a 128-bit integer in big-endian order.
type Shares [16]byte

// virtualShares is what an empty pool is taken to hold against one virtual rao. It makes a rao worth 2^32 shares at
// first, so that rounding is below a rao, and leaves nothing to gain from inflating an empty pool.
const virtualShares = 1 << 32

func (s Shares) int() *big.Int { return new(big.Int).SetBytes(s[:]) }

func sharesOf(n *big.Int) (s Shares, err error) {
	if n.Sign() < 0 || n.BitLen() > 128 {
		return s, fmt.Errorf("stake: %s shares do not fit 128 bits", n)
	}
	n.FillBytes(s[:])
	return s, nil
}

func rao(a tao.Amount) *big.Int { return new(big.Int).SetUint64(uint64(a)) }

// mulDiv returns ⌊a·b/c⌋, or ⌈a·b/c⌉ when up is set.
func mulDiv(a, b, c *big.Int, up bool) *big.Int {
	q, rest := new(big.Int).QuoRem(new(big.Int).Mul(a, b), c, new(big.Int))
	if up && rest.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

// worth is the two sides of a pool's price: shares and rao, each with its virtual part.
func (p Pool) worth() (shares, value *big.Int) {
	shares, value = p.Shares.int(), rao(p.Value)
	return shares.Add(shares, big.NewInt(virtualShares)), value.Add(value, big.NewInt(1))
}

// value returns what shares of the pool are worth, rounded down: ⌊shares·(value+1)/(all shares+2^32)⌋.
func (p Pool) value(shares *big.Int) tao.Amount {
	all, value := p.worth()
	return tao.Amount(mulDiv(shares, value, all, false).Uint64())
}

// mint adds amount to the pool and returns the new shares, rounded down.
func (p *Pool) mint(amount tao.Amount) (*big.Int, error) {
	all, value := p.worth()
	minted := mulDiv(rao(amount), all, value, false)
	total, err := sharesOf(new(big.Int).Add(p.Shares.int(), minted))
	if err != nil {
		return nil, err
	}
	p.Shares = total
	p.Value += amount
	return minted, nil
}

// burn takes amount out of the pool and returns the shares it costs, rounded up and at most held.
func (p *Pool) burn(amount tao.Amount, held *big.Int) (*big.Int, error) {
	all, value := p.worth()
	burnt := mulDiv(rao(amount), all, value, true)
	if burnt.Cmp(held) > 0 || p.value(held) == amount {
		burnt.Set(held)
	}
	rest, err := sharesOf(new(big.Int).Sub(p.Shares.int(), burnt))
	if err != nil {
		return nil, err
	}
	p.Shares = rest
	p.Value -= amount
	return burnt, nil
}

func poolKey(id uint64) ledger.Key { return ledger.TablePool.Key().U64(id) }

func poolOfKey(hotkey keys.Account, netuid uint16) ledger.Key {
	return ledger.TablePoolOf.Key().Account(hotkey).U16(netuid)
}

// GetPool returns the pool with an id; the state is wrong if there is none.
func GetPool(r state.Reader, id uint64) (p Pool, err error) {
	ok, err := ledger.Load(r, poolKey(id), &p)
	if err == nil && !ok {
		err = fmt.Errorf("stake: no pool %d", id)
	}
	return p, err
}

// PoolOf returns the id of the pool of a hotkey and whether it has one.
func PoolOf(r state.Reader, hotkey keys.Account, netuid uint16) (id uint64, ok bool, err error) {
	ok, err = ledger.Load(r, poolOfKey(hotkey, netuid), &id)
	return id, ok, err
}

// openPool returns the pool of a hotkey, and makes it if there is none. Ids are never used twice.
func openPool(l *ledger.Ledger, hotkey keys.Account, netuid uint16) (uint64, Pool, error) {
	id, ok, err := PoolOf(l, hotkey, netuid)
	if err != nil {
		return 0, Pool{}, err
	}
	if ok {
		p, err := GetPool(l, id)
		return id, p, err
	}
	l.Totals.Pools++
	id = l.Totals.Pools
	return id, Pool{Hotkey: hotkey, Netuid: netuid}, l.Put(poolOfKey(hotkey, netuid), id)
}
