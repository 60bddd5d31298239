//go:build !js

package p2p

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/flynn/noise"
	"github.com/libp2p/go-libp2p"
	lws "github.com/libp2p/go-libp2p/p2p/transport/websocket"

	"github.com/taolight/taolight/core/multiaddr"
)

func TestHostilePayloads(t *testing.T) {
	mismatch := func(err error) bool { return errors.As(err, new(*PeerIDMismatchError)) }
	unsigned := func(err error) bool { return errors.Is(err, ErrIdentity) }
	handshake := func(err error) bool { return errors.Is(err, ErrHandshake) }
	other := newResponder(t)
	signed := func(signer *responder, text []byte) []byte { return ed25519.Sign(signer.key, text) }
	pair := func(key, signature []byte) []byte {
		return appendField(appendField(nil, payloadKey, key), payloadSignature, signature)
	}
	prefixed := func(static []byte) []byte { return append([]byte(signedPrefix), static...) }
	for name, test := range map[string]struct {
		want    func(error) bool
		payload func(r *responder, static []byte) []byte
	}{
		"nothing":          {mismatch, func(*responder, []byte) []byte { return nil }},
		"another identity": {mismatch, func(_ *responder, s []byte) []byte { return makePayload(other.identity(), s, nil) }},
		"signature by another key": {unsigned, func(r *responder, s []byte) []byte {
			return pair(r.identity().Public.Proto(), signed(other, prefixed(s)))
		}},
		"signature over another session": {unsigned, func(r *responder, s []byte) []byte {
			return makePayload(r.identity(), make([]byte, 32), nil)
		}},
		"signature without its prefix": {unsigned, func(r *responder, s []byte) []byte {
			return pair(r.identity().Public.Proto(), signed(r, s))
		}},
		"no signature": {unsigned, func(r *responder, s []byte) []byte { return pair(r.identity().Public.Proto(), nil) }},
		"one bit flipped": {unsigned, func(r *responder, s []byte) []byte {
			signature := signed(r, prefixed(s))
			signature[63] ^= 1
			return pair(r.identity().Public.Proto(), signature)
		}},
		"long signature": {unsigned, func(r *responder, s []byte) []byte {
			return pair(r.identity().Public.Proto(), append(signed(r, prefixed(s)), 0))
		}},
		"key with a byte more": {mismatch, func(r *responder, s []byte) []byte {
			return pair(append(r.identity().Public.Proto(), 0), signed(r, prefixed(s)))
		}},
		"key of another kind": {mismatch, func(r *responder, s []byte) []byte {
			return pair(append([]byte{8, 0, 0x12, 32}, make([]byte, 32)...), signed(r, prefixed(s)))
		}},
		"small-order key": {mismatch, func(r *responder, s []byte) []byte {
			return pair(multiaddr.PeerID{1}.Proto(), make([]byte, 64))
		}},
		"cut": {handshake, func(r *responder, s []byte) []byte {
			p := makePayload(r.identity(), s, nil)
			return p[:len(p)-3]
		}},
		"wrong wire type": {handshake, func(r *responder, s []byte) []byte {
			return append(makePayload(r.identity(), s, nil), 0x0b, 0x0b, 0x0b)
		}},
		"too many muxers": {handshake, func(r *responder, s []byte) []byte {
			return makePayload(r.identity(), s, strings.Split(strings.Repeat("/m ", maxMuxers+1), " "))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newResponder(t)
			r.payload = func(static []byte) []byte { return test.payload(r, static) }
			if err := refused(t, r.serve(t)); !test.want(err) {
				t.Fatalf("%T %v", err, err)
			}
		})
	}
}

