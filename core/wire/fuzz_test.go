package wire_test

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/taolight/taolight/core/wire"
)

// messages are one of each, filled in.
var messages = []any{
	&wire.HeadRequest{},
	&wire.Head{LightBlock: []byte{1, 2}, Latest: 3},
	&wire.LightBlockRequest{From: 1, To: 64},
	&wire.LightBlockReply{LightBlocks: [][]byte{{1}, {}}},
	&wire.BlockRequest{Height: 7},
	&wire.BlockReply{Txs: [][]byte{{1}}, Results: []wire.TxResult{{Code: 1, Data: []byte{2}, GasUsed: 3}}, Evidence: []byte{4}},
	&wire.EventsRequest{Height: 1 << 63},
	&wire.EventsReply{Events: [][]byte{{1}}, Refusal: &wire.Refusal{Code: wire.CodeNotFound, Message: "gone"}},
	&wire.WitnessRequest{Root: [32]byte{1}, Program: "account@1", Args: []byte{0x80}},
	&wire.WitnessReply{Witness: []byte{1}},
	&wire.SubmitRequest{Tx: []byte{1}},
	&wire.EvidenceRequest{},
	&wire.EvidenceReply{},
	&wire.SubmitReply{Hash: [32]byte{1}, Refusal: &wire.Refusal{Code: "NonceUsed"}},
}

// FuzzReadFrame: a frame that was read, of any message, is written again as the same bytes.
func FuzzReadFrame(f *testing.F) {
	for i, m := range messages {
		var b bytes.Buffer
		if err := wire.WriteFrame(&b, m); err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), b.Bytes())
		f.Add(uint8(i), b.Bytes()[:b.Len()-1])
	}
	f.Add(uint8(0), []byte{255, 255, 255, 255, 0})
	f.Add(uint8(3), []byte{0, 0, 0, 6, 0x82, 0x9a, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		m := reflect.New(reflect.TypeOf(messages[int(kind)%len(messages)]).Elem()).Interface()
		if wire.ReadFrame(bytes.NewReader(b), wire.MaxReply, m) != nil {
			return
		}
		var out bytes.Buffer
		if err := wire.WriteFrame(&out, m); err != nil || !bytes.HasPrefix(b, out.Bytes()) {
			t.Errorf("%x is written again as %x, %v", b, out.Bytes(), err)
		}
	})
}
