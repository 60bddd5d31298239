package state

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"golang.org/x/crypto/blake2b"
)

// TestFormatIsPinned computes roots and a witness by hand: changing what is hashed or sent is changing the chain.
func TestFormatIsPinned(t *testing.T) {
	hash := func(parts ...string) string {
		sum := blake2b.Sum256([]byte(strings.Join(parts, "")))
		return string(sum[:])
	}
	// "a" and "ab" differ in whether there is a second byte: bit 9. "a" and "c" (0x61, 0x63) in bit 1+6.
	a, ab := hash("\x00\x01a\x00\x00x"), hash("\x00\x02ab\x00\x01yz")
	c := hash("\x00\x01c\x01\x00", strings.Repeat("v", 257))
	left := hash("\x01\x00\x09", a, ab)
	root := hash("\x01\x00\x07", left, c)

	tree := New()
	for _, step := range []struct{ key, value, root string }{
		{"", "", strings.Repeat("\x00", 32)},
		{"a", "x", a},
		{"ab", "yz", left},
		{"c", strings.Repeat("v", 257), root},
	} {
		if step.key != "" {
			ok(t, tree.Set([]byte(step.key), []byte(step.value)))
		}
		if got := tree.Root(); string(got[:]) != step.root {
			t.Fatalf("after %q: root %s, want %x", step.key, got, step.root)
		}
	}
	if got := tree.Root().String(); got != hex.EncodeToString([]byte(root)) {
		t.Error(got)
	}

	disk, err := Open(bg, memStore(), Options{})
	ok(t, err)
	for e, err := range tree.Iterate(nil, nil) {
		ok(t, err)
		ok(t, disk.Set(e.Key, e.Value))
	}
	_, err = disk.Commit(bg, 1)
	ok(t, err)
	w := witness(t, disk, get([]byte("ab"), new([]byte)))
	// A branch (2); left of it a branch (2), right a hash (0), bit 7: 0x8007. Below: a hash, a leaf (1), bit 9: 0x1009.
	if want := "\x02\x80\x07\x10\x09" + a + "\x02ab\x00\x01yz" + c; !bytes.Equal(w, []byte(want)) {
		t.Errorf("witness %x, want %x", []byte(w), want)
	}
}
