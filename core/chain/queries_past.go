package chain

import (
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/view"
)

// PastBlock is the program with which core/light reaches earlier blocks and checks their events.
var PastBlock = program("past_block", 1, "Hash and events root of an earlier block, to check it and its events against.", queryPastBlock)

// PastBlockArgs asks for one block that the state remembers.
type PastBlockArgs struct {
	_      struct{} `cbor:",toarray"`
	Height uint64   `json:"height"`
}

func queryPastBlock(r state.Reader, args *PastBlockArgs) (*view.PastBlock, error) {
	out := &view.PastBlock{Height: args.Height}
	b, ok, err := ledger.ReadPastBlock(r, args.Height)
	if err != nil || ok {
		out.Exists, out.Hash, out.Events = ok, b.Hash, b.Events
		return out, err
	}
	params, err := ledger.ReadParams(r)
	if err != nil {
		return out, err
	}
	last, err := ledger.ReadBlock(r)
	if out.Last = last.Height; last.Height > 0 {
		out.First = last.Height - min(params.BlocksKept, last.Height) + 1
	}
	return out, err
}
