package consensus

import (
	"errors"

	abci "github.com/cometbft/cometbft/abci/types"
	sm "github.com/cometbft/cometbft/state"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
)

// A block's events are kept where CometBFT keeps the results of blocks, as the attributes of one event of its own: it
// writes them to disk before the state is committed, so that no crash loses them, and no header binds them. The event
// has no type and the attributes no keys, so that CometBFT doesn't index them. It is there for a block without events,
// too: without it the response was written by a version that kept none.

// packEvents makes CometBFT's event of a block's events.
func packEvents(events []ledger.Event) ([]abci.Event, error) {
	attributes := make([]abci.EventAttribute, len(events))
	for i, e := range events {
		raw, err := codec.Encode(e)
		if err != nil {
			return nil, err
		}
		attributes[i].Value = string(raw)
	}
	return []abci.Event{{Attributes: attributes}}, nil
}

// unpackEvents returns the canonical CBOR of each of a block's events; false if they were not kept.
func unpackEvents(events []abci.Event) ([][]byte, bool) {
	if len(events) != 1 {
		return nil, false
	}
	out := make([][]byte, len(events[0].Attributes))
	for i := range out {
		out[i] = []byte(events[0].Attributes[i].Value)
	}
	return out, true
}

// Events returns what a block did, in order: canonical CBOR of a [ledger.Event] each; false if that is not kept here.
func (n *Node) Events(height uint64) (events [][]byte, ok bool, err error) {
	done, err := n.states.LoadFinalizeBlockResponse(int64(height))
	if errors.As(err, new(sm.ErrNoABCIResponsesForHeight)) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	events, ok = unpackEvents(done.Events)
	return events, ok, nil
}
