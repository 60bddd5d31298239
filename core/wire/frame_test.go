package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/wire"
)

func frame(body []byte) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

func TestFramesRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		draw := func(n string) []byte { return rapid.SliceOf(rapid.Byte()).Draw(r, n) }
		messages := []any{
			&wire.HeadRequest{},
			&wire.Head{LightBlock: draw("block"), Latest: rapid.Uint64().Draw(r, "latest")},
			&wire.LightBlockReply{LightBlocks: [][]byte{draw("one"), draw("two")}},
			&wire.BlockReply{Txs: [][]byte{draw("tx")}, Results: []wire.TxResult{{Code: rapid.Uint32().Draw(r, "code"), Data: draw("data")}}, Evidence: draw("evidence")},
			&wire.EventsRequest{Height: rapid.Uint64().Draw(r, "height")},
			&wire.EventsReply{Events: [][]byte{draw("event"), draw("event")}},
			&wire.WitnessRequest{Root: [32]byte{1}, Program: "account@1", Args: draw("args")},
			&wire.WitnessReply{Witness: []byte{}, Refusal: &wire.Refusal{Code: wire.CodeBusy, Message: "later"}},
			&wire.SubmitReply{Hash: [32]byte{2}},
		}
		var stream bytes.Buffer
		for _, m := range messages {
			if err := wire.WriteFrame(&stream, m); err != nil {
				r.Fatal(err)
			}
		}
		in := iotest.OneByteReader(&stream)
		for _, m := range messages {
			back := reflect.New(reflect.TypeOf(m).Elem()).Interface()
			if err := wire.ReadFrame(in, wire.MaxReply, back); err != nil {
				r.Fatal(err)
			}
			if !reflect.DeepEqual(m, back) {
				r.Fatalf("%+v came back as %+v", m, back)
			}
		}
		if err := wire.ReadFrame(in, wire.MaxReply, &wire.Head{}); err != io.EOF {
			r.Fatalf("at the end: %v, want io.EOF", err)
		}
	})
}

func TestBadFrames(t *testing.T) {
	good := codec.MustEncode(wire.SubmitRequest{Tx: []byte("tx")})
	for _, c := range []struct {
		name string
		in   []byte
		max  int
		want error
	}{
		{"nothing", nil, 100, io.EOF},
		{"half a length", []byte{0, 0}, 100, io.ErrUnexpectedEOF},
		{"no body", frame(good)[:4], 100, io.ErrUnexpectedEOF},
		{"half a body", frame(good)[:6], 100, io.ErrUnexpectedEOF},
		{"one byte too long", frame(good), len(good) - 1, wire.ErrFrame},
		{"longest length", []byte{255, 255, 255, 255}, wire.MaxReply, wire.ErrFrame},
		{"empty", frame(nil), 100, wire.ErrFrame},
		{"a byte behind the message", frame(append(bytes.Clone(good), 0)), 100, wire.ErrFrame},
		{"another message", frame(codec.MustEncode(wire.Head{Latest: 1})), 100, wire.ErrFrame},
		{"not canonical", frame([]byte{0x81, 0x58, 1, 7}), 100, wire.ErrFrame},
	} {
		var m wire.SubmitRequest
		if err := wire.ReadFrame(bytes.NewReader(c.in), c.max, &m); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
	var m wire.SubmitRequest
	if err := wire.ReadFrame(bytes.NewReader(frame(good)), len(good), &m); err != nil || string(m.Tx) != "tx" {
		t.Errorf("exactly at the limit: %v", err)
	}
	broken := errors.New("reset by peer")
	if err := wire.ReadFrame(io.MultiReader(bytes.NewReader(frame(good)[:6]), iotest.ErrReader(broken)), 100, &m); !errors.Is(err, broken) {
		t.Errorf("a broken connection reads as %v", err)
	}
}

// greedy announces a lot, sends some of it and remembers how much room it was given for it.
type greedy struct {
	data    []byte
	largest int
}

func (g *greedy) Read(p []byte) (int, error) {
	g.largest = max(g.largest, len(p))
	if len(g.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, g.data)
	g.data = g.data[n:]
	return n, nil
}

// TestMemoryFollowsData: a peer that announces 17 MB and sends a little makes us hold a little.
func TestMemoryFollowsData(t *testing.T) {
	g := &greedy{data: append([]byte{1, 0x0f, 0, 0}, make([]byte, 100<<10)...)}
	var m wire.WitnessReply
	if err := wire.ReadFrame(g, wire.MaxReply, &m); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	if g.largest > 256<<10 {
		t.Errorf("a buffer of %d bytes stood ready for 100 KiB", g.largest)
	}
}

func TestWriteRefusesTooMuch(t *testing.T) {
	var out bytes.Buffer
	if err := wire.WriteEncoded(&out, make([]byte, wire.MaxReply+1)); !errors.Is(err, wire.ErrFrame) || out.Len() != 0 {
		t.Errorf("%v, %d bytes written", err, out.Len())
	}
}

// counter counts calls: on a stream each may become a packet of its own.
type counter struct{ calls int }

func (c *counter) Write(p []byte) (int, error) { c.calls++; return len(p), nil }

func TestOneWritePerFrame(t *testing.T) {
	var c counter
	if err := wire.WriteFrame(&c, wire.Head{Latest: 7}); err != nil || c.calls != 1 {
		t.Errorf("%d calls, %v", c.calls, err)
	}
}

func TestPaths(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{wire.LightBlockPath(7), "/v1/lightblock/7"},
		{wire.BlockPath(7), "/v1/block/7"},
		{wire.EventsPath(7), "/v1/events/7"},
		{wire.WitnessPath(wire.WitnessRequest{Root: [32]byte{0xab}, Program: "supply@1", Args: []byte{0x80}}), "/v1/witness/ab" + strings.Repeat("0", 62) + "/supply@1/80"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
