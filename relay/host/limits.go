package host

import (
	"math"
	"net/netip"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/x/rate"
)

// Limits say how much visitors may take. go-libp2p's own defaults let in 8 connections from one IPv4 address, which
// cuts off a household behind a shared address.
type Limits struct {
	Conns        int // connections in all, HTTP's included: both come through one port
	ConnsPerAddr int // from one IPv4 address or one IPv6 /64
	NewPerAddr   int // new connections a second from one of these, after a burst of ConnsPerAddr
	ConnsPerPeer int // of one peer id
	Streams      int // in all
	PerPeer      int // streams of one peer, per protocol
	Memory       int64
}

// DefaultLimits fit a relay with a gigabyte to spare: an idle connection costs some 58 KiB.
var DefaultLimits = Limits{
	Conns: 12_000, ConnsPerAddr: 2_000, NewPerAddr: 50, ConnsPerPeer: 8, Streams: 40_000, PerPeer: 32, Memory: 1 << 30,
}

// resources builds a resource manager in which nothing is left to defaults that a visitor could run into.
func resources(l Limits) (network.ResourceManager, error) {
	all := func(conns, streams int, memory int64) rcmgr.ResourceLimits {
		c, s := rcmgr.LimitVal(conns), rcmgr.LimitVal(streams)
		return rcmgr.ResourceLimits{
			Conns: c, ConnsInbound: c, ConnsOutbound: c, FD: c,
			Streams: s, StreamsInbound: s, StreamsOutbound: s, Memory: rcmgr.LimitVal64(memory),
		}
	}
	system := all(l.Conns, l.Streams, l.Memory)
	protocol := all(l.Conns, l.Streams, l.Memory)
	perPeer := all(l.ConnsPerPeer, l.PerPeer, 64<<20)
	config := rcmgr.PartialLimitConfig{
		System: system,
		// An HTTP connection never names a peer and so stays transient for as long as it lives: the system's own
		// limit is the one that counts.
		Transient:           all(l.Conns, l.Streams, l.Memory/4),
		ServiceDefault:      protocol,
		ServicePeerDefault:  perPeer,
		ProtocolDefault:     protocol,
		ProtocolPeerDefault: perPeer,
		PeerDefault:         all(l.ConnsPerPeer, 8*l.PerPeer, 128<<20),
		Conn:                all(1, 8*l.PerPeer, 128<<20),
		Stream:              all(1, 1, 32<<20),
	}
	loopback4, loopback6 := netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")
	return rcmgr.NewResourceManager(
		rcmgr.NewFixedLimiter(config.Build(rcmgr.DefaultLimits.Scale(l.Memory, l.Conns))),
		rcmgr.WithMetricsDisabled(),
		rcmgr.WithLimitPerSubnet(
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 32, ConnCount: l.ConnsPerAddr}},
			[]rcmgr.ConnLimitPerSubnet{{PrefixLength: 64, ConnCount: l.ConnsPerAddr}, {PrefixLength: 48, ConnCount: 2 * l.ConnsPerAddr}},
		),
		rcmgr.WithNetworkPrefixLimit( // a reverse proxy or a test on this machine stands for many visitors
			[]rcmgr.NetworkPrefixLimit{{Network: loopback4, ConnCount: math.MaxInt}},
			[]rcmgr.NetworkPrefixLimit{{Network: loopback6, ConnCount: math.MaxInt}},
		),
		rcmgr.WithConnRateLimiters(&rate.Limiter{
			NetworkPrefixLimits: []rate.PrefixLimit{{Prefix: loopback4}, {Prefix: loopback6}}, // no limit
			SubnetRateLimiter: rate.SubnetLimiter{
				IPv4SubnetLimits: []rate.SubnetLimit{{PrefixLength: 32, Limit: perAddr(l)}},
				IPv6SubnetLimits: []rate.SubnetLimit{{PrefixLength: 64, Limit: perAddr(l)}},
				GracePeriod:      time.Minute,
			},
		}),
	)
}

func perAddr(l Limits) rate.Limit {
	return rate.Limit{RPS: float64(l.NewPerAddr), Burst: l.ConnsPerAddr}
}
