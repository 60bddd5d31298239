//go:build !js

package p2p

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/flynn/noise"
	"github.com/multiformats/go-multistream"

	"github.com/taolight/taolight/core/multiaddr"
)

// responder is a noise responder that misbehaves where a test tells it to.
type responder struct {
	key ed25519.PrivateKey

	talk    func(ctx context.Context, ws *websocket.Conn, c net.Conn) // instead of everything
	payload func(static []byte) []byte                                // instead of an honest one
	second  func(message []byte) []byte                               // rewrites the second message, framed; nil hangs
	after   func(c net.Conn, seal *noise.CipherState)                 // once the handshake is done
}

func newResponder(t testing.TB) *responder {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &responder{key: key}
}

func (r *responder) identity() *Identity {
	return &Identity{Public: multiaddr.PeerID(r.key.Public().(ed25519.PublicKey)), Sign: func(m []byte) []byte { return ed25519.Sign(r.key, m) }}
}

// serve listens and returns the address that names the responder's own key.
func (r *responder) serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		ws, err := websocket.Accept(w, request, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		c := websocket.NetConn(ctx, ws, websocket.MessageBinary)
		if r.talk != nil {
			r.talk(ctx, ws, c)
			return
		}
		r.respond(ctx, c)
	}))
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	return fmt.Sprintf("/ip4/127.0.0.1/tcp/%s/ws/p2p/%s", port, r.identity().Public)
}

func (r *responder) respond(ctx context.Context, c net.Conn) {
	mux := multistream.NewMultistreamMuxer[string]()
	mux.AddHandler(noiseProtocol, nil)
	if _, _, err := mux.Negotiate(c); err != nil {
		return
	}
	static, _ := noise.DH25519.GenerateKeypair(rand.Reader)
	state, _ := noise.NewHandshakeState(noise.Config{CipherSuite: cipherSuite, Pattern: noise.HandshakeXX, StaticKeypair: static})
	first, err := readHandshake(c)
	if err != nil {
		return
	}
	if _, _, _, err := state.ReadMessage(nil, first); err != nil {
		return
	}
	payload := makePayload(r.identity(), static.Public, []string{yamuxProtocol})
	if r.payload != nil {
		payload = r.payload(static.Public)
	}
	second, _, _, err := state.WriteMessage(nil, payload)
	if err != nil {
		return
	}
	second = framed(second)
	if r.second != nil {
		second = r.second(second)
	}
	if second == nil {
		<-ctx.Done()
		return
	}
	c.Write(second)
	third, err := readHandshake(c)
	if err != nil {
		return
	}
	_, _, seal, err := state.ReadMessage(nil, third)
	if err == nil && r.after != nil {
		r.after(c, seal)
	}
}

func framed(b []byte) []byte { return append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...) }

// refused dials and returns the error that must come.
func refused(t *testing.T, addr string) error {
	t.Helper()
	c, err := Dial(context.Background(), addr, Options{Timeout: 700 * time.Millisecond})
	if err == nil {
		c.Close()
		t.Fatal("dial succeeded")
	}
	return err
}

// readAfterHandshake returns all that arrives through noise from a responder, without yamux.
func readAfterHandshake(t *testing.T, after func(c net.Conn, seal *noise.CipherState)) ([]byte, error) {
	t.Helper()
	r := newResponder(t)
	r.after = after
	addr, err := multiaddr.Parse(r.serve(t))
	if err != nil {
		t.Fatal(err)
	}
	ws, err := dialWebSocket(context.Background(), addr.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	self, _ := NewIdentity()
	in := bufio.NewReader(ws)
	h := handshake{conn: ws, in: in, self: self, want: addr.Peer, preface: proposal(noiseProtocol),
		answer: func() error { return expectProposal(in, noiseProtocol) }}
	secured, _, err := h.run()
	if err != nil {
		t.Fatal(err)
	}
	secured.SetReadDeadline(time.Now().Add(5 * time.Second))
	return io.ReadAll(secured)
}
