// Package fixedtest holds the reference chain's own results of fixed-point arithmetic and of single steps of an epoch, for the
// tests of those who compute the same. Begin with [Scalars].
package fixedtest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"testing"
)

//go:embed scalar.json.gz
var scalar []byte

// Scalars are the reference's results: by function, a list of its arguments and then the result.
func Scalars(t testing.TB) map[string][][]json.RawMessage {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(scalar))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases map[string][][]json.RawMessage `json:"cases"`
	}
	if err := json.NewDecoder(z).Decode(&file); err != nil {
		t.Fatal(err)
	}
	return file.Cases
}
