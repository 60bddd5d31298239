// Package consensus is the block production: CometBFT embedded in the process, and the application that it drives,
// which calls core/chain.
//
// [LoadKeys] reads or makes a node's keys, [New] prepares a node over an open store and replays what the state is
// behind, [Node.Start] lets it make or follow blocks, [Node.Close] ends it. A Node that was closed can't be started
// again; make another one.
package consensus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	dbm "github.com/cometbft/cometbft-db"
	cfg "github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/proxy"
	sm "github.com/cometbft/cometbft/state"
	cmtstore "github.com/cometbft/cometbft/store"
	"github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/relay/store"
)

// Options of [New].
type Options struct {
	Home      string
	Keys      *Keys
	Genesis   *chain.Genesis
	Store     *store.Store
	Keep      uint64        // versions of the state that are kept; 0: all
	BlockTime time.Duration // from one block to the next
	Listen    string        // HOST:PORT for other block producers; empty: a free port on this machine
	Peers     []string      // other block producers, as ID@HOST:PORT
	Now       func() time.Time
	Logger    *slog.Logger
	Rules     chain.Rules         // nil: chain.Execute; others are for those who test what becomes of producers that cheat
	Committed func(height uint64) // called after every commit, by the consensus goroutine; must not block
}

// Node is a block producer, or a follower if the genesis does not name its key.
type Node struct {
	app    *app
	comet  *node.Node
	states sm.Store
	verify *verifier
	jury   jury
	cancel context.CancelFunc
	failed chan struct{} // closed when the chain can't go on
	once   sync.Once
	err    atomic.Pointer[error]
}

// New opens the state, prepares the node and replays blocks that the state is behind.
func New(ctx context.Context, o Options) (*Node, error) {
	tree, err := state.Open(ctx, o.Store.State(), state.Options{Keep: o.Keep})
	if err != nil {
		return nil, fmt.Errorf("open the state: %w", err)
	}
	life, cancel := context.WithCancel(context.Background())
	n := &Node{cancel: cancel, failed: make(chan struct{}), verify: newVerifier(life)}
	config := configOf(o)
	n.app = &app{
		genesis: o.Genesis, chainID: o.Genesis.ChainID(), verify: n.verify.verify, tree: tree, rules: o.Rules,
		pace: pacer(config.Consensus, o.BlockTime, o.Now), commit: o.Committed, fail: n.fail,
	}
	if o.Rules == nil {
		n.app.rules = chain.Execute
	}
	if err := n.app.remember(); err != nil {
		n.end()
		return nil, fmt.Errorf("open the state: %w", err)
	}
	doc, err := genesisDoc(o.Genesis)
	if err != nil {
		n.end()
		return nil, fmt.Errorf("genesis: %w", err)
	}
	n.jury.db = o.Store.Comet("evidence")
	n.states = sm.NewStore(o.Store.Comet("state"), sm.StoreOptions{})
	n.comet, err = node.NewNodeWithContext(ctx, config, o.Keys.Producer, o.Keys.Peer,
		proxy.NewConnSyncLocalClientCreator(n.app),
		func() (*types.GenesisDoc, error) { return doc, nil },
		func(c *cfg.DBContext) (dbm.DB, error) { return o.Store.Comet(c.ID), nil },
		node.DefaultMetricsProvider(config.Instrumentation), logger{o.Logger})
	if err != nil {
		n.end()
		return nil, fmt.Errorf("start consensus: %w", err)
	}
	return n, nil
}

// Start begins to make blocks and to talk to peers.
func (n *Node) Start() error {
	if err := n.comet.Start(); err != nil {
		return fmt.Errorf("start consensus: %w", err)
	}
	return nil
}

// Close stops the node and waits until it has. A block that is being executed is finished first. Goroutines of CometBFT
// that serve its peers may outlive this by a moment; what they run into then is no failure of the chain.
func (n *Node) Close() error {
	n.once.Do(func() {})
	var err error
	if n.comet.IsRunning() {
		if err = n.comet.Stop(); err == nil {
			n.comet.Wait()
		}
	}
	// The node leaves its connections to the application open, and two goroutines for its write-ahead log's file, which
	// nobody else can reach.
	if app := n.comet.ProxyApp(); app.IsRunning() {
		err = errors.Join(err, app.Stop())
	}
	n.end()
	return err
}

func (n *Node) end() {
	n.cancel()
	n.verify.wait()
}

