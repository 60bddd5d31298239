package lying

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// pace is how long a Slowloris waits after each byte.
const pace = 200 * time.Millisecond

// trickle stands before a relay and lets through what it says a byte at a time, after some bytes at once.
type trickle struct {
	addr     string // multiaddr
	target   string
	atOnce   int
	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex
	conns  []net.Conn
	closed bool
}

// startTrickle listens before the relay with this multiaddr, of the form /ip4/IP/tcp/PORT/ws/p2p/ID.
func startTrickle(relay string, atOnce int) (*trickle, error) {
	parts := strings.Split(relay, "/")
	if len(parts) < 5 {
		return nil, fmt.Errorf("lying: no address to stand before: %s", relay)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &trickle{listener: l, target: net.JoinHostPort(parts[2], parts[4]), atOnce: atOnce}
	_, parts[4], _ = net.SplitHostPort(l.Addr().String())
	parts[2] = "127.0.0.1"
	t.addr = strings.Join(parts, "/")
	t.running.Go(t.accept)
	return t, nil
}

func (t *trickle) accept() {
	for {
		visitor, err := t.listener.Accept()
		if err != nil {
			return
		}
		relay, err := net.Dial("tcp", t.target)
		if err != nil {
			visitor.Close()
			continue
		}
		if !t.keep(visitor, relay) {
			return
		}
		t.running.Go(func() {
			io.Copy(relay, visitor)
			relay.Close()
		})
		t.running.Go(func() {
			defer visitor.Close()
			io.CopyN(visitor, relay, int64(t.atOnce))
			for b := make([]byte, 1); ; time.Sleep(pace) {
				if _, err := io.ReadFull(relay, b); err != nil {
					return
				}
				if _, err := visitor.Write(b); err != nil {
					return
				}
			}
		})
	}
}

// keep notes connections to be closed; it closes them and says no if that time has come.
func (t *trickle) keep(conns ...net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		for _, c := range conns {
			c.Close()
		}
		return false
	}
	t.conns = append(t.conns, conns...)
	return true
}

// close ends everything; a nil trickle has nothing to end.
func (t *trickle) close() {
	if t == nil {
		return
	}
	t.listener.Close()
	t.mu.Lock()
	t.closed = true
	for _, c := range t.conns {
		c.Close()
	}
	t.mu.Unlock()
	t.running.Wait()
}
