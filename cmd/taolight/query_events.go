package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"
)

// blockEvents is what a block did, and how far that was checked.
type blockEvents struct {
	Block  uint64      `json:"block"`
	Events []eventLine `json:"events"`
	proof
}

// eventsCommand makes the command that shows a block's events. They are no query: no state holds them, only their root.
func (a *app) eventsCommand() *cobra.Command {
	var n network
	c := &cobra.Command{
		Use: "events [HEIGHT]", Short: "What a block did",
		Long: `What a block did, all of it: transfers, registrations, epochs and what they paid. The events come from a relay and are
checked against their root in the state; a relay that leaves one out, adds or changes one is found out. HEIGHT is the
newest block's when it is left out. In --json amounts are rao.`,
		Example: "  taolight query events\n  taolight query events 120 --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			height := uint64(0)
			if len(args) == 1 {
				var err error
				if height, err = strconv.ParseUint(args[0], 10, 63); err != nil || height == 0 {
					return usage(cmd, "%q is no height: want a number from 1", args[0])
				}
			}
			return a.asking(cmd.Context(), &n, func(ctx context.Context, s *session) (any, func(io.Writer), error) {
				r, err := s.events(ctx, height)
				if err != nil {
					return nil, nil, err
				}
				a.warnStale(r.Time)
				return r, r.human, nil
			})
		},
	}
	n.flags(c.Flags())
	return c
}

// events returns what a block did; height 0 is the newest whose state a header names.
func (s *session) events(ctx context.Context, height uint64) (*blockEvents, error) {
	if height == 0 {
		height = max(s.head.Block.Height(), 2) - 1
	}
	p, err := s.client.Events(ctx, height)
	if err != nil {
		return nil, err
	}
	r := &blockEvents{Block: height, Events: []eventLine{}, proof: proofOf(s, p)}
	for _, e := range p.Value() {
		line, err := lineOf(e)
		if err != nil {
			return nil, err
		}
		r.Events = append(r.Events, line)
	}
	return r, nil
}

func (r *blockEvents) human(w io.Writer) {
	fmt.Fprintf(w, "block\t%d\nevents\t%d\n", r.Block, len(r.Events))
	for _, e := range r.Events {
		by := "block"
		if e.Tx >= 0 {
			by = fmt.Sprint("tx ", e.Tx)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", by, oneLine(e.Name), oneLine(e.words))
	}
	r.proof.human(w)
}
