package consensus

import (
	"reflect"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
)

// What CometBFT writes and reads gives the same events, also those that are no UTF-8, and tells none from not kept.
func TestEventsAreKeptInTheResponse(t *testing.T) {
	for name, events := range map[string][]ledger.Event{
		"none": nil,
		"two": {
			{Tx: -1, Name: "Epoch", Data: codec.MustEncode([]byte{0xff, 0xfe, 0})},
			{Tx: 1 << 40, Name: "Transfer", Data: codec.MustEncode(uint64(7))},
		},
	} {
		packed, err := packEvents(events)
		if err != nil {
			t.Fatal(err)
		}
		bare := abci.ResponseFinalizeBlock{AppHash: []byte{1}}
		resp := bare
		resp.Events = packed
		raw, err := resp.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		var back abci.ResponseFinalizeBlock
		if err := back.Unmarshal(raw); err != nil {
			t.Fatal(err)
		}
		got, ok := unpackEvents(back.Events)
		if !ok || len(got) != len(events) {
			t.Fatalf("%s: %d came back, %v", name, len(got), ok)
		}
		for i, one := range got {
			var e ledger.Event
			if err := codec.Decode(one, &e); err != nil || !reflect.DeepEqual(e, events[i]) {
				t.Errorf("%s: event %d is %+v, %v", name, i, e, err)
			}
		}
		if _, ok := unpackEvents(bare.Events); ok {
			t.Error("a response of a version that kept none has events")
		}
	}
}
