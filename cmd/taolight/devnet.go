package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/relay"
	"github.com/taolight/taolight/relay/devnet"
	"github.com/taolight/taolight/relay/devnet/market"
	"github.com/taolight/taolight/relay/store"
)

func (a *app) devnetCommand() *cobra.Command {
	var cfg relay.Config
	var reset, verbose, quiet bool
	c := &cobra.Command{
		Use:   "devnet",
		Short: "Run a chain of your own, with relay and dashboard",
		Long: `Runs a chain on this computer: one block producer, a relay and the dashboard in one process. It begins with the balances of
the real network as published in March 2023 (history, not today's), development accounts with money (//Alice, //Bob …)
and four subnets. Simulated validators and miners keep those busy: epochs pass every half a minute, miners get better or
worse, newcomers register. They use the chain as everybody does. Starting again goes on from the last block.

The secrets of development accounts are known to everybody: nothing here has value.`,
		Example: `  taolight devnet
  taolight devnet --listen 127.0.0.1:9000 --block-time 500ms
  taolight devnet --no-market
  taolight devnet --reset`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg.Home = filepath.Join(a.home, "devnet")
			if reset {
				if err := resetHome(cfg.Home); err != nil {
					return explainStart(err, "devnet")
				}
			}
			if _, err := os.Stat(filepath.Join(cfg.Home, "config", "genesis.json")); errors.Is(err, fs.ErrNotExist) {
				producer, err := relay.Producer(cfg.Home)
				if err != nil {
					return err
				}
				if cfg.Genesis, err = devnet.Genesis(producer.PubKey, time.Now()); err != nil {
					return err
				}
			}
			if quiet {
				return a.runNode(cmd.Context(), cfg, verbose, "devnet")
			}
			return a.runNode(cmd.Context(), cfg, verbose, "devnet", a.playMarket(verbose))
		},
	}
	nodeFlags(c, &cfg, &verbose, 2*time.Second)
	c.Flags().BoolVar(&reset, "reset", false, "delete the devnet's chain and begin a new one")
	c.Flags().BoolVar(&quiet, "no-market", false, "leave the subnets to you: no simulated validators and miners")
	return c
}

// playMarket lets the simulated market play beside a node.
func (a *app) playMarket(verbose bool) func(context.Context, *relay.Node) {
	return func(ctx context.Context, n *relay.Node) {
		m, err := market.New(n.ChainID())
		if err != nil {
			a.printf("warning: no simulated validators and miners: %v", err)
			return
		}
		var log *slog.Logger
		if verbose {
			log = slog.New(slog.NewTextHandler(a.err, nil))
		}
		m.Run(ctx, n.Answers(), log)
	}
}

// resetHome deletes a relay's home, but not under a running relay.
func resetHome(home string) error {
	data := filepath.Join(home, "data", "store")
	if _, err := os.Stat(data); err == nil {
		s, err := store.Open(data, store.Options{})
		var locked *store.LockedError
		if errors.As(err, &locked) {
			return err
		}
		if err == nil {
			if err := s.Close(); err != nil {
				return err
			}
		}
	}
	return os.RemoveAll(home)
}
