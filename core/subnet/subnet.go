// Package subnet holds the markets: their names, owners and members, and the emission that accrues to them.
//
// A netuid is a place that can be given away again; what a subnet owns is keyed by an id that never is, so nothing of a
// removed subnet can come back. [Accrue] shares out each block's emission.
package subnet

import (
	"encoding/binary"
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Subnet is what rarely changes about a market.
type Subnet struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	Name   string
	Owner  keys.Account // coldkey
	Tempo  uint16       // blocks from epoch to epoch
	Uids   uint16       // registered hotkeys
}

// Income is a subnet's emission.
type Income struct {
	_        struct{}   `cbor:",toarray"`
	Pending  tao.Amount // accrued, to be paid at the next epoch
	Emission tao.Amount // accrued at the last block
}

// Fields behind the subnet's id in [ledger.TableSubnet].
const (
	fieldSubnet byte = 0x01
	fieldIncome byte = 0x02
	fieldHotkey byte = 0x03 // uid(2) → hotkey
)

func netuidKey(netuid uint16) ledger.Key { return ledger.TableNetuid.Key().U16(netuid) }

func fieldKey(id uint64, field byte) ledger.Key { return ledger.TableSubnet.Key().U64(id).Byte(field) }

// Entry is a subnet with its id and income.
type Entry struct {
	ID uint64
	Subnet
	Income
}

// All returns every subnet in the order of netuids.
func All(r state.Reader) ([]Entry, error) {
	var all []Entry
	for e, err := range r.Iterate(ledger.TableNetuid.Key(), nil) {
		if err != nil {
			return nil, err
		}
		var entry Entry
		if len(e.Key) != len(netuidKey(0)) {
			return nil, fmt.Errorf("state key %x: not a netuid's", e.Key)
		}
		if err := codec.Decode(e.Value, &entry.ID); err != nil {
			return nil, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		for field, v := range []any{&entry.Subnet, &entry.Income} {
			ok, err := ledger.Load(r, fieldKey(entry.ID, fieldSubnet+byte(field)), v)
			if err != nil {
				return nil, err
			}
			if !ok {
				return nil, fmt.Errorf("subnet: netuid %d names subnet %d, of which field %d is missing", binary.BigEndian.Uint16(e.Key[1:]), entry.ID, field+1)
			}
		}
		all = append(all, entry)
	}
	return all, nil
}

// Create writes a subnet with its first members at genesis.
func Create(l *ledger.Ledger, s Subnet, hotkeys []keys.Account) error {
	l.Totals.Subnets++
	id := l.Totals.Subnets
	s.Uids = uint16(len(hotkeys))
	if err := l.Put(netuidKey(s.Netuid), id); err != nil {
		return err
	}
	if err := l.Put(fieldKey(id, fieldSubnet), s); err != nil {
		return err
	}
	if err := l.Put(fieldKey(id, fieldIncome), Income{}); err != nil {
		return err
	}
	for uid, hotkey := range hotkeys {
		if err := l.Put(fieldKey(id, fieldHotkey).U16(uint16(uid)), hotkey); err != nil {
			return err
		}
	}
	return nil
}

// Accrue mints amount, a block's emission, in equal parts for the subnets that have members; the remainder of the
// division goes to the lowest netuids, a rao each. Without such a subnet nothing is minted.
func Accrue(l *ledger.Ledger, amount tao.Amount) error {
	all, err := All(l)
	if err != nil {
		return err
	}
	earning := uint64(0)
	for _, s := range all {
		if s.Uids > 0 {
			earning++
		}
	}
	if earning == 0 {
		return nil
	}
	share, rest := uint64(amount)/earning, uint64(amount)%earning
	for _, s := range all {
		in := Income{Pending: s.Pending}
		if s.Uids > 0 {
			in.Emission = tao.Amount(share)
			if rest > 0 {
				in.Emission++
				rest--
			}
		}
		in.Pending += in.Emission
		if err := l.Put(fieldKey(s.ID, fieldIncome), in); err != nil {
			return err
		}
	}
	l.Mint(amount)
	l.Totals.Pending += amount
	return nil
}

// Sum counts the pending emission of all subnets.
func Sum(r state.Reader) (pending tao.Amount, err error) {
	all, err := All(r)
	for _, s := range all {
		pending += s.Pending
	}
	return pending, err
}
