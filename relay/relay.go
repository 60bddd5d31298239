// Package relay is a full node that serves light nodes: it makes or follows blocks, keeps the state, and answers over
// libp2p and HTTP on one port.
//
// [Start] runs one; [Node.Close] ends it and [Node.Wait] waits for its end. Starting again on the same home goes on
// from the last block. A new chain needs a genesis that names its block producers; [Producer] tells the key that a home
// has, and makes it if need be:
//
//	p, err := relay.Producer(home)       // for Genesis.Producers
//	n, err := relay.Start(ctx, relay.Config{Home: home, Genesis: genesis})
//
// A home holds config/ (keys and genesis.json) and data/ (the database, and what the block producer signed). It belongs
// to one process at a time.
//
// The parts: relay/consensus embeds CometBFT, relay/store is the database, relay/serve makes the answers, relay/host
// and relay/web hand them out. None of them is trusted by light nodes.
package relay

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/relay/consensus"
	"github.com/taolight/taolight/relay/host"
	"github.com/taolight/taolight/relay/serve"
	"github.com/taolight/taolight/relay/store"
	"github.com/taolight/taolight/relay/web"
)

// Defaults of a [Config].
const (
	DefaultListen    = "127.0.0.1:8080"
	DefaultBlockTime = 12 * time.Second
	DefaultKeep      = 7200 // versions of the state: a day of 12 s blocks
)

// MinBlockTime is the shortest time between blocks.
const MinBlockTime = 20 * time.Millisecond

// Config of a relay.
type Config struct {
	Home      string         // the folder that the relay owns; required
	Listen    string         // HOST:PORT of HTTP and libp2p; empty: DefaultListen; port 0: a free one
	BlockTime time.Duration  // 0: DefaultBlockTime
	Genesis   *chain.Genesis // of a new chain; nil: the one that Home has. Another one than Home has is refused
	Keep      uint64         // versions of the state that are kept; 0: DefaultKeep
	Archive   bool           // keep all versions instead

	Static fs.FS // the dashboard's files; nil: none
	// Checkpoints are signed checkpoints of the chain that the page is told about, see core/wire's Bootstrap; at most
	// wire.MaxCheckpoints.
	Checkpoints []checkpoint.Checkpoint
	Announce    []string // multiaddrs without /p2p/… under which visitors reach this relay; empty: as they reached it

	PeerListen string   // HOST:PORT for other block producers; empty: none can connect
	Peers      []string // other block producers, as ID@HOST:PORT; see PeerID

	Limits host.Limits      // zero: host.DefaultLimits
	Logger *slog.Logger     // nil: silent
	Rules  chain.Rules      // nil: the chain's; others are for those who test what becomes of producers that cheat
	Now    func() time.Time // nil: time.Now; paces blocks, CometBFT has a clock of its own
}

// Node is a running relay.
type Node struct {
	home    string
	chain   *consensus.Node
	service *serve.Service
	host    *host.Host
	pages   *web.Handler
	store   *store.Store
	logger  *slog.Logger

	heights chan uint64 // to the publisher; holds the newest committed height only
	stop    context.CancelFunc
	running sync.WaitGroup
	closing sync.Once
	closed  chan struct{}
	err     error // of closing; set before closed is closed
}

// Start runs a relay until ctx ends or it is closed. Errors to tell apart: [*store.LockedError] when another process
// has the home, [*host.AddrInUseError] when another program has the port, [*GenesisError] when the home belongs to
// another chain or none, [*consensus.KeyError] when a key file is damaged, and core/checkpoint's when a checkpoint is not one to hand out.
func Start(ctx context.Context, c Config) (*Node, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	n := &Node{home: c.Home, logger: c.Logger, heights: make(chan uint64, 1), closed: make(chan struct{})}
	if err := n.open(ctx, c); err != nil {
		return nil, errors.Join(err, n.shut())
	}
	life, stop := context.WithCancel(context.Background())
	n.stop = stop
	n.running.Go(func() { n.publish(life) })
	n.host.Serve(n.service)
	if err := n.chain.Start(); err != nil {
		return nil, errors.Join(err, n.shut())
	}
	blocks := n.chain.Blocks()
	if err := ofChain(blocks.LoadBlockMeta(blocks.Base()), c.Home, n.ChainID()); err != nil {
		return nil, errors.Join(err, n.shut()) // not before: CometBFT ends only what it has started
	}
	if err := onOwnChain(c.Checkpoints, blocks.LoadBlockMeta); err != nil {
		return nil, errors.Join(err, n.shut())
	}
	n.running.Go(func() { n.watch(ctx, life) })
	return n, nil
}

