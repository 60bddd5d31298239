package state

import (
	"testing"

	"github.com/taolight/taolight/core/fuzztest"
)

// FuzzVersion reads any bytes of the right length as the record of a version.
func FuzzVersion(f *testing.F) {
	const version = 9
	first := committed{version: version, before: noVersion}
	later := committed{version: version, before: 3}
	later.root.hash, later.root.id = Root{1}, newPageID(4, 1)
	decode := func(b []byte) (*committed, error) {
		if len(b) != versionBytes {
			return nil, &CorruptError{Version: version, Reason: "length"} // the store refuses those before
		}
		return decodeVersion(version, b)
	}
	fuzztest.Canonical(f, decode, func(c *committed) []byte { return c.encode(nil) }, first.encode(nil), later.encode(nil), make([]byte, versionBytes))
}
