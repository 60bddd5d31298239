package node

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"
	dssync "github.com/ipfs/go-datastore/sync"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/tab"
)

// visit is what the last visit left, besides what core/light keeps for each chain: where to go on without asking.
type visit struct {
	_         struct{} `cbor:",toarray"`
	ChainID   string
	Relays    []string // addresses at which a relay proved who it is, the best last
	BlockTime uint64   // ms between blocks as last measured; 0: unknown
	Replay    string   // how blocks were replayed
}

var visitKey = ds.NewKey("/node/visit")

// openStore opens what is kept between visits, or goes on in memory and says so.
func (n *Node) openStore(ctx context.Context) {
	var inner ds.Datastore
	err := errors.New("there is nowhere to keep it")
	if n.cfg.Store != nil {
		opening, cancel := context.WithTimeout(ctx, 3*time.Second)
		inner, err = n.cfg.Store(opening)
		cancel()
	}
	k := &keeper{memory: dssync.MutexWrap(ds.NewMapDatastore()), lost: func(err error) {
		n.logf("warn", "What is verified is kept for this visit only: %v", err)
	}}
	if err == nil {
		k.inner = inner
	} else if n.cfg.Store != nil {
		k.lost(err)
	}
	n.update(func() { n.store = k })
}

// load returns what the last visit left; the zero value if there was none.
func (n *Node) load(ctx context.Context) (v visit) {
	raw, err := n.store.Get(ctx, visitKey)
	if err == nil {
		err = codec.Decode(raw, &v)
	}
	switch {
	case errors.Is(err, ds.ErrNotFound):
		return visit{}
	case err != nil:
		n.logf("warn", "The last visit’s notes can’t be read: %v", err)
		return visit{}
	}
	v.Relays = v.Relays[:min(len(v.Relays), maxRelays)]
	switch v.Replay {
	case tab.ReplayOff, tab.ReplaySampled, tab.ReplayEvery:
	default:
		v.Replay = ""
	}
	return v
}

// remember notes the chain and, if not empty, an address that answered.
func (n *Node) remember(ctx context.Context, chainID, addr string, blockTime time.Duration) {
	v := n.load(ctx)
	if v.ChainID != chainID {
		v = visit{ChainID: chainID}
	}
	if addr != "" {
		v.Relays = append(slices.DeleteFunc(v.Relays, func(a string) bool { return a == addr }), addr)
		v.Relays = v.Relays[max(0, len(v.Relays)-maxRelays):]
	}
	n.mu.Lock()
	v.Replay = n.replay.Mode
	n.mu.Unlock()
	if blockTime > 0 {
		v.BlockTime = uint64(blockTime.Milliseconds())
	}
	if err := n.store.Put(ctx, visitKey, codec.MustEncode(v)); err != nil && ctx.Err() == nil {
		n.logf("warn", "This visit could not be noted: %v", err)
	}
}

// forget drops everything that was saved for the chain.
func (n *Node) forget(ctx context.Context, chainID string) error {
	if chainID != "" {
		if err := light.Forget(ctx, n.store, chainID); err != nil {
			return err
		}
		if err := n.store.Delete(ctx, signedKey(chainID)); err != nil {
			return err
		}
	}
	return n.store.Delete(ctx, visitKey)
}

// keeper is a datastore that goes on in memory when the one below it fails. The light node loses time by that on the
// next visit, and nothing else.
type keeper struct {
	inner  ds.Datastore // nil: failed, or none
	memory ds.Datastore
	lost   func(error) // told once

	mu sync.Mutex
}

var _ ds.Datastore = (*keeper)(nil)

func (k *keeper) below() ds.Datastore {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.inner
}

func (k *keeper) fail(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return // no fault of the store's
	}
	k.mu.Lock()
	first := k.inner != nil
	k.inner = nil
	k.mu.Unlock()
	if first {
		k.lost(err)
	}
}

// Get returns what was put in this visit, or what is saved.
func (k *keeper) Get(ctx context.Context, key ds.Key) ([]byte, error) {
	value, err := k.memory.Get(ctx, key)
	inner := k.below()
	if !errors.Is(err, ds.ErrNotFound) || inner == nil {
		return value, err
	}
	value, err = inner.Get(ctx, key)
	if err != nil && !errors.Is(err, ds.ErrNotFound) {
		k.fail(ctx, err)
		return nil, ds.ErrNotFound
	}
	return value, err
}

// Put saves a value, in memory if need be.
func (k *keeper) Put(ctx context.Context, key ds.Key, value []byte) error {
	if inner := k.below(); inner != nil {
		err := inner.Put(ctx, key, value)
		if err == nil {
			return nil
		}
		k.fail(ctx, err)
	}
	return k.memory.Put(ctx, key, value)
}

// Delete removes a value everywhere.
func (k *keeper) Delete(ctx context.Context, key ds.Key) error {
	if err := k.memory.Delete(ctx, key); err != nil {
		return err
	}
	inner := k.below()
	if inner == nil {
		return nil
	}
	return inner.Delete(ctx, key) // not hidden: the visitor asked for it
}

// Has says whether there is a value.
func (k *keeper) Has(ctx context.Context, key ds.Key) (bool, error) {
	_, err := k.Get(ctx, key)
	if errors.Is(err, ds.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// GetSize returns a value's size.
func (k *keeper) GetSize(ctx context.Context, key ds.Key) (int, error) {
	return ds.GetBackedSize(ctx, k, key)
}

// Query lists what is saved, or what is in memory when nothing is.
func (k *keeper) Query(ctx context.Context, q query.Query) (query.Results, error) {
	if inner := k.below(); inner != nil {
		return inner.Query(ctx, q)
	}
	return k.memory.Query(ctx, q)
}

// Sync has the store below finish its writes.
func (k *keeper) Sync(ctx context.Context, prefix ds.Key) error {
	if inner := k.below(); inner != nil {
		if err := inner.Sync(ctx, prefix); err != nil {
			k.fail(ctx, err)
		}
	}
	return nil
}

// Close closes the store below.
func (k *keeper) Close() error {
	if inner := k.below(); inner != nil {
		return inner.Close()
	}
	return nil
}
