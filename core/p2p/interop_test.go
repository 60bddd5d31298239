//go:build !js

package p2p_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/protocol/ping"

	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/p2p"
)

func TestStockEcho(t *testing.T) {
	_, addr := stockHost(t)
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprintf("late muxer %t", late), func(t *testing.T) {
			c := dial(t, addr, p2p.LateMuxer(late))
			if p2p.EarlyMuxer(c) == late {
				t.Fatal("the muxer was agreed on at the wrong time")
			}
			// around the sizes of one frame, one window and several
			for _, n := range []int{1, 65519, 65520, 256 << 10, 1<<20 + 1} {
				b := make([]byte, n)
				rand.Read(b)
				if err := echo(c, b); err != nil {
					t.Fatalf("%d bytes: %v", n, err)
				}
			}
			if in, out := c.BytesIn(), c.BytesOut(); in < 1<<20 || out < 1<<20 || in > 2<<20 || out > 2<<20 {
				t.Errorf("counted %d bytes in, %d out", in, out)
			}
		})
	}
}

func TestStockDownload32MiB(t *testing.T) {
	_, addr := stockHost(t)
	s := open(t, dial(t, addr, p2p.Options{}), bulkProtocol)
	const size = 32 << 20
	if err := binary.Write(s, binary.BigEndian, uint32(size)); err != nil {
		t.Fatal(err)
	}
	got, want := sha256.New(), sha256.New()
	if n, err := io.Copy(got, s); n != size || err != nil {
		t.Fatal(n, err)
	}
	io.CopyN(want, pattern{}, size)
	if !slices.Equal(got.Sum(nil), want.Sum(nil)) {
		t.Fatal("other bytes than were sent")
	}
}

