package node_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	ds "github.com/ipfs/go-datastore"
	"github.com/ipfs/go-datastore/query"
	dssync "github.com/ipfs/go-datastore/sync"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/wasm/node"
)

const patience = 15 * time.Second

type accountArgs = chain.AccountArgs

var (
	none = codec.MustEncode(chain.None{})
	rich = keys.Account{7}
)

func live(s tab.Status) bool { return s.Sync == tab.Live }

// world is a chain of three blocks, a relay that serves it and the page's host.
type world struct {
	*lighttest.World
	ledger *lighttest.Ledger // executes the blocks; nil: nobody does
	relay  *server

	mu        sync.Mutex
	relays    []*server
	builtIn   map[string]light.TrustRoot
	clock     time.Time // zero: a second after the newest block
	hostFails error
	retry     time.Duration // before a relay is dialled again; 0: 20 ms

	parties     checkpoint.Parties
	checkpoints []string // of the host
	sampling    int
}

func testGenesis() *chain.Genesis {
	return &chain.Genesis{
		Name: "test", Time: 1_700_000_000_000, Source: "made up for a test", Params: ledger.DefaultParams(),
		Producers: []chain.Producer{{PubKey: [32]byte{1}, Power: 10}},
		Balances:  []chain.Balance{{Address: rich, Free: 1_000_000_000_000}},
	}
}

func newWorld(t *testing.T) *world { return newWorldOf(t, "test-0123456789abcdef") }

func newWorldOf(t *testing.T, chainID string) *world {
	t.Helper()
	programs := make([]light.Program, len(chain.Queries))
	for i := range programs {
		programs[i] = chain.Queries[i]
	}
	w := &world{World: lighttest.NewWorld(lighttest.Options{ChainID: chainID}, programs, func(s state.Writer) error { return testGenesis().Apply(s) })}
	w.grow(t, 2)
	w.relay = w.addRelay()
	return w
}

// newLedger is a world whose producers execute blocks by these rules; nil: honestly. A subnet of two has an epoch in every
// fourth.
func newLedger(t *testing.T, rules chain.Rules) *world {
	t.Helper()
	g := testGenesis()
	params := hyper.Defaults()
	params.Tempo = 4
	s := chain.SubnetOf{Netuid: 1, Name: "one", Owner: rich, Params: params}
	for i := range 2 {
		hot := keys.Account{1, byte(i)}
		s.Hotkeys = append(s.Hotkeys, hot)
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: rich, Hotkey: hot, Amount: tao.Amount(i+1) * tao.TAO})
	}
	g.Subnets = []chain.SubnetOf{s}
	l := lighttest.NewLedger(lighttest.Options{}, g)
	l.Rules = rules
	w := &world{World: l.World, ledger: l}
	w.grow(t, 6)
	w.relay = w.addRelay()
	return w
}

func (w *world) grow(t *testing.T, n int) {
	t.Helper()
	for range n {
		if w.ledger != nil {
			w.ledger.Execute(lighttest.Spec{})
			continue
		}
		w.Step(lighttest.Spec{}, nil)
	}
}

func (w *world) setClock(t time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = t
}

func (w *world) setHostFails(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hostFails = err
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clock.IsZero() {
		return w.Now()
	}
	return w.clock
}

// server is a relay.
type server struct {
	addr     string
	source   *lighttest.Source
	impostor bool
	hidden   bool // the page's host doesn't name it
	id       *p2p.Identity
	rtt      time.Duration // 0: a millisecond
	frozen   atomic.Uint64 // the newest height it shows; 0: the chain's

	mu    sync.Mutex
	down  bool
	dials int
	conns []*conn
}

func (w *world) addRelay() *server {
	id, err := p2p.NewIdentity()
	if err != nil {
		panic(err)
	}
	s := &server{addr: fmt.Sprintf("/ip4/127.0.0.1/tcp/%d/ws/p2p/%s", 9000+len(w.relays), id.Public), id: id, source: w.Source("relay")}
	if w.ledger != nil {
		s.source = w.ledger.Source("relay")
	}
	s.source.Newest = func() uint64 {
		if top := s.frozen.Load(); top > 0 {
			return top
		}
		return w.Height()
	}
	w.relays = append(w.relays, s)
	return s
}

