package p2p

import (
	"errors"
	"fmt"

	"github.com/libp2p/go-yamux/v5"
	"github.com/multiformats/go-multistream"

	"github.com/taolight/taolight/core/multiaddr"
)

var (
	// ErrHandshake says that the other end does not speak libp2p-noise as it should.
	ErrHandshake = errors.New("noise handshake failed")
	// ErrIdentity says that the other end showed the right public key without proving that it holds the private one.
	// No honest relay does that.
	ErrIdentity = errors.New("the relay's identity key did not sign this session")
	// ErrMemory says that the windows of the open streams use up [Options.Memory].
	ErrMemory = errors.New("too many open streams for the memory allowed")
)

// PeerIDMismatchError says that the other end is somebody else than the address names: a relay with a new key, or
// a man in the middle.
type PeerIDMismatchError struct {
	Expected multiaddr.PeerID
	Got      string // peer id, or a description of a key that has none here
}

// Error names both.
func (e *PeerIDMismatchError) Error() string {
	return fmt.Sprintf("the relay proved to be another than the address names: expected %s, got %s", e.Expected, e.Got)
}

// Reset codes that go-libp2p sends.
const (
	resetNegotiation = 0x1001
	resetResources   = 0x1002
)

func resetBy(err error, code uint32) bool {
	var reset *yamux.StreamError
	return errors.As(err, &reset) && reset.Remote && reset.ErrorCode == code
}

// IsUnsupported says whether a stream failed because the relay does not speak its protocol.
func IsUnsupported(err error) bool {
	// The relay's "na" is often overtaken by the reset that follows it.
	return errors.Is(err, multistream.ErrNotSupported[string]{}) || resetBy(err, resetNegotiation)
}

// IsLimited says whether a stream failed because of the relay's limits; it may be tried again later.
func IsLimited(err error) bool { return resetBy(err, resetResources) }
