//go:build js

package p2p

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall/js"
	"time"
)

const (
	unsentLimit = 1 << 20 // Write waits while the browser holds more than this
	unsentPoll  = 4 * time.Millisecond
)

var (
	webSocket  = js.Global().Get("WebSocket")
	uint8Array = js.Global().Get("Uint8Array")
)

// browserConn is the browser's WebSocket as a net.Conn. Its callbacks only hand over; nothing blocks in them.
type browserConn struct {
	ws     js.Value
	url    string
	in     inbox
	opened chan struct{}

	ending   sync.Once
	handlers map[string]js.Func

	readLimit, writeLimit deadline

	writeMu sync.Mutex
	scratch js.Value // a Uint8Array for one full frame; send copies from it
}

func dialWebSocket(ctx context.Context, url string) (_ net.Conn, err error) {
	if !webSocket.Truthy() {
		return nil, errors.New("this browser has no WebSocket")
	}
	defer recovered("WebSocket", &err) // its constructor throws on a bad address, or on ws: from an https: page
	c := &browserConn{
		url: url, opened: make(chan struct{}), in: newInbox(),
		readLimit: newDeadline(), writeLimit: newDeadline(),
		scratch: uint8Array.New(2 + maxFrame),
	}
	c.ws = webSocket.New(url)
	c.ws.Set("binaryType", "arraybuffer")
	c.handlers = map[string]js.Func{
		"onopen":    js.FuncOf(func(js.Value, []js.Value) any { close(c.opened); return nil }),
		"onmessage": js.FuncOf(func(_ js.Value, args []js.Value) any { c.receive(args[0].Get("data")); return nil }),
		"onclose":   js.FuncOf(func(_ js.Value, args []js.Value) any { c.end(closeReason(args[0])); return nil }),
	}
	for name, f := range c.handlers {
		c.ws.Set(name, f)
	}
	select {
	case <-c.opened:
		return c, nil
	case <-c.in.ended:
		return nil, c.in.err
	case <-ctx.Done():
		c.Close()
		return nil, context.Cause(ctx)
	}
}

func closeReason(event js.Value) error {
	const normal, noStatus = 1000, 1005
	switch code := event.Get("code").Int(); code {
	case normal, noStatus:
		return io.EOF
	default:
		return fmt.Errorf("WebSocket closed with code %d %.80q", code, event.Get("reason").String())
	}
}

// recovered turns an exception that JavaScript threw into an error.
func recovered(what string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%s: %v", what, r)
	}
}

func (c *browserConn) receive(data js.Value) {
	if data.Type() != js.TypeObject {
		c.abort(errors.New("the relay sent a WebSocket text message"))
		return
	}
	view := uint8Array.New(data)
	n := view.Get("byteLength").Int()
	if !c.in.fits(n) {
		c.abort(fmt.Errorf("the relay sent a WebSocket message of %d bytes, or more than %d that nobody read", n, maxUnread))
		return
	}
	message := make([]byte, n)
	js.CopyBytesToGo(message, view)
	c.in.put(message)
}

// end tells readers and writers, and lets go of the handlers outside of the one that may be running.
func (c *browserConn) end(err error) {
	c.ending.Do(func() {
		for name := range c.handlers {
			c.ws.Set(name, js.Null())
		}
		c.in.end(err)
		go func() {
			for _, f := range c.handlers {
				f.Release()
			}
		}()
	})
}

func (c *browserConn) abort(err error) {
	c.end(err)
	defer func() { _ = recover() }() // a socket that never opened may throw; it is given up anyhow
	c.ws.Call("close", 1000)
}

// Close begins the closing handshake and does not wait for it.
func (c *browserConn) Close() error { c.abort(net.ErrClosed); return nil }

// Read returns what has arrived, also after the end.
func (c *browserConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if n := c.in.take(p); n > 0 {
			return n, nil
		}
		select {
		case <-c.in.arrived:
		case <-c.readLimit.passed():
			return 0, os.ErrDeadlineExceeded
		case <-c.in.ended:
			if n := c.in.take(p); n > 0 {
				return n, nil
			}
			return 0, c.in.err
		}
	}
}

// Write sends p as one message.
func (c *browserConn) Write(p []byte) (n int, err error) {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	for c.ws.Get("bufferedAmount").Int() > unsentLimit { // send itself never waits
		wait := time.NewTimer(unsentPoll)
		select {
		case <-wait.C:
		case <-c.writeLimit.passed():
		case <-c.in.ended:
		}
		wait.Stop()
		if err := c.writable(); err != nil {
			return 0, err
		}
	}
	if err := c.writable(); err != nil {
		return 0, err
	}
	defer recovered("WebSocket send", &err)
	view := c.scratch
	if len(p) > view.Get("length").Int() {
		view = uint8Array.New(len(p))
	}
	view = view.Call("subarray", 0, len(p))
	js.CopyBytesToJS(view, p)
	c.ws.Call("send", view)
	return len(p), nil
}

func (c *browserConn) writable() error {
	select {
	case <-c.in.ended:
		return net.ErrClosed
	case <-c.writeLimit.passed():
		return os.ErrDeadlineExceeded
	default:
		return nil
	}
}

type browserAddr string

func (a browserAddr) Network() string { return "websocket" }
func (a browserAddr) String() string  { return string(a) }

func (c *browserConn) LocalAddr() net.Addr                { return browserAddr("browser") }
func (c *browserConn) RemoteAddr() net.Addr               { return browserAddr(c.url) }
func (c *browserConn) SetReadDeadline(t time.Time) error  { c.readLimit.set(t); return nil }
func (c *browserConn) SetWriteDeadline(t time.Time) error { c.writeLimit.set(t); return nil }
func (c *browserConn) SetDeadline(t time.Time) error {
	c.readLimit.set(t)
	c.writeLimit.set(t)
	return nil
}
