package host

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	corehost "github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	ws "github.com/libp2p/go-libp2p/p2p/transport/websocket"
	"go.uber.org/goleak"

	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is answers that a test writes down.
type script struct {
	feed       serve.Feed
	lightBlock func(height uint64) (*serve.Reply, error)
	witness    func(wire.WitnessRequest) (*serve.Reply, error)
	submit     func([]byte) (*wire.SubmitReply, error)
	report     func([]byte) error
}

func (s *script) Identity() serve.Identity { return serve.Identity{ChainID: "script"} }
func (s *script) Heads() *serve.Feed       { return &s.feed }
func (s *script) LightBlock(_ context.Context, height uint64) (*serve.Reply, error) {
	return s.lightBlock(height)
}
func (s *script) Block(context.Context, uint64) (*serve.Reply, error) {
	return nil, errors.New("secret path /home/x")
}
func (s *script) Events(_ context.Context, height uint64) (*serve.Reply, error) {
	if height > 1 {
		return nil, serve.Refuse(wire.CodeNotFound, "not there yet")
	}
	return serve.NewEventsReply([][]byte{[]byte("one"), []byte("two")})
}
func (s *script) Witness(_ context.Context, q wire.WitnessRequest) (*serve.Reply, error) {
	return s.witness(q)
}
func (s *script) Submit(_ context.Context, tx []byte) (*wire.SubmitReply, error) { return s.submit(tx) }
func (s *script) Report(_ context.Context, evidence []byte) error                { return s.report(evidence) }

func newKey(t testing.TB) crypto.PrivKey {
	t.Helper()
	k, _, err := crypto.GenerateEd25519Key(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func listen(t testing.TB, o Options) *Host {
	t.Helper()
	o.Listen, o.Key = "127.0.0.1:0", newKey(t)
	if o.HTTP == nil {
		o.HTTP = http.NotFoundHandler()
	}
	h, err := Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return h
}

// visitor is a stock go-libp2p host that is connected to h.
func visitor(t testing.TB, h *Host) corehost.Host {
	t.Helper()
	v, err := libp2p.New(libp2p.NoListenAddrs, libp2p.Transport(ws.New), libp2p.DisableRelay(), libp2p.DisableMetrics())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	info, err := peer.AddrInfoFromString(h.Multiaddr())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := v.Connect(ctx, *info); err != nil {
		t.Fatal(err)
	}
	return v
}

func stream(t testing.TB, v corehost.Host, h *Host, id string) network.Stream {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s, err := v.NewStream(ctx, h.PeerID(), protocol.ID(id))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Reset() })
	if err := s.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends one request and reads one reply.
func ask(t testing.TB, v corehost.Host, h *Host, id string, request, reply any) {
	t.Helper()
	s := stream(t, v, h, id)
	if err := errors.Join(wire.WriteFrame(s, request), wire.ReadFrame(s, wire.MaxReply, reply)); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	if _, err := s.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("%s: %v after the reply, want the end", id, err)
	}
}

func numbered(height uint64) []byte { return fmt.Appendf(nil, "light block %d", height) }

func upTo(last uint64) func(uint64) (*serve.Reply, error) {
	return func(height uint64) (*serve.Reply, error) {
		if height > last {
			return nil, serve.Refuse(wire.CodeNotFound, "not there yet")
		}
		return serve.NewLightBlockReply(numbered(height))
	}
}

// Several light blocks are answered with as many as may come together, one whatever its size.
func TestRangesOfLargeLightBlocks(t *testing.T) {
	for _, c := range []struct{ size, want int }{{wire.MaxRangeBytes / 4, 4}, {wire.MaxRangeBytes/4 + 1, 3}, {wire.MaxRangeBytes + 1, 1}} {
		h := listen(t, Options{})
		h.Serve(&script{lightBlock: func(uint64) (*serve.Reply, error) { return serve.NewLightBlockReply(make([]byte, c.size)) }})
		var r wire.LightBlockReply
		ask(t, visitor(t, h), h, wire.LightBlockProtocol, wire.LightBlockRequest{From: 1, To: 9}, &r)
		if len(r.LightBlocks) != c.want {
			t.Errorf("%d blocks of %d bytes, want %d", len(r.LightBlocks), c.size, c.want)
		}
	}
}

