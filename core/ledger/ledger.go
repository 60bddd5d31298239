// Package ledger is the block in progress: the state that calls write, the parameters they obey and the totals that
// they must keep in balance.
//
// A [Ledger] is begun for one block over a state ([Begin]), handed to the calls of core/account, core/stake and their
// sisters, and ended with [Ledger.End], which refuses to end a block whose amounts do not add up:
// issuance = free + reserved + staked + pending.
package ledger

import (
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Totals are the running sums over the whole state, in rao. They change together with the entries they sum up.
type Totals struct {
	_        struct{} `cbor:",toarray"`
	Issuance tao.Amount
	Free     tao.Amount
	Reserved tao.Amount
	Staked   tao.Amount
	Pending  tao.Amount
	Recycled tao.Amount // left issuance since genesis; not a part of it
	Accounts uint64     // with a balance record
	Pools    uint64     // ids given out
	Subnets  uint64     // ids given out
}

// Balanced says whether every issued rao is somewhere.
func (t Totals) Balanced() error {
	if sum := t.Free + t.Reserved + t.Staked + t.Pending; sum != t.Issuance || t.Issuance > tao.Cap {
		return fmt.Errorf("%w: free %d + reserved %d + staked %d + pending %d = %d, issuance %d, cap %d", ErrUnbalanced,
			t.Free, t.Reserved, t.Staked, t.Pending, sum, t.Issuance, tao.Cap)
	}
	return nil
}

// ErrUnbalanced says that a block would create or lose money. It is a fault of the program and stops the chain.
var ErrUnbalanced = errors.New("issuance does not add up")

// BlockRecord is what the state says about the block that wrote it.
type BlockRecord struct {
	_      struct{} `cbor:",toarray"`
	Height uint64
	Time   uint64 // ms since 1970
}

// Ledger is one block in progress. It is a [state.Writer]; calls read and write through it.
type Ledger struct {
	state.Writer
	ChainID string
	Height  uint64
	Params  Params
	Totals  Totals
	Tx      int64 // index of the transaction in progress, -1 outside of any
	Calls   Dispatcher

	filters []func(Nested) error // of the calls in progress
	events  []Event
	frail   []keys.Account // may have fallen below the existential deposit; looked at when the block ends
}

// Begin starts the block at height over w. It reads the parameters and totals and writes the block record; time is the
// block's, in ms since 1970.
func Begin(w state.Writer, chainID string, height, time uint64) (*Ledger, error) {
	l := &Ledger{Writer: w, ChainID: chainID, Height: height, Tx: -1}
	var err error
	if l.Params, err = ReadParams(w); err != nil {
		return nil, err
	}
	if l.Totals, err = ReadTotals(w); err != nil {
		return nil, err
	}
	return l, l.Put(TableGlobal.Key().Byte(fieldBlock), BlockRecord{Height: height, Time: time})
}

// End writes the totals, after checking that they balance.
func (l *Ledger) End() error {
	if err := l.Totals.Balanced(); err != nil {
		return err
	}
	return l.Put(TableGlobal.Key().Byte(fieldTotals), l.Totals)
}

// Mint adds new money to the issuance; the caller gives it to somebody.
func (l *Ledger) Mint(a tao.Amount) { l.Totals.Issuance += a }

// Recycle takes money out of the issuance; the caller has taken it from somebody. It can be minted again.
func (l *Ledger) Recycle(a tao.Amount) {
	l.Totals.Issuance -= a
	l.Totals.Recycled += a
}

// MarkFrail notes that an account's balance fell, so that it is looked at when the block ends.
func (l *Ledger) MarkFrail(a keys.Account) { l.frail = append(l.frail, a) }

// Frail returns the accounts that were marked, in the order of marking.
func (l *Ledger) Frail() []keys.Account { return l.frail }

// Put writes the canonical encoding of v.
func (l *Ledger) Put(key Key, v any) error { return Put(l, key, v) }

// Put writes the canonical encoding of v to w.
func Put(w state.Writer, key Key, v any) error {
	b, err := codec.Encode(v)
	if err != nil {
		return fmt.Errorf("state key %x: %w", key, err)
	}
	return w.Set(key, b)
}

// Load reads and decodes the value at key and says whether there is one. A value that does not decode is an error:
// the state is wrong, not the call.
func Load(r state.Reader, key Key, v any) (bool, error) {
	b, err := r.Get(key)
	if err != nil || b == nil {
		return false, err
	}
	if err := codec.Decode(b, v); err != nil {
		return false, fmt.Errorf("state key %x: %w", key, err)
	}
	return true, nil
}

// ErrNoState says that a state holds no chain.
var ErrNoState = errors.New("the state holds no chain")

func readGlobal[T any](r state.Reader, field byte) (v T, err error) {
	ok, err := Load(r, TableGlobal.Key().Byte(field), &v)
	if err == nil && !ok {
		err = ErrNoState
	}
	return v, err
}

// ReadParams returns the parameters.
func ReadParams(r state.Reader) (Params, error) { return readGlobal[Params](r, fieldParams) }

// ReadTotals returns the totals at the end of the last block.
func ReadTotals(r state.Reader) (Totals, error) { return readGlobal[Totals](r, fieldTotals) }

// ReadBlock returns the record of the last block.
func ReadBlock(r state.Reader) (BlockRecord, error) { return readGlobal[BlockRecord](r, fieldBlock) }

// ReadSource returns what the genesis balances are, in words.
func ReadSource(r state.Reader) (string, error) { return readGlobal[string](r, fieldSource) }

// WriteGenesis writes the parameters, empty totals and what the balances are in words, so that [Begin] can start
// block 0.
func WriteGenesis(w state.Writer, p Params, source string) error {
	if err := Put(w, TableGlobal.Key().Byte(fieldParams), p); err != nil {
		return err
	}
	if err := Put(w, TableGlobal.Key().Byte(fieldSource), source); err != nil {
		return err
	}
	return Put(w, TableGlobal.Key().Byte(fieldTotals), Totals{})
}
