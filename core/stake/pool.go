// Package stake holds what coldkeys have staked on hotkeys, as shares of pools.
//
// A [Pool] belongs to a hotkey and a netuid (0: TAO). Dividends raise a pool's value, and with it the value of every
// share, without touching any position. Start with [Add], [Remove] and [Positions].
package stake

import (
	"fmt"

	"github.com/holiman/uint256"
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

func (s Shares) int() *uint256.Int { return new(uint256.Int).SetBytes(s[:]) }

func sharesOf(n *uint256.Int) (s Shares, err error) {
	if n.BitLen() > 128 {
		return s, fmt.Errorf("stake: %s shares do not fit 128 bits", n.Dec())
	}
	b := n.Bytes32()
	copy(s[:], b[16:])
	return s, nil
}

// mulDiv returns ⌊a·b/c⌋, or ⌈a·b/c⌉ when up is set; a·b fits 256 bits for shares of 128 bits and amounts.
func mulDiv(a, b, c *uint256.Int, up bool) *uint256.Int {
	n := new(uint256.Int).Mul(a, b)
	q, rest := new(uint256.Int).DivMod(n, c, new(uint256.Int))
	if up && !rest.IsZero() {
		q.AddUint64(q, 1)
	}
	return q
}

// worth is the two sides of a pool's price: shares and rao, each with its virtual part.
func (p Pool) worth() (shares, rao *uint256.Int) {
	shares = p.Shares.int()
	return shares.AddUint64(shares, virtualShares), new(uint256.Int).AddUint64(uint256.NewInt(uint64(p.Value)), 1)
}

// Value returns what shares of the pool are worth, rounded down: ⌊shares·(value+1)/(all shares+2^32)⌋.
func (p Pool) value(shares *uint256.Int) tao.Amount {
	all, rao := p.worth()
	return tao.Amount(mulDiv(shares, rao, all, false).Uint64())
}

// mint adds amount to the pool and returns the new shares, rounded down.
func (p *Pool) mint(amount tao.Amount) (*uint256.Int, error) {
	all, rao := p.worth()
	minted := mulDiv(uint256.NewInt(uint64(amount)), all, rao, false)
	total, err := sharesOf(new(uint256.Int).Add(p.Shares.int(), minted))
	if err != nil {
		return nil, err
	}
	p.Shares = total
	p.Value += amount
	return minted, nil
}

// burn takes amount out of the pool and returns the shares it costs, rounded up and at most held.
func (p *Pool) burn(amount tao.Amount, held *uint256.Int) (*uint256.Int, error) {
	all, rao := p.worth()
	burnt := mulDiv(uint256.NewInt(uint64(amount)), all, rao, true)
	if burnt.Gt(held) || p.value(held) == amount {
		burnt.Set(held)
	}
	rest, err := sharesOf(new(uint256.Int).Sub(p.Shares.int(), burnt))
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
