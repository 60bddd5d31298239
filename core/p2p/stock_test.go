//go:build !js

package p2p_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/p2p/transport/websocket"

	"github.com/taolight/taolight/core/p2p"
)

// Protocols of the stock host.
const (
	echoProtocol = "/test/echo/1"
	bulkProtocol = "/test/bulk/1" // four bytes of length in, that many out
	holdProtocol = "/test/hold/1" // reads until told to stop
)

// stockHost is an unchanged go-libp2p behind its WebSocket transport.
func stockHost(t testing.TB) (host.Host, string) {
	t.Helper()
	h, err := libp2p.New(libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0/ws"), libp2p.Transport(websocket.New), libp2p.DisableMetrics())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	h.SetStreamHandler(echoProtocol, func(s network.Stream) {
		io.Copy(s, s)
		s.Close()
	})
	h.SetStreamHandler(bulkProtocol, func(s network.Stream) {
		defer s.Close()
		var n uint32
		if binary.Read(s, binary.BigEndian, &n) == nil {
			io.CopyN(s, pattern{}, int64(n))
		}
	})
	h.SetStreamHandler(holdProtocol, func(s network.Stream) { io.Copy(io.Discard, s) })
	return h, fmt.Sprintf("%s/p2p/%s", h.Addrs()[0], h.ID())
}

// pattern reads as an endless 0123456789abcdef.
type pattern struct{}

func (pattern) Read(b []byte) (int, error) {
	for i := 0; i < len(b); {
		i += copy(b[i:], "0123456789abcdef")
	}
	return len(b) &^ 15, nil
}

func dial(t testing.TB, addr string, o p2p.Options) *p2p.Conn {
	t.Helper()
	c, err := p2p.Dial(context.Background(), addr, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func open(t testing.TB, c *p2p.Conn, protocol string) net.Conn {
	t.Helper()
	s, err := c.Open(context.Background(), protocol)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	s.SetDeadline(time.Now().Add(15 * time.Second))
	return s
}

// echo sends b over a stream of its own and expects it back.
func echo(c *p2p.Conn, b []byte) error {
	s, err := c.Open(context.Background(), echoProtocol)
	if err != nil {
		return err
	}
	defer s.Close()
	s.SetDeadline(time.Now().Add(15 * time.Second))
	sent := make(chan error, 1)
	go func() {
		_, err := s.Write(b)
		if err == nil {
			err = s.(interface{ CloseWrite() error }).CloseWrite()
		}
		sent <- err
	}()
	got, err := io.ReadAll(s)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, b) {
		return fmt.Errorf("%d bytes came back as %d others", len(b), len(got))
	}
	return <-sent
}

// middle is a TCP forwarder that can freeze or cut what it forwards.
type middle struct {
	addr   string
	frozen chan struct{}
	mu     sync.Mutex
	conns  []net.Conn
}

func newMiddle(t *testing.T, addr string) *middle {
	t.Helper()
	parts := strings.Split(addr, "/")
	target := net.JoinHostPort(parts[2], parts[4])
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	parts[4] = fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
	m := &middle{addr: strings.Join(parts, "/"), frozen: make(chan struct{})}
	t.Cleanup(func() {
		listener.Close()
		m.cut()
	})
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", target)
			if err != nil {
				in.Close()
				continue
			}
			m.mu.Lock()
			m.conns = append(m.conns, in, out)
			m.mu.Unlock()
			go m.forward(in, out)
			go m.forward(out, in)
		}
	}()
	return m
}

func (m *middle) forward(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		select {
		case <-m.frozen: // swallow; both sockets stay open
			return
		default:
		}
		if err != nil {
			to.Close()
			return
		}
		to.Write(buf[:n])
	}
}

func (m *middle) freeze() { close(m.frozen) }

func (m *middle) cut() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.conns {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
}
