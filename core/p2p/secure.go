package p2p

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/flynn/noise"
)

// secureConn carries a byte stream as noise transport messages. The first error of a direction is that direction's
// last word: noise counts its messages, so nothing that follows a lost one could be read.
type secureConn struct {
	net.Conn
	in *bufio.Reader

	readMu  sync.Mutex
	open    *noise.CipherState
	frame   []byte // ciphertext, decrypted in place
	unread  []byte // part of frame
	readErr error

	writeMu  sync.Mutex
	seal     *noise.CipherState
	out      []byte
	writeErr error
}

// Read returns what is left of the current frame, or reads the next.
func (c *secureConn) Read(p []byte) (int, error) {
	c.readMu.Lock()
	defer c.readMu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	for len(c.unread) == 0 { // empty frames are allowed
		if c.readErr == nil {
			c.readErr = c.nextFrame()
		}
		if c.readErr != nil {
			return 0, c.readErr
		}
	}
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

func (c *secureConn) nextFrame() error {
	var length [2]byte
	if _, err := io.ReadFull(c.in, length[:]); err != nil {
		return err // io.EOF only between frames
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n < macLen {
		return fmt.Errorf("noise frame of %d bytes, at least %d", n, macLen)
	}
	if cap(c.frame) < n {
		c.frame = make([]byte, max(n, min(2*n, maxFrame)))
	}
	frame := c.frame[:n]
	if _, err := io.ReadFull(c.in, frame); err != nil {
		return unexpected(err)
	}
	plain, err := c.open.Decrypt(frame[:0], nil, frame)
	if err != nil {
		return fmt.Errorf("noise frame: %w", err)
	}
	c.unread = plain
	return nil
}

// Write sends p in as few frames as possible.
func (c *secureConn) Write(p []byte) (written int, err error) {
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	for len(p) > 0 && c.writeErr == nil {
		n := min(len(p), maxPlain)
		c.writeErr = c.writeFrame(p[:n])
		if c.writeErr == nil {
			written, p = written+n, p[n:]
		}
	}
	return written, c.writeErr
}

func (c *secureConn) writeFrame(plain []byte) error {
	if need := 2 + len(plain) + macLen; cap(c.out) < need {
		c.out = make([]byte, 0, max(need, min(2*need, 2+maxFrame)))
	}
	frame, err := c.seal.Encrypt(c.out[:2], nil, plain)
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint16(frame, uint16(len(frame)-2))
	_, err = c.Conn.Write(frame)
	return err
}
