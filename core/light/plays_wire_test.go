package light_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/flynn/noise"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/core/p2p/p2ptest"
	"github.com/taolight/taolight/core/wire"
)

// answers joins a relay that reads each request and answers it with these bytes.
func (a *arena) answers(raw []byte) light.Source {
	return a.join("liar", func(_ string, c net.Conn) {
		if readRequest(c) == nil {
			c.Write(raw)
			io.Copy(io.Discard, c)
		}
	})
}

func readRequest(c net.Conn) error {
	var head [4]byte
	if _, err := io.ReadFull(c, head[:]); err != nil {
		return err
	}
	_, err := io.CopyN(io.Discard, c, int64(binary.BigEndian.Uint32(head[:])))
	return err
}

// boast announces 4 GiB and sends a byte.
var boast = []byte{0xff, 0xff, 0xff, 0xff, 0}

func oversizedBlock(a *arena) error {
	a.visit(blocks(3))
	_, err := a.client.SyncWith(a.Context(), a.answers(boast))
	return err
}

func oversizedHead(a *arena) error {
	a.visit(blocks(3))
	return a.client.Follow(a.Context(), a.answers(boast), nil)
}

func oversizedWitness(a *arena) error {
	w := world(a.T)
	a.visit(w.Chain)
	a.truthWins()
	a.client.Remove("honest")
	a.answers(boast)
	_, err := ask(a.T, a.client, "key07")
	return err
}

// raw is a connection on which the relay says what it likes after the handshake; err tells how it ended.
func (a *arena) raw(o p2p.Options, after func(c net.Conn, seal *noise.CipherState)) error {
	relay := p2ptest.New()
	relay.After = func(c net.Conn, seal *noise.CipherState) {
		go io.Copy(io.Discard, c)
		after(c, seal)
	}
	conn, err := p2p.Upgrade(a.Context(), a.wire(relay), relay.ID(), o)
	if err != nil {
		a.Fatal(err)
	}
	defer conn.Close()
	select {
	case <-conn.Done():
	case <-time.After(20 * time.Second):
		a.Fatal("the connection lives on")
	}
	return fmt.Errorf("%w: %w", errEnded, conn.Err())
}

func oversizedWindow(a *arena) error {
	return a.raw(p2p.Options{}, func(c net.Conn, seal *noise.CipherState) {
		p2ptest.Send(c, seal, p2ptest.Header(1, 1, 2, 0))       // opens a stream
		p2ptest.Send(c, seal, p2ptest.Header(0, 0, 2, 1<<32-1)) // and sends 4 GiB
		p2ptest.Send(c, seal, []byte{0})
	})
}

func slowHandshake(a *arena) error {
	relay := p2ptest.New()
	relay.Talk = func(c net.Conn) { drip(c, []byte("\x13/multistream/1.0.0\n\x07/noise\n")) }
	_, err := p2p.Upgrade(a.Context(), a.wire(relay), relay.ID(), p2p.Options{Timeout: 100 * time.Millisecond})
	return err
}

