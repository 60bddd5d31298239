package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// overview is what a coldkey has, and where its hotkeys are. Everything is of one state.
type overview struct {
	Address  keys.Account     `json:"address"`
	Free     tao.Amount       `json:"free"`
	Reserved tao.Amount       `json:"reserved"`
	Staked   tao.Amount       `json:"staked"`
	Hotkeys  []overviewHotkey `json:"hotkeys"`
	proof
}

// overviewHotkey is a hotkey of the coldkey, or one on which it has stake.
type overviewHotkey struct {
	Hotkey        keys.Account        `json:"hotkey"`
	Own           bool                `json:"own"`
	Stake         tao.Amount          `json:"stake"` // of the coldkey
	Registrations []view.Registration `json:"registrations"`
}

// mostOverview is how many hotkeys an overview asks for.
const mostOverview = 64

func (a *app) overviewCommand() *cobra.Command {
	var n network
	c := &cobra.Command{
		Use: "overview ADDRESS", Short: "What a coldkey has, with its hotkeys and their uids",
		Long: `What a coldkey has, with the hotkeys on which it has stake and those of its own among the wallets here: their uids on all
subnets, and what they earned in the last epochs. ADDRESS is the coldkey.`,
		Example: "  taolight wallet overview savings\n  taolight wallet overview //Alice --json",
		Args:    arguments("ADDRESS"),
		RunE: func(cmd *cobra.Command, args []string) error {
			who, err := a.address(args[0])
			if err != nil {
				return fmt.Errorf("ADDRESS: %w", err)
			}
			return a.asking(cmd.Context(), &n, func(ctx context.Context, s *session) (any, func(io.Writer), error) {
				r, err := a.overview(ctx, s, who)
				if err != nil {
					return nil, nil, err
				}
				a.warnStale(r.Time)
				return r, r.human, nil
			})
		},
	}
	n.flags(c.Flags())
	c.ValidArgsFunction = a.completeWallets
	return c
}

func (a *app) overview(ctx context.Context, s *session, who keys.Account) (*overview, error) {
	answer, err := s.answer(ctx, chain.AccountQuery, chain.AccountArgs{Address: who})
	if err != nil {
		return nil, err
	}
	v := answer.value.(*view.Account)
	r := &overview{Address: who, Free: v.Free, Reserved: v.Reserved, Staked: v.Staked, Hotkeys: []overviewHotkey{}, proof: answer.proof}
	for _, st := range v.Stakes {
		r.Hotkeys = append(r.Hotkeys, overviewHotkey{Hotkey: st.Hotkey, Stake: st.Value})
	}
	names, err := a.walletNames()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		here, err := a.address(name)
		if err == nil && here != who && !slices.ContainsFunc(r.Hotkeys, func(h overviewHotkey) bool { return h.Hotkey == here }) {
			r.Hotkeys = append(r.Hotkeys, overviewHotkey{Hotkey: here})
		}
	}
	if left := len(r.Hotkeys) - mostOverview; left > 0 {
		a.printf("%d of %d hotkeys are left out; taolight stake list has all with stake", left, len(r.Hotkeys))
		r.Hotkeys = r.Hotkeys[:mostOverview]
	}
	for i := range r.Hotkeys {
		h, err := ask[view.Hotkey](ctx, s, "hotkey@1", chain.HotkeyArgs{Hotkey: r.Hotkeys[i].Hotkey})
		if err != nil {
			return nil, err
		}
		r.Hotkeys[i].Own, r.Hotkeys[i].Registrations = h.Value().Owner == who, append([]view.Registration{}, h.Value().Registrations...)
		r.WitnessBytes += h.Bytes()
		r.WitnessNodes += h.Nodes()
	}
	r.Hotkeys = slices.DeleteFunc(r.Hotkeys, func(h overviewHotkey) bool { return !h.Own && h.Stake == 0 })
	return r, nil
}

func (r *overview) human(w io.Writer) {
	fmt.Fprintf(w, "address\t%s\nfree\t%s\nstaked\t%s\n", r.Address, amount(r.Free), amount(r.Staked))
	if r.Reserved > 0 {
		fmt.Fprintf(w, "reserved\t%s\n", amount(r.Reserved))
	}
	for _, h := range r.Hotkeys {
		whose := "yours"
		if !h.Own {
			whose = "a delegate"
		}
		fmt.Fprintf(w, "hotkey\t%s, %s, with %s of yours\n", h.Hotkey, whose, amount(h.Stake))
		for _, g := range h.Registrations {
			fmt.Fprintf(w, "\tsubnet %d: uid %d, %s, %s in the last epoch\n", g.Netuid, g.UID, permit(g.Permit), amount(g.Emission))
		}
	}
	r.proof.human(w)
}
