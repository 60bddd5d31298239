package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/p2p"
	"github.com/taolight/taolight/relay"
	"github.com/taolight/taolight/relay/host"
	"github.com/taolight/taolight/relay/store"
	"github.com/taolight/taolight/static"
)

// nodeResult is what a running node says about itself, once, when it is ready.
type nodeResult struct {
	URL   string `json:"url"`
	Relay string `json:"relay"` // multiaddr
	// Announced are the multiaddrs under which visitors elsewhere reach the relay, for the list on chain.
	Announced []string `json:"announced,omitempty"`
	ChainID   string   `json:"chain_id"`
	Height    uint64   `json:"height"`
	Trust     string   `json:"trust,omitempty"` // HEIGHT:HASH of a block that this node has
	Home      string   `json:"home"`
}

func (a *app) nodeCommand() *cobra.Command {
	var cfg relay.Config
	var genesis string
	var verbose bool
	c := &cobra.Command{
		Use:   "node",
		Short: "Run a relay of a chain, and produce blocks if the genesis names its key",
		Long: `Runs a full node that serves light nodes and the dashboard. A new chain needs --genesis; later starts go on from the last
block. "taolight node key" prints the key that the genesis has to name for this node to produce blocks.`,
		Example: `  taolight node key
  taolight genesis --spec spec.json -o genesis.json
  taolight node --genesis genesis.json --listen 0.0.0.0:8080`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg.Home = filepath.Join(a.home, "node")
			if genesis != "" {
				g, err := buildGenesis(genesis, "")
				if err != nil {
					return err
				}
				cfg.Genesis = g
			}
			return a.runNode(cmd.Context(), cfg, verbose, "node")
		},
	}
	nodeFlags(c, &cfg, &verbose, relay.DefaultBlockTime)
	f := c.Flags()
	f.StringVar(&genesis, "genesis", "", "genesis `FILE` of a new chain")
	f.StringArrayVar(&cfg.Announce, "announce", nil, "`MULTIADDR`, without /p2p/…, under which visitors reach this relay; may be repeated")
	f.StringVar(&cfg.PeerListen, "peer-listen", "", "`HOST:PORT` for other block producers")
	f.StringArrayVar(&cfg.Peers, "peer", nil, "another block producer, `ID@HOST:PORT`; may be repeated")
	c.AddCommand(a.nodeKeyCommand())
	return c
}

func nodeFlags(c *cobra.Command, cfg *relay.Config, verbose *bool, blockTime time.Duration) {
	c.Flags().StringVar(&cfg.Listen, "listen", relay.DefaultListen, "`HOST:PORT` for the dashboard and for light nodes")
	c.Flags().DurationVar(&cfg.BlockTime, "block-time", blockTime, "time between blocks")
	c.Flags().BoolVar(&cfg.Archive, "archive", false, fmt.Sprintf("keep the state of every block, not of the last %d", relay.DefaultKeep))
	c.Flags().BoolVarP(verbose, "verbose", "v", false, "write a log to stderr")
	c.Flags().Var(checkpointFiles{&cfg.Checkpoints}, "checkpoint", "`FILE` of a signed checkpoint that visitors are told about; may be repeated")
}

func (a *app) nodeKeyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "key", Short: "Print the keys of this node for a genesis and for other producers", Args: arguments(),
		Example: "  taolight node key --json",
		RunE: func(*cobra.Command, []string) error {
			home := filepath.Join(a.home, "node")
			p, err := relay.Producer(home)
			if err != nil {
				return err
			}
			id, err := relay.PeerID(home)
			if err != nil {
				return err
			}
			key, err := relay.Identity(home)
			if err != nil {
				return err
			}
			return a.printNodeKey(p, id, multiaddr.PeerID(key.Account()).String())
		},
	}
}

