package multiaddr

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
)

// block is the addresses whose first bits are those of base.
type block struct {
	base uint32
	bits int
}

func among(blocks []block, first uint32) bool {
	return slices.ContainsFunc(blocks, func(b block) bool { return (first^b.base)>>(32-b.bits) == 0 })
}

// local are the blocks of IPv4 addresses that mean something else, or nothing, to everybody else.
var local = []block{
	{0x00_00_00_00, 8},  // this network
	{0x0a_00_00_00, 8},  // private
	{0x64_40_00_00, 10}, // behind a provider's translation
	{0x7f_00_00_00, 8},  // loopback
	{0xa9_fe_00_00, 16}, // link-local
	{0xac_10_00_00, 12}, // private
	{0xc0_00_00_00, 24}, // protocols
	{0xc0_00_02_00, 24}, // documentation
	{0xc0_a8_00_00, 16}, // private
	{0xc6_12_00_00, 15}, // benchmarks
	{0xc6_33_64_00, 24}, // documentation
	{0xcb_00_71_00, 24}, // documentation
	{0xe0_00_00_00, 3},  // multicast and reserved
}

// global is where IPv6 addresses that everybody can reach begin, by their first 32 bits, and special the blocks in it that
// stand for IPv4 addresses or are nobody's.
var (
	global  = []block{{0x2000_0000, 3}}
	special = []block{{0x2001_0000, 23}, {0x2001_0db8, 32}, {0x2002_0000, 16}, {0x3fff_0000, 20}}
)

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
	first := binary.BigEndian.Uint32(ip.AsSlice())
	if ip.Is4() {
		return !among(local, first)
	}
	return among(global, first) && !among(special, first)
}

// Loopback says whether the address is this machine's own.
func (a Addr) Loopback() bool {
	ip, err := netip.ParseAddr(a.Host)
	if err != nil {
		return a.Host == "localhost" || strings.HasSuffix(a.Host, ".localhost")
	}
	return ip.Unmap().IsLoopback()
}