// drip writes one byte after the other, with time between, and begins again.
func drip(c io.Writer, raw []byte) {
	for i := 0; ; i = (i + 1) % len(raw) {
		if _, err := c.Write(raw[i : i+1]); err != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// slowly answers byte by byte: a number of bytes of the head at once, and the rest of it and the body slowly.
func slowly(headAtOnce int) func(*arena) error {
	return func(a *arena) error {
		a.visit(blocks(3))
		a.hurry = 150 * time.Millisecond
		s := a.join("liar", func(_ string, c net.Conn) {
			head := []byte{0, 1, 0, 0}
			c.Write(head[:headAtOnce])
			drip(c, append(head[headAtOnce:], make([]byte, 1<<16)...))
		})
		_, err := a.client.SyncWith(a.Context(), s)
		return err
	}
}

func slowHeads(a *arena) error {
	a.visit(blocks(3))
	a.hurry = 150 * time.Millisecond
	return a.client.Follow(a.Context(), a.join("liar", func(_ string, c net.Conn) { drip(c, []byte{0, 1, 0, 0}) }), nil)
}

func endlessSigns(a *arena) error {
	a.visit(blocks(3))
	sign := encoded(a.T, &wire.Head{Latest: 9})
	return a.client.Follow(a.Context(), a.join("liar", func(_ string, c net.Conn) { repeat(c, sign) }), nil)
}

func repeat(c io.Writer, raw []byte) {
	for {
		if _, err := c.Write(raw); err != nil {
			return
		}
	}
}

func emptyFrame(a *arena) error {
	a.visit(blocks(3))
	_, err := a.client.SyncWith(a.Context(), a.join("liar", func(_ string, c net.Conn) { repeat(c, make([]byte, 4)) }))
	return err
}

// flooded syncs over a connection on which the relay writes frames of yamux between its answers.
func flooded(a *arena, flood func(frame func([]byte))) error {
	c := blocks(9)
	a.visit(c)
	relay := p2ptest.New()
	source, done := c.Source("relay"), make(chan struct{})
	relay.Wrap = func(raw net.Conn) net.Conn {
		go func() {
			defer close(done)
			flood(func(b []byte) { raw.Write(b) })
		}()
		return raw
	}
	relay.Answer = func(protocol string, s net.Conn) { lighttest.Serve(context.Background(), source, protocol, s) }
	s := light.NewRelay("relay", a.dial(relay, p2p.Options{}))
	a.client.Add(s)
	<-done
	_, err := a.client.SyncWith(a.Context(), s)
	return err
}

// endlessPings: a hundred thousand, of which those are answered that there is time for.
func endlessPings(a *arena) error {
	return flooded(a, func(frame func([]byte)) {
		for i := range 100_000 / 1000 {
			var many []byte
			for j := range 1000 {
				many = append(many, p2ptest.Header(2, 1, 0, uint32(1000*i+j))...)
			}
			frame(many)
		}
	})
}

// endlessNoise sends noise messages without contents. They are allowed, but no answer to the pings of this end.
func endlessNoise(a *arena) error {
	o := p2p.Options{KeepAlive: 50 * time.Millisecond, DeadAfter: 200 * time.Millisecond}
	return a.raw(o, func(c net.Conn, seal *noise.CipherState) {
		for p2ptest.Send(c, seal, nil) == nil {
		}
	})
}

// streamFlood opens ten thousand streams towards the client.
func streamFlood(a *arena) error {
	return flooded(a, func(frame func([]byte)) {
		for i := range 10_000 / 1000 {
			var many []byte
			for j := range 1000 {
				many = append(many, p2ptest.Header(1, 1, uint32(2+2*(1000*i+j)), 0)...)
			}
			frame(many)
		}
	})
}

func replyToAnother(a *arena) error {
	c := blocks(9)
	liar := c.Source("liar")
	a.visit(c)
	s := a.join("liar", func(protocol string, conn net.Conn) {
		var req wire.LightBlockRequest
		if wire.ReadFrame(conn, wire.MaxRequest, &req) != nil {
			return
		}
		if req.From == 1 { // the trust root's
			req.From, req.To = 2, 2
		}
		b, err := liar.LightBlock(context.Background(), req.From, req.To)
		if err == nil {
			wire.WriteFrame(conn, &wire.LightBlockReply{LightBlocks: [][]byte{b[0].Encode()}})
		}
		io.Copy(io.Discard, conn)
	})
	_, err := a.client.SyncWith(a.Context(), s)
	return err
}

func bodyOfAnother(a *arena) error {
	c := blocks(1)
	c.Add(lighttest.Spec{Txs: [][]byte{{1}}})
	c.Add(lighttest.Spec{Txs: [][]byte{{2}}})
	c.Extend(1)
	liar := c.Source("liar")
	liar.Bodies = func(height uint64, truth wire.BlockReply) (*wire.BlockReply, error) {
		if height == 2 {
			return c.Source("").Block(context.Background(), 3)
		}
		return &truth, nil
	}
	if err := a.sync(c, liar); err != nil {
		a.Fatal(err)
	}
	_, err := a.client.Block(a.Context(), 2)
	return err
}

// stutter writes whatever is written twice.
type stutter struct{ net.Conn }

func (s stutter) Write(p []byte) (int, error) {
	n, err := s.Conn.Write(p)
	if err == nil {
		s.Conn.Write(p)
	}
	return n, err
}

func replyTwice(a *arena) error {
	c := blocks(9)
	a.visit(c)
	source := c.Source("relay")
	s := a.join("relay", func(protocol string, conn net.Conn) {
		lighttest.Serve(context.Background(), source, protocol, stutter{conn})
	})
	for range 3 { // nothing is left over for the next request
		if _, err := a.client.SyncWith(a.Context(), s); err != nil {
			return err
		}
	}
	return nil
}

// replyAfterClose answers once the client has given up; what is asked next is answered as if nothing had happened.
func replyAfterClose(a *arena) error {
	c := blocks(9)
	a.visit(c)
	source, asked, closed := c.Source("relay"), make(chan struct{}), make(chan struct{})
	first := true
	s := a.join("relay", func(protocol string, conn net.Conn) {
		if first {
			first = false
			close(asked)
			<-closed
		}
		lighttest.Serve(context.Background(), source, protocol, conn)
	})
	ctx, cancel := context.WithCancelCause(a.Context())
	go func() { <-asked; cancel(errEnough) }()
	if _, err := a.client.SyncWith(ctx, s); !errors.Is(err, errEnough) {
		a.Errorf("given up: %v", err)
	}
	close(closed)
	_, err := a.client.SyncWith(a.Context(), s)
	return err
}

// deflatedBomb is 16 MiB of zeros in 16 kB. Nothing here inflates what comes from a relay.
func deflatedBomb(a *arena) error {
	var small bytes.Buffer
	w, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		a.Fatal(err)
	}
	for range 256 {
		w.Write(make([]byte, 64<<10))
	}
	w.Close()
	if small.Len()*900 > 16<<20 {
		a.Fatalf("%d bytes", small.Len())
	}
	return a.syncsWith(frame(small.Bytes()...))
}

// syncsWith has a relay answer with a frame that was made before.
func (a *arena) syncsWith(raw []byte) error {
	a.heap = watchHeap(a.T, a.heap.exact)
	a.visit(blocks(3))
	_, err := a.client.SyncWith(a.Context(), a.answers(raw))
	return err
}

// announcedItems is a list of 2^32 items in six bytes.
func announcedItems(a *arena) error { return a.syncsWith(frame(0x82, 0x9a, 0xff, 0xff, 0xff, 0xff)) }

func nestedItems(a *arena) error { return a.syncsWith(frame(bytes.Repeat([]byte{0x81}, 10_000)...)) }

// manyItems is a list with as many items as a list may have, each of a single byte.
func manyItems(a *arena) error {
	const items = 1 << 17
	body := binary.BigEndian.AppendUint32([]byte{0x82, 0x9a}, items)
	body = append(append(body, bytes.Repeat([]byte{0x40}, items)...), 0xf6)
	return a.syncsWith(frame(body...))
}
