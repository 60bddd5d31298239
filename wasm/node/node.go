// Package node is the light node of a browser tab, apart from the browser.
//
// It decides where trust begins, keeps connections to relays, follows the chain through core/light, answers the page's
// requests and tells it what goes on, in the messages of core/tab. Start with [New], then [Node.Run]; hand every
// message of the page to [Node.Handle]. Network, storage and clock come in through [Config], so the same code runs in
// the worker and in a native test.
//
// # What the page can rely on
//
// Levels come from core/light and are passed on as they are. A relay that said something false is blocked for the rest
// of the visit and named in an alarm with what was wrong. Nothing that a relay or the page sends ends the node: bad
// requests are answered with an error, and a panic in the code that serves a relay costs that connection and is logged.
package node

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	ds "github.com/ipfs/go-datastore"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// Conn is an open connection to a relay; core/p2p's Conn is one.
type Conn interface {
	light.Opener
	Close() error
	Done() <-chan struct{}
	RTT() time.Duration
	Ping() (time.Duration, error)
	BytesIn() uint64
	BytesOut() uint64
}

// Config is what a node needs from where it runs. Dial, Bootstrap, Now and Send are required.
type Config struct {
	Dial      func(ctx context.Context, addr string) (Conn, error)
	Bootstrap func(ctx context.Context, origin string) (wire.Bootstrap, error)
	Store     func(ctx context.Context) (ds.Datastore, error) // opens what is kept between visits; nil: nothing is
	Now       func() time.Time
	Send      func(message []byte) // to the page; called from one goroutine at a time
	BuiltIn   map[string]light.TrustRoot
	Parties   checkpoint.Parties // whose signatures under checkpoints count
	Params    light.Params
	Build     string        // version and short hash of this program
	Retry     time.Duration // first wait before a relay is dialled again, doubled up to 30 s; 0: 250 ms
	Sampling  int           // in the mode sampled one block in so many is replayed; 0: 16
	Queries   time.Duration // how long a question waits for a verified head and a relay; 0: 30 s
}

// Node is one light node. Make it with [New].
type Node struct {
	cfg     Config
	start   chan tab.StartParams // holds the first Start
	retry   chan struct{}
	dirty   chan struct{} // holds a token when the status has changed
	answers chan struct{} // a token for each request in work
	sending sync.Mutex

	mu       sync.Mutex // guards everything below
	params   *tab.StartParams
	store    *keeper
	session  *session
	sync     tab.Sync // before there is a session
	waiting  string   // why there is no session yet, in words
	phases   [phaseCount]phase
	history  []tab.Block // by height
	lastNew  time.Time   // when the newest block became the newest
	lastStep time.Time   // when a block was verified on the way to the newest
	arrivals int         // blocks that became the newest in this visit
	alarms   []tab.Alarm
	liars    map[multiaddr.PeerID]string // what they lied about, in words
	log      []tab.LogLine

	replay     tab.Replaying // of this visit; what follows from the client is added when it is told
	replayFrom uint64        // where the visitor wants the run to begin; 0: now
	fraud      *tab.Fraud
	fork       *tab.Fork   // replaced, never changed, once it is told
	file       *fileEpochs // of the file that was checked last; nil: it holds none
}

// Limits of what is kept and done at a time.
const (
	keepBlocks  = 256
	keepLines   = 100
	keepAlarms  = 50
	maxRequests = 64
)

// New returns a node that does nothing until [Node.Run].
func New(cfg Config) *Node {
	if cfg.Retry == 0 {
		cfg.Retry = 250 * time.Millisecond
	}
	if cfg.Queries == 0 {
		cfg.Queries = 30 * time.Second
	}
	if cfg.Params == (light.Params{}) {
		cfg.Params = light.DefaultParams()
	}
	return &Node{
		cfg: cfg, start: make(chan tab.StartParams, 1), retry: make(chan struct{}, 1), dirty: make(chan struct{}, 1),
		answers: make(chan struct{}, maxRequests), sync: tab.Starting, liars: map[multiaddr.PeerID]string{}, replay: tab.Replaying{Mode: tab.ReplaySampled},
	}
}

// Run waits for the page's Start and runs the node until ctx ends.
func (n *Node) Run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	all.Go(func() { n.publish(ctx) })
	select {
	case <-ctx.Done():
	case p := <-n.start:
		n.live(ctx, p, &all)
	}
}

