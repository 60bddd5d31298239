// Package market makes subnets and ends them: what they cost, which one gives way when there is no room, and what
// follows for everything that knew them.
//
// [Register] and [Dissolve] are the calls, [LockCost] is the price and [ReadNetwork] what it depends on.
package market

import (
	"math/bits"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Network is when the last subnet was registered, and what was locked for it.
type Network struct {
	_    struct{} `cbor:",toarray"`
	Lock tao.Amount
	Last uint64 // block; 0: none since genesis
}

func networkKey() ledger.Key { return ledger.TableGlobal.Key().Byte(ledger.FieldNetwork) }

// ReadNetwork returns when the last subnet was registered. Before the first one its lock is the least there is.
func ReadNetwork(r state.Reader, p ledger.Params) (n Network, err error) {
	n.Lock = p.MinLock
	_, err = ledger.Load(r, networkKey(), &n)
	return n, err
}

// Cost returns what registering a subnet locks in the block at height.
func (n Network) Cost(p ledger.Params, height uint64) tao.Amount {
	return LockCost(n.Lock, n.Last, height, p.LockInterval, p.MinLock)
}

// LockCost returns what a subnet costs now, when the last one cost so much at block last (0: there was none): twice as
// much, falling back to as much over interval blocks, further after that, and never below least.
//
//	max(least, lock·m − ⌊lock/interval⌋·(now−last)), m = 1 before the first registration, 2 afterwards
//
// The quotient is cut off first, as the reference chain does, so what falls in an interval is a little less than lock.
func LockCost(lock tao.Amount, last, now, interval uint64, least tao.Amount) tao.Amount {
	cost := lock
	if last > 0 {
		cost = min(2*lock, tao.Cap)
	}
	over, fallen := bits.Mul64(uint64(lock)/max(interval, 1), now-min(last, now))
	if over > 0 || fallen > uint64(cost) {
		return least
	}
	return max(least, cost-tao.Amount(fallen))
}
