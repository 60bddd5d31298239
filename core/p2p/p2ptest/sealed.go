package p2ptest

import (
	"net"
	"sync"

	"github.com/flynn/noise"
)

// sealed carries bytes as noise messages.
type sealed struct {
	net.Conn
	open   *noise.CipherState
	unread []byte // read from one goroutine at a time

	mu   sync.Mutex
	seal *noise.CipherState
}

func (c *sealed) Read(p []byte) (int, error) {
	for len(c.unread) == 0 {
		frame, err := readFrame(c.Conn)
		if err != nil {
			return 0, err
		}
		if c.unread, err = c.open.Decrypt(frame[:0], nil, frame); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

func (c *sealed) Write(p []byte) (written int, err error) {
	const most = 65535 - 16
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(p) > 0 {
		n := min(len(p), most)
		if err := Send(c.Conn, c.seal, p[:n]); err != nil {
			return written, err
		}
		written, p = written+n, p[n:]
	}
	return written, nil
}

// Send writes plain as one noise message, in a single call of Write.
func Send(c net.Conn, seal *noise.CipherState, plain []byte) error {
	b, err := seal.Encrypt(nil, nil, plain)
	if err == nil {
		_, err = c.Write(Frame(b))
	}
	return err
}
