package ledger

import (
	"math/bits"

	"github.com/taolight/taolight/core/codec"
	"golang.org/x/crypto/blake2b"
)

// Event is something that a block did, for indexers and wallets. The Merkle root of a block's events is part of the
// state, so that any event can be proven.
type Event struct {
	_    struct{} `cbor:",toarray"`
	Tx   int64    // index of the transaction in the block, -1 for the block itself
	Name string   // such as Transfer
	Data codec.Raw
}

// Emit records an event of the transaction in progress; data is one value with a canonical encoding.
func (l *Ledger) Emit(name string, data any) error {
	b, err := codec.Encode(data)
	if err != nil {
		return err
	}
	l.events = append(l.events, Event{Tx: l.Tx, Name: name, Data: b})
	return nil
}

// Events returns the events so far.
func (l *Ledger) Events() []Event { return l.events }

// EventsRoot is the Merkle root of events in order: BLAKE2b-256 with the prefix 0 for a leaf and 1 for a branch, split
// as RFC 6962 does at the largest power of two below the count. No events have the hash of no bytes as their root.
func EventsRoot(events []Event) ([32]byte, error) {
	leaves := make([][32]byte, len(events))
	for i, e := range events {
		b, err := codec.Encode(e)
		if err != nil {
			return [32]byte{}, err
		}
		leaves[i] = blake2b.Sum256(append([]byte{0}, b...))
	}
	return merkle(leaves), nil
}

func merkle(leaves [][32]byte) [32]byte {
	switch len(leaves) {
	case 0:
		return blake2b.Sum256(nil)
	case 1:
		return leaves[0]
	}
	split := 1 << (bits.Len(uint(len(leaves)-1)) - 1)
	l, r := merkle(leaves[:split]), merkle(leaves[split:])
	return blake2b.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
}
