package view

import (
	"encoding/hex"
	"fmt"
)

// Hash is a hash of 32 bytes; in JSON it stands as 64 hex digits.
type Hash [32]byte

// String returns the hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hex digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads 64 hex digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return fmt.Errorf("a hash has %d hex digits, not %d", 2*len(h), len(text))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// PastBlock is what the state remembers of an earlier block: enough to check the block and its events against, when
// somebody shows them.
type PastBlock struct {
	_      struct{} `cbor:",toarray"`
	Height uint64   `json:"height"`
	Exists bool     `json:"exists"` // the state has it: not for a block to come, nor for one that is long past
	Hash   Hash     `json:"hash"`   // of its header
	Events Hash     `json:"events"` // the Merkle root of what it did, see ledger.EventsRoot
	First  uint64   `json:"first"`  // the blocks that the state has, when the one asked for is none of them
	Last   uint64   `json:"last"`
}
