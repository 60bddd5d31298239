package main

import (
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/multisig"
)

// multisigAddressCommand names a group's account, which needs no chain: it can be sent money before anything is proposed.
func (a *app) multisigAddressCommand() *cobra.Command {
	var signatories, threshold string
	c := &cobra.Command{
		Use: "address --signatories LIST --threshold N", Short: "The address of a group of accounts", Args: arguments(),
		Long:    "The address follows from the members and the threshold. Anybody can send it TAO before anything is on the chain.",
		Example: "  taolight multisig address --signatories //Alice,//Bob,//Charlie --threshold 2",
		RunE: func(cmd *cobra.Command, _ []string) error {
			var members []keys.Account
			for _, text := range items(signatories) {
				m, err := a.address(text)
				if err != nil {
					return fmt.Errorf("--signatories: %w", err)
				}
				members = append(members, m)
			}
			n, err := strconv.ParseUint(threshold, 10, 16)
			if err != nil || n < 2 || int(n) > len(members) || len(members) > multisig.MaxSignatories {
				return usage(cmd, "--threshold %.20q of %d signatories: want 2 to as many as there are, at most %d", threshold, len(members), multisig.MaxSignatories)
			}
			r := struct {
				Address     keys.Account   `json:"address"`
				Threshold   uint64         `json:"threshold"`
				Signatories []keys.Account `json:"signatories"`
			}{multisig.Account(uint16(n), members), n, members}
			return a.print(r, func(w io.Writer) { fmt.Fprintf(w, "address\t%s\n", r.Address) })
		},
	}
	for i, at := range []*string{&signatories, &threshold} {
		c.Flags().StringVar(at, groupFlags[i].name, "", "`"+groupFlags[i].value+"`: "+groupFlags[i].usage)
	}
	return c
}