// live keeps one session going: that of the chain saved last, or of the one that the page's host names.
func (n *Node) live(ctx context.Context, p tab.StartParams, all *sync.WaitGroup) {
	booted := make(chan wire.Bootstrap, 1)
	all.Go(func() { n.guard("bootstrap", func() { n.bootstrap(ctx, p.Origin, booted) }) })
	n.openStore(ctx)
	n.update(func() { n.sync = tab.Connecting })

	saved, boot := n.load(ctx), (*wire.Bootstrap)(nil)
	if saved.Replay != "" {
		n.update(func() { n.replay.Mode = saved.Replay })
	}
	var s *session
	begin := func() {
		if s != nil {
			s.end()
			s = nil
		}
		if boot == nil && saved.ChainID == "" {
			return
		}
		s = n.begin(ctx, p, saved, boot)
	}
	begin()
	defer func() {
		if s != nil {
			s.end()
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case b := <-booted:
			boot = &b
			switch {
			case s == nil:
				begin()
			case s.chainID != b.ChainID:
				n.logf("warn", "This page’s host now serves the chain %.80s. Starting over with it.", b.ChainID)
				s.end() // before its visit is forgotten: what it still finds is about the other chain
				s = nil
				n.forgetVisit()
				begin()
			default:
				s.learn(b)
			}
		case <-n.retry:
			if s == nil || s.stopped() != "" {
				saved = n.load(ctx)
				begin()
			} else {
				s.wake()
			}
		}
	}
}

// bootstrap fetches the bootstrap document until it is there.
func (n *Node) bootstrap(ctx context.Context, origin string, out chan<- wire.Bootstrap) {
	for wait := n.cfg.Retry; ; wait = min(2*wait, longestWait) {
		attempt, cancel := context.WithTimeout(ctx, 15*time.Second)
		b, err := n.cfg.Bootstrap(attempt, origin)
		cancel()
		if err == nil {
			err = checkBootstrap(&b)
		}
		if err == nil {
			n.update(func() { n.waiting = "" })
			out <- b
			return
		}
		if ctx.Err() != nil {
			return
		}
		n.update(func() { n.waiting = "This page’s host does not say where the relays are. Trying again." })
		n.logf("warn", "The list of relays could not be fetched: %v", err)
		if !sleep(ctx, jitter(wait), nil) {
			return
		}
	}
}

const maxRelays = 16

func checkBootstrap(b *wire.Bootstrap) error {
	if b.ChainID == "" || len(b.ChainID) > 128 {
		return errors.New("it names no chain")
	}
	b.Relays = b.Relays[:min(len(b.Relays), maxRelays)]
	b.Checkpoints = b.Checkpoints[:min(len(b.Checkpoints), wire.MaxCheckpoints)]
	return nil
}

// update changes the node's state under its lock and has the page told.
func (n *Node) update(change func()) {
	n.mu.Lock()
	change()
	n.mu.Unlock()
	n.changed()
}

func (n *Node) changed() {
	select {
	case n.dirty <- struct{}{}:
	default:
	}
}

// guard runs f and turns a panic into a line of the log and an error.
func (n *Node) guard(what string, f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a bug in this node (%s): %v", what, r)
			fmt.Fprintf(os.Stderr, "%v\n%s\n", err, debug.Stack())
			n.logf("warn", "%v", err)
		}
	}()
	f()
	return nil
}

// tell sends a message to the page.
func (n *Node) tell(m tab.Message) {
	b, err := codec.Encode(m)
	if err != nil {
		n.logf("warn", "A message to the page could not be written: %v", err)
		return
	}
	n.sending.Lock()
	defer n.sending.Unlock()
	n.cfg.Send(b)
}

// forgetVisit drops what was shown of another chain.
func (n *Node) forgetVisit() {
	n.update(func() {
		n.history, n.alarms, n.lastNew, n.arrivals = nil, nil, time.Time{}, 0
		n.replay, n.fraud, n.fork = tab.Replaying{Mode: n.replay.Mode}, nil, nil
		n.phases = [phaseCount]phase{}
		n.liars = map[multiaddr.PeerID]string{}
	})
}
