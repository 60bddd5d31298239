// Package store keeps everything that a relay writes in one Pebble database: the chain's state behind go-datastore
// and CometBFT's blocks, states and evidence behind cometbft-db.
//
// Call [Open] first; [Store.State] is for core/state, [Store.Comet] for the consensus engine. The two can't meet: keys
// of a datastore begin with '/', the engine's with another byte. One database means one write-ahead log, so what was
// written before a synced write is on disk with it, across both.
//
// A folder belongs to one [Store] at a time, across processes: a second Open fails with [*LockedError].
package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	dbm "github.com/cometbft/cometbft-db"
	ds "github.com/ipfs/go-datastore"
	pebbleds "github.com/ipfs/go-ds-pebble"
)

// DefaultCache is how many bytes of blocks Pebble holds in memory when [Options] don't say.
const DefaultCache = 64 << 20

// Options of [Open]; the zero value is good.
type Options struct {
	Cache  int64        // bytes of cache; 0: DefaultCache
	Logger *slog.Logger // nil: silent
}

// LockedError says that another process, or another Store of this one, has the folder open.
type LockedError struct {
	Dir string
	Err error
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("the data folder %s is in use by another process", e.Dir)
}

// Unwrap returns what the lock said.
func (e *LockedError) Unwrap() error { return e.Err }

// Store is an open folder. It is safe for concurrent use.
type Store struct {
	lock  *pebble.Lock
	db    *pebble.DB
	state *pebbleds.Datastore
	gate  gate
}

// gate keeps users of the database and its closing apart.
type gate struct {
	sync.RWMutex
	closed bool
}

// enter says whether the database may be used; leave says that it was, and must follow if so.
func (g *gate) enter() bool {
	g.RLock()
	if g.closed {
		g.RUnlock()
		return false
	}
	return true
}

func (g *gate) leave() { g.RUnlock() }

// close waits until nobody uses the database and lets nobody in any more.
func (g *gate) close() {
	g.Lock()
	defer g.Unlock()
	g.closed = true
}

// Open opens or makes the database in dir, whose parent need not exist.
func Open(dir string, o Options) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	lock, err := pebble.LockDirectory(dir, vfs.Default)
	if err != nil {
		// A folder that can't be written is not a folder in use.
		if errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("open store: %w", err)
		}
		return nil, &LockedError{Dir: dir, Err: err}
	}
	s, err := open(dir, lock, o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", dir, err), lock.Close())
	}
	return s, nil
}

func open(dir string, lock *pebble.Lock, o Options) (*Store, error) {
	size := o.Cache
	if size == 0 {
		size = DefaultCache
	}
	cache := pebble.NewCache(size)
	defer cache.Unref() // the database holds its own reference
	db, err := pebble.Open(dir, &pebble.Options{
		Lock:               lock,
		Cache:              cache,
		FormatMajorVersion: pebble.FormatNewest,
		Logger:             logger{o.Logger},

		// A commit may write thousands of nodes at once: a larger memory table than the default 4 MiB takes them in one.
		MemTableSize: 16 << 20,
	})
	if err != nil {
		return nil, err
	}
	state, err := pebbleds.NewDatastore(dir, pebbleds.WithPebbleDB(db))
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{lock: lock, db: db, state: state}, nil
}

// State returns the datastore of the chain's state. Its batches are atomic; they are on disk once Sync returned. After
// [Store.Close] it fails with [ErrClosed].
func (s *Store) State() ds.Batching { return &gated{to: s.state, gate: &s.gate} }

// Comet returns the engine's database of that name. Closing it does nothing: the Store closes. As goroutines of the
// engine outlive it by a moment, and it ends the program on a read error, reads after [Store.Close] find nothing and
// writes fail with [ErrClosed].
func (s *Store) Comet(name string) dbm.DB { return newComet(s.db, &s.gate, "c/"+name+"/") }

// Close waits for what is being read or written, writes what is buffered, closes the database and frees the folder. Open
// iterators, query results and batches must be done with before.
func (s *Store) Close() error {
	s.gate.close()
	return errors.Join(s.state.Close(), s.lock.Close())
}

// logger hands Pebble's own lines on, its chatter at debug level.
type logger struct{ to *slog.Logger }

func (l logger) Infof(format string, args ...any) {
	if l.to != nil {
		l.to.Debug(fmt.Sprintf(format, args...))
	}
}

func (l logger) Errorf(format string, args ...any) {
	if l.to != nil {
		l.to.Error(fmt.Sprintf(format, args...))
	}
}

// Fatalf is called when the database can no longer promise anything, such as after a failed sync. Going on could lose
// what was promised, so the program ends here, as Pebble expects of this method.
func (l logger) Fatalf(format string, args ...any) {
	panic("store: " + fmt.Sprintf(format, args...))
}
