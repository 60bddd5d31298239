package multisig

import (
	"encoding/binary"
	"fmt"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// Waiting is an operation with its name.
type Waiting struct {
	Height uint64 // of the block that holds the proposal
	Index  uint32 // of the proposal in it
	Operation
}

// Of returns the operations of a group that wait for approvals, oldest first, from a name on and at most limit.
func Of(r state.Reader, group keys.Account, height uint64, index uint32, limit int) (page []Waiting, err error) {
	prefix := ledger.TableMultisig.Key().Account(group)
	for e, err := range r.Iterate(prefix, key(group, height, index)) {
		if err != nil || len(page) == limit {
			return page, err
		}
		name := e.Key[len(prefix):]
		if len(name) != 12 {
			return nil, fmt.Errorf("state key %x: not an operation's", e.Key)
		}
		op := Waiting{Height: binary.BigEndian.Uint64(name), Index: binary.BigEndian.Uint32(name[8:])}
		if err := codec.Decode(e.Value, &op.Operation); err != nil {
			return nil, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		page = append(page, op)
	}
	return page, nil
}
