package main

import (
	"bytes"
	"errors"

	corestore "cosmossdk.io/core/store"
	"github.com/cockroachdb/pebble/v2"
	iavldb "github.com/cosmos/iavl/db"
)

// pebbleDB lets iavl stand on the same Pebble as our tree.
type pebbleDB struct{ db *pebble.DB }

var _ iavldb.DB = pebbleDB{}

func (p pebbleDB) Get(key []byte) ([]byte, error) {
	value, closer, err := p.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	value = bytes.Clone(value)
	if value == nil {
		value = []byte{}
	}
	return value, closer.Close()
}

func (p pebbleDB) Has(key []byte) (bool, error) {
	value, err := p.Get(key)
	return value != nil, err
}

func (p pebbleDB) Iterator(start, end []byte) (corestore.Iterator, error) {
	return p.iterator(start, end, false)
}

func (p pebbleDB) ReverseIterator(start, end []byte) (corestore.Iterator, error) {
	return p.iterator(start, end, true)
}

func (p pebbleDB) iterator(start, end []byte, reverse bool) (corestore.Iterator, error) {
	it, err := p.db.NewIter(&pebble.IterOptions{LowerBound: start, UpperBound: end})
	if err != nil {
		return nil, err
	}
	if reverse {
		it.Last()
	} else {
		it.First()
	}
	return &iterator{it: it, start: start, end: end, reverse: reverse}, nil
}

func (p pebbleDB) Close() error { return p.db.Close() }

func (p pebbleDB) NewBatch() corestore.Batch { return &batch{b: p.db.NewBatch()} }

func (p pebbleDB) NewBatchWithSize(n int) corestore.Batch { return &batch{b: p.db.NewBatchWithSize(n)} }

type iterator struct {
	it         *pebble.Iterator
	start, end []byte
	reverse    bool
}

func (i *iterator) Domain() ([]byte, []byte) { return i.start, i.end }
func (i *iterator) Valid() bool              { return i.it.Valid() }
func (i *iterator) Key() []byte              { return bytes.Clone(i.it.Key()) }
func (i *iterator) Value() []byte            { return bytes.Clone(i.it.Value()) }
func (i *iterator) Error() error             { return i.it.Error() }
func (i *iterator) Close() error             { return i.it.Close() }

func (i *iterator) Next() {
	if i.reverse {
		i.it.Prev()
	} else {
		i.it.Next()
	}
}

type batch struct{ b *pebble.Batch }

func (b *batch) Set(key, value []byte) error { return b.b.Set(key, value, nil) }
func (b *batch) Delete(key []byte) error     { return b.b.Delete(key, nil) }
func (b *batch) Write() error                { return b.b.Commit(pebble.NoSync) }
func (b *batch) WriteSync() error            { return b.b.Commit(pebble.Sync) }
func (b *batch) Close() error                { return b.b.Close() }
func (b *batch) GetByteSize() (int, error)   { return b.b.Len(), nil }
