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

	"github.com/flynn/noise"

	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/p2p/p2ptest"
)

func TestHostilePayloads(t *testing.T) {
	mismatch := func(err error) bool { return errors.As(err, new(*PeerIDMismatchError)) }
	unsigned := func(err error) bool { return errors.Is(err, ErrIdentity) }
	handshake := func(err error) bool { return errors.Is(err, ErrHandshake) }
	other := p2ptest.New()
	signed := func(signer *p2ptest.Relay, text []byte) []byte { return ed25519.Sign(signer.Key, text) }
	key := func(r *p2ptest.Relay) []byte { return multiaddr.PeerID(r.ID()).Proto() }
	pair := func(key, signature []byte) []byte {
		return appendField(appendField(nil, payloadKey, key), payloadSignature, signature)
	}
	prefixed := func(static []byte) []byte { return append([]byte(signedPrefix), static...) }
	for name, test := range map[string]struct {
		want    func(error) bool
		payload func(r *p2ptest.Relay, static []byte) []byte
	}{
		"nothing":          {mismatch, func(*p2ptest.Relay, []byte) []byte { return nil }},
		"another identity": {mismatch, func(_ *p2ptest.Relay, s []byte) []byte { return other.Signed(s) }},
		"signature by another key": {unsigned, func(r *p2ptest.Relay, s []byte) []byte {
			return pair(key(r), signed(other, prefixed(s)))
		}},
		"signature over another session": {unsigned, func(r *p2ptest.Relay, s []byte) []byte {
			return r.Signed(make([]byte, 32))
		}},
		"signature without its prefix": {unsigned, func(r *p2ptest.Relay, s []byte) []byte {
			return pair(key(r), signed(r, s))
		}},
		"no signature": {unsigned, func(r *p2ptest.Relay, s []byte) []byte { return pair(key(r), nil) }},
		"one bit flipped": {unsigned, func(r *p2ptest.Relay, s []byte) []byte {
			signature := signed(r, prefixed(s))
			signature[63] ^= 1
			return pair(key(r), signature)
		}},
		"long signature": {unsigned, func(r *p2ptest.Relay, s []byte) []byte {
			return pair(key(r), append(signed(r, prefixed(s)), 0))
		}},
		"key with a byte more": {mismatch, func(r *p2ptest.Relay, s []byte) []byte {
			return pair(append(key(r), 0), signed(r, prefixed(s)))
		}},
		"key of another kind": {mismatch, func(r *p2ptest.Relay, s []byte) []byte {
			return pair(append([]byte{8, 0, 0x12, 32}, make([]byte, 32)...), signed(r, prefixed(s)))
		}},
		"small-order key": {mismatch, func(r *p2ptest.Relay, s []byte) []byte {
			return pair(multiaddr.PeerID{1}.Proto(), make([]byte, 64))
		}},
		"cut": {handshake, func(r *p2ptest.Relay, s []byte) []byte {
			p := r.Signed(s)
			return p[:len(p)-3]
		}},
		"wrong wire type": {handshake, func(r *p2ptest.Relay, s []byte) []byte {
			return append(r.Signed(s), 0x0b, 0x0b, 0x0b)
		}},
		"too many muxers": {handshake, func(r *p2ptest.Relay, s []byte) []byte {
			self := &Identity{Public: r.ID(), Sign: func(m []byte) []byte { return signed(r, m) }}
			return makePayload(self, s, strings.Split(strings.Repeat("/m ", maxMuxers+1), " "))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := p2ptest.New()
			r.Payload = func(static []byte) []byte { return test.payload(r, static) }
			if err := refused(t, r); !test.want(err) {
				t.Fatalf("%T %v", err, err)
			}
		})
	}
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
		"oversized":              {bad, func([]byte) []byte { return p2ptest.Frame(make([]byte, maxFrame)) }},
		"oversized announcement": {bad, func([]byte) []byte { return []byte{0xff, 0xff} }},
		"short":                  {bad, func([]byte) []byte { return p2ptest.Frame([]byte{1, 2, 3}) }},
		"empty":                  {bad, func([]byte) []byte { return p2ptest.Frame(nil) }},
		"bit flip in the key":    {bad, func(b []byte) []byte { b[5] ^= 1; return b }},
		"bit flip in payload":    {bad, func(b []byte) []byte { b[len(b)-30] ^= 1; return b }},
		"low-order key":          {bad, func(b []byte) []byte { clear(b[2:34]); return b }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := p2ptest.New()
			r.Second = test.second
			if err := refused(t, r); !test.want(err) {
				t.Fatalf("%T %v", err, err)
			}
		})
	}
}

func TestHostileOpenings(t *testing.T) {
	for name, talk := range map[string]func(net.Conn){
		"close":      func(c net.Conn) { c.Close() },
		"no":         func(c net.Conn) { c.Write(proposal("na")) },
		"other":      func(c net.Conn) { c.Write(proposal("/tls/1.0.0")) },
		"HTTP":       func(c net.Conn) { c.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")) },
		"huge token": func(c net.Conn) { c.Write([]byte{0xff, 0xff, 0xff, 0xff, 0x0f}) },
		"one byte at a time": func(c net.Conn) {
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
			r := p2ptest.New()
			r.Talk = talk
			t.Log(refused(t, r))
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
		return p2ptest.Frame(b)
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
		"too short":     func(c net.Conn, _ *noise.CipherState) { c.Write(p2ptest.Frame(make([]byte, macLen-1))) },
		"cut":           func(c net.Conn, s *noise.CipherState) { c.Write(seal(s, full)[:60000]) },
		"longest, junk": func(c net.Conn, _ *noise.CipherState) { c.Write(p2ptest.Frame(make([]byte, maxFrame))) },
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
	header := p2ptest.Header
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
			r := p2ptest.New()
			r.After = func(c net.Conn, s *noise.CipherState) {
				b, _ := s.Encrypt(nil, nil, plain)
				c.Write(p2ptest.Frame(b))
				io.Copy(io.Discard, c)
			}
			c, err := Upgrade(context.Background(), r.Pipe(t), r.ID(), Options{})
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
