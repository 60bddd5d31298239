package idb

import (
	"context"
	"syscall/js"

	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"
)

// table is the one object store of a database. Keys are binary: a Go string is any bytes, a JavaScript string is not.
const table = "kv"

// Store is one open database. It implements go-datastore's Batching and may be used concurrently.
type Store struct{ db js.Value }

var _ ds.Batching = (*Store)(nil)

// Open opens the database of this name, or creates it. It may take as long as another tab needs to let go.
func Open(ctx context.Context, name string) (_ *Store, err error) {
	defer thrown("open", &err)
	factory := js.Global().Get("indexedDB")
	if !factory.Truthy() {
		return nil, &Error{Op: "open", cause: ErrUnavailable}
	}
	request := factory.Call("open", name, 1)
	upgrade := js.FuncOf(func(js.Value, []js.Value) any {
		request.Get("result").Call("createObjectStore", table)
		return nil
	})
	defer upgrade.Release()
	request.Set("onupgradeneeded", upgrade)
	if err := await(ctx, "open", request, "success", "error", "blocked"); err != nil {
		return nil, err
	}
	db := request.Get("result")
	// A page that deletes the database must not wait for this one; later calls then fail as unavailable.
	db.Set("onversionchange", js.FuncOf(func(js.Value, []js.Value) any {
		db.Call("close")
		return nil
	}))
	return &Store{db: db}, nil
}

// Close closes the database.
func (s *Store) Close() error {
	s.db.Call("close")
	return nil
}

// Sync does nothing: a transaction is kept when it is over.
func (s *Store) Sync(context.Context, ds.Key) error { return nil }

// Get returns the value of a key, or go-datastore's ErrNotFound.
func (s *Store) Get(ctx context.Context, key ds.Key) ([]byte, error) {
	values, err := s.GetMany(ctx, []ds.Key{key})
	if err != nil {
		return nil, err
	}
	if values[0] == nil {
		return nil, ds.ErrNotFound
	}
	return values[0], nil
}

// GetMany returns the values of several keys, nil where there is none, in one transaction: many times faster than as
// many calls of [Store.Get].
func (s *Store) GetMany(ctx context.Context, keys []ds.Key) (values [][]byte, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	defer thrown("get", &err)
	t := s.begin("readonly")
	requests := make([]js.Value, len(keys))
	for i, k := range keys { // all before the first wait: a transaction without requests ends by itself
		requests[i] = t.rows.Call("get", toJS([]byte(k.String())))
	}
	if err := await(ctx, "get", t.tx, "complete", "abort"); err != nil {
		return nil, err
	}
	values = make([][]byte, len(keys))
	for i, r := range requests {
		if v := r.Get("result"); !v.IsUndefined() {
			values[i] = toGo(v)
		}
	}
	return values, nil
}

// Has says whether a key has a value.
func (s *Store) Has(ctx context.Context, key ds.Key) (_ bool, err error) {
	defer thrown("has", &err)
	t := s.begin("readonly")
	request := t.rows.Call("count", toJS([]byte(key.String())))
	if err := await(ctx, "has", t.tx, "complete", "abort"); err != nil {
		return false, err
	}
	return request.Get("result").Int() > 0, nil
}

// GetSize returns the size of a key's value, or go-datastore's ErrNotFound.
func (s *Store) GetSize(ctx context.Context, key ds.Key) (int, error) {
	return ds.GetBackedSize(ctx, s, key)
}

// Put sets a value.
func (s *Store) Put(ctx context.Context, key ds.Key, value []byte) error {
	return s.write(ctx, []change{{key: key, value: value}})
}

// Delete removes a value if there is one.
func (s *Store) Delete(ctx context.Context, key ds.Key) error {
	return s.write(ctx, []change{{key: key, remove: true}})
}

// Batch returns a batch that is one transaction.
func (s *Store) Batch(context.Context) (ds.Batch, error) { return &batch{store: s}, nil }

// Query returns what is below a prefix. The prefix is a range of the database; filters and orders are applied after.
func (s *Store) Query(ctx context.Context, q query.Query) (_ query.Results, err error) {
	defer thrown("query", &err)
	low := ds.NewKey(q.Prefix).String()
	if low != "/" {
		low += "/"
	}
	high := low[:len(low)-1] + "0" // the character after the slash
	span := js.Global().Get("IDBKeyRange").Call("bound", toJS([]byte(low)), toJS([]byte(high)), false, true)
	t := s.begin("readonly")
	keys := t.rows.Call("getAllKeys", span)
	var values js.Value
	withValues := !q.KeysOnly || q.ReturnsSizes || len(q.Filters) > 0 || len(q.Orders) > 0
	if withValues {
		values = t.rows.Call("getAll", span)
	}
	if err := await(ctx, "query", t.tx, "complete", "abort"); err != nil {
		return nil, err
	}
	found := keys.Get("result")
	entries := make([]query.Entry, found.Length())
	for i := range entries {
		entries[i].Key = string(toGo(found.Index(i)))
		if withValues {
			entries[i].Value = toGo(values.Get("result").Index(i))
			entries[i].Size = len(entries[i].Value)
		}
	}
	q.Prefix = "" // done
	return query.NaiveQueryApply(q, query.ResultsWithEntries(q, entries)), nil
}

type change struct {
	key    ds.Key
	value  []byte
	remove bool
}

type batch struct {
	store   *Store
	changes []change
}

// Put notes a value; the caller leaves it unchanged until Commit.
func (b *batch) Put(_ context.Context, key ds.Key, value []byte) error {
	b.changes = append(b.changes, change{key: key, value: value})
	return nil
}

// Delete notes a removal.
func (b *batch) Delete(_ context.Context, key ds.Key) error {
	b.changes = append(b.changes, change{key: key, remove: true})
	return nil
}

// Commit writes all changes or none.
func (b *batch) Commit(ctx context.Context) error {
	changes := b.changes
	b.changes = nil
	return b.store.write(ctx, changes)
}

func (s *Store) write(ctx context.Context, changes []change) (err error) {
	defer thrown("write", &err)
	t := s.begin("readwrite")
	for _, c := range changes {
		key := toJS([]byte(c.key.String()))
		if c.remove {
			t.rows.Call("delete", key)
		} else {
			t.rows.Call("put", toJS(c.value), key)
		}
	}
	t.tx.Call("commit")
	return await(ctx, "write", t.tx, "complete", "abort")
}

type transaction struct{ tx, rows js.Value }

func (s *Store) begin(mode string) transaction {
	tx := s.db.Call("transaction", table, mode, map[string]any{"durability": "relaxed"})
	return transaction{tx: tx, rows: tx.Call("objectStore", table)}
}
