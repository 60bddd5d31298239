package p2p

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseAddr(t *testing.T) {
	self, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	peer := "/p2p/" + self.Public.String()
	for text, url := range map[string]string{
		"/ip4/127.0.0.1/tcp/9000/ws":          "ws://127.0.0.1:9000/",
		"/ip6/::1/tcp/9000/ws":                "ws://[::1]:9000/",
		"/dns4/host/tcp/443/wss":              "wss://host:443/",
		"/dns/host/tcp/443/tls/ws":            "wss://host:443/",
		"/ip4/1.2.3.4/tcp/443/tls/sni/a.b/ws": "wss://a.b:443/",
	} {
		got, err := ParseAddr(text + peer)
		if err != nil || got.URL != url || got.Peer != self.Public {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "/", "x", "/ip4/127.0.0.1/tcp/1/ws", "/ip4/127.0.0.1/tcp/9000" + peer, "/ip4/127.0.0.1/udp/1/quic-v1" + peer,
		"/ip4/127.0.0.1/tcp/99999/ws" + peer, "/ip4/127.0.0.1/tcp/0/ws" + peer, "/ip4/::1/tcp/1/ws" + peer, "/ip6/1.2.3.4/tcp/1/ws" + peer,
		"/ip6/fe80::1%eth0/tcp/1/ws" + peer, "/dns4/a@b/tcp/1/ws" + peer, "/dns4/a.b:80/tcp/1/ws" + peer, "/dns4//tcp/1/ws" + peer,
		"/dnsaddr/a/tcp/1/ws" + peer, "/ip4/127.0.0.1/tcp/1/tls/sni/a?b/ws" + peer, "/ip4/127.0.0.1/tcp/1/tls" + peer,
		"/ip4/127.0.0.1/tcp/1/ws" + peer + "/p2p-circuit" + peer, "/ip4/127.0.0.1/tcp/1/ws" + peer + "x",
		"/ip4/127.0.0.1/tcp/1/ws/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N",
		"/ip4/127.0.0.1/tcp/1/ws/p2p/16Uiu2HAmPLe7Mzm8TsYUubgCAW1aJoeFScxrLj8ppHFivPo97bUZ",
		"/ip4/127.0.0.1/tcp/1/ws/p2p/12D3Koo" + strings.Repeat("z", 45), strings.Repeat("/", 600),
	} {
		if got, err := ParseAddr(text); !errors.As(err, new(*AddrError)) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func FuzzParseAddr(f *testing.F) {
	f.Add("/ip4/127.0.0.1/tcp/9000/ws/p2p/12D3KooWGBKfzYRxtjMnYYVMBFkPzKcBdkRjLJUHKvCaXQpvNHKm")
	f.Add("/dns4/a.b/tcp/443/tls/sni/c.d/ws/p2p/1")
	f.Add("/ip6/::1/tcp/1/wss/p2p/")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseAddr(text)
		if err != nil {
			return
		}
		if !strings.HasSuffix(text, got.Peer.String()) || !strings.HasPrefix(got.URL, "ws") || strings.ContainsAny(got.URL[5:], "@?#%\\ ") {
			t.Fatalf("%q became %+v", text, got)
		}
	})
}

func FuzzPayload(f *testing.F) {
	relay, err := NewIdentity()
	if err != nil {
		f.Fatal(err)
	}
	want, static := relay.Public, make([]byte, 32)
	f.Add(makePayload(relay, static, []string{yamuxProtocol}))
	f.Add(makePayload(relay, static, nil)[:50])
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, payload []byte) {
		if _, err := checkPayload(payload, static, want); err == nil && !bytes.Contains(payload, want.proto()) {
			t.Fatal("accepted without the key")
		}
	})
}

func TestInbox(t *testing.T) {
	b := newInbox()
	if b.fits(maxMessage+1) || !b.fits(maxMessage) {
		t.Fatal("limit of one message")
	}
	for b.fits(maxMessage) {
		b.put(make([]byte, maxMessage))
	}
	if b.bytes != maxUnread {
		t.Fatalf("%d bytes fit", b.bytes)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := newInbox()
		var sent, got []byte
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "put") {
				m := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "message")
				sent = append(sent, m...)
				b.put(bytes.Clone(m))
				continue
			}
			p := make([]byte, rapid.IntRange(1, 30).Draw(t, "room"))
			got = append(got, p[:b.take(p)]...)
		}
		for p := make([]byte, 8); ; {
			n := b.take(p)
			if n == 0 {
				break
			}
			got = append(got, p[:n]...)
		}
		if !bytes.Equal(sent, got) || b.bytes != 0 {
			t.Fatalf("put %x, took %x, %d left", sent, got, b.bytes)
		}
	})
}

func TestDeadline(t *testing.T) {
	d := newDeadline()
	over := func() bool {
		select {
		case <-d.passed():
			return true
		default:
			return false
		}
	}
	d.set(time.Now().Add(time.Hour))
	if over() {
		t.Fatal("passed an hour early")
	}
	waiting := d.passed()
	d.set(time.Now().Add(-time.Second)) // seen by whoever waits already
	<-waiting
	d.set(time.Now().Add(-time.Minute))
	d.set(time.Time{})
	if over() {
		t.Fatal("none passed")
	}
	d.set(time.Now().Add(time.Millisecond))
	<-d.passed()
	d.set(time.Now().Add(time.Hour))
	if over() {
		t.Fatal("moved, yet passed")
	}
}
