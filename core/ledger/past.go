package ledger

import "github.com/taolight/taolight/core/state"

// PastBlock is what the state says of a block for as long as Params.BlocksKept says: enough to know the block and what
// it did when somebody shows them.
type PastBlock struct {
	_      struct{} `cbor:",toarray"`
	Hash   [32]byte // of its header
	Events [32]byte // see [EventsRoot]
}

// MinBlocksKept is the least Params.BlocksKept: work on the last two blocks can be registered with.
const MinBlocksKept = 2

func pastKey(height uint64) Key { return TablePast.Key().U64(height) }

// SealBlock writes the hash of this block and the root of its events, and drops those of the block that is no longer kept.
func (l *Ledger) SealBlock(hash [32]byte) error {
	root, err := EventsRoot(l.events)
	if err != nil {
		return err
	}
	if err := l.Put(pastKey(l.Height), PastBlock{Hash: hash, Events: root}); err != nil {
		return err
	}
	if kept := l.Params.BlocksKept; l.Height > kept {
		return l.Delete(pastKey(l.Height - kept))
	}
	return nil
}

// ReadPastBlock returns what the state says of a block, and whether it still does.
func ReadPastBlock(r state.Reader, height uint64) (b PastBlock, ok bool, err error) {
	ok, err = Load(r, pastKey(height), &b)
	return b, ok, err
}
