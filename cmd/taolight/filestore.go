package main

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"
)

// fileStore is a go-datastore with one file for each key: the few small records of a light client that many short
// runs of this program share. Files are replaced as a whole, so a reader sees an old record or a new one.
type fileStore struct{ dir string }

var _ ds.Datastore = fileStore{}

func (s fileStore) path(key ds.Key) string {
	return filepath.Join(s.dir, hex.EncodeToString(key.Bytes()))
}

func (s fileStore) Get(_ context.Context, key ds.Key) ([]byte, error) {
	raw, err := os.ReadFile(s.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ds.ErrNotFound
	}
	return raw, err
}

func (s fileStore) Has(ctx context.Context, key ds.Key) (bool, error) {
	return ds.GetBackedHas(ctx, s, key)
}

func (s fileStore) GetSize(ctx context.Context, key ds.Key) (int, error) {
	return ds.GetBackedSize(ctx, s, key)
}

func (s fileStore) Put(_ context.Context, key ds.Key, value []byte) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	return writeWhole(s.path(key), value, 0o600)
}

// writeWhole writes a file that is there as it was until it is there as a whole.
func writeWhole(path string, content []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails once it is renamed
	if _, err = tmp.Write(content); err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Chmod(mode), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func (s fileStore) Delete(_ context.Context, key ds.Key) error {
	if err := os.Remove(s.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Sync makes renamed files survive a power cut.
func (s fileStore) Sync(context.Context, ds.Key) error {
	if _, err := os.Stat(s.dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return syncFolder(s.dir)
}

func (s fileStore) Close() error { return nil }

// Query lists all records.
func (s fileStore) Query(_ context.Context, q query.Query) (query.Results, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var found []query.Entry
	for _, e := range entries {
		key, err := hex.DecodeString(e.Name())
		if err != nil {
			continue // a file that is being written
		}
		value, err := os.ReadFile(filepath.Join(s.dir, e.Name()))
		if err != nil {
			return nil, err
		}
		found = append(found, query.Entry{Key: string(key), Value: value, Size: len(value)})
	}
	return query.NaiveQueryApply(q, query.ResultsWithEntries(q, found)), nil
}
