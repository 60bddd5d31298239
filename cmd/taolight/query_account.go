package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// accountResult is what one address has.
type accountResult struct {
	Address  keys.Account  `json:"address"`
	Free     tao.Amount    `json:"free"`
	Reserved tao.Amount    `json:"reserved"`
	Staked   tao.Amount    `json:"staked"` // sum of stakes
	Nonce    uint64        `json:"nonce"`
	Exists   bool          `json:"exists"`
	Stakes   []view.Stake  `json:"stakes"`
	Owner    *keys.Account `json:"owner,omitempty"` // of this address as a hotkey
	proof
}

func (a *app) queryAccountCommand() *cobra.Command {
	c := a.queryCommandOf("account ADDRESS", "What an address has: free, staked, reserved",
		"  taolight query account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --json\n  taolight query account savings",
		[]string{"ADDRESS"}, func(ctx context.Context, s *session, args []string) error {
			address, err := a.address(args[0])
			if err != nil {
				return err
			}
			r, err := queryAccount(ctx, s, address)
			if err != nil {
				return err
			}
			a.warnStale(r.Time)
			return a.print(r, r.human)
		})
	c.Long = "ADDRESS is an SS58 address, the name of a wallet, or a development name such as //Alice."
	// A wrong address is refused before any relay is asked.
	run := c.RunE
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if _, err := a.address(args[0]); err != nil {
			return err
		}
		return run(cmd, args)
	}
	c.ValidArgsFunction = a.completeWallets
	return c
}

// queryAccount asks for an address with all of its stakes, page by page under one state root.
func queryAccount(ctx context.Context, s *session, address keys.Account) (*accountResult, error) {
	var r *accountResult
	for from := uint64(0); ; {
		page, err := ask[view.Account](ctx, s, chain.AccountQuery, chain.AccountArgs{Address: address, From: from})
		if err != nil {
			return nil, err
		}
		v := page.Value()
		if r == nil {
			r = newAccountResult(s, page)
		} else {
			r.WitnessBytes += page.Bytes()
			r.WitnessNodes += page.Nodes()
		}
		if r.Staked, err = r.Staked.Add(v.Staked); err != nil {
			return nil, err
		}
		r.Stakes = append(r.Stakes, v.Stakes...)
		if v.Next <= from {
			return r, nil
		}
		from = v.Next
	}
}

func newAccountResult(s *session, page light.Proven[view.Account]) *accountResult {
	v := page.Value()
	r := &accountResult{
		Address: v.Address, Free: v.Free, Reserved: v.Reserved, Nonce: v.Nonce, Exists: v.Exists,
		Stakes: []view.Stake{}, proof: proofOf(s, page),
	}
	if v.Owner != (keys.Account{}) {
		r.Owner = &v.Owner
	}
	return r
}

func (r *accountResult) human(w io.Writer) {
	fmt.Fprintf(w, "address\t%s\nfree\t%s\nstaked\t%s\n", r.Address, amount(r.Free), amount(r.Staked))
	for _, st := range r.Stakes {
		fmt.Fprintf(w, "\t%s on %s\n", amount(st.Value), st.Hotkey)
	}
	if r.Reserved > 0 {
		fmt.Fprintf(w, "reserved\t%s\n", amount(r.Reserved))
	}
	if r.Owner != nil {
		fmt.Fprintf(w, "hotkey of\t%s\n", r.Owner)
	}
	if !r.Exists && len(r.Stakes) == 0 && r.Owner == nil {
		fmt.Fprintf(w, "\tnothing is known of this address\n")
	}
	r.proof.human(w)
}
