// Package host is the relay's libp2p side: a go-libp2p host that speaks WebSocket on the port that also serves HTTP.
//
// Call [Listen] first, which takes the port; then [Host.Serve], which begins to answer the streams of core/wire. In
// between, HTTP requests already reach the handler and streams are refused.
package host

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/crypto"
	corehost "github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/net/connmgr"
	ws "github.com/libp2p/go-libp2p/p2p/transport/websocket"
	ma "github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// Options of [Listen].
type Options struct {
	Listen string         // HOST:PORT; port 0 takes a free one
	Key    crypto.PrivKey // the relay's identity, ed25519
	HTTP   http.Handler   // answers what is no WebSocket
	Limits Limits         // zero: DefaultLimits
	Logger *slog.Logger   // nil: silent
}

// AddrInUseError says that another program has the port.
type AddrInUseError struct {
	Listen string
	Err    error
}

func (e *AddrInUseError) Error() string {
	return fmt.Sprintf("%s is in use by another program; choose another address to listen on", e.Listen)
}

// Unwrap returns what the system said.
func (e *AddrInUseError) Unwrap() error { return e.Err }

// Host is a listening libp2p host.
type Host struct {
	h      corehost.Host
	addr   *net.TCPAddr
	logger *slog.Logger
	handlers
}

// Listen takes the port. A port that another program has is an [*AddrInUseError].
func Listen(o Options) (*Host, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	tcp, err := net.ResolveTCPAddr("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("address to listen on: %w", err)
	}
	if tcp.IP == nil {
		tcp.IP = net.IPv4zero
	}
	addr, err := manet.FromNetAddr(tcp)
	if err != nil {
		return nil, fmt.Errorf("address to listen on: %w", err)
	}
	h, err := newHost(o)
	if err != nil {
		return nil, fmt.Errorf("start libp2p: %w", err)
	}
	// The network's own Listen flattens errors into text; this one keeps them.
	err = h.Network().(interface{ AddListenAddr(ma.Multiaddr) error }).AddListenAddr(addr.Encapsulate(wsPart))
	if errors.Is(err, syscall.EADDRINUSE) {
		err = &AddrInUseError{Listen: o.Listen, Err: err}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listen: %w", err), h.Close())
	}
	tcp.Port, err = portOf(h.Network().ListenAddresses())
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return &Host{h: h, addr: tcp, logger: o.Logger, handlers: handlers{lifeTime: lifeTime, headTime: headTime}}, nil
}

var wsPart = ma.StringCast("/ws")

func newHost(o Options) (corehost.Host, error) {
	manager, err := resources(o.Limits)
	if err != nil {
		return nil, err
	}
	// The default connection manager cuts down to 160 connections; this one only acts shortly before the limit.
	trim, err := connmgr.NewConnManager(o.Limits.Conns*8/10, o.Limits.Conns*9/10, connmgr.WithGracePeriod(30*time.Second))
	if err != nil {
		return nil, errors.Join(err, manager.Close())
	}
	h, err := libp2p.New(
		libp2p.Identity(o.Key),
		libp2p.NoListenAddrs,
		libp2p.Transport(ws.New, ws.WithHTTPHandler(o.HTTP), ws.WithHTTPServerConfig(serverLimits)),
		libp2p.ResourceManager(manager),
		libp2p.ConnectionManager(trim),
		libp2p.UserAgent("taolight"),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
		libp2p.DisableIdentifyAddressDiscovery(),
	)
	if err != nil {
		return nil, errors.Join(err, manager.Close(), trim.Close())
	}
	return h, nil
}

// serverLimits bounds what an HTTP client may send and how long it may take.
func serverLimits(s *http.Server) {
	s.ReadHeaderTimeout = 10 * time.Second
	s.ReadTimeout = 30 * time.Second
	s.WriteTimeout = 2 * time.Minute // a whole wasm program on a slow line
	s.IdleTimeout = time.Minute
	s.MaxHeaderBytes = 64 << 10
}

func portOf(addrs []ma.Multiaddr) (int, error) {
	for _, a := range addrs {
		if text, err := a.ValueForProtocol(ma.P_TCP); err == nil {
			return strconv.Atoi(text)
		}
	}
	return 0, errors.New("listen: the host has no TCP address")
}

// Addr is the address that the relay listens on, with the port that it really got.
func (h *Host) Addr() *net.TCPAddr { return h.addr }

// PeerID is the relay's identity.
func (h *Host) PeerID() peer.ID { return h.h.ID() }

// Multiaddr is the address under which a program on this machine reaches the relay, its identity included.
func (h *Host) Multiaddr() string {
	ip := h.addr.IP
	if ip.IsUnspecified() {
		ip = net.IPv4(127, 0, 0, 1)
	}
	return AddrOf(ip.String(), h.addr.Port, false, h.h.ID())
}

// AddrOf writes the multiaddr of a relay: name is an IP address or a domain name, tls whether it is reached by wss.
func AddrOf(name string, port int, tls bool, id peer.ID) string {
	kind, name := "dns", strings.ToLower(name)
	if ip := net.ParseIP(name); ip != nil {
		kind, name = "ip6", ip.String()
		if ip.To4() != nil {
			kind = "ip4"
		}
	}
	transport := "ws"
	if tls {
		transport = "tls/ws"
	}
	return fmt.Sprintf("/%s/%s/tcp/%d/%s/p2p/%s", kind, name, port, transport, id)
}

// Close ends all streams and connections, HTTP's included, and frees the port.
func (h *Host) Close() error {
	h.stop()
	err := h.h.Close()
	h.running.Wait()
	return err
}