func (w *world) dial(_ context.Context, addr string) (node.Conn, error) {
	i := slices.IndexFunc(w.relays, func(s *server) bool { return s.addr == addr })
	if i < 0 {
		return nil, errors.New("connection refused")
	}
	s := w.relays[i]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dials++
	if s.down {
		return nil, errors.New("connection refused")
	}
	if s.impostor {
		a, err := multiaddr.Parse(addr)
		return nil, errors.Join(&p2p.PeerIDMismatchError{Expected: a.Peer, Got: "12D3KooWOther"}, err)
	}
	c := &conn{done: make(chan struct{}), rtt: max(s.rtt, time.Millisecond)}
	c.opener = &lighttest.Opener{Source: s.source, Wrap: func(_ string, stream net.Conn) net.Conn {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.streams = append(c.streams, stream)
		return stream
	}}
	s.conns = append(s.conns, c)
	return c, nil
}

func (s *server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = true
	for _, c := range s.conns {
		c.Close()
	}
}

func (s *server) start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = false
}

// conn is an open connection to a server.
type conn struct {
	opener  *lighttest.Opener
	done    chan struct{}
	rtt     time.Duration
	closing sync.Once

	mu      sync.Mutex
	streams []net.Conn
}

func (c *conn) Open(ctx context.Context, protocol string) (net.Conn, error) {
	select {
	case <-c.done:
		return nil, net.ErrClosed
	default:
		return c.opener.Open(ctx, protocol)
	}
}

func (c *conn) Close() error {
	c.closing.Do(func() {
		close(c.done)
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, s := range c.streams {
			s.Close()
		}
	})
	return nil
}

func (c *conn) Done() <-chan struct{}        { return c.done }
func (c *conn) RTT() time.Duration           { return c.rtt }
func (c *conn) Ping() (time.Duration, error) { return c.rtt, nil }
func (c *conn) BytesIn() uint64              { return 1000 }
func (c *conn) BytesOut() uint64             { return 100 }

// shelf is what stays between visits.
type shelf struct {
	ds.Datastore
	broken error
}

func newShelf() *shelf { return &shelf{Datastore: dssync.MutexWrap(ds.NewMapDatastore())} }

func (s *shelf) Put(ctx context.Context, key ds.Key, value []byte) error {
	if s.broken != nil {
		return s.broken
	}
	return s.Datastore.Put(ctx, key, value)
}

func (s *shelf) size() (n int) {
	found, err := s.Query(context.Background(), query.Query{KeysOnly: true})
	if err != nil {
		panic(err)
	}
	for range found.Next() {
		n++
	}
	return n
}

// page is the other side of a node's messages.
type page struct {
	t     *testing.T
	node  *node.Node
	close func()

	mu      sync.Mutex
	status  tab.Status
	blocks  []tab.Block
	answers map[uint64]*tab.Answer
	changed chan struct{}
	last    uint64
}

