package store

import (
	"context"

	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"
)

// gated is a datastore that may be asked after it was closed: everything then fails with [ErrClosed]. Pebble itself
// would be reading memory that it gave back.
type gated struct {
	to   ds.Batching
	gate *gate
}

var _ ds.Batching = (*gated)(nil)

// use runs f unless the store is closed.
func use[T any](g *gate, f func() (T, error)) (T, error) {
	if !g.enter() {
		var zero T
		return zero, ErrClosed
	}
	defer g.leave()
	return f()
}

// do is use for what has no result.
func do(g *gate, f func() error) error {
	_, err := use(g, func() (struct{}, error) { return struct{}{}, f() })
	return err
}

func (d *gated) Get(ctx context.Context, key ds.Key) ([]byte, error) {
	return use(d.gate, func() ([]byte, error) { return d.to.Get(ctx, key) })
}

func (d *gated) Has(ctx context.Context, key ds.Key) (bool, error) {
	return use(d.gate, func() (bool, error) { return d.to.Has(ctx, key) })
}

func (d *gated) GetSize(ctx context.Context, key ds.Key) (int, error) {
	return use(d.gate, func() (int, error) { return d.to.GetSize(ctx, key) })
}

// Query returns results that must be read and closed before the Store is.
func (d *gated) Query(ctx context.Context, q query.Query) (query.Results, error) {
	return use(d.gate, func() (query.Results, error) { return d.to.Query(ctx, q) })
}

func (d *gated) Put(ctx context.Context, key ds.Key, value []byte) error {
	return do(d.gate, func() error { return d.to.Put(ctx, key, value) })
}

func (d *gated) Delete(ctx context.Context, key ds.Key) error {
	return do(d.gate, func() error { return d.to.Delete(ctx, key) })
}

func (d *gated) Sync(ctx context.Context, prefix ds.Key) error {
	return do(d.gate, func() error { return d.to.Sync(ctx, prefix) })
}

// Close does nothing: the Store closes.
func (d *gated) Close() error { return nil }

func (d *gated) Batch(ctx context.Context) (ds.Batch, error) {
	return use(d.gate, func() (ds.Batch, error) {
		b, err := d.to.Batch(ctx)
		return &gatedBatch{to: b, gate: d.gate}, err
	})
}

type gatedBatch struct {
	to   ds.Batch
	gate *gate
}

func (b *gatedBatch) Put(ctx context.Context, key ds.Key, value []byte) error {
	return do(b.gate, func() error { return b.to.Put(ctx, key, value) })
}

func (b *gatedBatch) Delete(ctx context.Context, key ds.Key) error {
	return do(b.gate, func() error { return b.to.Delete(ctx, key) })
}

func (b *gatedBatch) Commit(ctx context.Context) error {
	return do(b.gate, func() error { return b.to.Commit(ctx) })
}
