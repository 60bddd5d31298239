package p2p

import (
	"net/netip"
	"strconv"
	"strings"
)

// Addr is a relay's address, ready to be dialled.
type Addr struct {
	URL  string // of the WebSocket
	Peer PeerID
}

const maxAddr = 512

// ParseAddr reads a multiaddr of the form
//
//	/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT/ws|wss|tls/ws|tls/sni/NAME/ws/p2p/PEER
//
// and refuses every other with an [*AddrError]. A name after sni takes the host's place, since a browser sends no other.
func ParseAddr(text string) (Addr, error) {
	fail := func(reason string) (Addr, error) {
		return Addr{}, &AddrError{Addr: text[:min(len(text), 120)], Reason: reason}
	}
	if len(text) > maxAddr || !strings.HasPrefix(text, "/") {
		return fail("not a multiaddr")
	}
	parts := strings.Split(text[1:], "/")
	next := func() (part string) {
		if len(parts) > 0 {
			part, parts = parts[0], parts[1:]
		}
		return part
	}
	host, ok := hostOf(next(), next())
	if !ok {
		return fail("want /ip4, /ip6, /dns, /dns4 or /dns6 and a host of that kind first")
	}
	if next() != "tcp" {
		return fail("want /tcp after the host")
	}
	port, err := strconv.ParseUint(next(), 10, 16)
	if err != nil || port == 0 {
		return fail("bad port")
	}
	scheme := "wss"
	switch next() {
	case "ws":
		scheme = "ws"
	case "wss":
	case "tls":
		part := next()
		if part == "sni" {
			if host = next(); !isHostname(host) {
				return fail("bad name after /sni")
			}
			part = next()
		}
		if part != "ws" {
			return fail("want /ws after /tls")
		}
	default:
		return fail("want /ws, /wss or /tls/ws after the port")
	}
	if next() != "p2p" {
		return fail("want /p2p and the relay's peer id: without it anybody could answer")
	}
	peer, err := ParsePeerID(next())
	if err != nil {
		return fail(err.Error())
	}
	if len(parts) > 0 {
		return fail("something follows the peer id")
	}
	return Addr{URL: scheme + "://" + host + ":" + strconv.FormatUint(port, 10) + "/", Peer: peer}, nil
}

// hostOf returns the host as it stands in a URL.
func hostOf(kind, host string) (string, bool) {
	switch kind {
	case "ip4", "ip6":
		ip, err := netip.ParseAddr(host)
		if err != nil || ip.Is4() != (kind == "ip4") || ip.Zone() != "" {
			return "", false
		}
		if ip.Is4() {
			return ip.String(), true
		}
		return "[" + ip.String() + "]", true
	case "dns", "dns4", "dns6":
		return host, isHostname(host)
	}
	return "", false
}

func isHostname(s string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."
	return s != "" && len(s) <= 253 && strings.Trim(s, allowed) == ""
}
