package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
)

// TestSnapshotsWhileCommitting reads snapshots in several goroutines while the tree commits, prunes and drops nodes
// from its cache. In version v each of the keys has the value v: a reader sees that or a *PrunedError.
func TestSnapshotsWhileCommitting(t *testing.T) {
	const keys, readers = 300, 4
	versions := uint64(60)
	if runtime.GOOS == "js" {
		versions = 20
	}
	tree, err := Open(bg, memStore(), Options{Keep: 3, CacheBytes: 20_000})
	ok(t, err)
	commit := func(v uint64) {
		value := binary.BigEndian.AppendUint64(nil, v)
		for i := range keys {
			ok(t, tree.Set(numbered(1, i), value))
		}
		_, err := tree.Commit(bg, v)
		ok(t, err)
	}
	commit(1)
	var wait sync.WaitGroup
	stop := make(chan struct{})
	newest := make(chan uint64, 1)
	newest <- 1
	for range readers {
		wait.Go(func() {
			for old, turn := (*Snapshot)(nil), uint64(0); ; {
				select {
				case <-stop:
					return
				default:
				}
				v := <-newest
				newest <- v
				turn++
				s, err := tree.At(v - min(v-1, turn%3))
				if err == nil && old == nil {
					old = s // held until it is pruned
				}
				for _, s := range []*Snapshot{s, old} {
					if s == nil {
						continue
					}
					if err := readVersion(tree, s, keys); err != nil {
						if !errors.As(err, new(*PrunedError)) {
							t.Error(err)
							return
						}
						old = nil
					}
				}
			}
		})
	}
	for v := uint64(2); v <= versions; v++ {
		commit(v)
		<-newest
		newest <- v
	}
	close(stop)
	wait.Wait()
}

func readVersion(tree *Tree, s *Snapshot, keys int) error {
	check := func(value []byte) error {
		if got := binary.BigEndian.Uint64(value); got != s.Version() {
			return fmt.Errorf("version %d has a value of version %d", s.Version(), got)
		}
		return nil
	}
	value, err := s.Get(numbered(1, 5))
	if err != nil {
		return err
	}
	if err := check(value); err != nil {
		return err
	}
	n := 0
	for e, err := range s.Iterate([]byte{1}, nil) {
		if err != nil {
			return err
		}
		if err := check(e.Value); err != nil {
			return err
		}
		n++
	}
	if n != keys {
		return fmt.Errorf("version %d has %d keys", s.Version(), n)
	}
	at, err := tree.AtRoot(s.Root())
	if err != nil {
		return err
	}
	r := Record(at)
	if _, err := r.Get(numbered(1, 9)); err != nil {
		return err
	}
	w, err := r.Witness()
	if err != nil {
		return err
	}
	_, err = w.Run(s.Root(), func(t *Tree) error {
		_, err := t.Get(numbered(1, 9))
		return err
	})
	return err
}
