package light_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/core/p2p/p2ptest"
)

// arena is where one behaviour is played: a client, and relays that it reaches over all of the transport, in memory.
type arena struct {
	*testing.T
	heap   *heap
	client *light.Client
	chain  *lighttest.Chain // the true one, of the client
	blamed []light.Event
	steps  int           // that were too far
	hurry  time.Duration // 0, or the most that any deadline of the client's may leave
}

// sync makes a client that trusts block 1 of the chain and has it sync with a relay that serves a source.
func (a *arena) sync(chain *lighttest.Chain, s *lighttest.Source) error {
	a.visit(chain)
	_, err := a.client.SyncWith(a.Context(), a.meet(s))
	return err
}

// visit makes the client.
func (a *arena) visit(chain *lighttest.Chain) { a.visitFrom(chain, 1) }

// visitFrom makes a client that trusts the block at a height.
func (a *arena) visitFrom(chain *lighttest.Chain, height uint64) {
	a.chain = chain
	a.client = client(a.T, chain, func(cfg *light.Config) {
		cfg.Trust = chain.Trust(height)
		cfg.OnEvent = func(e light.Event) {
			switch e.Kind {
			case light.EventBlame:
				a.blamed = append(a.blamed, e)
			case light.EventBisect:
				a.steps++
			}
		}
	})
}

// meet adds a relay that serves a source, under the source's name.
func (a *arena) meet(s *lighttest.Source) light.Source {
	return a.join(s.Name(), func(protocol string, c net.Conn) { lighttest.Serve(context.Background(), s, protocol, c) })
}

// join adds a relay that answers each stream with a function.
func (a *arena) join(name string, answer func(protocol string, c net.Conn)) light.Source {
	relay := p2ptest.New()
	relay.Answer = answer
	s := light.NewRelay(name, a.dial(relay, p2p.Options{}))
	a.client.Add(s)
	return s
}

// dial connects to a relay.
func (a *arena) dial(relay *p2ptest.Relay, o p2p.Options) light.Opener {
	a.Helper()
	c, err := p2p.Upgrade(a.Context(), a.wire(relay), relay.ID(), o)
	if err != nil {
		a.Fatal(err)
	}
	a.Cleanup(func() { c.Close() })
	return opener(func(ctx context.Context, protocol string) (net.Conn, error) {
		s, err := c.Open(ctx, protocol)
		if err == nil && a.hurry > 0 {
			s = &hurried{s, a.hurry}
		}
		return s, err
	})
}

// wire is a raw connection to a relay, on which the heap is watched.
func (a *arena) wire(relay *p2ptest.Relay) net.Conn {
	return &watchedConn{Conn: relay.Pipe(a.T), heap: a.heap}
}

// truthWins has an honest relay join and expects the client to come to its head.
func (a *arena) truthWins() {
	a.hurry = 0
	h, err := a.client.SyncWith(a.Context(), a.meet(a.chain.Source("honest")))
	if err != nil || h.Hash != a.chain.Block(0).Hash() {
		a.Errorf("with an honest relay: %v", err)
	}
}

// hurried gives less time than it is told to, as a faster clock would.
type hurried struct {
	net.Conn
	most time.Duration
}

func (h *hurried) SetDeadline(t time.Time) error {
	if latest := time.Now().Add(h.most); t.After(latest) {
		t = latest
	}
	return h.Conn.SetDeadline(t)
}

// maxGrowth is how far one relay may drive the heap up.
const maxGrowth = 8 << 20

// heap watches how far what is in use of the heap rises above where it was. Garbage is collected early meanwhile, and not
// counted: how much of it lies about depends on how busy the machine is.
type heap struct {
	base  uint64
	exact bool // collect before each look, which takes long
	peak  atomic.Uint64
	looks atomic.Int64
}

func watchHeap(t *testing.T, exact bool) *heap {
	percent := debug.SetGCPercent(10)
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	runtime.GC()
	h := &heap{exact: exact}
	h.base = inUse()
	return h
}

// inUse is what the last collection found in use.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// look is called often and looks now and then.
func (h *heap) look() {
	if h.looks.Add(1)%16 == 1 {
		if h.exact {
			runtime.GC()
		}
		for now := inUse(); ; {
			if peak := h.peak.Load(); now <= peak || h.peak.CompareAndSwap(peak, now) {
				return
			}
		}
	}
}

// growth is the most that was seen, and after one more collection.
func (h *heap) growth() uint64 {
	runtime.GC()
	return max(h.peak.Load(), inUse(), h.base) - h.base
}

type watchedConn struct {
	net.Conn
	heap *heap
}

func (w *watchedConn) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.heap.look()
	return n, err
}

// kind says whether an error is, or wraps, one of a type.
func kind[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// late says whether an error is that of a deadline.
func late(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout() || errors.Is(err, context.DeadlineExceeded)
}
