package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/view"
)

// completeWallets offers the names of wallets for an argument or flag that takes an address.
func (a *app) completeWallets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	if a.walletDir == "" {
		a.walletDir = filepath.Join(a.home, "wallets") // completion runs before flags are looked at
	}
	names, err := a.walletNames()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeWithin is how long completion waits for a relay.
const completeWithin = 1500 * time.Millisecond

// completeNetuids offers the subnets of the relay's chain, if it answers at once.
func (a *app) completeNetuids(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	const none = cobra.ShellCompDirectiveNoFileComp
	relays, err := cmd.Flags().GetStringArray("relay")
	if err != nil {
		return nil, none
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completeWithin)
	defer cancel()
	quiet := *a
	quiet.json = true
	p := &progress{w: a.err, quiet: true}
	s, err := quiet.open(ctx, &network{relays: relays}, p)
	if err != nil {
		return nil, none
	}
	defer s.close()
	v, err := ask[view.Subnets](ctx, s, chain.SubnetsQuery, chain.None{})
	if err != nil {
		return nil, none
	}
	var all []string
	for _, n := range v.Value().Subnets {
		all = append(all, fmt.Sprintf("%d\t%s", n.Netuid, oneLine(n.Name)))
	}
	return all, none
}

// completeArgs offers what the next positional argument may be.
func (a *app) completeArgs(fields []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, start string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= len(fields) {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		switch field := fields[len(args)]; {
		case field == "netuid":
			return a.completeNetuids(cmd, args, start)
		case field == "name" && cmd.Flags().Lookup("value") != nil:
			var names []string
			for _, s := range hyper.Table {
				for _, name := range append([]string{s.Name}, s.Also()...) {
					names = append(names, name+"\t"+s.Doc)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		case strings.Contains(" amount take value calls call items fields uid ", " "+field+" "),
			field == "address" && cmd.Flags().Lookup("from") != nil: // a call's is IP:port
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return a.completeWallets(cmd, args, start)
	}
}

// withTimeout ends ctx after d, with an error that says so. 0 is no limit.
func withTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, d, fmt.Errorf("no answer within %s: try another relay, or a longer --timeout", d))
}
