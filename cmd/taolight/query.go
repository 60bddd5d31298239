package main

import (
	"context"

	"github.com/spf13/cobra"
)

func (a *app) queryCommand() *cobra.Command {
	c := group("query", "Look something up and verify the answer",
		a.queryAccountCommand(), a.querySupplyCommand(), a.querySubnetsCommand())
	c.Long = `Asks a relay and verifies the answer with the light client of the browser tab: block headers from a trusted block on, and
the state nodes behind every figure. Each answer says how far it was checked: claimed (a relay says so, there was no
trusted block to begin with) or proven.

The trusted block is given once with --trust and then remembered under --home. Take it from somewhere else than the
relay you ask: a person you trust, a second relay, your own node.`
	c.Example = `  taolight query account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY
  taolight query account savings --trust 1200:5f0c… --relay http://127.0.0.1:8080 --json
  taolight query supply
  taolight query subnets --json`
	return c
}

// queryCommandOf makes the command of one query.
func (a *app) queryCommandOf(use, short, example string, names []string, run func(ctx context.Context, s *session, args []string) error) *cobra.Command {
	var n network
	c := &cobra.Command{
		Use: use, Short: short, Example: example, Args: arguments(names...),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := withTimeout(cmd.Context(), n.wait)
			defer cancel()
			p := a.progress()
			defer p.done()
			s, err := a.open(ctx, &n, p)
			if err != nil {
				return err
			}
			defer s.close()
			p.step("asking")
			return run(ctx, s, args)
		},
	}
	n.flags(c.Flags())
	return c
}
