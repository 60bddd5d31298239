package state

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	ds "github.com/ipfs/go-datastore"
	"golang.org/x/crypto/blake2b"
)

// What a tree keeps in its datastore, all of it below keys that no clean path collides with:
//
//	/n/<page id>.   a page of nodes
//	/o/<version>.   the pages that the version before still used and this one doesn't
//	/v/<version>.   a committed version, but for the newest
//	/r/<root>.      the newest of them that has this root
//	/meta.          the newest version, and which one is the oldest that is kept
//
// Writing /meta. is what makes a commit count. What belongs to later versions is left over from a commit that didn't
// finish; it is never read, and overwritten when the version is committed again.
const (
	recordVersion = "/v/"
	recordOrphans = "/o/"
	recordRoot    = "/r/"
	recordMeta    = "/meta"
)

// keptRoots is how many of the newest versions have their cached nodes shared with snapshots.
const keptRoots = 4

// committed is the root of a committed version, with what is cached below it.
type committed struct {
	version uint64
	before  uint64 // the version committed before; noVersion: none
	root    ref
}

const noVersion = ^uint64(0)

// store is what a tree shares with its snapshots.
type store struct {
	ds    ds.Batching
	limit int64 // of cached, in bytes

	cached atomic.Int64  // about what the newest tree's stored nodes take in memory
	oldest atomic.Uint64 // snapshots before it fail; what they used may be gone

	mu     sync.Mutex
	recent []*committed // the newest versions, oldest first; empty before the first commit
}

func versionKey(kind string, version uint64) ds.Key {
	return rawKey(kind, binary.BigEndian.AppendUint64(nil, version))
}

// rawKey ends in a dot, because a datastore key must not end in a slash.
func rawKey(kind string, name []byte) ds.Key {
	return ds.RawKey(kind + string(name) + ".")
}

const sumBytes = 8

// seal appends a checksum over a record and its key.
func seal(key ds.Key, body []byte) []byte {
	sum := blake2b.Sum256(append([]byte(key.String()), body...))
	return append(body, sum[:sumBytes]...)
}

// record reads a sealed record of the given version whose body has size bytes (-1: any). It returns nil if there is none.
func (st *store) record(ctx context.Context, key ds.Key, version uint64, size int) ([]byte, error) {
	raw, err := st.ds.Get(ctx, key)
	if errors.Is(err, ds.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("state: read record %q: %w", key.String(), err)
	}
	n := len(raw) - sumBytes
	if n < 0 || size >= 0 && n != size || string(seal(key, raw[:n:n])) != string(raw) {
		return nil, &CorruptError{Version: version, Reason: fmt.Sprintf("record %q fails its checksum", key.String())}
	}
	return raw[:n:n], nil
}

// A version's record is its root and the version before it. That of the newest version is in /meta., behind the oldest
// version that is kept; it gets a place of its own with the next commit, so that no unfinished commit ever has one.
const versionBytes = len(Root{}) + idBytes + 8

func (c *committed) encode(b []byte) []byte {
	b = append(b, c.root.hash[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(c.root.id))
	return binary.BigEndian.AppendUint64(b, c.before)
}

func decodeVersion(version uint64, b []byte) (*committed, error) {
	c := &committed{version: version, before: binary.BigEndian.Uint64(b[40:])}
	c.root.hash, c.root.id = Root(b[:32]), pageID(binary.BigEndian.Uint64(b[32:]))
	if c.root.empty() != (c.root.id == 0) || c.root.id.version() > version || c.before != noVersion && c.before >= version {
		return nil, &CorruptError{Version: version, Reason: "its record makes no sense"}
	}
	return c, nil
}

// version reads the record of a version before the newest, nil if there is none.
func (st *store) version(ctx context.Context, version uint64) (*committed, error) {
	b, err := st.record(ctx, versionKey(recordVersion, version), version, versionBytes)
	if b == nil || err != nil {
		return nil, err
	}
	return decodeVersion(version, b)
}

// writeMeta makes c the last committed version.
func (st *store) writeMeta(ctx context.Context, c *committed, oldest uint64) error {
	key := rawKey(recordMeta, nil)
	b := binary.BigEndian.AppendUint64(nil, c.version)
	b = binary.BigEndian.AppendUint64(b, oldest)
	return st.ds.Put(ctx, key, seal(key, c.encode(b)))
}

// readMeta returns the last committed version and the oldest one that is kept, nil if nothing was ever committed.
func (st *store) readMeta(ctx context.Context) (c *committed, oldest uint64, err error) {
	b, err := st.record(ctx, rawKey(recordMeta, nil), 0, 16+versionBytes)
	if b == nil || err != nil {
		return nil, 0, err
	}
	version, oldest := binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])
	if oldest > version || version > maxVersion {
		return nil, 0, &CorruptError{Version: version, Reason: "versions out of order"}
	}
	c, err = decodeVersion(version, b[16:])
	return c, oldest, err
}

// newest returns the last committed version, nil before the first.
func (st *store) newest() *committed {
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.recent) == 0 {
		return nil
	}
	return st.recent[len(st.recent)-1]
}

// publish makes c the newest version. The oldest one that is kept is set first: a snapshot of a version that is about
// to go must know.
func (st *store) publish(c *committed, oldest uint64) {
	st.oldest.Store(oldest)
	st.mu.Lock()
	defer st.mu.Unlock()
	if len(st.recent) == keptRoots {
		st.recent = append([]*committed{}, st.recent[1:]...)
	}
	st.recent = append(st.recent, c)
}

// pruned returns a PrunedError for a version or root that isn't there.
func (st *store) pruned(version uint64, root Root) error {
	e := &PrunedError{Version: version, Oldest: st.oldest.Load(), Root: root}
	if c := st.newest(); c != nil {
		e.Newest = c.version
	}
	return e
}

// pages fetches nodes from the store, for the tree of one version.
type pages struct {
	st      *store
	version uint64
	keep    int // whether to leave what was fetched in memory
}

const (
	keepNever  = iota // nobody else profits
	keepIfRoom        // up to the cache's limit
	keepAlways        // the writing tree; it drops what is too much after its commit
)

func (p *pages) fetch(r *ref, _ []byte) (*branch, *leaf, error) {
	raw, err := p.st.ds.Get(context.Background(), ds.RawKey(pageKey(r.id)))
	if errors.Is(err, ds.ErrNotFound) {
		if p.version < p.st.oldest.Load() {
			return nil, nil, p.st.pruned(p.version, Root{})
		}
		return nil, nil, p.corrupt(r, "it isn't there")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("state: read node %d of version %d: %w", r.id.seq(), r.id.version(), err)
	}
	var got ref
	size, err := decodePage(raw, r.id, &got)
	if err != nil {
		return nil, nil, p.corrupt(r, err.Error())
	}
	if got.hash != r.hash {
		return nil, nil, p.corrupt(r, "its hash is "+got.hash.String()+" instead of "+r.hash.String())
	}
	b, l := got.branch.Load(), got.leaf.Load()
	if p.keep == keepAlways || p.keep == keepIfRoom && p.st.cached.Load() < p.st.limit {
		p.st.cached.Add(int64(size))
		r.branch.Store(b)
		r.leaf.Store(l)
	}
	return b, l, nil
}

func (p *pages) corrupt(r *ref, reason string) error {
	return &CorruptError{Version: r.id.version(), Node: r.id.seq(), Reason: reason}
}
