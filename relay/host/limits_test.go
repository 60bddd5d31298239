package host

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/libp2p/go-libp2p"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	ws "github.com/libp2p/go-libp2p/p2p/transport/websocket"

	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

func TestStreamsOfOnePeerAreBounded(t *testing.T) {
	free := make(chan struct{})
	a := &script{witness: func(wire.WitnessRequest) (*serve.Reply, error) {
		<-free
		return serve.NewWitnessReply([]byte("w"))
	}}
	limits := DefaultLimits
	limits.PerPeer = 8
	h := listen(t, Options{Limits: limits})
	h.Serve(a)
	v := visitor(t, h)
	var open []network.Stream
	for range 3 * limits.PerPeer {
		s := stream(t, v, h, wire.WitnessProtocol)
		if err := wire.WriteFrame(s, wire.WitnessRequest{}); err == nil {
			open = append(open, s)
		}
	}
	other := visitor(t, h) // is not hurt by the first
	answered := make(chan error, 1)
	one := stream(t, other, h, wire.WitnessProtocol)
	go func() {
		s := one
		var r wire.WitnessReply
		answered <- errors.Join(wire.WriteFrame(s, wire.WitnessRequest{}), wire.ReadFrame(s, wire.MaxReply, &r))
	}()
	time.Sleep(200 * time.Millisecond) // lets the refused streams arrive; nothing is asserted about the time
	close(free)
	good := 0
	for _, s := range open {
		var r wire.WitnessReply
		if wire.ReadFrame(s, wire.MaxReply, &r) == nil {
			good++
		}
	}
	if good == 0 || good > limits.PerPeer {
		t.Errorf("%d streams of one peer were answered, want 1 to %d", good, limits.PerPeer)
	}
	if err := <-answered; err != nil {
		t.Errorf("another peer: %v", err)
	}
}

func TestManyVisitorsBehindOneAddress(t *testing.T) {
	h := listen(t, Options{})
	h.Serve(&script{lightBlock: upTo(1)})
	const visitors = 60 // go-libp2p's default lets 8 in
	var wg sync.WaitGroup
	errs := make(chan error, visitors)
	for range visitors {
		wg.Go(func() {
			v := visitor(t, h)
			s := stream(t, v, h, wire.LightBlockProtocol)
			var r wire.LightBlockReply
			errs <- errors.Join(wire.WriteFrame(s, wire.LightBlockRequest{}), wire.ReadFrame(s, wire.MaxReply, &r))
		})
	}
	wg.Wait()
	close(errs)
	answered := 0
	for err := range errs {
		if err == nil {
			answered++
		}
	}
	if answered != visitors {
		t.Errorf("%d of %d visitors were answered", answered, visitors)
	}
}

func TestLimitsOfAddresses(t *testing.T) {
	m, err := resources(DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	open := func(addr string) bool {
		info, err := peer.AddrInfoFromString(addr + "/p2p/12D3KooWGRUaJ7zSf5bqGvHDsAhjxKHBKyg9dPbvwTh1FzJ3HgUL")
		if err != nil {
			t.Fatal(err)
		}
		_, err = m.OpenConnection(network.DirInbound, true, info.Addrs[0])
		return err == nil
	}
	opened := 0
	for range DefaultLimits.ConnsPerAddr + 100 {
		if open("/ip4/203.0.113.7/tcp/4000") {
			opened++
		}
	}
	if opened < 200 || opened > DefaultLimits.ConnsPerAddr {
		t.Errorf("%d connections from one address were let in, want 200 to %d", opened, DefaultLimits.ConnsPerAddr)
	}
	if !open("/ip4/203.0.113.8/tcp/4000") || !open("/ip6/2001:db8::1/tcp/4000") {
		t.Error("other addresses are hurt")
	}
}

// Ten thousand streams that one peer opens and says nothing on are refused beyond its limit, cost no more memory than
// those within it, and hurt nobody else.
func TestStreamFlood(t *testing.T) {
	h := listen(t, Options{})
	h.Serve(&script{lightBlock: upTo(9)})
	flooder, err := libp2p.New(libp2p.NoListenAddrs, libp2p.Transport(ws.New), libp2p.ResourceManager(&network.NullResourceManager{}), libp2p.DisableRelay(), libp2p.DisableMetrics())
	if err != nil {
		t.Fatal(err)
	}
	defer flooder.Close()
	info, err := peer.AddrInfoFromString(h.Multiaddr())
	if err == nil {
		err = flooder.Connect(t.Context(), *info)
	}
	if err != nil {
		t.Fatal(err)
	}
	other := visitor(t, h)
	runtime.GC()
	before := inUse()
	var all sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for range 100 {
		all.Go(func() {
			for range 100 {
				if s, err := flooder.NewStream(ctx, h.PeerID(), wire.LightBlockProtocol); err == nil {
					s.Write([]byte{0, 0}) // half of a frame's length, and then nothing
				}
			}
		})
	}
	for range 20 {
		var r wire.LightBlockReply
		ask(t, other, h, wire.LightBlockProtocol, wire.LightBlockRequest{From: 1, To: 1}, &r)
		if len(r.LightBlocks) != 1 {
			t.Fatalf("%+v", r)
		}
	}
	all.Wait()
	runtime.GC()
	if after := inUse(); after > before+32<<20 { // the flooder's own streams included
		t.Errorf("%d bytes more are in use", after-before)
	}
	streams := 0
	for _, c := range h.h.Network().ConnsToPeer(flooder.ID()) {
		for _, s := range c.GetStreams() {
			if s.Protocol() == wire.LightBlockProtocol {
				streams++
			}
		}
	}
	if streams == 0 || streams > 32 {
		t.Errorf("%d streams are open, want 1 to 32", streams)
	}
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
