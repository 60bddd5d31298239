// Package multiaddr reads the addresses of relays: where one is reached, and the peer id that it proves to have.
//
// [Parse] reads the one form that is dialled here, a WebSocket over TCP, and [Addr.Public] says whether a stranger's
// address may be dialled at all. Every address has exactly one text, so that a list holds none twice under two names.
package multiaddr

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Addr is a relay's address, ready to be dialled.
type Addr struct {
	URL    string // of the WebSocket
	Host   string // in it: a name, or an IP address without brackets
	Secure bool   // by TLS; a page that was served over https can't dial any other
	Peer   PeerID
}

// MaxLen is how many bytes an address has at most.
const MaxLen = 256

// Error says what is wrong with an address.
type Error struct {
	Addr   string // cut to 120 bytes
	Reason string
}

// Error quotes the address.
func (e *Error) Error() string { return fmt.Sprintf("address %q: %s", e.Addr, e.Reason) }

// Parse reads a multiaddr of the form
//
//	/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT/ws|wss|tls/ws|tls/sni/NAME/ws/p2p/PEER
//
// and refuses every other with an [*Error]. A name after sni takes the host's place, since a browser sends no other.
func Parse(text string) (Addr, error) {
	fail := func(reason string) (Addr, error) {
		return Addr{}, &Error{Addr: text[:min(len(text), 120)], Reason: reason}
	}
	if len(text) > MaxLen {
		return fail(fmt.Sprintf("%d bytes; at most %d are read", len(text), MaxLen))
	}
	if !strings.HasPrefix(text, "/") {
		return fail("not a multiaddr")
	}
	parts := strings.Split(text[1:], "/")
	next := func() (part string) {
		if len(parts) > 0 {
			part, parts = parts[0], parts[1:]
		}
		return part
	}
	a := Addr{Host: next()}
	kind := a.Host
	if a.Host = next(); !isHost(kind, a.Host) {
		return fail("want /ip4, /ip6, /dns, /dns4 or /dns6 and a host of that kind first, an IP address in its shortest form")
	}
	if next() != "tcp" {
		return fail("want /tcp after the host")
	}
	portText := next()
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || port == 0 || portText[0] == '0' {
		return fail("bad port")
	}
	a.Secure = true
	switch next() {
	case "ws":
		a.Secure = false
	case "wss":
	case "tls":
		part := next()
		if part == "sni" {
			kind = "dns"
			if a.Host = next(); !isHostname(a.Host) {
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
	if a.Peer, err = ParsePeerID(next()); err != nil {
		return fail(err.Error())
	}
	if len(parts) > 0 {
		return fail("something follows the peer id")
	}
	a.URL = urlOf(a.Secure, kind == "ip6", a.Host, portText)
	return a, nil
}

func urlOf(secure, bracketed bool, host, port string) string {
	scheme := "ws://"
	if secure {
		scheme = "wss://"
	}
	if bracketed {
		host = "[" + host + "]"
	}
	return scheme + host + ":" + port + "/"
}

func isHost(kind, host string) bool {
	switch kind {
	case "ip4", "ip6":
		ip, err := netip.ParseAddr(host)
		return err == nil && ip.Is4() == (kind == "ip4") && ip.Zone() == "" && ip.String() == host
	case "dns", "dns4", "dns6":
		return isHostname(host)
	}
	return false
}

// isHostname says whether s is a name and nothing that a browser would take for an IPv4 address, such as 127.1 or
// 2130706433.
func isHostname(s string) bool {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789-"
	last := ""
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.Trim(label, allowed) != "" {
			return false
		}
		last = label
	}
	hex, isHex := strings.CutPrefix(last, "0x")
	number := strings.Trim(last, "0123456789") == "" || isHex && strings.Trim(hex, "0123456789abcdef") == ""
	return len(s) <= 253 && !number
}
