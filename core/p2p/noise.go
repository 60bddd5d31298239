package p2p

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"github.com/flynn/noise"

	"github.com/taolight/taolight/core/multiaddr"
)

// Sizes of noise messages as libp2p frames them, each behind two bytes of length.
const (
	maxFrame     = 65535
	macLen       = 16
	maxPlain     = maxFrame - macLen
	maxHandshake = 8 << 10 // honest ones have some 230 bytes
)

var cipherSuite = noise.NewCipherSuite(diffieHellman{}, noise.CipherChaChaPoly, noise.HashSHA256)

// handshake is the initiator's side of noise XX as libp2p uses it.
type handshake struct {
	conn    net.Conn
	in      *bufio.Reader // reads conn
	self    *Identity
	want    multiaddr.PeerID
	muxers  []string     // proposed within the handshake
	preface []byte       // goes out in front of the first message
	answer  func() error // reads what answers the preface
}

// run returns the encrypted connection and whether the relay agreed on yamux within the handshake.
//
//	→ preface, e
//	← answer; e, ee, s, es, payload
//	→ s, se, payload
func (h *handshake) run() (*secureConn, bool, error) {
	static, err := cipherSuite.GenerateKeypair(rand.Reader)
	if err != nil {
		return nil, false, err
	}
	state, err := noise.NewHandshakeState(noise.Config{
		CipherSuite: cipherSuite, Pattern: noise.HandshakeXX, Initiator: true, StaticKeypair: static, Random: rand.Reader,
	})
	if err != nil {
		return nil, false, err
	}
	if _, _, err := h.send(state, h.preface, nil); err != nil {
		return nil, false, err
	}
	if err := h.answer(); err != nil {
		return nil, false, err
	}
	message, err := readHandshake(h.in)
	if err != nil {
		return nil, false, err
	}
	payload, _, _, err := state.ReadMessage(nil, message)
	if err != nil {
		return nil, false, fmt.Errorf("%w: second message: %w", ErrHandshake, err)
	}
	early, err := checkPayload(payload, state.PeerStatic(), h.want)
	if err != nil {
		return nil, false, err
	}
	seal, open, err := h.send(state, nil, makePayload(h.self, static.Public, h.muxers))
	if err != nil {
		return nil, false, err
	}
	if seal == nil || open == nil { // the pattern ends here; flynn/noise says so by returning both
		return nil, false, ErrHandshake
	}
	return &secureConn{Conn: h.conn, in: h.in, seal: seal, open: open}, early, nil
}

func (h *handshake) send(state *noise.HandshakeState, preface, payload []byte) (seal, open *noise.CipherState, err error) {
	n := len(preface)
	b, seal, open, err := state.WriteMessage(append(preface[:n:n], 0, 0), payload)
	if err != nil {
		return nil, nil, err
	}
	binary.BigEndian.PutUint16(b[n:], uint16(len(b)-n-2))
	_, err = h.conn.Write(b)
	return seal, open, err
}

func readHandshake(r io.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHandshake, unexpected(err))
	}
	n := int(binary.BigEndian.Uint16(length[:]))
	if n > maxHandshake {
		return nil, fmt.Errorf("%w: a message of %d bytes, at most %d", ErrHandshake, n, maxHandshake)
	}
	message := make([]byte, n)
	if _, err := io.ReadFull(r, message); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHandshake, unexpected(err))
	}
	return message, nil
}