func TestRequestsAndRefusals(t *testing.T) {
	big := bytes.Repeat([]byte("w"), 3<<20)
	a := &script{
		lightBlock: upTo(100),
		witness: func(q wire.WitnessRequest) (*serve.Reply, error) {
			if q.Program == "panic@1" {
				panic("a program's mistake")
			}
			return serve.NewWitnessReply(big)
		},
		submit: func(tx []byte) (*wire.SubmitReply, error) {
			return &wire.SubmitReply{Hash: [32]byte(bytes.Repeat(tx, 32)), Refusal: serve.Refuse("NonceUsed", "nonce 1 is used")}, nil
		},
	}
	h := listen(t, Options{})
	h.Serve(a)
	v := visitor(t, h)

	for _, c := range []struct {
		from, to uint64
		first    uint64
		count    int
		code     string
	}{
		{from: 7, to: 7, first: 7, count: 1},
		{from: 3, to: 6, first: 3, count: 4},
		{from: 98, to: 200, first: 98, count: 3},
		{from: 1, to: 100, first: 1, count: wire.MaxRange},
		{from: 1, to: 1<<64 - 1, first: 1, count: wire.MaxRange},
		{from: 101, to: 200, code: wire.CodeNotFound},
		{from: 5, to: 4, code: wire.CodeBadRequest},
		{from: 0, to: 4, code: wire.CodeBadRequest},
	} {
		var r wire.LightBlockReply
		ask(t, v, h, wire.LightBlockProtocol, wire.LightBlockRequest{From: c.from, To: c.to}, &r)
		if c.code != "" {
			if r.Refusal == nil || r.Refusal.Code != c.code || len(r.LightBlocks) != 0 {
				t.Errorf("%d to %d: %+v, want the refusal %s", c.from, c.to, r, c.code)
			}
			continue
		}
		if r.Refusal != nil || len(r.LightBlocks) != c.count {
			t.Errorf("%d to %d: %d blocks, %v; want %d", c.from, c.to, len(r.LightBlocks), r.Refusal, c.count)
			continue
		}
		for i, b := range r.LightBlocks {
			if !bytes.Equal(b, numbered(c.first+uint64(i))) {
				t.Errorf("%d to %d: block %d is %q", c.from, c.to, i, b)
			}
		}
	}

	var w wire.WitnessReply
	ask(t, v, h, wire.WitnessProtocol, wire.WitnessRequest{Program: "x@1"}, &w)
	if !bytes.Equal(w.Witness, big) {
		t.Errorf("a witness of %d bytes came as %d", len(big), len(w.Witness))
	}
	var s wire.SubmitReply
	ask(t, v, h, wire.SubmitProtocol, wire.SubmitRequest{Tx: []byte("t")}, &s)
	if s.Hash[31] != 't' || s.Refusal == nil || s.Refusal.Code != "NonceUsed" {
		t.Errorf("submit: %+v", s)
	}
	var b wire.BlockReply
	ask(t, v, h, wire.BlockProtocol, wire.BlockRequest{Height: 1}, &b)
	if b.Refusal == nil || b.Refusal.Code != wire.CodeInternal || strings.Contains(b.Refusal.Message, "secret") {
		t.Errorf("an own fault: %+v, want %s without details", b.Refusal, wire.CodeInternal)
	}

	var e wire.EventsReply
	ask(t, v, h, wire.EventsProtocol, wire.EventsRequest{Height: 1}, &e)
	if e.Refusal != nil || len(e.Events) != 2 || string(e.Events[1]) != "two" {
		t.Errorf("events: %+v", e)
	}
	e = wire.EventsReply{}
	ask(t, v, h, wire.EventsProtocol, wire.EventsRequest{Height: 2}, &e)
	if e.Refusal == nil || e.Refusal.Code != wire.CodeNotFound || len(e.Events) != 0 {
		t.Errorf("events of a block to come: %+v", e)
	}

	// A panic resets the one stream; the host goes on.
	p := stream(t, v, h, wire.WitnessProtocol)
	if err := wire.WriteFrame(p, wire.WitnessRequest{Program: "panic@1"}); err != nil {
		t.Fatal(err)
	}
	if err := wire.ReadFrame(p, wire.MaxReply, &w); err == nil {
		t.Error("a panic gave an answer")
	}
	ask(t, v, h, wire.WitnessProtocol, wire.WitnessRequest{Program: "x@1"}, &w)
}

