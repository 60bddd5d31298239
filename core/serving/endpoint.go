package serving

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/taolight/taolight/core/ledger"
)

// Endpoint is where somebody can be reached. Its text is IP:port, [IP]:port for version 6. The zero address at port 0,
// 0.0.0.0:0, stands for nowhere.
type Endpoint struct {
	_    struct{} `cbor:",toarray"`
	IP   [16]byte // big-endian; of version 4 the last four bytes
	Port uint16
	Type uint8 // version of IP: 4 or 6
}

// EndpointAt returns the endpoint of an address and port. An address of version 4 that is written as one of version 6
// becomes one of version 4; a zone is dropped.
func EndpointAt(a netip.AddrPort) Endpoint {
	e := Endpoint{Port: a.Port(), Type: 6}
	addr := a.Addr().Unmap()
	if addr.Is4() {
		v4 := addr.As4()
		e.Type = 4
		copy(e.IP[12:], v4[:])
		return e
	}
	e.IP = addr.As16()
	return e
}

// AddrPort returns the address and port.
func (e Endpoint) AddrPort() netip.AddrPort {
	addr := netip.AddrFrom16(e.IP)
	if e.Type == 4 {
		addr = netip.AddrFrom4([4]byte(e.IP[12:]))
	}
	return netip.AddrPortFrom(addr, e.Port)
}

// String returns IP:port.
func (e Endpoint) String() string { return e.AddrPort().String() }

// MarshalText writes IP:port.
func (e Endpoint) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads IP:port.
func (e *Endpoint) UnmarshalText(b []byte) error {
	a, err := netip.ParseAddrPort(string(b))
	if err != nil {
		return fmt.Errorf("%.60q: want IP:PORT such as 203.0.113.7:8091, with a port from 0 to 65535", b)
	}
	*e = EndpointAt(a)
	return nil
}

// nowhere says whether an endpoint stands for the end of serving.
func (e Endpoint) nowhere() bool { return e.IP == [16]byte{} && e.Port == 0 }

// typed refuses an address of no known version.
func (e Endpoint) typed() error {
	if e.Type != 4 && e.Type != 6 {
		return ledger.Refuse(ledger.InvalidIpType, "IP version %d; there are 4 and 6", e.Type)
	}
	return nil
}

// reachable refuses the addresses of nobody, of oneself and of all. Private ones are allowed: a subnet may be private.
func (e Endpoint) reachable() error {
	high, low := binary.BigEndian.Uint64(e.IP[:8]), binary.BigEndian.Uint64(e.IP[8:])
	const loopback, all = 127<<24 | 1, 1<<32 - 1
	bad := high == 0 && low <= 1 || high == 1<<64-1 && low == 1<<64-1
	if e.Type == 4 {
		bad = high != 0 || low == 0 || low == loopback || low >= all
	}
	if bad {
		return ledger.Refuse(ledger.InvalidIpAddress, "nobody is reached at %s", e.AddrPort().Addr())
	}
	return nil
}
