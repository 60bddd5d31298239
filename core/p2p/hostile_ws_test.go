//go:build !js

package p2p

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/flynn/noise"
	"github.com/libp2p/go-libp2p"
	lws "github.com/libp2p/go-libp2p/p2p/transport/websocket"

	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/p2p/p2ptest"
)

// listen serves a relay over a WebSocket, or lets talk have it, and returns the address that names the relay's key.
func listen(t *testing.T, r *p2ptest.Relay, talk func(context.Context, *websocket.Conn)) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		ws, err := websocket.Accept(w, request, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if talk != nil {
			talk(ctx, ws)
			return
		}
		r.Respond(websocket.NetConn(ctx, ws, websocket.MessageBinary))
	}))
	t.Cleanup(server.Close)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	return fmt.Sprintf("/ip4/127.0.0.1/tcp/%s/ws/p2p/%s", port, multiaddr.PeerID(r.ID()))
}

// dialRefused dials and returns the error that must come.
func dialRefused(t *testing.T, addr string) error {
	t.Helper()
	c, err := Dial(context.Background(), addr, Options{Timeout: 700 * time.Millisecond})
	if err == nil {
		c.Close()
		t.Fatal("dial succeeded")
	}
	return err
}

func TestHostileMessages(t *testing.T) {
	for name, talk := range map[string]func(context.Context, *websocket.Conn){
		"text": func(ctx context.Context, ws *websocket.Conn) { ws.Write(ctx, websocket.MessageText, []byte("hello")) },
		"huge": func(ctx context.Context, ws *websocket.Conn) {
			ws.Write(ctx, websocket.MessageBinary, make([]byte, 4*maxMessage))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Log(dialRefused(t, listen(t, p2ptest.New(), talk)))
		})
	}
}

// Messages could be inflated a thousandfold, but for that this end does not let a relay compress them.
func TestRelayMayNotCompress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if offer := request.Header.Get("Sec-WebSocket-Extensions"); offer != "" {
			t.Errorf("offered %s", offer)
		}
		request.Header.Set("Sec-WebSocket-Extensions", "permessage-deflate")
		ws, err := websocket.Accept(w, request, &websocket.AcceptOptions{CompressionMode: websocket.CompressionContextTakeover})
		if err != nil {
			return
		}
		defer ws.CloseNow()
		ws.Write(request.Context(), websocket.MessageBinary, make([]byte, maxMessage/2))
	}))
	defer server.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(server.URL, "http://"))
	t.Log(dialRefused(t, fmt.Sprintf("/ip4/127.0.0.1/tcp/%s/ws/p2p/%s", port, multiaddr.PeerID(p2ptest.New().ID()))))
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
	r := p2ptest.New()
	stolen := payloadOf(t, truth.URL)
	r.Payload = func([]byte) []byte { return stolen }
	addr := strings.Replace(listen(t, r, nil), multiaddr.PeerID(r.ID()).String(), truth.Peer.String(), 1)
	if err := dialRefused(t, addr); !errors.Is(err, ErrIdentity) {
		t.Fatal("passed on the relay's payload: ", err)
	}
	r.Payload = nil
	if err := dialRefused(t, addr); !errors.As(err, new(*PeerIDMismatchError)) {
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
