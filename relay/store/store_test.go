package store

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	dbm "github.com/cometbft/cometbft-db"
	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"
	"pgregory.net/rapid"
)

func openTest(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(dir, Options{Cache: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSecondOpenIsRefused(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "data")
	s := openTest(t, dir)
	var locked *LockedError
	if _, err := Open(dir, Options{}); !errors.As(err, &locked) {
		t.Fatalf("same process: got %v, want a LockedError", err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperOpen$")
	cmd.Env = append(os.Environ(), "STORE_HELPER_DIR="+dir)
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("refused as locked")) {
		t.Fatalf("other process: %v\n%s", err, out)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, dir) // free again
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestHelperOpen is the other process of TestSecondOpenIsRefused.
func TestHelperOpen(t *testing.T) {
	dir := os.Getenv("STORE_HELPER_DIR")
	if dir == "" {
		t.Skip("only runs as a helper")
	}
	var locked *LockedError
	if _, err := Open(dir, Options{}); !errors.As(err, &locked) {
		t.Fatalf("got %v, want a LockedError", err)
	}
	os.Stdout.WriteString("refused as locked\n")
}

func TestFolderThatIsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var locked *LockedError
	if _, err := Open(path, Options{}); err == nil || errors.As(err, &locked) {
		t.Fatalf("got %v, want an error that is no LockedError", err)
	}
}

func TestStateAndCometDoNotMeet(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := openTest(t, dir)
	a, b := s.Comet("a"), s.Comet("b")
	for _, db := range []dbm.DB{a, b} {
		if err := db.SetSync([]byte("k"), []byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	batch, err := s.State().Batch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := batch.Put(ctx, ds.RawKey("/n/x"), []byte("node")); err != nil {
		t.Fatal(err)
	}
	if err := batch.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.State().Sync(ctx, ds.RawKey("/")); err != nil {
		t.Fatal(err)
	}
	if err := b.Delete([]byte("k")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = openTest(t, dir)
	defer s.Close()
	if ok, err := s.Comet("a").Has([]byte("k")); !ok || err != nil {
		t.Fatalf("a lost its key: %v", err)
	}
	if ok, _ := s.Comet("b").Has([]byte("k")); ok {
		t.Fatal("b kept a deleted key")
	}
	r, err := s.State().Query(ctx, query.Query{})
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.Rest()
	if err != nil || len(all) != 1 || all[0].Key != "/n/x" || string(all[0].Value) != "node" {
		t.Fatalf("the datastore sees %v, %v; want its own key only", all, err)
	}
}

func TestCometRefuses(t *testing.T) {
	s := openTest(t, t.TempDir())
	defer s.Close()
	db := s.Comet("x")
	for name, c := range map[string]struct{ got, want error }{
		"get empty":     {second(db.Get(nil)), ErrEmptyKey},
		"has empty":     {second(db.Has([]byte{})), ErrEmptyKey},
		"set empty":     {db.Set(nil, []byte{1}), ErrEmptyKey},
		"set nil":       {db.SetSync([]byte("k"), nil), ErrNilValue},
		"delete empty":  {db.DeleteSync(nil), ErrEmptyKey},
		"iterate empty": {second(db.Iterator([]byte{}, nil)), ErrEmptyKey},
		"reverse empty": {second(db.ReverseIterator(nil, []byte{})), ErrEmptyKey},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
	b := db.NewBatch()
	if err := errors.Join(b.Set([]byte("k"), []byte{}), b.WriteSync()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{b.Set([]byte("k"), []byte{1}), b.Delete([]byte("k")), b.Write(), b.WriteSync()} {
		if !errors.Is(err, ErrBatchClosed) {
			t.Errorf("written batch: got %v, want ErrBatchClosed", err)
		}
	}
	if err := errors.Join(b.Close(), b.Close()); err != nil {
		t.Error(err)
	}
	if v, err := db.Get([]byte("k")); v == nil || len(v) != 0 || err != nil {
		t.Errorf("an empty value came back as %v, %v", v, err)
	}
	if err := db.Compact(nil, nil); err != nil {
		t.Error(err)
	}
}

func TestEngineOutlivesTheStore(t *testing.T) {
	s := openTest(t, t.TempDir())
	db := s.Comet("x")
	if err := db.Set([]byte("k"), []byte{1}); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { // as CometBFT's gossip does
		for {
			if v, err := db.Get([]byte("k")); v == nil || err != nil {
				done <- err
				return
			}
		}
	}()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("a read after the end: %v, want none and no error", err)
	}
	b := db.NewBatch()
	ctx, nodes, key := context.Background(), s.State(), ds.RawKey("/n/x")
	for _, err := range []error{
		second(nodes.Get(ctx, key)), second(nodes.Has(ctx, key)), second(nodes.GetSize(ctx, key)), second(nodes.Batch(ctx)),
		second(nodes.Query(ctx, query.Query{})), nodes.Put(ctx, key, nil), nodes.Delete(ctx, key), nodes.Sync(ctx, key),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("state: got %v, want ErrClosed", err)
		}
	}
	for _, err := range []error{db.Set([]byte("k"), []byte{1}), db.DeleteSync([]byte("k")), second(db.Iterator(nil, nil)), db.Compact(nil, nil)} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	}
	if err := b.Set([]byte("k"), []byte{1}); !errors.Is(err, ErrBatchClosed) {
		t.Errorf("batch: %v", err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestCometEqualsMemDB runs random operations on one of two neighbouring databases and on cometbft-db's own in-memory
// database: gets and iterations in both directions and within bounds must agree after each.
func TestCometEqualsMemDB(t *testing.T) {
	s := openTest(t, t.TempDir())
	defer s.Close()
	before, after := s.Comet("m"), s.Comet("o")
	for _, db := range []dbm.DB{before, after} { // neighbours that must stay unseen
		for _, k := range []string{"\x00", "a", "\xff\xff"} {
			if err := db.Set([]byte(k), []byte("foreign")); err != nil {
				t.Fatal(err)
			}
		}
	}
	key := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 'a', 'b', 0xff}), 1, 4)
	rapid.Check(t, func(t *rapid.T) {
		db, model := s.Comet("n"), dbm.NewMemDB()
		clear := db.NewBatch()
		for _, k := range keysOf(t, db, nil, nil, false) {
			if err := clear.Delete(k); err != nil {
				t.Fatal(err)
			}
		}
		if err := clear.Write(); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			k, v := key.Draw(t, "key"), rapid.SliceOfN(rapid.Byte(), 0, 3).Draw(t, "value")
			if v == nil {
				v = []byte{}
			}
			op := rapid.SampledFrom([]string{"set", "delete", "batch"}).Draw(t, "op")
			for _, d := range []dbm.DB{db, model} {
				var err error
				b := d.NewBatch()
				switch op {
				case "set":
					err = d.Set(k, v)
				case "delete":
					err = d.Delete(k)
				case "batch":
					err = errors.Join(b.Delete(k), b.Set(append(bytes.Clone(k), 'z'), v), b.Write())
				}
				if err := errors.Join(err, b.Close()); err != nil {
					t.Fatal(err)
				}
			}
		}
		from, to := rapid.Just([]byte(nil)), rapid.Just([]byte(nil))
		a, b := rapid.OneOf(from, key).Draw(t, "from"), rapid.OneOf(to, key).Draw(t, "to")
		if a != nil && b != nil && bytes.Compare(a, b) > 0 {
			a, b = b, a
		}
		for _, reverse := range []bool{false, true} {
			got, want := keysOf(t, db, a, b, reverse), keysOf(t, model, a, b, reverse)
			if len(got) != len(want) {
				t.Fatalf("reverse %v from %x to %x: %x, want %x", reverse, a, b, got, want)
			}
			for i := range got {
				if !bytes.Equal(got[i], want[i]) {
					t.Fatalf("reverse %v: key %d is %x, want %x", reverse, i, got[i], want[i])
				}
				gv, _ := db.Get(got[i])
				wv, _ := model.Get(want[i])
				if !bytes.Equal(gv, wv) || gv == nil {
					t.Fatalf("value of %x: %x, want %x", got[i], gv, wv)
				}
			}
		}
	})
}

func keysOf(t rapid.TB, db dbm.DB, from, to []byte, reverse bool) [][]byte {
	open := db.Iterator
	if reverse {
		open = db.ReverseIterator
	}
	it, err := open(from, to)
	if err != nil {
		t.Fatal(err)
	}
	defer it.Close()
	var out [][]byte
	for ; it.Valid(); it.Next() {
		out = append(out, bytes.Clone(it.Key()))
	}
	if err := it.Error(); err != nil {
		t.Fatal(err)
	}
	return out
}
