package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/tao"
)

func (a *app) stakeCommand() *cobra.Command {
	c := group("stake", "Stake TAO on a hotkey of yours, and take it back",
		a.stakeAddCommand(), a.stakeRemoveCommand(), a.stakeAssociateCommand())
	c.Long = `Stakes free TAO on a hotkey. The hotkey has to be yours: a new one is made yours with "stake associate", for which both keys sign.`
	c.Example = `  taolight stake associate --from savings worker
  taolight stake add --from savings worker 10
  taolight stake remove --from savings worker --all`
	return c
}

func (a *app) stakeAddCommand() *cobra.Command {
	var sg signing
	c := &cobra.Command{
		Use: "add --from WALLET HOTKEY AMOUNT", Short: "Stake free TAO on a hotkey", Args: arguments("HOTKEY", "AMOUNT"),
		Example: "  taolight stake add --from savings 5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty 10\n  taolight stake add --from //Alice //Alice//hotkey 10",
		RunE: func(cmd *cobra.Command, args []string) error {
			hotkey, sum, err := a.stakeArgs(cmd, &sg, args)
			if err != nil {
				return err
			}
			return a.sendAs(cmd, &sg, order{
				call: "add_stake", args: stake.Add{Hotkey: hotkey, Amount: sum}, amount: sum,
				lines: [][2]string{{"stake", amount(sum)}, {"on", hotkey.String()}},
			})
		},
	}
	a.signingFlags(c, &sg)
	c.ValidArgsFunction = a.completeWallets
	return c
}

func (a *app) stakeRemoveCommand() *cobra.Command {
	var sg signing
	var all bool
	c := &cobra.Command{
		Use: "remove --from WALLET HOTKEY AMOUNT", Short: "Take staked TAO back",
		Example: "  taolight stake remove --from savings worker 2.5\n  taolight stake remove --from savings worker --all",
		Args: func(cmd *cobra.Command, args []string) error {
			if all {
				return arguments("HOTKEY")(cmd, args)
			}
			return arguments("HOTKEY", "AMOUNT")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			hotkey, sum, err := a.stakeArgs(cmd, &sg, args)
			if err != nil {
				return err
			}
			what := amount(sum)
			if all {
				what = "everything"
			}
			return a.sendAs(cmd, &sg, order{
				call: "remove_stake", args: stake.Remove{Hotkey: hotkey, Amount: sum, All: all},
				lines: [][2]string{{"unstake", what}, {"on", hotkey.String()}},
			})
		},
	}
	a.signingFlags(c, &sg)
	c.Flags().BoolVar(&all, "all", false, "take everything")
	c.ValidArgsFunction = a.completeWallets
	return c
}

func (a *app) stakeAssociateCommand() *cobra.Command {
	var sg signing
	c := &cobra.Command{
		Use: "associate --from WALLET HOTKEY", Short: "Make a hotkey yours; its own wallet signs, too", Args: arguments("HOTKEY"),
		Long:    "HOTKEY is a wallet or a development name: the hotkey has to sign that it belongs to the coldkey, for good.",
		Example: "  taolight wallet new worker\n  taolight stake associate --from savings worker",
		RunE: func(cmd *cobra.Command, args []string) error {
			if sg.from == "" {
				return usage(cmd, "--from is missing: name the coldkey's wallet")
			}
			coldkey, err := a.signer(sg.from)
			if err != nil {
				return err
			}
			hotkey, err := a.signer(args[0])
			if err != nil {
				return err
			}
			return a.send(cmd.Context(), &sg, coldkey, func(s *session) (order, error) {
				sig, err := hotkey.Sign(stake.AssociationPayload(s.chain, hotkey.Account(), coldkey.Account()))
				return order{
					call:  "associate_hotkey",
					args:  stake.AssociateHotkey{Hotkey: hotkey.Account(), Scheme: hotkey.Scheme(), Signature: sig},
					lines: [][2]string{{"make", "the signer the owner of a hotkey, for good"}, {"hotkey", hotkey.Account().String()}},
				}, err
			})
		},
	}
	a.signingFlags(c, &sg)
	c.ValidArgsFunction = a.completeWallets
	return c
}

// stakeArgs reads HOTKEY and AMOUNT; no amount is zero.
func (a *app) stakeArgs(cmd *cobra.Command, sg *signing, args []string) (hotkey keys.Account, sum tao.Amount, err error) {
	if sg.from == "" {
		return hotkey, 0, usage(cmd, "--from is missing: name the coldkey's wallet")
	}
	if hotkey, err = a.address(args[0]); err != nil {
		return hotkey, 0, fmt.Errorf("HOTKEY: %w", err)
	}
	if len(args) > 1 {
		sum, err = tao.Parse(args[1])
	}
	return hotkey, sum, err
}

// sendAs opens the wallet that signs and sends an order that does not depend on the chain.
func (a *app) sendAs(cmd *cobra.Command, sg *signing, o order) error {
	key, err := a.signer(sg.from)
	if err != nil {
		return err
	}
	return a.send(cmd.Context(), sg, key, func(*session) (order, error) { return o, nil })
}
