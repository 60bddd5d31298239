package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/keys/keyfile"
)

func (a *app) walletListCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List the wallets and their addresses",
		Example: "  taolight wallet list\n  taolight wallet list --json",
		Args:    arguments(),
		RunE: func(*cobra.Command, []string) error {
			names, err := a.walletNames()
			if err != nil {
				return err
			}
			list := []walletResult{}
			for _, name := range names {
				file, err := a.readWallet(name)
				if err != nil {
					return err
				}
				info, err := keyfile.Inspect(file)
				if err != nil {
					a.printf("wallet %q is left out: %v", name, err)
					continue
				}
				list = append(list, walletResult{Name: name, Address: info.Address, Scheme: info.Scheme.String()})
			}
			if len(list) == 0 && !a.json {
				a.printf("no wallets in %s: make one with taolight wallet new NAME", a.walletDir)
				return nil
			}
			return a.print(list, func(w io.Writer) {
				fmt.Fprintln(w, "NAME\tADDRESS\tSCHEME")
				for _, l := range list {
					fmt.Fprintf(w, "%s\t%s\t%s\n", l.Name, l.Address, l.Scheme)
				}
			})
		},
	}
}
