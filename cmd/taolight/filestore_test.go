package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A file is replaced as a whole, and what could not be written leaves it and the folder as they were.
func TestWriteWhole(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "mine.taoproof")
	for _, content := range []string{"first", "second"} {
		if err := writeWhole(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		at, err := os.Stat(path)
		if got, _ := os.ReadFile(path); err != nil || string(got) != content || at.Mode().Perm() != 0o644 {
			t.Errorf("%q, %v", got, err)
		}
	}
	taken := filepath.Join(folder, "taken")
	if err := os.MkdirAll(filepath.Join(taken, "inside"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := writeWhole(taken, []byte("third"), 0o644); err == nil {
		t.Error("a folder was replaced")
	}
	if all, err := os.ReadDir(folder); err != nil || len(all) != 2 {
		t.Errorf("left in the folder: %v, %v", all, err)
	}
}
