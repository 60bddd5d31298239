package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/view"
)

// subnetsResult lists all subnets.
type subnetsResult struct {
	Subnets []view.Subnet `json:"subnets"`
	proof
}

func (a *app) querySubnetsCommand() *cobra.Command {
	return a.queryCommandOf("subnets", "All subnets with their pending emission",
		"  taolight query subnets\n  taolight query subnets --json", nil,
		func(ctx context.Context, s *session, _ []string) error {
			answer, err := ask[view.Subnets](ctx, s, chain.SubnetsQuery, chain.None{})
			if err != nil {
				return err
			}
			r := subnetsResult{Subnets: append([]view.Subnet{}, answer.Value().Subnets...), proof: proofOf(s, answer)}
			a.warnStale(r.Time)
			return a.print(r, r.human)
		})
}

func (r subnetsResult) human(w io.Writer) {
	for _, n := range r.Subnets {
		fmt.Fprintf(w, "subnet %d\t%s\n", n.Netuid, oneLine(n.Name))
		fmt.Fprintf(w, "  owner\t%s\n  members\t%d, an epoch every %d blocks\n", n.Owner, n.Uids, n.Tempo)
		fmt.Fprintf(w, "  emission\t%s a block, %s pending\n", amount(n.Emission), amount(n.Pending))
	}
	if len(r.Subnets) == 0 {
		fmt.Fprintln(w, "no subnets\t")
	}
	r.proof.human(w)
}