func TestBadFrames(t *testing.T) {
	h := listen(t, Options{})
	h.Serve(&script{lightBlock: upTo(9)})
	v := visitor(t, h)
	for name, raw := range map[string][]byte{
		"4 GiB announced": {0xff, 0xff, 0xff, 0xff, 1},
		"over the limit":  binary.BigEndian.AppendUint32(nil, wire.MaxRequest+1),
		"no CBOR":         {0, 0, 0, 1, 0xff},
		"not canonical":   {0, 0, 0, 5, 0x82, 0x18, 1, 0x18, 1},
		"empty":           {0, 0, 0, 0},
		"another message": {0, 0, 0, 2, 0x81, 0x01},
		"deep nesting":    append([]byte{0, 0, 1, 0}, bytes.Repeat([]byte{0x81}, 256)...),
	} {
		s := stream(t, v, h, wire.LightBlockProtocol)
		if _, err := s.Write(raw); err != nil {
			t.Fatal(err)
		}
		var r wire.LightBlockReply
		if err := wire.ReadFrame(s, wire.MaxReply, &r); err != nil {
			t.Errorf("%s: %v", name, err)
		} else if r.Refusal == nil || r.Refusal.Code != wire.CodeBadRequest {
			t.Errorf("%s: %+v, want %s", name, r.Refusal, wire.CodeBadRequest)
		}
	}
	s := stream(t, v, h, wire.LightBlockProtocol)
	if _, err := s.Write([]byte{0, 0, 0, 9, 1}); err != nil {
		t.Fatal(err)
	}
	s.CloseWrite()
	if _, err := io.ReadAll(s); err == nil {
		t.Error("half a request was answered")
	}
	var r wire.LightBlockReply
	ask(t, v, h, wire.LightBlockProtocol, wire.LightBlockRequest{From: 1, To: 1}, &r)
}

func TestOnePortForBoth(t *testing.T) {
	h := listen(t, Options{HTTP: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "page") })})
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := c.Get("http://" + h.Addr().String() + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err != nil || string(body) != "page" {
		t.Fatalf("%q, %v", body, err)
	}
	v := visitor(t, h) // before Serve: connected, but no protocol yet
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	s, err := v.NewStream(ctx, h.PeerID(), wire.BlockProtocol)
	if err == nil {
		s.SetDeadline(time.Now().Add(5 * time.Second))
		if err = wire.WriteFrame(s, wire.BlockRequest{}); err == nil {
			err = wire.ReadFrame(s, wire.MaxReply, new(wire.BlockReply))
		}
	}
	if err == nil {
		t.Fatal("a stream was answered before there are answers")
	}
}

func TestListenErrors(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var used *AddrInUseError
	if _, err := Listen(Options{Listen: l.Addr().String(), Key: newKey(t)}); !errors.As(err, &used) {
		t.Errorf("got %v, want an AddrInUseError", err)
	}
	for _, bad := range []string{"nonsense", "127.0.0.1:99999", "127.0.0.1:http:x"} {
		if _, err := Listen(Options{Listen: bad, Key: newKey(t)}); err == nil || errors.As(err, &used) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestAddrOf(t *testing.T) {
	for _, c := range []struct {
		name string
		tls  bool
		want string
	}{
		{"127.0.0.1", false, "/ip4/127.0.0.1/tcp/80/ws/p2p/"},
		{"::1", false, "/ip6/::1/tcp/80/ws/p2p/"},
		{"relay.example", true, "/dns/relay.example/tcp/80/tls/ws/p2p/"},
	} {
		if got := AddrOf(c.name, 80, c.tls, "x"); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