// runNode runs a relay until it is interrupted. What is to run beside it runs once it makes blocks, and ends before it.
func (a *app) runNode(ctx context.Context, cfg relay.Config, verbose bool, what string, beside ...func(context.Context, *relay.Node)) error {
	cfg.Static = static.Files()
	if verbose {
		cfg.Logger = slog.New(slog.NewTextHandler(a.err, nil))
	}
	if missing := static.Built(); len(missing) > 0 {
		a.printf("warning: this binary has no dashboard (%s are not built in): build it with make build", missing[0])
	}
	p := a.progress()
	defer p.done()
	p.milestone("starting from %s", cfg.Home)
	n, err := relay.Start(ctx, cfg)
	if err != nil {
		return explainStart(err, what)
	}
	defer n.Close()
	r := nodeResult{URL: n.URL(), Relay: n.Multiaddr(), ChainID: n.ChainID(), Home: cfg.Home}
	for _, path := range cfg.Announce {
		r.Announced = append(r.Announced, path+"/p2p/"+n.PeerID())
	}
	// A node that is no producer may have to wait long for its first blocks: it is of use before.
	patience, cancel := context.WithTimeout(ctx, 3*cfg.BlockTime+30*time.Second)
	trust, err := a.pinOwn(patience, n, p)
	cancel()
	switch {
	case err == nil:
		r.Trust = trust.String()
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), n.Close())
	default:
		p.milestone("warning: queries on this computer need --trust for now: %v", err)
	}
	p.done()
	var others sync.WaitGroup
	defer others.Wait()
	life, end := context.WithCancel(ctx)
	defer end()
	for _, f := range beside {
		others.Go(func() { f(life, n) })
	}
	r.Height = n.Height()
	if err := a.announce(r); err != nil {
		return err
	}
	err = n.Wait()
	if err == nil && ctx.Err() != nil {
		a.printf("stopped at block %d; start again to go on from there", n.Height())
	}
	return err
}

// explainStart adds to the errors of starting what to do about them.
func explainStart(err error, what string) error {
	var locked *store.LockedError
	var port *host.AddrInUseError
	var genesis *relay.GenesisError
	switch {
	case errors.As(err, &locked):
		return hint(err, "end the other one first, or use another --home")
	case errors.As(err, &port):
		return hint(fmt.Errorf("%s is in use by another program", port.Listen), "choose another with --listen 127.0.0.1:PORT")
	case errors.As(err, &genesis) && genesis.Want == "" && genesis.Have == "" && what == "node":
		return hint(err, "give one with --genesis FILE, see taolight genesis --help")
	case errors.As(err, &genesis) && genesis.Have != "" && what == "devnet":
		return hint(err, "taolight devnet --reset begins a new chain")
	}
	return err
}

// pinOwn waits for the first blocks and remembers the newest one as trusted: whoever runs a node knows its blocks, so
// that queries on this computer are proven without --trust. The client that does it verifies what the relay serves.
func (a *app) pinOwn(ctx context.Context, n *relay.Node, p *progress) (light.TrustRoot, error) {
	p.step("waiting for the first blocks")
	trust, err := newestOf(ctx, n)
	if err != nil {
		return trust, err
	}
	dialing, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	conn, err := p2p.Dial(dialing, n.Multiaddr(), p2p.Options{})
	if err != nil {
		return trust, err
	}
	defer conn.Close()
	client, err := light.NewClient(dialing, light.Config{
		ChainID: n.ChainID(), Trust: trust, Origin: "a node on this computer", Store: a.lightStore(), Now: time.Now,
		Sources: []light.Source{light.NewRelay(n.Multiaddr(), conn)},
	})
	if err == nil {
		_, err = client.Sync(dialing)
	}
	return trust, err
}

// newestOf names the newest block of a running node. It waits for the second one: its header is the first that names a
// state which relays can serve, the first header's is that before any block.
func newestOf(ctx context.Context, n *relay.Node) (light.TrustRoot, error) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if n.Height() >= 2 {
			reply, err := n.Answers().LightBlock(ctx, 0)
			if err != nil {
				return light.TrustRoot{}, err
			}
			b, err := light.DecodeLightBlock(reply.Body)
			if err != nil {
				return light.TrustRoot{}, err
			}
			if b.Height() >= 2 { // it may lag behind the chain by one
				return light.TrustRoot{Height: b.Height(), Hash: b.Hash()}, nil
			}
		}
		select {
		case <-ctx.Done():
			return light.TrustRoot{}, fmt.Errorf("the chain has %d blocks so far", n.Height())
		case <-tick.C:
		}
	}
}