// A man in the middle ends noise with a key of his own and passes on what the true relay signed.
func TestManInTheMiddle(t *testing.T) {
	h, err := libp2p.New(libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0/ws"), libp2p.Transport(lws.New), libp2p.DisableMetrics())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	truth, err := multiaddr.Parse(h.Addrs()[0].String() + "/p2p/" + h.ID().String())
	if err != nil {
		t.Fatal(err)
	}
	r := newResponder(t)
	stolen := payloadOf(t, truth.URL)
	r.payload = func([]byte) []byte { return stolen }
	addr := strings.Replace(r.serve(t), r.identity().Public.String(), truth.Peer.String(), 1)
	if err := refused(t, addr); !errors.Is(err, ErrIdentity) {
		t.Fatal("passed on the relay's payload: ", err)
	}
	r.payload = nil
	if err := refused(t, addr); !errors.As(err, new(*PeerIDMismatchError)) {
		t.Fatal("used his own identity: ", err)
	}
}

// payloadOf runs a handshake with a relay up to its signed payload.
func payloadOf(t *testing.T, url string) []byte {
	t.Helper()
	ws, err := dialWebSocket(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	static, _ := noise.DH25519.GenerateKeypair(rand.Reader)
	state, _ := noise.NewHandshakeState(noise.Config{CipherSuite: cipherSuite, Pattern: noise.HandshakeXX, Initiator: true, StaticKeypair: static})
	h := handshake{conn: ws}
	if _, _, err := h.send(state, proposal(noiseProtocol), nil); err != nil {
		t.Fatal(err)
	}
	if err := expectProposal(ws, noiseProtocol); err != nil {
		t.Fatal(err)
	}
	message, err := readHandshake(ws)
	if err != nil {
		t.Fatal(err)
	}
	payload, _, _, err := state.ReadMessage(nil, message)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func TestHostileHandshakeFrames(t *testing.T) {
	late := func(err error) bool { return errors.Is(err, context.DeadlineExceeded) }
	bad := func(err error) bool { return errors.Is(err, ErrHandshake) }
	for name, test := range map[string]struct {
		want   func(error) bool
		second func([]byte) []byte
	}{
		"none":                   {late, func([]byte) []byte { return nil }},
		"cut":                    {late, func(b []byte) []byte { return b[:len(b)/2] }},
		"last byte missing":      {late, func(b []byte) []byte { return b[:len(b)-1] }},
		"oversized":              {bad, func([]byte) []byte { return framed(make([]byte, maxFrame)) }},
		"oversized announcement": {bad, func([]byte) []byte { return []byte{0xff, 0xff} }},
		"short":                  {bad, func([]byte) []byte { return framed([]byte{1, 2, 3}) }},
		"empty":                  {bad, func([]byte) []byte { return framed(nil) }},
		"bit flip in the key":    {bad, func(b []byte) []byte { b[5] ^= 1; return b }},
		"bit flip in payload":    {bad, func(b []byte) []byte { b[len(b)-30] ^= 1; return b }},
		"low-order key":          {bad, func(b []byte) []byte { clear(b[2:34]); return b }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newResponder(t)
			r.second = test.second
			if err := refused(t, r.serve(t)); !test.want(err) {
				t.Fatalf("%T %v", err, err)
			}
		})
	}
}

func TestHostileOpenings(t *testing.T) {
	for name, talk := range map[string]func(context.Context, *websocket.Conn, net.Conn){
		"close": func(_ context.Context, _ *websocket.Conn, c net.Conn) { c.Close() },
		"no":    func(_ context.Context, _ *websocket.Conn, c net.Conn) { c.Write(proposal("na")) },
		"other": func(_ context.Context, _ *websocket.Conn, c net.Conn) { c.Write(proposal("/tls/1.0.0")) },
		"HTTP":  func(_ context.Context, _ *websocket.Conn, c net.Conn) { c.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")) },
		"text": func(ctx context.Context, ws *websocket.Conn, _ net.Conn) {
			ws.Write(ctx, websocket.MessageText, []byte("hello"))
		},
		"huge token": func(_ context.Context, _ *websocket.Conn, c net.Conn) {
			c.Write([]byte{0xff, 0xff, 0xff, 0xff, 0x0f})
		},
		"huge message": func(ctx context.Context, ws *websocket.Conn, c net.Conn) {
			ws.Write(ctx, websocket.MessageBinary, make([]byte, 4*maxMessage))
		},
		"one byte at a time": func(ctx context.Context, _ *websocket.Conn, c net.Conn) {
			for _, b := range proposal("/noise" + strings.Repeat("x", 500)) {
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(5 * time.Millisecond)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newResponder(t)
			r.talk = talk
			t.Log(refused(t, r.serve(t)))
		})
	}
}

func TestTransportFrames(t *testing.T) {
	full := bytes.Repeat([]byte("x"), maxPlain)
	seal := func(s *noise.CipherState, plain []byte) []byte {
		b, err := s.Encrypt(nil, nil, plain)
		if err != nil {
			t.Error(err)
		}
		return framed(b)
	}
	got, err := readAfterHandshake(t, func(c net.Conn, s *noise.CipherState) {
		c.Write(seal(s, full))
		c.Write(append(append(seal(s, nil), seal(s, []byte("a"))...), seal(s, nil)...)) // three frames in a message
		for _, b := range seal(s, []byte("b")) {                                        // a frame over many messages
			c.Write([]byte{b})
		}
		c.Close()
	})
	if err != nil || !bytes.Equal(got, append(bytes.Clone(full), "ab"...)) {
		t.Fatal(len(got), err)
	}
	for name, send := range map[string]func(c net.Conn, s *noise.CipherState){
		"bit flip": func(c net.Conn, s *noise.CipherState) {
			b := seal(s, []byte("abc"))
			b[4] ^= 1
			c.Write(b)
		},
		"replayed": func(c net.Conn, s *noise.CipherState) {
			b := seal(s, nil)
			c.Write(append(b, b...))
		},
		"one left out": func(c net.Conn, s *noise.CipherState) {
			seal(s, []byte("abc"))
			c.Write(seal(s, []byte("d")))
		},
		"too short":     func(c net.Conn, _ *noise.CipherState) { c.Write(framed(make([]byte, macLen-1))) },
		"cut":           func(c net.Conn, s *noise.CipherState) { c.Write(seal(s, full)[:60000]) },
		"longest, junk": func(c net.Conn, _ *noise.CipherState) { c.Write(framed(make([]byte, maxFrame))) },
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readAfterHandshake(t, func(c net.Conn, s *noise.CipherState) {
				send(c, s)
				c.Close()
			})
			if err == nil || len(got) > 0 {
				t.Fatalf("%q, %v", got, err)
			}
		})
	}
}

// Whatever arrives as yamux, the connection ends with an error and nothing panics.
func TestHostileMuxer(t *testing.T) {
	junk := make([]byte, 64<<10)
	rand.Read(junk)
	header := func(kind, flags byte, stream, length uint32) []byte {
		return []byte{0, kind, 0, flags, byte(stream >> 24), byte(stream >> 16), byte(stream >> 8), byte(stream),
			byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)}
	}
	for name, plain := range map[string][]byte{
		"junk":              junk[:maxPlain],
		"bad version":       {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		"bad kind":          header(9, 0, 0, 0),
		"odd stream opened": header(1, 1, 3, 0),
		"window exceeded":   append(header(1, 1, 2, 0), header(0, 0, 2, 1<<31)...),
		"same stream twice": append(header(1, 1, 2, 0), header(1, 1, 2, 0)...),
		"go away":           header(3, 0, 0, 0),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newResponder(t)
			r.after = func(c net.Conn, s *noise.CipherState) {
				b, _ := s.Encrypt(nil, nil, plain)
				c.Write(framed(b))
				io.Copy(io.Discard, c)
			}
			c, err := Dial(context.Background(), r.serve(t), Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			select {
			case <-c.Done():
			case <-time.After(5 * time.Second):
				t.Fatal("the connection lives on")
			}
			if c.Err() == nil {
				t.Fatal("no reason")
			}
		})
	}
}
