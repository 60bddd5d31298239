package scenario

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/taolight/taolight/core/strictjson"
)

// FuzzRead: a script is read or refused with a place, and the same whether it arrives at once or byte by byte.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"accounts": {"//Alice": {"free": "1"}}, "blocks": [{"at": 1, "calls": []}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, err := read(bytes.NewReader(raw))
		var placed *strictjson.Error
		if err != nil && !errors.As(err, &placed) {
			t.Fatalf("%T %v", err, err)
		}
		if _, slow := read(iotest.OneByteReader(bytes.NewReader(raw))); (slow == nil) != (err == nil) {
			t.Fatalf("byte by byte %v, at once %v", slow, err)
		}
	})
}
