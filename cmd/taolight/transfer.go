package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/tao"
)

func (a *app) transferCommand() *cobra.Command {
	var sg signing
	var all bool
	c := &cobra.Command{
		Use:   "transfer --from WALLET TO AMOUNT",
		Short: "Send TAO to an address",
		Long: `Sends free TAO. TO is an SS58 address, a wallet or a development name; AMOUNT is in TAO, such as 1.5, or in rao, such as 500rao.
The recipient's address, the amount and the fee are shown before anything is signed; the command waits until a verified
block holds the transfer and the next one confirms its result.`,
		Example: `  taolight transfer --from savings 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY 1.5
  taolight transfer --from //Alice savings 5 --json
  taolight transfer --from savings --all 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY`,
		Args: func(cmd *cobra.Command, args []string) error {
			if all {
				return arguments("TO")(cmd, args)
			}
			return arguments("TO", "AMOUNT")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if sg.from == "" {
				return usage(cmd, "--from is missing: name the wallet that pays")
			}
			to, err := a.address(args[0])
			if err != nil {
				return err
			}
			transfer := account.Transfer{To: to, All: all}
			what := "everything, the account ends"
			if !all {
				if transfer.Amount, err = tao.Parse(args[1]); err != nil {
					return err
				}
				what = amount(transfer.Amount)
			}
			key, err := a.signer(sg.from)
			if err != nil {
				return err
			}
			if key.Account() == to && all {
				return errors.New("sending everything to the same address only costs the fee: name another recipient")
			}
			return a.send(cmd.Context(), &sg, key, func(*session) (order, error) {
				return order{
					call: "transfer", args: transfer, amount: transfer.Amount,
					lines: [][2]string{{"send", what}, {"to", to.String()}},
				}, nil
			})
		},
	}
	a.signingFlags(c, &sg)
	c.Flags().BoolVar(&all, "all", false, "send everything that is free and let the account end")
	c.ValidArgsFunction = a.completeWallets
	return c
}