// page opens a page and starts its node.
func (w *world) page(t *testing.T, s *shelf, start tab.StartParams) *page {
	t.Helper()
	p := &page{t: t, answers: make(map[uint64]*tab.Answer), changed: make(chan struct{}, 1)}
	p.node = node.New(node.Config{
		Dial: w.dial,
		Bootstrap: func(context.Context, string) (wire.Bootstrap, error) {
			w.mu.Lock()
			fails := w.hostFails
			w.mu.Unlock()
			if fails != nil {
				return wire.Bootstrap{}, fails
			}
			root := w.Trust(1)
			b := wire.Bootstrap{ChainID: w.ID(), Checkpoints: w.checkpoints, Checkpoint: wire.Checkpoint{Height: root.Height, Hash: fmt.Sprintf("%x", root.Hash)}}
			for _, r := range w.relays {
				if r.hidden {
					continue
				}
				b.Relays = append(b.Relays, r.addr)
			}
			return b, nil
		},
		Store: func(context.Context) (ds.Datastore, error) { return s, nil },
		Now:   w.now, Send: p.hear, BuiltIn: w.builtIn, Parties: w.parties, Build: "test",
		Retry: max(w.retry, 20*time.Millisecond), Queries: 3 * time.Second, Sampling: cmp.Or(w.sampling, 1<<30), // tests that don't ask for samples are not disturbed by them
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.node.Run(ctx)
	}()
	p.close = sync.OnceFunc(func() {
		cancel()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Error("the node does not end")
		}
	})
	t.Cleanup(p.close)
	p.ask(tab.Start, start, nil)
	return p
}

func (p *page) hear(b []byte) {
	var m tab.Message
	if err := codec.Decode(b, &m); err != nil {
		p.t.Errorf("the node sent %x: %v", b, err)
		return
	}
	p.mu.Lock()
	switch {
	case m.Status != nil:
		p.status = *m.Status
	case m.Block != nil:
		p.blocks = append(p.blocks, *m.Block)
	case m.Answer != nil:
		p.answers[m.Answer.ID] = m.Answer
	}
	p.mu.Unlock()
	select {
	case p.changed <- struct{}{}:
	default:
	}
}

// until waits for a status.
func (p *page) until(what string, good func(tab.Status) bool) tab.Status {
	p.t.Helper()
	deadline := time.After(patience)
	for {
		p.mu.Lock()
		s := p.status
		p.mu.Unlock()
		if good(s) {
			return s
		}
		select {
		case <-p.changed:
		case <-deadline:
			for _, line := range s.Log {
				p.t.Log(line.Kind, line.Text)
			}
			p.t.Fatalf("waited in vain for %s: %s %q, head %+v, relays %+v", what, s.Sync, s.Reason, s.Head, s.Relays)
		}
	}
}

func (p *page) call(method string, params any) *tab.Answer {
	p.t.Helper()
	p.mu.Lock()
	p.last++
	id := p.last
	p.mu.Unlock()
	raw := tab.Raw{0xf6}
	if params != nil {
		raw = codec.MustEncode(params)
	}
	p.node.Handle(context.Background(), codec.MustEncode(tab.Request{ID: id, Method: method, Params: raw}))
	deadline := time.After(patience)
	for {
		p.mu.Lock()
		a := p.answers[id]
		p.mu.Unlock()
		if a != nil {
			return a
		}
		select {
		case <-p.changed:
		case <-deadline:
			p.t.Fatalf("no answer to %s", method)
		}
	}
}

// ask expects an answer.
func (p *page) ask(method string, params, into any) {
	p.t.Helper()
	a := p.call(method, params)
	if a.Error != nil {
		p.t.Fatalf("%s: %s (%s)", method, a.Error.Message, a.Error.Code)
	}
	if into != nil {
		if err := codec.Decode(a.Body, into); err != nil {
			p.t.Fatal(err)
		}
	}
}

// fail expects an error.
func (p *page) fail(method string, params any) *tab.Error {
	p.t.Helper()
	a := p.call(method, params)
	if a.Error == nil {
		p.t.Fatalf("%s was answered with %x", method, a.Body)
	}
	return a.Error
}

func (p *page) run(program string, args []byte, into any) tab.Figure {
	p.t.Helper()
	var f tab.Figure
	p.ask(tab.Query, tab.QueryParams{Program: program, Args: args}, &f)
	if err := codec.Decode(f.Result, into); err != nil {
		p.t.Fatal(err)
	}
	return f
}

func (p *page) supply() (f tab.Figure, s view.Supply) {
	p.t.Helper()
	f = p.run("supply@1", none, &s)
	return f, s
}

// freeze has a relay show no block above height from now on.
func (s *server) freeze(height uint64) { s.frozen.Store(height) }
