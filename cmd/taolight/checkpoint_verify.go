package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/light"
)

// verifyResult is what checkpoint verify found; it prints one only when nothing contradicts.
type verifyResult struct {
	Checkpoints []*checkpointResult `json:"checkpoints"`
	Compared    string              `json:"compared"`        // same_block, one_chain, not_compared, or single
	Trust       string              `json:"trust,omitempty"` // HEIGHT:HASH that the chain was verified from
}

func (a *app) checkpointVerifyCommand() *cobra.Command {
	var n network
	var check bool
	var parties []string
	c := &cobra.Command{
		Use: "verify FILE|TEXT...", Short: "Check signatures, and compare checkpoints",
		Long: `Checks who signed each checkpoint, and whether several agree: at one height they must name the same block. With --check the
chain is verified through relays from the trusted block of this computer (without one, from the lowest of the checkpoints),
and every checkpoint must be on it. Checkpoints that contradict each other fail; which of them is right can't be told here.`,
		Example: `  taolight checkpoint verify checkpoint.txt --require 2
  taolight checkpoint verify from-ana.txt from-ben.txt --check --relay http://127.0.0.1:8080`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(cmd, "FILE|TEXT is missing")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			known, err := a.parties()
			if err != nil {
				return err
			}
			for _, text := range parties {
				extra, err := checkpoint.ParseParties(text)
				if err != nil {
					return fmt.Errorf("--party: %w", err)
				}
				for _, p := range extra {
					if known, err = known.Add(p); err != nil {
						return fmt.Errorf("--party: %w", err)
					}
				}
			}
			return a.verifyCheckpoints(cmd.Context(), &n, args, known, check)
		},
	}
	n.flags(c.Flags())
	c.Flags().Lookup("require").Usage = "`N` known parties must have signed each checkpoint"
	c.Flags().StringArrayVar(&parties, "party", nil, "`ADDRESS=NAME` of one more known party; may be repeated")
	c.Flags().BoolVar(&check, "check", false, "see whether the blocks are on the chain that relays serve")
	return c
}

func (a *app) verifyCheckpoints(ctx context.Context, n *network, args []string, known checkpoint.Parties, check bool) error {
	all := make([]checkpoint.Checkpoint, len(args))
	out := verifyResult{Compared: "single"}
	for i, arg := range args {
		var err error
		if all[i], err = readCheckpoint(arg); err != nil {
			return err
		}
		out.Checkpoints = append(out.Checkpoints, resultOf(all[i], known))
	}
	err := out.compare(all, n.require)
	if err == nil && check {
		err = a.checkOnChain(ctx, n, all, &out)
	}
	if err != nil {
		if !a.json { // who signed what is what helps to find the wrong one
			err = errors.Join(err, a.print(out, out.human))
		}
		return err
	}
	return a.print(out, out.human)
}

// compare checks the signatures and holds each checkpoint against each other.
func (r *verifyResult) compare(all []checkpoint.Checkpoint, require int) error {
	for i := range all {
		if err := r.Checkpoints[i].by.Require(require); err != nil {
			return err
		}
		for j := range i {
			agree, err := checkpoint.Compare(all[j], all[i], r.Checkpoints[j].by, r.Checkpoints[i].by)
			switch {
			case err != nil:
				return err
			case !agree:
				r.Compared = "not_compared"
			case r.Compared == "single":
				r.Compared = "same_block"
			}
		}
	}
	return nil
}

// checkOnChain verifies the chain and holds every checkpoint against it.
func (a *app) checkOnChain(ctx context.Context, n *network, all []checkpoint.Checkpoint, out *verifyResult) error {
	ctx, cancel := withTimeout(ctx, n.wait)
	defer cancel()
	p := a.progress()
	defer p.done()
	plain := *n
	plain.require = 0 // it was about these checkpoints
	given, err := a.readTrust(&plain)
	if err != nil {
		return err
	}
	store := a.lightStore()
	var s *session
	if _, pinned := light.SavedPin(ctx, store, all[0].ChainID); pinned || n.trust != "" {
		s, err = a.openFrom(ctx, n, given, store, p)
	} else {
		low := slices.MinFunc(all, func(x, y checkpoint.Checkpoint) int { return cmp.Compare(x.Height, y.Height) })
		given = trusted{root: light.TrustRoot{Height: low.Height, Hash: low.Hash}, origin: "the lowest checkpoint", signed: &low}
		s, err = a.openFrom(ctx, n, given, nil, p) // it is not pinned: nobody said that it is trusted
	}
	if err != nil {
		return err
	}
	defer s.close()
	for i := range all {
		p.step("comparing checkpoint %d of %d", i+1, len(all))
		if err := s.client.Confirm(ctx, all[i], out.Checkpoints[i].by.String()); err != nil {
			return err
		}
		yes := true
		out.Checkpoints[i].OnChain = &yes
	}
	if pin, ok := s.client.Pin(); ok {
		out.Trust = pin.Root.String()
	}
	if out.Compared == "not_compared" {
		out.Compared = "one_chain"
	}
	return nil
}

func (r *verifyResult) human(w io.Writer) {
	for i, c := range r.Checkpoints {
		if i > 0 {
			fmt.Fprintln(w)
		}
		c.human(w)
	}
	if words := map[string]string{"same_block": "they name the same block", "one_chain": "they are on one chain", "not_compared": "they are of different heights: --check sees whether they are on one chain"}[r.Compared]; words != "" {
		fmt.Fprintf(w, "\ncompared\t%s\n", words)
	}
	if r.Trust != "" {
		fmt.Fprintf(w, "on the chain\tas verified from %s\n", r.Trust)
	}
}
