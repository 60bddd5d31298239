package view

import "encoding/hex"

// Address names a block producer, as headers and commits do: the first bytes of the SHA-256 of its key. Its text is hex.
type Address [20]byte

// String returns the address in hex.
func (a Address) String() string { return hex.EncodeToString(a[:]) }

// MarshalText returns the address in hex.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// Producers is who makes the blocks, from the second block after the state's on: before that, those before them do.
type Producers struct {
	_         struct{}   `cbor:",toarray"`
	Producers []Producer `json:"producers"` // in the order of their addresses
	Power     int64      `json:"power"`     // of all
}

// Producer is one block producer.
type Producer struct {
	_       struct{} `cbor:",toarray"`
	Address Address  `json:"address"`
	Key     Hash     `json:"key"` // ed25519
	Power   int64    `json:"power"`
}
