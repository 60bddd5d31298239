package state

import (
	"encoding/binary"
	"encoding/hex"
	"iter"
	"math/bits"
)

// Limits of what a tree holds and of what is accepted from others.
const (
	MaxKey          = 128      // bytes of a key; at least 1
	MaxValue        = 64 << 10 // bytes of a value; at least 1
	MaxWitness      = 16 << 20 // bytes of an encoded witness
	MaxWitnessNodes = 1 << 19  // leaves and branches in a witness
)

// maxBit is the highest bit index in which two keys can differ: 9 bits a byte, see the package's documentation.
const maxBit = 9*MaxKey - 1

// Root names the whole content of a tree. The zero Root is that of the empty tree.
type Root [32]byte

// String returns the root as 64 hex digits.
func (r Root) String() string { return hex.EncodeToString(r[:]) }

// Entry is a key and its value. Both slices belong to the tree: read them, copy them, never change them.
type Entry struct{ Key, Value []byte }

// Reader reads keys of 1 to [MaxKey] bytes.
type Reader interface {
	// Get returns the value of key, nil if it is absent. Values are never empty. The slice is read only.
	Get(key []byte) ([]byte, error)
	// Iterate returns the entries whose keys start with prefix, in ascending order, from the first key not before from
	// (nil: all). After yielding an error it stops. Writes made while it runs are not seen by it.
	Iterate(prefix, from []byte) iter.Seq2[Entry, error]
}

// Writer is a Reader that sees its own writes.
type Writer interface {
	Reader
	// Set gives key a value of 1 to [MaxValue] bytes. Both are copied.
	Set(key, value []byte) error
	// Delete removes key; it is no error if key is absent.
	Delete(key []byte) error
}

func checkKey(key []byte) error {
	if n := len(key); n < 1 || n > MaxKey {
		return &SizeError{What: "key", Size: n, Min: 1, Max: MaxKey}
	}
	return nil
}

func checkEntry(key, value []byte) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if n := len(value); n < 1 || n > MaxValue {
		return &SizeError{What: "value", Size: n, Min: 1, Max: MaxValue}
	}
	return nil
}

// keyBit returns bit i of key, 0 or 1; bits behind the key's end are 0.
func keyBit(key []byte, i int) int {
	j, r := i/9, i%9
	if j >= len(key) {
		return 0
	}
	if r == 0 {
		return 1
	}
	return int(key[j]>>(8-r)) & 1
}

// critBit returns the first bit in which a and b differ, -1 if they are equal.
func critBit(a, b []byte) int {
	n := min(len(a), len(b))
	j := 0
	for ; j+8 <= n; j += 8 {
		if x := binary.BigEndian.Uint64(a[j:]) ^ binary.BigEndian.Uint64(b[j:]); x != 0 {
			z := bits.LeadingZeros64(x)
			return 9*(j+z/8) + 1 + z%8
		}
	}
	for ; j < n; j++ {
		if x := a[j] ^ b[j]; x != 0 {
			return 9*j + 1 + bits.LeadingZeros8(x)
		}
	}
	if len(a) == len(b) {
		return -1
	}
	return 9 * n
}
