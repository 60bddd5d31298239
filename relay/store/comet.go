package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
	dbm "github.com/cometbft/cometbft-db"
)

// What the engine's databases refuse; cometbft-db asks for the first three and keeps its own values private.
var (
	ErrEmptyKey    = errors.New("store: empty key")
	ErrNilValue    = errors.New("store: nil value")
	ErrBatchClosed = errors.New("store: batch was written or closed")
	ErrClosed      = errors.New("store: closed")
)

// comet is one of the engine's databases: the keys of a shared Pebble that begin with a prefix.
type comet struct {
	db     *pebble.DB
	gate   *gate
	prefix []byte
	end    []byte // first key behind the prefix
}

var _ dbm.DB = (*comet)(nil)

func newComet(db *pebble.DB, gate *gate, prefix string) *comet {
	end := []byte(prefix)
	end[len(end)-1]++ // the last byte is '/', far from overflowing
	return &comet{db: db, gate: gate, prefix: []byte(prefix), end: end}
}

func (c *comet) full(key []byte) []byte {
	return append(append(make([]byte, 0, len(c.prefix)+len(key)), c.prefix...), key...)
}

// Get returns a copy of the value, nil when there is none.
func (c *comet) Get(key []byte) ([]byte, error) {
	if len(key) == 0 {
		return nil, ErrEmptyKey
	}
	if !c.gate.enter() {
		return nil, nil
	}
	defer c.gate.leave()
	value, done, err := c.db.Get(c.full(key))
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := append(make([]byte, 0, len(value)), value...) // never nil: an empty value is a value
	return out, done.Close()
}

func (c *comet) Has(key []byte) (bool, error) {
	value, err := c.Get(key)
	return value != nil, err
}

func (c *comet) Set(key, value []byte) error     { return c.set(key, value, pebble.NoSync) }
func (c *comet) SetSync(key, value []byte) error { return c.set(key, value, pebble.Sync) }

func (c *comet) set(key, value []byte, o *pebble.WriteOptions) error {
	if err := checkEntry(key, value); err != nil {
		return err
	}
	if !c.gate.enter() {
		return ErrClosed
	}
	defer c.gate.leave()
	return c.db.Set(c.full(key), value, o)
}

func (c *comet) Delete(key []byte) error     { return c.delete(key, pebble.NoSync) }
func (c *comet) DeleteSync(key []byte) error { return c.delete(key, pebble.Sync) }

func (c *comet) delete(key []byte, o *pebble.WriteOptions) error {
	if len(key) == 0 {
		return ErrEmptyKey
	}
	if !c.gate.enter() {
		return ErrClosed
	}
	defer c.gate.leave()
	return c.db.Delete(c.full(key), o)
}

func checkEntry(key, value []byte) error {
	switch {
	case len(key) == 0:
		return ErrEmptyKey
	case value == nil:
		return ErrNilValue
	}
	return nil
}

func (c *comet) Iterator(start, end []byte) (dbm.Iterator, error) {
	return c.iterate(start, end, false)
}

func (c *comet) ReverseIterator(start, end []byte) (dbm.Iterator, error) {
	return c.iterate(start, end, true)
}

func (c *comet) iterate(start, end []byte, reverse bool) (dbm.Iterator, error) {
	if (start != nil && len(start) == 0) || (end != nil && len(end) == 0) {
		return nil, ErrEmptyKey
	}
	o := &pebble.IterOptions{LowerBound: c.full(start), UpperBound: c.end}
	if end != nil {
		o.UpperBound = c.full(end)
	}
	if bytes.Compare(o.LowerBound, o.UpperBound) >= 0 {
		o.UpperBound = o.LowerBound // an empty range; Pebble wants its bounds in order
	}
	if !c.gate.enter() {
		return nil, ErrClosed
	}
	defer c.gate.leave()
	it, err := c.db.NewIter(o)
	if err != nil {
		return nil, err
	}
	if reverse {
		it.Last()
	} else {
		it.First()
	}
	return &cometIter{it: it, start: start, end: end, skip: len(c.prefix), reverse: reverse}, nil
}

// NewBatch returns an empty batch, a closed one after the store was closed.
func (c *comet) NewBatch() dbm.Batch {
	if !c.gate.enter() {
		return &cometBatch{of: c}
	}
	defer c.gate.leave()
	return &cometBatch{of: c, b: c.db.NewBatch()}
}

// Close does nothing: several databases share one Pebble, which its Store closes.
func (c *comet) Close() error { return nil }
func (c *comet) Print() error { return nil }
func (c *comet) Stats() map[string]string {
	return map[string]string{"pebble": c.db.Metrics().String()}
}

// Compact compacts from start to before end; nil bounds are the database's own.
func (c *comet) Compact(start, end []byte) error {
	from, to := c.full(start), c.end
	if end != nil {
		to = c.full(end)
	}
	if bytes.Compare(from, to) >= 0 {
		return nil
	}
	if !c.gate.enter() {
		return ErrClosed
	}
	defer c.gate.leave()
	if err := c.db.Compact(context.Background(), from, to, true); err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	return nil
}

type cometIter struct {
	it         *pebble.Iterator
	start, end []byte
	skip       int // bytes of prefix before the engine's own key
	reverse    bool
}

func (i *cometIter) Domain() ([]byte, []byte) { return i.start, i.end }
func (i *cometIter) Valid() bool              { return i.it.Valid() }
func (i *cometIter) Error() error             { return i.it.Error() }
func (i *cometIter) Close() error             { return i.it.Close() }

func (i *cometIter) Next() {
	i.mustBeValid()
	if i.reverse {
		i.it.Prev()
	} else {
		i.it.Next()
	}
}

func (i *cometIter) Key() []byte {
	i.mustBeValid()
	return bytes.Clone(i.it.Key()[i.skip:])
}

func (i *cometIter) Value() []byte {
	i.mustBeValid()
	return append([]byte{}, i.it.Value()...)
}

// mustBeValid panics, as cometbft-db documents for an iterator that is past its end.
func (i *cometIter) mustBeValid() {
	if !i.it.Valid() {
		panic("store: iterator is past its end")
	}
}

type cometBatch struct {
	of *comet
	b  *pebble.Batch // nil once written or closed
}

func (b *cometBatch) Set(key, value []byte) error {
	if err := checkEntry(key, value); err != nil {
		return err
	}
	if b.b == nil {
		return ErrBatchClosed
	}
	return b.b.Set(b.of.full(key), value, nil)
}

func (b *cometBatch) Delete(key []byte) error {
	if len(key) == 0 {
		return ErrEmptyKey
	}
	if b.b == nil {
		return ErrBatchClosed
	}
	return b.b.Delete(b.of.full(key), nil)
}

func (b *cometBatch) Write() error     { return b.write(pebble.NoSync) }
func (b *cometBatch) WriteSync() error { return b.write(pebble.Sync) }

func (b *cometBatch) write(o *pebble.WriteOptions) error {
	if b.b == nil {
		return ErrBatchClosed
	}
	if !b.of.gate.enter() {
		return ErrClosed
	}
	defer b.of.gate.leave()
	if err := b.b.Commit(o); err != nil {
		return err
	}
	return b.Close()
}

func (b *cometBatch) Close() error {
	if b.b == nil {
		return nil
	}
	err := b.b.Close()
	b.b = nil
	return err
}
