package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/light/series"
	"github.com/taolight/taolight/core/view"
)

const historyLong = `Every point is proven by itself, under the state root of its own block, newest first. Relays keep the states of the last
7,200 blocks (a day); the table ends where they do, and says so. Ask one that was started with --archive for more.
Amounts are rao with --json and --csv.`

// span is what the commands of history are told about the points that are wanted.
type span struct {
	network
	points int
	from   uint64
	every  uint64
	csv    bool
}

func (a *app) historyCommand() *cobra.Command {
	return group("history", "Figures over time, each point proven", a.historyNeuronCommand(), a.historySupplyCommand(), a.historySharesCommand())
}

func (o *span) flags(c *cobra.Command) {
	f := c.Flags()
	f.IntVar(&o.points, "points", 24, "how many points at most")
	f.Uint64Var(&o.from, "from", 0, "`HEIGHT` of the newest point at most (default: the newest there is)")
	f.BoolVar(&o.csv, "csv", false, "print comma-separated values")
	o.network.flags(f)
	o.wait = 5 * time.Minute
	f.Lookup("timeout").DefValue = o.wait.String()
}

func (o *span) check(cmd *cobra.Command, json bool) error {
	switch {
	case o.points < 1 || o.points > series.MaxPoints:
		return usage(cmd, "--points %d: want 1 to %d", o.points, series.MaxPoints)
	case o.csv && json:
		return usage(cmd, "--csv and --json exclude each other")
	}
	return nil
}

func (a *app) historyNeuronCommand() *cobra.Command {
	var o span
	c := &cobra.Command{
		Use: "neuron NETUID UID|HOTKEY", Short: "What a neuron earned, epoch by epoch",
		Long: `What each epoch of a subnet gave a neuron: emission, incentive, dividends, trust, consensus and stake weight. A UID shows
what that place in the subnet got, whoever had it: SINCE is the block at which the neuron of then was registered. A HOTKEY, the
name of a wallet or a development name such as //Alice shows that neuron, back to its registration.

` + historyLong,
		Example: `  taolight history neuron 1 0
  taolight history neuron 1 //Alice//hotkey --points 100 --csv > epochs.csv`,
		Args: arguments("NETUID", "UID or HOTKEY"), ValidArgsFunction: a.completeArgs([]string{"netuid", "hotkey"}),
		RunE: func(cmd *cobra.Command, args []string) error {
			netuid, err := number16(cmd, "NETUID", args[0])
			if err != nil {
				return err
			}
			who := neuronOf{netuid: netuid}
			if uid, err := strconv.ParseUint(args[1], 10, 16); err == nil {
				who.uid = uint16(uid)
			} else if who.hotkey, err = a.address(args[1]); err != nil {
				return usage(cmd, "UID or HOTKEY: %v", err)
			}
			return a.history(cmd, &o, func(ctx context.Context, s *session, h *history) error {
				return s.neuronHistory(ctx, who, h)
			})
		},
	}
	o.flags(c)
	return c
}

func (a *app) historySupplyCommand() *cobra.Command {
	var o span
	c := &cobra.Command{
		Use: "supply", Short: "Where all TAO was: issued, free, staked",
		Long: "How much TAO was issued, and where it was.\n\n" + historyLong,
		Example: `  taolight history supply
  taolight history supply --every 1000 --points 7`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.history(cmd, &o, func(ctx context.Context, s *session, h *history) error {
				every := o.every
				if every == 0 { // an hour, or less where the chain is young
					every = max(1, min(300, h.span.From/uint64(h.span.Points)))
				}
				h.title = fmt.Sprintf("supply, every %d blocks", every)
				return readHistory(ctx, s, h, series.Totals(every), supplyRow)
			})
		},
	}
	o.flags(c)
	c.Flags().Uint64Var(&o.every, "every", 0, "`BLOCKS` from point to point (default: 300, less on a young chain)")
	return c
}

func (a *app) historySharesCommand() *cobra.Command {
	var o span
	c := &cobra.Command{
		Use: "shares", Short: "How emission was split over subnets",
		Long: "How a block's emission was split over subnets, after each epoch of the root network or at every so many blocks.\n\n" + historyLong,
		Example: `  taolight history shares
  taolight history shares --every 100 --json`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.history(cmd, &o, func(ctx context.Context, s *session, h *history) error {
				h.title = "emission by subnet, after each epoch of the root network"
				if o.every > 0 {
					h.title = fmt.Sprintf("emission by subnet, every %d blocks", o.every)
				}
				return readHistory(ctx, s, h, series.Shares(o.every), sharesRow)
			})
		},
	}
	o.flags(c)
	c.Flags().Uint64Var(&o.every, "every", 0, "`BLOCKS` from point to point (default: the root network's epochs)")
	return c
}

// history reads a series and prints it, as far as it goes: also when it broke off.
func (a *app) history(cmd *cobra.Command, o *span, read func(context.Context, *session, *history) error) error {
	if err := o.check(cmd, a.json); err != nil {
		return err
	}
	return a.withSession(cmd.Context(), &o.network, func(ctx context.Context, s *session, p *progress) error {
		h := &history{span: series.Span{From: series.Newest(s.client), Points: o.points}, progress: p, Points: []historyPoint{}, ChainID: s.chain, basis: basisOf(s)}
		if o.from > 0 {
			h.span.From = min(h.span.From, o.from)
		}
		broken := read(ctx, s, h)
		p.done()
		if broken != nil && len(h.Points) == 0 {
			return broken
		}
		if !o.csv {
			return errors.Join(broken, a.print(h, h.human))
		}
		err := h.csv(a.out)
		if h.End != nil {
			a.printf("%s", h.End.words())
		}
		return errors.Join(broken, err)
	})
}

// neuronOf names a neuron: by its hotkey, or by its place.
type neuronOf struct {
	netuid, uid uint16
	hotkey      keys.Account
}

func (s *session) neuronHistory(ctx context.Context, who neuronOf, h *history) error {
	h.title = fmt.Sprintf("uid %d of subnet %d, epoch by epoch", who.uid, who.netuid)
	since := uint64(0)
	if who.hotkey != (keys.Account{}) {
		n, err := ask[view.Neuron](ctx, s, "neuron@1", chain.NeuronArgs{Netuid: who.netuid, Hotkey: who.hotkey})
		if err != nil {
			return err
		}
		if !n.Value().Exists {
			return fmt.Errorf("%s is not registered on subnet %d", who.hotkey, who.netuid)
		}
		who.uid, since = n.Value().UID, n.Value().RegisteredAt
		h.title = fmt.Sprintf("%s, uid %d of subnet %d, epoch by epoch", who.hotkey, who.uid, who.netuid)
	}
	return readHistory(ctx, s, h, series.Epochs(who.netuid), epochRow(who.uid, since))
}
