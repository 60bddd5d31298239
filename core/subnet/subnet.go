// Package subnet holds the markets: their names, owners and members, and the emission that accrues to them.
//
// A netuid is a place that can be given away again; what a subnet owns is keyed by an id that never is, so nothing of a
// removed subnet can come back. Start with [Get] and [All]; what calls do with a subnet that exists is here, making and
// dissolving one is core/market.
package subnet

import (
	"fmt"
	"slices"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Subnet is what rarely changes about a market.
type Subnet struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	Owner  keys.Account // coldkey
	Hotkey keys.Account // of the owner; its uid may weigh itself and always validates
	Since  uint64       // block of its registration
	Lock   tao.Amount   // reserved of the owner, paid back when it ends
	Uids   uint16       // registered hotkeys
}

// Income is a subnet's emission.
type Income struct {
	_        struct{}   `cbor:",toarray"`
	Pending  tao.Amount // accrued, to be paid at the next epoch
	Emission tao.Amount // accrued at the last block
}

// Schedule is when a subnet's epochs run. Clients ask for it and don't work it out.
type Schedule struct {
	_      struct{} `cbor:",toarray"`
	Index  uint64   // epochs so far
	Last   uint64   // block of the last one; 0: none yet
	Before uint64   // block of the one before the last, likewise: the way back through the states
	Next   uint64   // block in which the next one is due; when many are, it runs a little later
}

// Blocks returns in which blocks transactions see an epoch's index, from its first to its last: for one that has begun or
// will, at a tempo.
func (s Schedule) Blocks(index uint64, tempo uint16) (first, last uint64) {
	if index == s.Index {
		return s.Last + 1, s.Next
	}
	last = s.Next + (index-s.Index)*uint64(tempo)
	return last - uint64(tempo) + 1, last
}

// Entry is a subnet with its id and income.
type Entry struct {
	ID uint64
	Subnet
	Income
}

// Get returns the subnet at a netuid, and whether there is one.
func Get(r state.Reader, netuid uint16) (s Entry, ok bool, err error) {
	ok, err = ledger.Load(r, netuidKey(netuid), &s.ID)
	if err == nil && ok {
		err = s.load(r)
	}
	return s, ok, err
}

// Must returns the subnet at a netuid, and refuses with [ledger.NetworkDoesNotExist] when there is none.
func Must(r state.Reader, netuid uint16) (Entry, error) {
	s, ok, err := Get(r, netuid)
	if err == nil && !ok {
		err = ledger.Refuse(ledger.NetworkDoesNotExist, "there is no subnet %d", netuid)
	}
	return s, err
}

// load reads what belongs to the id.
func (s *Entry) load(r state.Reader) error {
	for _, f := range []struct {
		field Field
		value any
	}{{FieldSubnet, &s.Subnet}, {FieldIncome, &s.Income}} {
		ok, err := ledger.Load(r, Key(s.ID, f.field), f.value)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("subnet: field %d of subnet %d is missing", f.field, s.ID)
		}
	}
	return nil
}

// All returns every subnet in the order of netuids; the root network isn't one.
func All(r state.Reader) ([]Entry, error) {
	all, err := Everywhere(r)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(s Entry) bool { return s.Netuid == RootNetuid }), nil
}

// Everywhere returns the root network, where there is one, and every subnet, in the order of netuids.
func Everywhere(r state.Reader) ([]Entry, error) {
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
		if err := entry.load(r); err != nil {
			return nil, err
		}
		all = append(all, entry)
	}
	return all, nil
}

// RootNetuid is the netuid of the root network, whose members share out emission among subnets.
const RootNetuid = 0

// Create writes a new subnet without members at a free netuid and returns it. Its first epoch is due a tempo from now.
func Create(l *ledger.Ledger, s Subnet, p hyper.Params) (Entry, error) {
	l.Totals.Subnets++
	e := Entry{ID: l.Totals.Subnets, Subnet: s}
	e.Since = l.Height
	for _, v := range []struct {
		key   ledger.Key
		value any
	}{
		{netuidKey(s.Netuid), e.ID},
		{Key(e.ID, FieldSubnet), e.Subnet},
		{Key(e.ID, FieldIncome), e.Income},
		{Key(e.ID, FieldParams), p},
		{Key(e.ID, FieldSchedule), Schedule{Next: l.Height + uint64(p.Tempo)}},
	} {
		if err := l.Put(v.key, v.value); err != nil {
			return e, err
		}
	}
	for _, c := range Columns {
		if err := l.Put(Key(e.ID, FieldColumn).Byte(byte(c)), []byte{}); err != nil {
			return e, err
		}
	}
	return e, nil
}

// ReadParams returns the hyperparameters of a subnet.
func ReadParams(r state.Reader, id uint64) (p hyper.Params, err error) {
	return p, must(r, Key(id, FieldParams), &p)
}

// PutParams writes the hyperparameters of a subnet.
func PutParams(l *ledger.Ledger, id uint64, p hyper.Params) error {
	return l.Put(Key(id, FieldParams), p)
}

// ReadSchedule returns when epochs of a subnet run.
func ReadSchedule(r state.Reader, id uint64) (s Schedule, err error) {
	return s, must(r, Key(id, FieldSchedule), &s)
}

// PutSchedule writes when epochs of a subnet run.
func PutSchedule(l *ledger.Ledger, id uint64, s Schedule) error {
	return l.Put(Key(id, FieldSchedule), s)
}

// PutSubnet writes what rarely changes about a subnet.
func PutSubnet(l *ledger.Ledger, s *Entry) error { return l.Put(Key(s.ID, FieldSubnet), s.Subnet) }

// PutIncome writes a subnet's emission. The caller keeps Totals.Pending in step.
func PutIncome(l *ledger.Ledger, s *Entry) error { return l.Put(Key(s.ID, FieldIncome), s.Income) }

func must(r state.Reader, key ledger.Key, v any) error {
	ok, err := ledger.Load(r, key, v)
	if err == nil && !ok {
		err = fmt.Errorf("state key %x: missing", key)
	}
	return err
}

// Sum counts the pending emission of all subnets, the root network included.
func Sum(r state.Reader) (pending tao.Amount, err error) {
	all, err := Everywhere(r)
	for _, s := range all {
		pending += s.Pending
	}
	return pending, err
}
