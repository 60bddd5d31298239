package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// completeWallets offers the names of wallets for an argument or flag that takes an address.
func (a *app) completeWallets(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	if a.walletDir == "" {
		a.walletDir = a.home + "/wallets" // completion runs before flags are looked at
	}
	names, err := a.walletNames()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// withTimeout ends ctx after d, with an error that says so. 0 is no limit.
func withTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if d <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, d, fmt.Errorf("no answer within %s: try another relay, or a longer --timeout", d))
}