func TestStockIdentifyAndPing(t *testing.T) {
	h, addr := stockHost(t)
	events, err := h.EventBus().Subscribe([]any{new(event.EvtPeerIdentificationCompleted), new(event.EvtPeerIdentificationFailed)})
	if err != nil {
		t.Fatal(err)
	}
	c := dial(t, addr, p2p.Options{Agent: "taolight-test"})
	id, err := peer.Decode(c.Local().String())
	if err != nil {
		t.Fatal(err)
	}
	select {
	case e := <-events.Out():
		done, ok := e.(event.EvtPeerIdentificationCompleted)
		if !ok || done.Peer != id || done.AgentVersion != "taolight-test" || !slices.Contains(done.Protocols, "/ipfs/ping/1.0.0") {
			t.Fatalf("%T %+v", e, e)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("identify did not finish")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	answers := ping.Ping(ctx, h, id)
	for range 3 {
		if a := <-answers; a.Error != nil {
			t.Fatal(a.Error)
		}
	}
	if rtt, err := c.Ping(); err != nil || rtt <= 0 {
		t.Fatal(rtt, err)
	}
	if _, err := h.NewStream(ctx, id, "/test/unknown"); err == nil || !strings.Contains(err.Error(), "not supported") {
		t.Fatalf("the relay opened a protocol that this end does not speak: %v", err)
	}
	h.SetStreamHandler("/test/late", func(network.Stream) {}) // makes the relay push identify
	if err := echo(c, []byte("still there")); err != nil {
		t.Fatal(err)
	}
}

func TestUnsupportedProtocol(t *testing.T) {
	_, addr := stockHost(t)
	c := dial(t, addr, p2p.Options{})
	s := open(t, c, "/test/unknown")
	s.Write([]byte("x"))
	if _, err := io.ReadAll(s); !p2p.IsUnsupported(err) {
		t.Fatal(err)
	}
	if err := echo(c, []byte("x")); err != nil {
		t.Fatal("the connection did not survive: ", err)
	}
}

func TestWrongPeerID(t *testing.T) {
	h, addr := stockHost(t)
	other, err := p2p.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(addr, h.ID().String(), other.Public.String(), 1)
	_, err = p2p.Dial(context.Background(), wrong, p2p.Options{})
	var mismatch *p2p.PeerIDMismatchError
	if !errors.As(err, &mismatch) || mismatch.Expected != other.Public || mismatch.Got != h.ID().String() {
		t.Fatalf("%T %v", err, err)
	}
}

func TestHundredStreamsAtOnce(t *testing.T) {
	_, addr := stockHost(t)
	c := dial(t, addr, p2p.Options{})
	var all sync.WaitGroup
	for i := range 100 { // the stock limit is 64: more would be reset if Open didn't wait
		all.Go(func() {
			b := make([]byte, 100<<10+i)
			rand.Read(b)
			if err := echo(c, b); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if left, total := p2p.WindowBudget(c); left != total {
		t.Errorf("%d bytes of windows were not given back", total-left)
	}
}

func TestStreamLimitOfRelay(t *testing.T) {
	_, addr := stockHost(t)
	c := dial(t, addr, p2p.Options{Streams: 100})
	limited := 0
	for range 100 {
		s := open(t, c, holdProtocol)
		s.Write([]byte("x"))
		s.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := s.Read(make([]byte, 1)); p2p.IsLimited(err) {
			limited++
		}
	}
	if limited == 0 || echo(c, []byte("x")) != nil {
		t.Fatalf("%d of 100 streams were refused", limited)
	}
}

func TestOpenWaitsForItsTurn(t *testing.T) {
	_, addr := stockHost(t)
	c := dial(t, addr, p2p.Options{Streams: 2})
	first := open(t, c, holdProtocol)
	open(t, c, holdProtocol)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Open(ctx, holdProtocol); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal("a third stream of two: ", err)
	}
	first.Close()
	first.Close() // gives back one slot, not two
	open(t, c, holdProtocol)
	ctx, cancel = context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Open(ctx, holdProtocol); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal("a third stream of two after closing one twice: ", err)
	}
}

func TestWindowsAreBounded(t *testing.T) {
	_, addr := stockHost(t)
	c := dial(t, addr, p2p.Options{Memory: 16 << 20, Streams: 1000})
	opened := 0
	for range 100 {
		s, err := c.Open(context.Background(), holdProtocol)
		if errors.Is(err, p2p.ErrMemory) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		s.Write([]byte("x"))
		opened++
	}
	if opened < 40 || opened > 64 || c.Err() != nil {
		t.Fatalf("%d streams opened, connection: %v", opened, c.Err())
	}
}

func TestFrozenRelayIsNoticed(t *testing.T) {
	_, addr := stockHost(t)
	m := newMiddle(t, addr)
	c := dial(t, m.addr, p2p.Options{KeepAlive: 100 * time.Millisecond, DeadAfter: 300 * time.Millisecond})
	s := open(t, c, holdProtocol)
	s.Write([]byte("x"))
	select {
	case <-c.Done():
		t.Fatal("ended while idle: ", c.Err())
	case <-time.After(800 * time.Millisecond):
	}
	m.freeze()
	if _, err := s.Read(make([]byte, 1)); err == nil {
		t.Fatal("read from a frozen relay")
	}
	<-c.Done()
	var timeout net.Error
	if !errors.As(c.Err(), &timeout) || !timeout.Timeout() {
		t.Fatalf("%T %v", c.Err(), c.Err())
	}
	if _, err := c.Ping(); err == nil {
		t.Fatal("pinged")
	}
}

func TestKilledRelayIsNoticed(t *testing.T) {
	for _, name := range []string{"cut", "closed"} {
		t.Run(name, func(t *testing.T) {
			h, addr := stockHost(t)
			m := newMiddle(t, addr)
			c := dial(t, m.addr, p2p.Options{})
			s := open(t, c, holdProtocol)
			s.Write([]byte("x"))
			if name == "cut" {
				m.cut()
			} else {
				h.Close()
			}
			if _, err := s.Read(make([]byte, 1)); err == nil {
				t.Fatal("read from a dead relay")
			}
			<-c.Done()
			if _, err := c.Open(context.Background(), echoProtocol); err == nil || c.Err() == nil {
				t.Fatal("opened a stream on a dead connection")
			}
		})
	}
}

func TestDialIsCancelled(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts TCP and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	id, _ := p2p.NewIdentity()
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err = p2p.Dial(ctx, fmt.Sprintf("/ip4/127.0.0.1/tcp/%d/ws/p2p/%s", silent.Addr().(*net.TCPAddr).Port, id.Public), p2p.Options{})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	_, addr := stockHost(t)
	once := func() {
		c, err := p2p.Dial(context.Background(), addr, p2p.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := echo(c, []byte("x")); err != nil {
			t.Fatal(err)
		}
		c.Close()
	}
	settled := func(limit int) (n int) {
		for range 100 {
			if n = runtime.NumGoroutine(); n <= limit {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		return n
	}
	once()
	time.Sleep(200 * time.Millisecond)
	before := runtime.NumGoroutine()
	for range 20 {
		once()
	}
	if after := settled(before + 4); after > before+4 {
		t.Fatalf("%d goroutines before, %d after", before, after)
	}
}

func TestPeerIDAsInLibp2p(t *testing.T) {
	for range 200 {
		id, err := p2p.NewIdentity()
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := peer.Decode(id.Public.String())
		if err != nil {
			t.Fatal(err)
		}
		if back, err := multiaddr.ParsePeerID(theirs.String()); err != nil || back != id.Public {
			t.Fatal(back, err)
		}
	}
}