func (c *Config) complete() error {
	if c.Home == "" {
		return errors.New("relay: no home folder given")
	}
	if c.Listen == "" {
		c.Listen = DefaultListen
	}
	if c.BlockTime == 0 {
		c.BlockTime = DefaultBlockTime
	}
	if c.BlockTime < MinBlockTime {
		return fmt.Errorf("relay: a block time of %v; at least %v is needed", c.BlockTime, MinBlockTime)
	}
	if c.Keep == 0 {
		c.Keep = DefaultKeep
	}
	if c.Archive {
		c.Keep = 0
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return nil
}

// open takes the home, then the port, then brings the state up to the blocks. What it opened, shut closes.
func (n *Node) open(ctx context.Context, c Config) error {
	var err error
	if n.store, err = store.Open(filepath.Join(c.Home, "data", "store"), store.Options{Logger: c.Logger}); err != nil {
		return err
	}
	keys, err := consensus.LoadKeys(c.Home)
	if err != nil {
		return err
	}
	genesis, err := settleGenesis(c.Home, c.Genesis)
	if err != nil {
		return err
	}
	vouched, err := checkpointTexts(c.Checkpoints, genesis.ChainID())
	if err != nil {
		return err
	}
	if n.pages, err = web.New(web.Options{Static: c.Static, Checkpoints: vouched, Relays: n.relays(c.Announce), Loopback: isLoopback(c.Listen), Logger: c.Logger}); err != nil {
		return err
	}
	if n.host, err = host.Listen(host.Options{Listen: c.Listen, Key: keys.Relay, HTTP: n.pages, Limits: c.Limits, Logger: c.Logger}); err != nil {
		return err
	}
	if err := n.checkAnnounced(c.Announce); err != nil {
		return err
	}
	n.chain, err = consensus.New(ctx, consensus.Options{
		Home: c.Home, Keys: keys, Genesis: genesis, Store: n.store, Keep: c.Keep, BlockTime: c.BlockTime,
		Listen: c.PeerListen, Peers: c.Peers, Now: c.Now, Logger: c.Logger, Rules: c.Rules, Committed: n.committed,
	})
	if err != nil {
		return err
	}
	n.service = serve.New(serve.Sources{
		Identity: serve.Identity{ChainID: genesis.ChainID(), GenesisHash: genesis.Hash()},
		Blocks:   n.chain.Blocks(), States: n.chain.States(), Events: n.chain.Events, Block: n.chain.Block, Snapshot: n.chain.Snapshot, Submit: n.chain.Submit,
		Report: n.report,
	})
	if height := n.chain.Height(); height > 0 {
		n.committed(height)
	}
	n.pages.Serve(n.service)
	return nil
}

// report judges evidence against block producers. That it holds concerns whoever runs a relay.
func (n *Node) report(evidence []byte) error {
	err := n.chain.Report(evidence)
	if err == nil {
		n.logger.Warn("block producers signed two chains, or a block that the rules forbid; the evidence goes into a block")
	}
	return err
}

// committed tells the publisher of a height; it never blocks.
func (n *Node) committed(height uint64) {
	for {
		select {
		case n.heights <- height:
			return
		case <-n.heights: // an older one, which the publisher then does as well
		}
	}
}

// publish hands out committed heights, in order and without a gap.
func (n *Node) publish(life context.Context) {
	last := uint64(0)
	for {
		select {
		case <-life.Done():
			return
		case height := <-n.heights:
			if last == 0 {
				last = height - 1
			}
			for ; last < height && life.Err() == nil; last++ {
				if err := n.service.Publish(last + 1); err != nil {
					n.logger.Error("a block can't be served", "height", last+1, "err", err)
				}
			}
		}
	}
}

// watch closes the node when its context ends or the chain can't go on.
func (n *Node) watch(ctx, life context.Context) {
	select {
	case <-ctx.Done():
	case <-n.chain.Failed():
		n.logger.Error("the chain can't go on", "err", n.chain.Err())
	case <-life.Done():
		return
	}
	go n.Close() // not here: closing waits for this goroutine
}

// Addr is the address that the relay listens on, as HOST:PORT with the port that it really got.
func (n *Node) Addr() string { return n.host.Addr().String() }

// URL is where the dashboard is.
func (n *Node) URL() string {
	addr := *n.host.Addr()
	if addr.IP.IsUnspecified() {
		addr.IP = net.IPv4(127, 0, 0, 1)
	}
	return "http://" + addr.String() + "/"
}

// Multiaddr is where programs on this machine reach the relay over libp2p, its peer id included.
func (n *Node) Multiaddr() string { return n.host.Multiaddr() }

// PeerID is the relay's identity, 12D3Koo….
func (n *Node) PeerID() string { return n.host.PeerID().String() }

// ChainID returns the chain's id.
func (n *Node) ChainID() string { return n.chain.ChainID() }

// Height is the last committed height, 0 before the first block.
func (n *Node) Height() uint64 { return n.chain.Height() }

// Answers is what the relay serves.
func (n *Node) Answers() serve.Answers { return n.service }

// Close stops the relay and waits until it has: no port, file or goroutine of it remains. It may be called twice.
func (n *Node) Close() error {
	n.closing.Do(func() {
		n.err = n.shut()
		close(n.closed)
	})
	<-n.closed
	return n.err
}

// Wait waits until the relay has ended and returns why: nil after Close or the end of its context.
func (n *Node) Wait() error {
	<-n.closed
	return errors.Join(n.chain.Err(), n.err)
}

// shut ends what runs, visitors first and the database last.
func (n *Node) shut() error {
	var errs []error
	if n.host != nil {
		errs = append(errs, n.host.Close())
	}
	if n.pages != nil {
		n.pages.Close()
	}
	if n.chain != nil {
		errs = append(errs, n.chain.Close())
	}
	if n.stop != nil {
		n.stop()
	}
	n.running.Wait()
	if n.store != nil {
		errs = append(errs, n.store.Close())
	}
	return errors.Join(errs...)
}
