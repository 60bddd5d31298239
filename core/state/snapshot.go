package state

import (
	"context"
	"encoding/binary"
	"iter"
)

// Snapshot reads one committed version. It is safe for concurrent use, also while the Tree that it comes from writes and
// commits. Once the version is pruned, everything but Root and Version fails with *PrunedError.
type Snapshot struct {
	st *store
	c  *committed
	v  view
}

// At returns the given version. It fails with *PrunedError unless the version is kept. It is safe for concurrent use.
func (t *Tree) At(version uint64) (*Snapshot, error) {
	if t.st == nil {
		return nil, &PrunedError{Version: version}
	}
	return t.st.at(version, Root{})
}

// AtRoot returns the newest version that has the given root. It fails with *PrunedError if none is kept that has. It is
// safe for concurrent use.
func (t *Tree) AtRoot(root Root) (*Snapshot, error) {
	if t.st == nil {
		return nil, &PrunedError{Root: root}
	}
	st := t.st
	st.mu.Lock()
	recent := st.recent
	st.mu.Unlock()
	for i := len(recent) - 1; i >= 0; i-- {
		if recent[i].root.hash == root {
			return st.at(recent[i].version, root)
		}
	}
	b, err := st.record(context.Background(), rawKey(recordRoot, root[:]), 0, 8)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, st.pruned(0, root)
	}
	return st.at(binary.BigEndian.Uint64(b), root)
}

// at returns a version, and checks that it has the root that was asked for (zero: any).
func (st *store) at(version uint64, root Root) (*Snapshot, error) {
	st.mu.Lock()
	recent := st.recent
	st.mu.Unlock()
	if len(recent) == 0 || version < st.oldest.Load() || version > recent[len(recent)-1].version {
		return nil, st.pruned(version, root)
	}
	for _, c := range recent {
		if c.version == version {
			return st.snapshot(c, keepIfRoom), nil
		}
	}
	c, err := st.version(context.Background(), version)
	if err != nil {
		return nil, err
	}
	if c == nil || root != (Root{}) && c.root.hash != root {
		return nil, st.pruned(version, root)
	}
	return st.snapshot(c, keepNever), nil
}

func (st *store) snapshot(c *committed, keep int) *Snapshot {
	return &Snapshot{st: st, c: c, v: view{root: &c.root, src: &pages{st: st, version: c.version, keep: keep}}}
}

// Root returns the version's root.
func (s *Snapshot) Root() Root { return s.c.root.hash }

// Version returns the version's number.
func (s *Snapshot) Version() uint64 { return s.c.version }

// check refuses pruned versions even where their nodes happen to be in memory still.
func (s *Snapshot) check() error {
	if s.c.version < s.st.oldest.Load() {
		return s.st.pruned(s.c.version, Root{})
	}
	return nil
}

// Get implements [Reader].
func (s *Snapshot) Get(key []byte) ([]byte, error) {
	value, _, err := s.get(key)
	return value, err
}

// get also says how many nodes lie on the way.
func (s *Snapshot) get(key []byte) ([]byte, int, error) {
	if err := checkKey(key); err != nil {
		return nil, 0, err
	}
	if err := s.check(); err != nil {
		return nil, 0, err
	}
	return s.v.get(key)
}

// Iterate implements [Reader].
func (s *Snapshot) Iterate(prefix, from []byte) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		err := s.scan(prefix, from, func(l *leaf, _ int) bool { return yield(Entry{l.key(), l.value()}, nil) })
		if err != nil {
			yield(Entry{}, err)
		}
	}
}

func (s *Snapshot) scan(prefix, from []byte, yield func(*leaf, int) bool) error {
	if err := s.check(); err != nil {
		return err
	}
	return s.v.scan(prefix, from, yield)
}
