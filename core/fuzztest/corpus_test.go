//go:build !js

package fuzztest_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Limits of what is committed for targets: a seed is small, or mutating it takes long.
const (
	fewestSeeds = 3
	largestSeed = 16 << 10 // a proof file carries headers and a witness; other seeds have a quarter of it at most
	allSeeds    = 1 << 20
)

var target = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// TestEveryTargetHasACorpus expects files of real inputs beside each fuzz target, whatever seeds it makes itself: code can
// make only what this version of it encodes.
func TestEveryTargetHasACorpus(t *testing.T) {
	root := filepath.Join("..", "..")
	targets, total := map[string]bool{}, 0 // folders where their corpora are
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() && filepath.Base(filepath.Dir(path)) == "fuzz":
			found = append(found, path)
		case strings.HasSuffix(path, "_test.go"):
			source, err := os.ReadFile(path)
			for _, m := range target.FindAllSubmatch(source, -1) {
				targets[filepath.Join(filepath.Dir(path), "testdata", "fuzz", string(m[1]))] = true
			}
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for folder := range targets {
		seeds, _ := filepath.Glob(filepath.Join(folder, "*"))
		if len(seeds) < fewestSeeds {
			t.Errorf("%s has %d files; want %d or more", folder, len(seeds), fewestSeeds)
		}
		for _, seed := range seeds {
			b, err := os.ReadFile(seed)
			if err != nil || !bytes.HasPrefix(b, []byte("go test fuzz v1\n")) || len(b) > largestSeed {
				t.Errorf("%s is no seed of at most %d bytes: %v", seed, largestSeed, err)
			}
			total += len(b)
		}
	}
	for _, folder := range found {
		if !targets[folder] {
			t.Errorf("%s is the corpus of no target", folder)
		}
	}
	if total > allSeeds {
		t.Errorf("all seeds have %d bytes; the limit is %d", total, allSeeds)
	}
	t.Logf("%d targets, %d bytes", len(targets), total)
}