// Failed is closed when the chain can't go on; Err then says why.
func (n *Node) Failed() <-chan struct{} { return n.failed }

// Err returns why the chain can't go on, nil as long as it can.
func (n *Node) Err() error {
	if err := n.err.Load(); err != nil {
		return *err
	}
	return nil
}

func (n *Node) fail(err error) {
	n.once.Do(func() {
		n.err.Store(&err)
		close(n.failed)
	})
}

// Height is the last committed height, 0 before the first block.
func (n *Node) Height() uint64 {
	if s := n.app.latest.Load(); s != nil {
		return s.Version()
	}
	return 0
}

// ChainID returns the chain's id.
func (n *Node) ChainID() string { return n.app.chainID }

// Snapshot returns the committed state with a root; a [*state.PrunedError] if it is not kept.
func (n *Node) Snapshot(root state.Root) (*state.Snapshot, error) { return n.app.tree.AtRoot(root) }

// Blocks is CometBFT's block store.
func (n *Node) Blocks() *cmtstore.BlockStore { return n.comet.BlockStore() }

// States is CometBFT's store of validator sets and results.
func (n *Node) States() sm.Store { return n.states }

// genesisDoc is the part of the genesis that CometBFT knows: producers and limits. The rest is the application's.
func genesisDoc(g *chain.Genesis) (*types.GenesisDoc, error) {
	p := types.ConsensusParamsFromProto(params())
	hash := g.Hash()
	doc := &types.GenesisDoc{
		ChainID: g.ChainID(), GenesisTime: time.UnixMilli(int64(g.Time)).UTC(), InitialHeight: 1, ConsensusParams: &p,
		AppState: fmt.Appendf(nil, `{"genesis_hash":"%x"}`, hash),
	}
	for i, key := range producers(g) {
		doc.Validators = append(doc.Validators, types.GenesisValidator{
			Address: key.Address(), PubKey: key, Power: g.Producers[i].Power,
		})
	}
	return doc, doc.ValidateAndComplete()
}

func configOf(o Options) *cfg.Config {
	c := cfg.DefaultConfig()
	c.SetRoot(o.Home)
	c.RPC.ListenAddress = ""
	c.RPC.GRPCListenAddress = ""
	c.TxIndex.Indexer = "null"
	c.Instrumentation.Prometheus = false
	c.P2P.ListenAddress = "tcp://127.0.0.1:0"
	if o.Listen != "" {
		c.P2P.ListenAddress = "tcp://" + o.Listen
	}
	c.P2P.PexReactor = false
	c.P2P.AddrBookStrict = false
	c.P2P.AllowDuplicateIP = true
	c.P2P.PersistentPeers = strings.Join(o.Peers, ",")
	c.P2P.AddrBook = filepath.Join(o.Home, "data", "addrbook.json")
	c.Mempool.MaxTxBytes = chain.MaxTx
	t := c.Consensus
	t.TimeoutCommit = o.BlockTime
	t.CreateEmptyBlocks = true
	t.SkipTimeoutCommit = false
	if o.BlockTime < 2*time.Second {
		// A silent proposer must not cost many blocks' time. These are waited for only when something is amiss, and
		// grow with each failed round, so that an overloaded machine still gets somewhere.
		t.TimeoutPropose, t.TimeoutProposeDelta = time.Second, time.Second
		t.TimeoutPrevote, t.TimeoutPrecommit = 500*time.Millisecond, 500*time.Millisecond
		t.TimeoutPrevoteDelta, t.TimeoutPrecommitDelta = 500*time.Millisecond, 500*time.Millisecond
		t.PeerGossipSleepDuration = 20 * time.Millisecond
		t.PeerQueryMaj23SleepDuration = 100 * time.Millisecond
		c.P2P.FlushThrottleTimeout = 10 * time.Millisecond
	}
	return c
}

// pacer holds blocks to whole multiples of the block time. A fixed pause between blocks would drift by what a round
// takes; so, while a block is executed, the pause after it is set to end at the next multiple, or the one after that if
// the next is less than half a block time away. The consensus goroutine both calls this and reads the pause.
func pacer(c *cfg.ConsensusConfig, blockTime time.Duration, now func() time.Time) func() {
	return func() {
		pause := blockTime - time.Duration(now().UnixNano()%int64(blockTime))
		if pause < blockTime/2 {
			pause += blockTime
		}
		c.TimeoutCommit = pause
	}
}
