package main

import (
	"github.com/spf13/cobra"
)

func (a *app) walletCommand() *cobra.Command {
	c := group("wallet", "Keys on this computer, encrypted with a passphrase",
		a.walletNewCommand(), a.walletImportCommand(), a.walletListCommand())
	c.Long = `A wallet is one key in one file under --wallet-dir, encrypted with a passphrase.
The passphrase is asked for; scripts set TAOLIGHT_PASSPHRASE or use --passphrase-file.`
	c.Example = `  taolight wallet new savings
  taolight wallet import old < mnemonic.txt
  taolight wallet import alice //Alice
  taolight wallet list --json`
	return c
}
