// Package p2p dials libp2p relays: WebSocket, multistream-select, noise, yamux, and nothing else of libp2p.
//
// A light node knows its relays by address and peer id and only ever calls them; it needs no listener, no discovery and
// no peer store, and in a browser tab every package counts. So this is a minimal dialer that any stock libp2p relay
// understands, a quarter of the size of the full stack. Call [Dial] with a multiaddr such as
//
//	/ip4/127.0.0.1/tcp/8080/ws/p2p/12D3KooW…
//
// and [Conn.Open] for a stream. The same code runs natively and under GOOS=js, where the WebSocket is the browser's.
//
// # What is promised
//
// Dial succeeds only if the other end holds the private key of the peer id in the address: an address is a pin. A man in
// the middle gets a [*PeerIDMismatchError] or an [ErrIdentity]. What the relay sends afterwards can't panic, nor
// occupy more than [Options.Memory] in receive windows plus a few MiB of buffers. A relay that stops answering
// without closing is noticed by keep-alive pings, see [Options.KeepAlive].
package p2p

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-yamux/v5"

	"github.com/taolight/taolight/core/multiaddr"
)

// Options tune a connection. The zero value is ready to use.
type Options struct {
	Identity  *Identity     // nil: a fresh one for this connection
	Agent     string        // what identify answers as the agent's version; empty: "taolight"
	Timeout   time.Duration // for the dial with its handshakes, and for each later negotiation; 0: 10 s
	KeepAlive time.Duration // silence after which the relay is pinged; 0: 10 s
	DeadAfter time.Duration // wait for a pong, or for a write that does not move; 0: 10 s
	Streams   int           // open at a time for each protocol, further ones wait; 0: 48, below the 64 of stock relays
	Inbound   int           // streams that the relay may have open towards this end; 0: 16
	Memory    int           // bytes of receive windows of all streams; 0: 64 MiB

	lateMuxer bool // for tests: negotiate the muxer after the noise handshake instead of within
}

const (
	firstWindow = 256 << 10 // of each stream, fixed by yamux
	maxWindow   = 1 << 20   // and what it may grow to
)

func (o Options) filled() (Options, error) {
	for _, d := range []struct {
		at    *time.Duration
		value time.Duration
	}{{&o.Timeout, 10 * time.Second}, {&o.KeepAlive, 10 * time.Second}, {&o.DeadAfter, 10 * time.Second}} {
		if *d.at == 0 {
			*d.at = d.value
		}
	}
	for _, n := range []struct {
		at    *int
		value int
	}{{&o.Streams, 48}, {&o.Inbound, 16}, {&o.Memory, 64 << 20}} {
		if *n.at == 0 {
			*n.at = n.value
		}
	}
	if o.Agent == "" {
		o.Agent = "taolight"
	}
	var err error
	if o.Identity == nil {
		o.Identity, err = NewIdentity()
	}
	return o, err
}

// Conn is one authenticated connection to a relay. Its methods may be called from several goroutines.
type Conn struct {
	options Options
	peer    multiaddr.PeerID
	session *yamux.Session
	windows *budget
	traffic *counted
	early   bool // the muxer was agreed on within the noise handshake

	mu    sync.Mutex
	slots map[string]chan struct{} // by protocol; a token is an open stream

	pings atomic.Int32 // ping streams that the relay has open
}

// Dial connects to the relay at addr, see [multiaddr.Parse] for the form, and authenticates it.
//
// Errors: [*multiaddr.Error] for a bad address, [*PeerIDMismatchError] and [ErrIdentity] for somebody else at that address,
// [ErrHandshake] for one that does not speak noise; otherwise the network's.
func Dial(ctx context.Context, addr string, o Options) (*Conn, error) {
	target, err := multiaddr.Parse(addr)
	if err != nil {
		return nil, err
	}
	if o, err = o.filled(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	ws, err := dialWebSocket(ctx, target.URL)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", target.URL, err)
	}
	return Upgrade(ctx, ws, target.Peer, o)
}

// Upgrade authenticates the other end of a raw connection as peer and starts the session; it is [Dial] for a
// connection that is there already. It takes over raw and closes it on failure.
func Upgrade(ctx context.Context, raw net.Conn, peer multiaddr.PeerID, o Options) (*Conn, error) {
	o, err := o.filled()
	if err != nil {
		raw.Close()
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	c := &Conn{options: o, peer: peer, traffic: &counted{Conn: raw}, slots: make(map[string]chan struct{})}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	err = c.upgrade()
	if !stop() { // raw was closed under upgrade, whatever it returned
		if c.session != nil {
			c.session.Close()
		}
		err = context.Cause(ctx)
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	go c.accept()
	return c, nil
}

// Peer returns the relay's id, which its address named and its key proved.
func (c *Conn) Peer() multiaddr.PeerID { return c.peer }

// Local returns this end's id.
func (c *Conn) Local() multiaddr.PeerID { return c.options.Identity.Public }

// Done is closed when the connection has ended, by either side.
func (c *Conn) Done() <-chan struct{} { return c.session.CloseChan() }

// Close ends the connection and all of its streams at once.
func (c *Conn) Close() error { return c.session.Close() }

// RTT returns the last measured round-trip time, 0 before the first measurement.
func (c *Conn) RTT() time.Duration { return c.session.RTT() }

// Ping measures a round trip now. It fails after [Options.DeadAfter] on a connection that no longer answers.
func (c *Conn) Ping() (time.Duration, error) { return c.session.Ping() }

// BytesIn returns how many bytes were received on this connection, noise and framing included, WebSocket headers not.
func (c *Conn) BytesIn() uint64 { return c.traffic.in.Load() }

// BytesOut returns how many bytes were sent, counted as in [Conn.BytesIn].
func (c *Conn) BytesOut() uint64 { return c.traffic.out.Load() }

// Err returns nil while the connection lives and the reason of its end afterwards.
func (c *Conn) Err() error {
	select {
	case <-c.session.CloseChan():
	default:
		return nil
	}
	_, err := c.session.OpenStream(context.Background()) // yamux tells its reason only so
	return err
}

// counted counts what passes through a connection.
type counted struct {
	net.Conn
	in, out atomic.Uint64
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.in.Add(uint64(n))
	return n, err
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.out.Add(uint64(n))
	return n, err
}
