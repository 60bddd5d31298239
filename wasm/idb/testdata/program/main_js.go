// Command program runs a store through its paces in a browser and says in the document's title how it went.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall/js"

	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"

	"github.com/taolight/taolight/wasm/idb"
)

func main() {
	title := "passed"
	if err := check(context.Background(), js.Global().Get("scenario").String()); err != nil {
		title = "failed: " + err.Error()
	}
	js.Global().Get("document").Set("title", title)
}

func check(ctx context.Context, scenario string) error {
	store, err := idb.Open(ctx, "test")
	if scenario == "none" {
		if !errors.Is(err, idb.ErrUnavailable) {
			return fmt.Errorf("opened what isn't there: %v", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	switch scenario {
	case "use":
		return use(ctx, store)
	case "again":
		return again(ctx, store)
	}
	return errors.New("no scenario " + scenario)
}

// odd is a key that no JavaScript string can hold.
var odd = ds.RawKey("/a/\xff\xfe\x00\x80")

func use(ctx context.Context, s *idb.Store) error {
	want := map[string][]byte{"/a": {1}, "/a/b": {}, "/a/b/c": bytes.Repeat([]byte{7}, 1<<20), "/ab": {2}, "/z": {3}, odd.String(): {4}}
	batch, err := s.Batch(ctx)
	if err != nil {
		return err
	}
	for k, v := range want {
		if err := batch.Put(ctx, ds.RawKey(k), v); err != nil {
			return err
		}
	}
	if has, err := s.Has(ctx, ds.NewKey("/a")); err != nil || has {
		return fmt.Errorf("a batch is visible before its commit: %t, %v", has, err)
	}
	if err := batch.Commit(ctx); err != nil {
		return err
	}
	for k, v := range want {
		got, err := s.Get(ctx, ds.RawKey(k))
		if err != nil || !bytes.Equal(got, v) {
			return fmt.Errorf("%q: %d bytes, %v", k, len(got), err)
		}
		if n, err := s.GetSize(ctx, ds.RawKey(k)); err != nil || n != len(v) {
			return fmt.Errorf("size of %q: %d, %v", k, n, err)
		}
	}
	many, err := s.GetMany(ctx, []ds.Key{ds.NewKey("/z"), ds.NewKey("/none"), odd})
	if err != nil || len(many) != 3 || many[0][0] != 3 || many[1] != nil || many[2][0] != 4 {
		return fmt.Errorf("many: %v, %v", many, err)
	}
	if _, err := s.Get(ctx, ds.NewKey("/none")); !errors.Is(err, ds.ErrNotFound) {
		return fmt.Errorf("absent: %v", err)
	}
	for prefix, keys := range map[string][]string{"/a": {"/a/b", "/a/b/c", odd.String()}, "/a/b": {"/a/b/c"}, "/q": nil, "": {"/a", "/a/b", "/a/b/c", odd.String(), "/ab", "/z"}} {
		found, err := s.Query(ctx, query.Query{Prefix: prefix})
		if err != nil {
			return err
		}
		entries, err := found.Rest()
		if err != nil {
			return err
		}
		var got []string
		for _, e := range entries {
			if !bytes.Equal(e.Value, want[e.Key]) {
				return fmt.Errorf("query %q: another value at %q", prefix, e.Key)
			}
			got = append(got, e.Key)
		}
		slices.Sort(got)
		slices.Sort(keys)
		if !slices.Equal(got, keys) {
			return fmt.Errorf("query %q: %q, want %q", prefix, got, keys)
		}
	}
	if err := s.Delete(ctx, ds.NewKey("/z")); err != nil {
		return err
	}
	if err := s.Delete(ctx, ds.NewKey("/none")); err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if err := s.Put(ctx, ds.NewKey("/y"), []byte{1}); !errors.Is(err, idb.ErrUnavailable) {
		return fmt.Errorf("put after close: %v", err)
	}
	return nil
}

// again runs on a later visit.
func again(ctx context.Context, s *idb.Store) error {
	if v, err := s.Get(ctx, odd); err != nil || !bytes.Equal(v, []byte{4}) {
		return fmt.Errorf("after a reload: %v, %v", v, err)
	}
	if has, err := s.Has(ctx, ds.NewKey("/z")); err != nil || has {
		return fmt.Errorf("deleted, yet there after a reload: %t, %v", has, err)
	}
	return nil
}
