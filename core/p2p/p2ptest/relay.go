// Package p2ptest is test support: the relay's end of a libp2p connection, in memory, which misbehaves where a test
// tells it to.
//
// [New] makes a relay, [Relay.Pipe] a connection to it, for p2p.Upgrade with [Relay.ID]. Left alone it speaks
// multistream-select, noise and yamux as stock relays do and answers streams with [Relay.Answer]; each of its hooks takes
// one step out of its hands. It needs no network, so the same test runs natively and under GOOS=js.
package p2ptest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/flynn/noise"
	"github.com/libp2p/go-yamux/v5"
	"github.com/multiformats/go-multistream"
	"google.golang.org/protobuf/encoding/protowire"
)

// Relay is a relay; set its hooks before the first connection. Hooks run on a goroutine of their own for each
// connection and must return once it is closed.
type Relay struct {
	Key ed25519.PrivateKey

	Talk    func(c net.Conn)                          // instead of everything; what the visitor says is dropped
	Payload func(static []byte) []byte                // makes the handshake's payload, instead of [Relay.Signed]
	Second  func(message []byte) []byte               // rewrites the second message of the handshake, framed; nil hangs
	After   func(c net.Conn, seal *noise.CipherState) // once the handshake is done, instead of the muxer
	Wrap    func(c net.Conn) net.Conn                 // gets what carries yamux, encrypted; it may say things of its own
	Answer  func(protocol string, s net.Conn)         // answers one stream, which is closed when it returns
}

// New returns a relay with a fresh key.
func New() *Relay {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return &Relay{Key: key}
}

// ID is the relay's public key.
func (r *Relay) ID() [32]byte { return [32]byte(r.Key.Public().(ed25519.PublicKey)) }

// Pipe returns the visitor's end of a new connection. Both ends are closed, and waited for, when the test ends.
func (r *Relay) Pipe(t testing.TB) net.Conn {
	mine, theirs := newPipe()
	var running sync.WaitGroup
	running.Go(func() {
		defer theirs.Close()
		r.Respond(theirs)
	})
	t.Cleanup(func() {
		mine.Close()
		theirs.Close()
		running.Wait()
	})
	return mine
}

// Respond serves one connection until it ends.
func (r *Relay) Respond(c net.Conn) {
	if r.Talk != nil {
		var listening sync.WaitGroup
		listening.Go(func() { io.Copy(io.Discard, c) })
		r.Talk(c)
		listening.Wait() // the visitor has closed it
		return
	}
	seal, open, ok := r.handshake(c)
	switch {
	case !ok:
	case r.After != nil:
		r.After(c, seal)
	default:
		secured := net.Conn(&sealed{Conn: c, seal: seal, open: open})
		if r.Wrap != nil {
			secured = r.Wrap(secured)
		}
		r.multiplex(secured)
	}
}

// Protobuf of an ed25519 public key, up to its bytes, and what is signed in front of the noise key.
var keyHeader = []byte{0x08, 0x01, 0x12, 0x20}

const signedPrefix = "noise-libp2p-static-key:"

// Signed is an honest payload: the relay's key, its signature over a noise key, and yamux.
func (r *Relay) Signed(static []byte) []byte {
	id := r.ID()
	field := func(b []byte, n protowire.Number, value []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(b, n, protowire.BytesType), value)
	}
	b := field(nil, 1, append(keyHeader[:len(keyHeader):len(keyHeader)], id[:]...))
	b = field(b, 2, ed25519.Sign(r.Key, append([]byte(signedPrefix), static...)))
	return field(b, 4, field(nil, 2, []byte("/yamux/1.0.0")))
}

// handshake is the responder's side of multistream-select and noise XX.
func (r *Relay) handshake(c net.Conn) (seal, open *noise.CipherState, ok bool) {
	mux := multistream.NewMultistreamMuxer[string]()
	mux.AddHandler("/noise", nil)
	if _, _, err := mux.Negotiate(c); err != nil {
		return nil, nil, false
	}
	suite := noise.NewCipherSuite(noise.DH25519, noise.CipherChaChaPoly, noise.HashSHA256)
	static, err := noise.DH25519.GenerateKeypair(rand.Reader)
	if err != nil {
		return nil, nil, false
	}
	state, err := noise.NewHandshakeState(noise.Config{CipherSuite: suite, Pattern: noise.HandshakeXX, StaticKeypair: static})
	if err != nil {
		return nil, nil, false
	}
	first, err := readFrame(c)
	if err != nil {
		return nil, nil, false
	}
	if _, _, _, err := state.ReadMessage(nil, first); err != nil {
		return nil, nil, false
	}
	payload := r.Payload
	if payload == nil {
		payload = r.Signed
	}
	second, _, _, err := state.WriteMessage(nil, payload(static.Public))
	if err != nil {
		return nil, nil, false
	}
	second = Frame(second)
	if r.Second != nil {
		second = r.Second(second)
	}
	if second == nil {
		io.Copy(io.Discard, c) // until the visitor gives up
		return nil, nil, false
	}
	if _, err := c.Write(second); err != nil {
		return nil, nil, false
	}
	third, err := readFrame(c)
	if err != nil {
		return nil, nil, false
	}
	_, open, seal, err = state.ReadMessage(nil, third)
	return seal, open, err == nil
}

// multiplex answers the visitor's streams.
func (r *Relay) multiplex(c net.Conn) {
	cfg := yamux.DefaultConfig()
	cfg.LogOutput = io.Discard
	cfg.EnableKeepAlive = false
	session, err := yamux.Server(c, cfg, nil)
	if err != nil {
		return
	}
	defer session.Close()
	var answering sync.WaitGroup
	defer answering.Wait()
	defer session.Close()
	for {
		s, err := session.AcceptStream()
		if err != nil {
			return
		}
		answering.Go(func() {
			if protocol, ok := Negotiate(s); ok && r.Answer != nil {
				r.Answer(protocol, s)
				s.Close()
				return
			}
			s.Reset()
		})
	}
}

// Negotiate agrees to whatever protocol a stream of the visitor's proposes, and returns it.
func Negotiate(s net.Conn) (protocol string, ok bool) {
	mux := multistream.NewMultistreamMuxer[string]()
	mux.AddHandlerWithFunc("", func(string) bool { return true }, nil)
	protocol, _, err := mux.Negotiate(s)
	return protocol, err == nil
}

// Frame puts the length of a noise message in front of it, which must fit into two bytes.
func Frame(b []byte) []byte {
	return append(binary.BigEndian.AppendUint16(make([]byte, 0, 2+len(b)), uint16(len(b))), b...)
}

func readFrame(r io.Reader) ([]byte, error) {
	var length [2]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(r, b)
	return b, err
}

// Header is a frame's head in yamux: kind 0 data, 1 window, 2 ping, 3 go away; flags 1 SYN, 2 ACK, 4 FIN, 8 RST.
func Header(kind, flags byte, stream, length uint32) []byte {
	b := binary.BigEndian.AppendUint32([]byte{0, kind, 0, flags}, stream)
	return binary.BigEndian.AppendUint32(b, length)
}
