package light_test

import (
	"bytes"
	"net"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// giants has a relay serve the blocks below a head as large as blocks may be, one in an answer, while the client goes down
// from there by hashes. Padded ones have the true header, whose hash doesn't cover producers and commit themselves.
func giants(padded bool, ask func(*arena, *light.Head) error) func(*arena) error {
	return func(a *arena) error {
		const newest = 260
		c := blocks(newest)
		giant := giantOf(a, c, newest-1, padded)
		a.heap = watchHeap(a.T, a.heap.exact)
		a.visitFrom(c, newest)
		s := a.join("liar", func(protocol string, conn net.Conn) {
			var req wire.LightBlockRequest
			if protocol != wire.LightBlockProtocol || wire.ReadFrame(conn, wire.MaxRequest, &req) != nil {
				return
			}
			if req.From == 0 || req.From == newest {
				wire.WriteFrame(conn, &wire.LightBlockReply{LightBlocks: [][]byte{c.Block(newest).Encode()}})
				return
			}
			giant(conn, req.From)
			a.heap.look()
		})
		head, err := a.client.SyncWith(a.Context(), s)
		if err != nil {
			a.Fatal(err)
		}
		return ask(a, head)
	}
}

// absentees serves several blocks in each answer, which are as large as they may be together and hold as many entries as fit:
// those of producers who were absent take the least.
func absentees(a *arena) error {
	const newest = 260
	c := blocks(newest)
	answers := make(map[uint64][]byte)
	for _, first := range []uint64{newest - wire.MaxRange, newest - 3} {
		var reply wire.LightBlockReply
		for height := first; height < first+3; height++ {
			b := c.Block(height)
			b.Header.AppHash = bytes.Repeat([]byte{6}, 32)
			b.Commit.Signatures = make([]light.CommitSig, light.MaxValidators)
			for i := range b.Commit.Signatures {
				b.Commit.Signatures[i].Flag = light.FlagAbsent
			}
			reply.LightBlocks = append(reply.LightBlocks, b.Encode())
		}
		if answers[first] = encoded(a.T, &reply); len(answers[first]) > wire.MaxRangeBytes || len(answers[first])*4 < wire.MaxRangeBytes*3 {
			a.Fatalf("%d bytes", len(answers[first]))
		}
	}
	a.heap = watchHeap(a.T, a.heap.exact)
	a.visitFrom(c, newest)
	s := a.join("liar", func(protocol string, conn net.Conn) {
		var req wire.LightBlockRequest
		if protocol != wire.LightBlockProtocol || wire.ReadFrame(conn, wire.MaxRequest, &req) != nil {
			return
		}
		if raw := answers[req.From]; raw != nil {
			conn.Write(raw)
			a.heap.look()
			return
		}
		wire.WriteFrame(conn, &wire.LightBlockReply{LightBlocks: [][]byte{c.Block(newest).Encode()}})
	})
	head, err := a.client.SyncWith(a.Context(), s)
	if err != nil {
		a.Fatal(err)
	}
	return askAt(a, head)
}

// giantOf returns what answers with the giant at a height: one is encoded beforehand, the others differ in their headers.
func giantOf(a *arena, c *lighttest.Chain, height uint64, padded bool) func(net.Conn, uint64) {
	header := func(height uint64) []byte {
		h := c.Block(height).Header
		if !padded {
			h.AppHash = bytes.Repeat([]byte{6}, 32)
		}
		return h.Encode()
	}
	b := c.Block(height)
	own, err := light.DecodeHeader(header(height))
	if err != nil {
		a.Fatal(err)
	}
	crowd := crowded(c, height, strangers(light.MaxValidators), 500)
	b.Header, b.Validators, b.Commit = *own, crowd.Validators, crowd.Commit
	frame := encoded(a.T, &wire.LightBlockReply{LightBlocks: [][]byte{b.Encode()}})
	at := bytes.Index(frame, header(height))
	return func(conn net.Conn, height uint64) {
		other := header(height)
		if at < 0 || len(other) != len(header(own.Height)) {
			a.Error("headers of different lengths")
			return
		}
		for _, part := range [][]byte{frame[:at], other, frame[at+len(other):]} {
			conn.Write(part)
		}
	}
}

func askAt(a *arena, head *light.Head) error {
	_, err := a.client.At(a.Context(), head.Block.Height()-95)
	return err
}

func askRange(a *arena, head *light.Head) error {
	_, err := a.client.Range(a.Context(), head.Block.Height()-60, head.Block.Height())
	return err
}

func askPath(a *arena, head *light.Head) error {
	b := a.chain.Block(head.Block.Height() - 120)
	_, err := a.client.Path(a.Context(), &light.Head{Block: b, Hash: b.Hash(), Level: head.Level})
	return err
}
