package state

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	ds "github.com/ipfs/go-datastore"
)

// maxPrune is how many old versions one commit removes at most, so that a tree that is suddenly to keep fewer doesn't
// stop a chain.
const maxPrune = 16

// Commit makes the content as it is now the given version, which must be higher than the last one (the first may be 0),
// and prunes versions beyond Options.Keep. When it returns without error, the version outlives a crash. After an error
// other than *VersionError and ErrInMemory the tree can't be used until [Tree.Rollback], which leads back to the last
// version.
func (t *Tree) Commit(ctx context.Context, version uint64) (Root, error) {
	if t.st == nil {
		return Root{}, ErrInMemory
	}
	last := t.st.newest()
	if version > maxVersion || last != nil && version <= last.version {
		return Root{}, &VersionError{Version: version, Last: t.version}
	}
	root := t.Root()
	if t.err == nil {
		if err := t.commit(ctx, last, version); err != nil {
			t.err = fmt.Errorf("state: commit version %d: %w", version, err)
		}
	}
	if t.err != nil {
		return Root{}, t.err
	}
	return root, nil
}

func (t *Tree) commit(ctx context.Context, last *committed, version uint64) error {
	batch, err := t.st.ds.Batch(ctx)
	if err != nil {
		return err
	}
	p := paginator{version: version, put: func(id pageID, page []byte) error {
		return batch.Put(ctx, ds.RawKey(pageKey(id)), page)
	}}
	if err := p.tree(t.work); err != nil {
		return err
	}
	c := &committed{version: version, before: noVersion}
	c.root.set(t.work)
	if last != nil {
		c.before = last.version
	}
	if err := t.writeRecords(ctx, batch, version, last); err != nil {
		return err
	}
	oldest, pruned, err := t.prune(ctx, batch, version, last)
	if err != nil {
		return err
	}
	if err := batch.Commit(ctx); err != nil {
		return err
	}
	if err := t.st.writeMeta(ctx, c, oldest); err != nil {
		return err
	}
	if err := t.st.ds.Sync(ctx, ds.RawKey("/")); err != nil {
		return err
	}
	if t.keep > 0 {
		t.kept = append(t.kept[pruned:], version)
	}
	t.version, t.base, t.work, t.gone = version, &c.root, &c.root, nil
	t.src = &pages{st: t.st, version: version, keep: keepAlways}
	t.st.publish(c, oldest)
	t.st.cached.Add(int64(t.grown))
	t.grown = 0
	t.st.trim(t.base)
	return nil
}

// writeRecords notes what the new version doesn't use any more, and puts the last one's record where it belongs.
func (t *Tree) writeRecords(ctx context.Context, batch ds.Batch, version uint64, last *committed) error {
	if len(t.gone) > 0 {
		key := versionKey(recordOrphans, version)
		slices.Sort(t.gone) // stores delete in order more quickly
		list := make([]byte, 0, len(t.gone)*idBytes+sumBytes)
		for _, id := range t.gone {
			list = binary.BigEndian.AppendUint64(list, uint64(id))
		}
		if err := batch.Put(ctx, key, seal(key, list)); err != nil {
			return err
		}
	}
	if last == nil {
		return nil
	}
	key := versionKey(recordVersion, last.version)
	if err := batch.Put(ctx, key, seal(key, last.encode(nil))); err != nil {
		return err
	}
	key = rawKey(recordRoot, last.root.hash[:])
	return batch.Put(ctx, key, seal(key, binary.BigEndian.AppendUint64(nil, last.version)))
}

// prune decides which is the oldest version to be readable after this commit, and deletes versions that were out of
// reach already before it: what an unfinished commit has deleted is never missed. pruned is how many.
func (t *Tree) prune(ctx context.Context, batch ds.Batch, version uint64, last *committed) (oldest uint64, pruned int, err error) {
	if last == nil {
		return version, 0, nil
	}
	oldest = t.st.oldest.Load()
	if t.keep == 0 {
		return oldest, 0, nil
	}
	for pruned < maxPrune && pruned+1 < len(t.kept) && t.kept[pruned] < oldest {
		if err := t.pruneVersion(ctx, batch, t.kept[pruned], t.kept[pruned+1], last); err != nil {
			return 0, 0, err
		}
		pruned++
	}
	if i := len(t.kept) + 1 - int(min(t.keep, uint64(len(t.kept)+1))); i > 0 {
		first := version
		if i < len(t.kept) {
			first = t.kept[i]
		}
		oldest = max(oldest, first)
	}
	return oldest, pruned, nil
}

// pruneVersion deletes the oldest stored version, given the one behind it.
func (t *Tree) pruneVersion(ctx context.Context, batch ds.Batch, version, next uint64, last *committed) error {
	old, err := t.st.version(ctx, version)
	if err != nil {
		return err
	}
	if old != nil && old.root.hash != last.root.hash {
		key := rawKey(recordRoot, old.root.hash[:])
		b, err := t.st.record(ctx, key, version, 8)
		if err != nil {
			return err
		}
		if b != nil && binary.BigEndian.Uint64(b) == version {
			if err := batch.Delete(ctx, key); err != nil {
				return err
			}
		}
	}
	if err := batch.Delete(ctx, versionKey(recordVersion, version)); err != nil {
		return err
	}
	orphans := versionKey(recordOrphans, next)
	list, err := t.st.record(ctx, orphans, next, -1)
	if err != nil || list == nil {
		return err
	}
	if len(list)%idBytes != 0 {
		return &CorruptError{Version: next, Reason: "its list of orphans ends early"}
	}
	for ; len(list) > 0; list = list[idBytes:] {
		id := pageID(binary.BigEndian.Uint64(list))
		if id.version() > version {
			return &CorruptError{Version: next, Reason: "its list of orphans names pages that are younger"}
		}
		if err := batch.Delete(ctx, ds.RawKey(pageKey(id))); err != nil {
			return err
		}
	}
	return batch.Delete(ctx, orphans)
}
