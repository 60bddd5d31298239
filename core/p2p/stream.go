package p2p

import (
	"context"
	"net"
	"sync"

	"github.com/libp2p/go-yamux/v5"
)

// Open opens a stream for a protocol. The negotiation travels with the first write and its answer is read with the
// first read, so it costs no round trip; a relay that does not speak the protocol shows as an error of that read, see
// [IsUnsupported]. If [Options.Streams] of the protocol are open already, Open waits for one to be closed.
//
// The stream keeps deadlines; ctx bounds only the opening. Closing it tells the relay to stop if the end of its answer
// was not read yet.
func (c *Conn) Open(ctx context.Context, protocol string) (net.Conn, error) {
	slots := c.slotsOf(protocol)
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-c.Done():
		return nil, c.Err()
	}
	raw, err := c.openStream(ctx)
	if err != nil {
		<-slots
		return nil, err
	}
	return &stream{Stream: raw, protocol: protocol, release: sync.OnceFunc(func() { <-slots })}, nil
}

func (c *Conn) slotsOf(protocol string) chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	slots := c.slots[protocol]
	if slots == nil {
		slots = make(chan struct{}, c.options.Streams)
		c.slots[protocol] = slots
	}
	return slots
}

func (c *Conn) openStream(ctx context.Context) (*yamux.Stream, error) {
	// yamux leaks a slot of its own when memory is refused to a stream that it opens, and ends the session when it
	// is refused to one that it accepts: ask before, and keep enough for all that may be accepted.
	if !c.windows.has((c.options.Inbound + 1) * firstWindow) {
		return nil, ErrMemory
	}
	return c.session.OpenStream(ctx)
}

// stream is one libp2p stream with lazy negotiation.
type stream struct {
	*yamux.Stream
	protocol string
	release  func() // the slot of its protocol

	writeMu  sync.Mutex
	proposed bool

	readMu   sync.Mutex
	accepted bool
	readErr  error // of the negotiation, or io.EOF
}

// Write sends p, behind the proposal the first time.
func (s *stream) Write(p []byte) (int, error) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	if s.proposed {
		return s.Stream.Write(p)
	}
	s.proposed = true
	head := proposal(s.protocol)
	n, err := s.Stream.Write(append(head, p...))
	return max(0, n-len(head)), err
}

// Read reads from the stream, behind the answer to the proposal the first time.
func (s *stream) Read(p []byte) (int, error) {
	s.readMu.Lock()
	defer s.readMu.Unlock()
	if s.readErr != nil {
		return 0, s.readErr
	}
	if !s.accepted {
		if err := s.propose(); err != nil {
			return 0, err
		}
		if s.readErr = expectProposal(s.Stream, s.protocol); s.readErr != nil {
			return 0, s.readErr
		}
		s.accepted = true
	}
	return s.Stream.Read(p)
}

func (s *stream) propose() error {
	_, err := s.Write(nil)
	return err
}

// CloseWrite ends the sending side.
func (s *stream) CloseWrite() error {
	if err := s.propose(); err != nil {
		return err
	}
	return s.Stream.CloseWrite()
}

// Close ends both sides. A relay that is still sending is told to stop.
func (s *stream) Close() error {
	defer s.release()
	return s.Stream.Reset()
}
