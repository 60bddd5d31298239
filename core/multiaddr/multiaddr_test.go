package multiaddr

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var self = PeerID{1, 2, 3}

func TestParse(t *testing.T) {
	peer := "/p2p/" + self.String()
	for text, want := range map[string]Addr{
		"/ip4/127.0.0.1/tcp/9000/ws":          {URL: "ws://127.0.0.1:9000/", Host: "127.0.0.1"},
		"/ip6/::1/tcp/9000/ws":                {URL: "ws://[::1]:9000/", Host: "::1"},
		"/dns4/host/tcp/443/wss":              {URL: "wss://host:443/", Host: "host", Secure: true},
		"/dns/host-1.a.b/tcp/443/tls/ws":      {URL: "wss://host-1.a.b:443/", Host: "host-1.a.b", Secure: true},
		"/ip4/1.2.3.4/tcp/443/tls/sni/a.b/ws": {URL: "wss://a.b:443/", Host: "a.b", Secure: true},
		"/ip6/::1/tcp/443/tls/sni/a.b/ws":     {URL: "wss://a.b:443/", Host: "a.b", Secure: true},
		"/dns/1a/tcp/80/ws":                   {URL: "ws://1a:80/", Host: "1a"},
	} {
		want.Peer = self
		if got, err := Parse(text + peer); err != nil || got != want {
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
		// More texts than one for an address.
		"/ip4/127.0.0.1/tcp/080/ws" + peer, "/ip4/127.0.0.1/tcp/+80/ws" + peer, "/ip6/0:0::1/tcp/80/ws" + peer, "/ip6/::FFFF/tcp/80/ws" + peer,
		"/dns/A.b/tcp/80/ws" + peer, "/dns/a.b./tcp/80/ws" + peer, "/dns/a..b/tcp/80/ws" + peer, "/dns/-a.b/tcp/80/ws" + peer,
		// What a browser takes for an IPv4 address.
		"/dns/127.1/tcp/80/ws" + peer, "/dns/2130706433/tcp/80/ws" + peer, "/dns/0x7f.1/tcp/80/ws" + peer, "/dns/a.0x/tcp/80/ws" + peer,
		"/dns/127.0x1/tcp/80/ws" + peer, "/ip4/1.2.3.4/tcp/443/tls/sni/127.1/ws" + peer,
		"/dns/" + strings.Repeat("a.", 100) + "b/tcp/80/ws" + peer,
	} {
		if got, err := Parse(text); !errors.As(err, new(*Error)) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestPublic(t *testing.T) {
	for host, want := range map[string]bool{
		"ip4/8.8.8.8": true, "ip4/127.0.0.1": false, "ip4/10.1.2.3": false, "ip4/172.31.0.1": false, "ip4/172.32.0.1": true,
		"ip4/192.168.1.1": false, "ip4/169.254.169.254": false, "ip4/100.64.0.1": false, "ip4/0.0.0.0": false, "ip4/224.0.0.1": false,
		"ip4/255.255.255.255": false, "ip4/192.0.2.1": false,
		"ip6/2606:4700::1": true, "ip6/::1": false, "ip6/::": false, "ip6/fe80::1": false, "ip6/fd00::1": false, "ip6/ff02::1": false,
		"ip6/::ffff:10.0.0.1": false, "ip6/64:ff9b::a00:1": false, "ip6/2002:a00:1::": false, "ip6/2001:db8::1": false,
		"dns/relay.tao.net": true, "dns/localhost": false, "dns/a.localhost": false, "dns/router": false, "dns/printer.local": false,
		"dns/db.internal": false, "dns/nas.home.arpa": false,
	} {
		a, err := Parse("/" + host + "/tcp/80/ws/p2p/" + self.String())
		if err != nil {
			t.Fatal(err)
		}
		if a.Public() != want {
			t.Errorf("%s: public is %v", host, !want)
		}
		loopback := host == "ip4/127.0.0.1" || host == "ip6/::1" || strings.HasSuffix(host, "localhost")
		if a.Loopback() != loopback {
			t.Errorf("%s: loopback is %v", host, !loopback)
		}
	}
}

func TestPeerIDHasOneText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := PeerID(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
		text, err := p.MarshalText()
		var back PeerID
		if err != nil || back.UnmarshalText(text) != nil || back != p {
			t.Fatalf("%x became %s and %x", p, text, back)
		}
		if back, ok := FromProto(p.Proto()); !ok || back != p {
			t.Fatalf("%x became %x", p, back)
		}
		if _, ok := FromProto(p.Proto()[1:]); ok {
			t.Fatal("a shorter key")
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("/ip4/127.0.0.1/tcp/9000/ws/p2p/12D3KooWGBKfzYRxtjMnYYVMBFkPzKcBdkRjLJUHKvCaXQpvNHKm")
	f.Add("/dns4/a.b/tcp/443/tls/sni/c.d/ws/p2p/1")
	f.Add("/ip6/::1/tcp/1/wss/p2p/")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		if err != nil {
			return
		}
		if !strings.HasSuffix(text, got.Peer.String()) || !strings.HasPrefix(got.URL, "ws") || strings.ContainsAny(got.URL[5:], "@?#%\\ ") {
			t.Fatalf("%q became %+v", text, got)
		}
		if !strings.Contains(text, "/"+got.Host+"/") || got.Secure != strings.HasPrefix(got.URL, "wss://") {
			t.Fatalf("%q became %+v", text, got)
		}
		if got.Loopback() && got.Public() {
			t.Fatalf("%q is this machine's and everybody's", text)
		}
	})
}

// The blocks are the ones of their texts.
func TestBlocks(t *testing.T) {
	for text, blocks := range map[string][]block{
		"0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 " +
			"198.51.100.0/24 203.0.113.0/24 224.0.0.0/3": local,
		"2000::/3": global, "2001::/23 2001:db8::/32 2002::/16 3fff::/20": special,
	} {
		var got []string
		for _, b := range blocks {
			raw := binary.BigEndian.AppendUint32(nil, b.base)
			if strings.Contains(text, ":") {
				raw = append(raw, make([]byte, 12)...)
			}
			ip, _ := netip.AddrFromSlice(raw)
			got = append(got, netip.PrefixFrom(ip, b.bits).String())
		}
		if strings.Join(got, " ") != text {
			t.Errorf("%s, want %s", got, text)
		}
	}
}
