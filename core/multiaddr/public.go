package multiaddr

import (
	"net/netip"
	"slices"
	"strings"
)

// local are the ranges of IP addresses that mean something else, or nothing, to everybody else.
var local = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
)

// global is where IPv6 addresses that everybody can reach begin, and translated those in it that stand for IPv4 addresses
// or belong to nobody.
var (
	global     = netip.MustParsePrefix("2000::/3")
	translated = prefixes("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		all[i] = netip.MustParsePrefix(text)
	}
	return all
}

// reserved are endings of names that are resolved at home.
var reserved = []string{"localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "arpa", "test", "invalid", "example", "onion"}

// Public says whether the address may be dialled on a stranger's word: its host is an IP address that everybody can reach,
// or a name with a dot outside of those that are resolved at home. What such a name resolves to, its owner decides: only
// the peer id, which is asked of whoever answers, keeps a stranger from naming somebody else's machine with effect.
func (a Addr) Public() bool {
	ip, err := netip.ParseAddr(a.Host)
	if err != nil {
		dot := strings.LastIndexByte(a.Host, '.')
		return dot > 0 && !slices.Contains(reserved, a.Host[dot+1:])
	}
	holds := func(p netip.Prefix) bool { return p.Contains(ip) }
	if ip.Is4() {
		return !slices.ContainsFunc(local, holds)
	}
	return global.Contains(ip) && !slices.ContainsFunc(translated, holds)
}

// Loopback says whether the address is this machine's own.
func (a Addr) Loopback() bool {
	ip, err := netip.ParseAddr(a.Host)
	if err != nil {
		return a.Host == "localhost" || strings.HasSuffix(a.Host, ".localhost")
	}
	return ip.Unmap().IsLoopback()
}
