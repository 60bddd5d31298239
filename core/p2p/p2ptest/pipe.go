package p2ptest

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// pipeBuffer is how many bytes wait in each direction before Write does, as in a socket.
const pipeBuffer = 64 << 10

// pipe is a connection in memory. Unlike net.Pipe's it takes some bytes before the other end reads them: both ends of a
// libp2p connection begin by writing.
type pipe struct {
	mu   sync.Mutex
	wake *sync.Cond // something below has changed, or a deadline has passed
	ends [2]end
}

// end is one end of a pipe.
type end struct {
	of          *pipe
	other       *end
	arrived     []byte
	closed      bool
	read, write time.Time // deadlines
}

// newPipe returns both ends.
func newPipe() (a, b net.Conn) {
	p := new(pipe)
	p.wake = sync.NewCond(&p.mu)
	p.ends[0] = end{of: p, other: &p.ends[1]}
	p.ends[1] = end{of: p, other: &p.ends[0]}
	return &p.ends[0], &p.ends[1]
}

func passed(deadline time.Time) bool { return !deadline.IsZero() && !time.Now().Before(deadline) }

// Read returns what the other end wrote, also after it was closed.
func (e *end) Read(p []byte) (int, error) {
	e.of.mu.Lock()
	defer e.of.mu.Unlock()
	for {
		switch {
		case e.closed:
			return 0, net.ErrClosed
		case passed(e.read):
			return 0, os.ErrDeadlineExceeded
		case len(p) == 0 || len(e.arrived) > 0:
			n := copy(p, e.arrived)
			e.arrived = e.arrived[n:]
			e.of.wake.Broadcast()
			return n, nil
		case e.other.closed:
			return 0, io.EOF
		}
		e.of.wake.Wait()
	}
}

// Write hands p over, waiting while the other end has too much to read.
func (e *end) Write(p []byte) (written int, err error) {
	e.of.mu.Lock()
	defer e.of.mu.Unlock()
	for {
		switch room := pipeBuffer - len(e.other.arrived); {
		case e.closed:
			return written, net.ErrClosed
		case e.other.closed:
			return written, io.ErrClosedPipe
		case passed(e.write):
			return written, os.ErrDeadlineExceeded
		case len(p) <= room:
			e.other.arrived = append(e.other.arrived, p...)
			e.of.wake.Broadcast()
			return written + len(p), nil
		case room > 0:
			e.other.arrived = append(e.other.arrived, p[:room]...)
			written, p = written+room, p[room:]
			e.of.wake.Broadcast()
		}
		e.of.wake.Wait()
	}
}

// Close ends both directions.
func (e *end) Close() error {
	e.of.mu.Lock()
	defer e.of.mu.Unlock()
	e.closed = true
	e.of.wake.Broadcast()
	return nil
}

func (e *end) limit(t time.Time, deadlines ...*time.Time) error {
	e.of.mu.Lock()
	defer e.of.mu.Unlock()
	for _, d := range deadlines {
		*d = t
	}
	e.of.wake.Broadcast()
	if left := time.Until(t); !t.IsZero() && left > 0 {
		time.AfterFunc(left, func() {
			e.of.mu.Lock() // else it may come between a look at the deadline and the wait
			defer e.of.mu.Unlock()
			e.of.wake.Broadcast()
		})
	}
	return nil
}

func (e *end) SetDeadline(t time.Time) error      { return e.limit(t, &e.read, &e.write) }
func (e *end) SetReadDeadline(t time.Time) error  { return e.limit(t, &e.read) }
func (e *end) SetWriteDeadline(t time.Time) error { return e.limit(t, &e.write) }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "in memory" }

func (e *end) LocalAddr() net.Addr  { return pipeAddr{} }
func (e *end) RemoteAddr() net.Addr { return pipeAddr{} }
