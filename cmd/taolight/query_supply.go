package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// supplyResult is where all issued TAO is.
type supplyResult struct {
	Issuance      tao.Amount `json:"issuance"`
	Free          tao.Amount `json:"free"`
	Reserved      tao.Amount `json:"reserved"`
	Staked        tao.Amount `json:"staked"`
	Pending       tao.Amount `json:"pending"`
	Recycled      tao.Amount `json:"recycled"`
	BlockEmission tao.Amount `json:"block_emission"`
	NextHalving   tao.Amount `json:"next_halving"`
	Cap           tao.Amount `json:"cap"`
	Accounts      uint64     `json:"accounts"`
	Subnets       uint16     `json:"subnets"`
	Source        string     `json:"source"`
	proof
}

func (a *app) querySupplyCommand() *cobra.Command {
	return a.queryCommandOf("supply", "Where all issued TAO is, and the next halving",
		"  taolight query supply\n  taolight query supply --json", nil,
		func(ctx context.Context, s *session, _ []string) error {
			answer, err := ask[view.Supply](ctx, s, chain.SupplyQuery, chain.None{})
			if err != nil {
				return err
			}
			v := answer.Value()
			r := supplyResult{
				Issuance: v.Issuance, Free: v.Free, Reserved: v.Reserved, Staked: v.Staked, Pending: v.Pending, Recycled: v.Recycled,
				BlockEmission: v.BlockEmission, NextHalving: v.NextHalving, Cap: v.Cap, Accounts: v.Accounts, Subnets: v.Subnets,
				Source: v.Source, proof: proofOf(s, answer),
			}
			a.warnStale(r.Time)
			return a.print(r, r.human)
		})
}

func (r supplyResult) human(w io.Writer) {
	fmt.Fprintf(w, "issued\t%s of %s\n", amount(r.Issuance), amount(r.Cap))
	fmt.Fprintf(w, "  free\t%s in %d accounts\n", amount(r.Free), r.Accounts)
	fmt.Fprintf(w, "  staked\t%s\n", amount(r.Staked))
	if r.Reserved > 0 {
		fmt.Fprintf(w, "  reserved\t%s\n", amount(r.Reserved))
	}
	fmt.Fprintf(w, "  pending\t%s for %d subnets\n", amount(r.Pending), r.Subnets)
	fmt.Fprintf(w, "recycled\t%s\n", amount(r.Recycled))
	fmt.Fprintf(w, "a block adds\t%s\n", amount(r.BlockEmission))
	fmt.Fprintf(w, "next halving\tat %s issued\n", amount(r.NextHalving))
	if r.Source != "" {
		fmt.Fprintf(w, "balances\t%s\n", oneLine(r.Source))
	}
	r.proof.human(w)
}
