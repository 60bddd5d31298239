// Command iavlbench commits the same updates to core/state and to github.com/cosmos/iavl, in turns, in one process, and
// prints how long both take. Each has a Pebble of its own with the same options, syncs at every commit, keeps the same
// number of versions, and may cache about the same number of bytes. A commit's time is that of reading and writing the
// keys, hashing, storing and pruning. It is a module of its own, so that iavl stays out of the main one:
//
//	cd core/state/iavlbench && go run . -keys 1000000 -updates 1000
package main

import (
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cosmos/iavl"
	pebbleds "github.com/ipfs/go-ds-pebble"
	"github.com/taolight/taolight/core/state"
)

// iavlNode is about what a node takes in iavl's cache, which counts nodes: the node itself (key, value, hash, node key,
// the keys of its children), its map entry and its list element.
const iavlNode = 320

var (
	keys    = flag.Int("keys", 1_000_000, "keys in the tree")
	updates = flag.Int("updates", 1000, "random updates in a commit")
	commits = flag.Int("commits", 40, "commits to measure")
	cache   = flag.Int("cache", 1024, "cache of each tree in MiB, besides Pebble's")
	keep    = flag.Int("keep", 8, "versions to keep")
	block   = flag.Int("block-cache", 64, "Pebble's cache in MiB")
)

// contestant is a tree under test.
type contestant interface {
	get(key []byte) error
	set(key, value []byte) error
	commit() error // and prune
}

func main() {
	flag.Parse()
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "iavlbench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	oursDB, err := pebble.Open(filepath.Join(dir, "ours"), options())
	if err != nil {
		return err
	}
	store, err := pebbleds.NewDatastore("", pebbleds.WithPebbleDB(oursDB))
	if err != nil {
		return err
	}
	defer store.Close()
	theirsDB, err := pebble.Open(filepath.Join(dir, "theirs"), options())
	if err != nil {
		return err
	}
	defer theirsDB.Close()
	tree, err := state.Open(context.Background(), store, state.Options{Keep: uint64(*keep), CacheBytes: *cache << 20})
	if err != nil {
		return err
	}
	theirs := iavl.NewMutableTree(pebbleDB{theirsDB}, *cache<<20/iavlNode, true, iavl.NewNopLogger(), iavl.SyncOption(true))
	return race([]contestant{&ours{tree: tree}, &cosmos{tree: theirs}})
}

func options() *pebble.Options {
	return &pebble.Options{CacheSize: int64(*block) << 20, MemTableSize: 32 << 20, Logger: quiet{}}
}

// race fills both trees and measures their commits in turns.
func race(both []contestant) error {
	r := rand.New(rand.NewSource(1))
	all := make([][]byte, *keys)
	value := make([]byte, 40)
	for i := range all {
		all[i] = make([]byte, 33)
		r.Read(all[i])
		binary.BigEndian.PutUint64(value, uint64(i))
		for _, c := range both {
			if err := c.set(all[i], slices.Clone(value)); err != nil {
				return err
			}
			if (i+1)%100_000 == 0 || i+1 == *keys {
				if err := c.commit(); err != nil {
					return err
				}
			}
		}
	}
	warm := 2 * *keep
	times := make([][]time.Duration, len(both))
	for n := range warm + *commits {
		seed := r.Int63()
		for i, c := range both {
			start := time.Now()
			if err := update(c, rand.New(rand.NewSource(seed)), all); err != nil {
				return err
			}
			if n >= warm {
				times[i] = append(times[i], time.Since(start))
			}
		}
	}
	ours, theirs := report("core/state", times[0]), report("iavl", times[1])
	fmt.Printf("%d keys, %d updates: core/state takes %.2f of iavl's time (median), %.2f (mean)\n", *keys, *updates,
		float64(ours[0])/float64(theirs[0]), float64(ours[1])/float64(theirs[1]))
	return nil
}

// update reads and changes random keys and commits.
func update(c contestant, r *rand.Rand, all [][]byte) error {
	for range *updates {
		value := make([]byte, 40)
		r.Read(value)
		key := all[r.Intn(len(all))]
		if err := c.get(key); err != nil {
			return err
		}
		if err := c.set(key, value); err != nil {
			return err
		}
	}
	return c.commit()
}

// report prints and returns the median and the mean.
func report(name string, times []time.Duration) [2]time.Duration {
	slices.Sort(times)
	var sum time.Duration
	for _, t := range times {
		sum += t
	}
	median, mean := times[len(times)/2], sum/time.Duration(len(times))
	fmt.Printf("%-11s commit of %d updates at %d keys: median %v, mean %v, best %v, worst %v\n", name, *updates, *keys,
		median.Round(10*time.Microsecond), mean.Round(10*time.Microsecond), times[0].Round(10*time.Microsecond),
		times[len(times)-1].Round(10*time.Microsecond))
	return [2]time.Duration{median, mean}
}

type ours struct{ tree *state.Tree }

func (o *ours) get(key []byte) error        { _, err := o.tree.Get(key); return err }
func (o *ours) set(key, value []byte) error { return o.tree.Set(key, value) }

func (o *ours) commit() error {
	_, err := o.tree.Commit(context.Background(), o.tree.Version()+1)
	return err
}

type cosmos struct{ tree *iavl.MutableTree }

func (c *cosmos) get(key []byte) error        { _, err := c.tree.Get(key); return err }
func (c *cosmos) set(key, value []byte) error { _, err := c.tree.Set(key, value); return err }

func (c *cosmos) commit() error {
	_, version, err := c.tree.SaveVersion()
	if err != nil {
		return err
	}
	if old := version - int64(*keep); old > 0 {
		return c.tree.DeleteVersionsTo(old)
	}
	return nil
}

// quiet is a log that nobody reads.
type quiet struct{}

func (quiet) Infof(string, ...any)              {}
func (quiet) Errorf(string, ...any)             {}
func (quiet) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }
