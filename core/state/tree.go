package state

import (
	"bytes"
	"context"
	"iter"
	"slices"

	ds "github.com/ipfs/go-datastore"
)

// DefaultCacheBytes is the cache's size unless [Options] give another.
const DefaultCacheBytes = 64 << 20

// Options say how a tree on a datastore is kept.
type Options struct {
	// Keep is how many of the newest committed versions can be read. 0: all that were ever committed.
	Keep uint64
	// CacheBytes is about how much memory stored nodes may take between commits; during one, all that it touches is in
	// memory. 0 means DefaultCacheBytes; a negative number, as little as possible.
	CacheBytes int
}

// Tree is the one writer of an authenticated tree. Its own writes are visible to its reads at once and to others when
// they are committed. A Tree is not for concurrent use, except for [Tree.At] and [Tree.AtRoot].
type Tree struct {
	st      *store // nil: in memory
	keep    uint64
	kept    []uint64 // the stored versions, oldest first; unused if all are kept
	src     source
	partial bool // on a witness

	base    *ref     // what was committed, or the witness
	work    *ref     // base with the writes that Root has put into it; base itself if partial
	gone    []pageID // pages of base that work doesn't have
	grown   int      // bytes of memory that work takes more than base
	buf     buffer   // the writes since
	result  *ref     // partial: base with all of buf, nil if it isn't known
	err     error    // nothing can be had until Rollback; for good if partial
	version uint64
}

// New returns an empty tree in memory. It can't be committed.
func New() *Tree { return &Tree{src: nowhere{}, base: &ref{}, work: &ref{}} }

// nowhere is the source of trees that are in memory as a whole.
type nowhere struct{}

func (nowhere) fetch(_ *ref, key []byte) (*branch, *leaf, error) {
	return nil, nil, &MissingError{Key: bytes.Clone(key)}
}

// Open returns the tree of the last version that was committed to the datastore, or an empty one at version 0. A
// *CorruptError says that what the datastore returns was never written to it.
//
// The datastore must be safe for concurrent use if snapshots are to be, and keep the order of writes over a crash. Its
// batches should be atomic; if they aren't, a crash may leave garbage behind but no harm.
func Open(ctx context.Context, into ds.Batching, o Options) (*Tree, error) {
	st := &store{ds: into, limit: int64(o.CacheBytes)}
	if o.CacheBytes == 0 {
		st.limit = DefaultCacheBytes
	}
	t := &Tree{st: st, keep: o.Keep, base: &ref{}}
	t.work = t.base
	src := &pages{st: st, keep: keepAlways}
	t.src = src
	c, oldest, err := st.readMeta(ctx)
	if err != nil {
		return nil, err
	}
	if c == nil {
		return t, nil
	}
	src.version = c.version
	t.version, t.base, t.work = c.version, &c.root, &c.root
	st.publish(c, oldest)
	if _, _, err := t.view().find(nil); err != nil { // one path: better now than in the middle of a block
		return nil, err
	}
	if t.keep == 0 {
		return t, nil
	}
	for c != nil {
		t.kept = append(t.kept, c.version)
		if c.before == noVersion {
			break
		}
		if c, err = st.version(ctx, c.before); err != nil {
			return nil, err
		}
	}
	slices.Reverse(t.kept)
	return t, nil
}

func (t *Tree) view() *view { return &view{root: t.work, src: t.src, mark: t.partial} }

// fail remembers that a tree on a witness lacks a node: no later answer may look as if it were one.
func (t *Tree) fail(err error) error {
	if t.partial && t.err == nil {
		t.err = err
	}
	return err
}

// Get implements [Reader].
func (t *Tree) Get(key []byte) ([]byte, error) {
	if t.err != nil {
		return nil, t.err
	}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	if c, ok := t.buf.get(key); ok {
		return c.entry.value(), nil
	}
	v := view{root: t.work, src: t.src, mark: t.partial}
	value, _, err := v.get(key)
	if err != nil {
		return nil, t.fail(err)
	}
	return value, nil
}

// Iterate implements [Reader].
func (t *Tree) Iterate(prefix, from []byte) iter.Seq2[Entry, error] {
	base := func(yield func(Entry, error) bool) {
		err := t.err
		if err == nil {
			err = t.view().scan(prefix, from, func(l *leaf, _ int) bool { return yield(Entry{l.key(), l.value()}, nil) })
		}
		if err != nil {
			yield(Entry{}, t.fail(err))
		}
	}
	return t.buf.iterate(base, prefix, from)
}

// Set implements [Writer].
func (t *Tree) Set(key, value []byte) error {
	if err := checkEntry(key, value); err != nil {
		return err
	}
	entry := newRecord(key, value)
	return t.adopt(change{entry.key(), entry})
}

// Delete implements [Writer].
func (t *Tree) Delete(key []byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return t.adopt(change{key: bytes.Clone(key)})
}

func (t *Tree) adopt(c change) error {
	if t.err != nil {
		return t.err
	}
	t.result = nil
	t.buf.put(c)
	return nil
}

// Root returns the hash of the content as it is now, after all writes. If that takes a node that can't be had, it
// returns the zero Root and [Tree.Err] says why: Commit fails then, and Witness.Run.
func (t *Tree) Root() Root {
	if t.err != nil {
		return Root{}
	}
	if t.buf.len() == 0 {
		return t.work.hash
	}
	if t.result != nil {
		return t.result.hash
	}
	v, next := t.view(), new(ref)
	writes, err := resolve(v, t.buf.all())
	var grown int
	if err == nil {
		grown, err = apply(v, next, writes, func(id pageID) { t.gone = append(t.gone, id) })
	}
	if err != nil {
		t.err = err
		return Root{}
	}
	if t.partial { // keep the writes: applied together, they need the nodes on their own paths only
		t.result = next
	} else {
		t.work = next
		t.grown += grown
		t.buf.reset()
	}
	return next.hash
}

// Err says why the tree can't be used: a failed Root or Commit ([Tree.Rollback] helps), or the first node that a witness
// lacks.
func (t *Tree) Err() error { return t.err }

// Version returns the last committed version, 0 before the first.
func (t *Tree) Version() uint64 { return t.version }

// Rollback forgets what wasn't committed, and the error of a failed Commit.
func (t *Tree) Rollback() {
	t.buf.reset()
	t.work, t.gone, t.grown, t.result = t.base, nil, 0, nil
	if !t.partial {
		t.err = nil
	}
}
