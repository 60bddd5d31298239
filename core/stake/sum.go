package stake

import (
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Sum counts what all pools are worth, and checks that each pool's shares are those of its positions.
func Sum(r state.Reader) (staked tao.Amount, err error) {
	held := map[uint64]*big.Int{}
	for e, err := range r.Iterate(ledger.TableShare.Key(), nil) {
		if err != nil {
			return 0, err
		}
		var s Shares
		if err := codec.Decode(e.Value, &s); err != nil {
			return 0, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		id := binary.BigEndian.Uint64(e.Key[len(e.Key)-8:])
		if held[id] == nil {
			held[id] = new(big.Int)
		}
		held[id].Add(held[id], s.int())
	}
	for e, err := range r.Iterate(ledger.TablePool.Key(), nil) {
		if err != nil {
			return 0, err
		}
		var p Pool
		if err := codec.Decode(e.Value, &p); err != nil {
			return 0, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		id := binary.BigEndian.Uint64(e.Key[1:])
		have := held[id]
		if have == nil {
			have = new(big.Int)
		}
		if have.Cmp(p.Shares.int()) != 0 {
			return 0, fmt.Errorf("%w: pool %d has %s shares, its positions hold %s", ledger.ErrUnbalanced, id, p.Shares.int().String(), have.String())
		}
		staked += p.Value
	}
	return staked, nil
}
