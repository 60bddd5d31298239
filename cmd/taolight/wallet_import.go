package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) walletImportCommand() *cobra.Command {
	var ed25519 bool
	c := &cobra.Command{
		Use:   "import NAME [//DEVNAME]",
		Short: "Make a wallet from a mnemonic, a seed or a development name",
		Long: `Makes a wallet from a mnemonic or a 0x-prefixed seed, with derivation path and password if any (WORDS//hard/soft///password).
It is asked for without echo, or read from stdin. Only development names such as //Alice, which are no secrets, go on
the command line: other users of this computer can see it, and the shell remembers it.`,
		Example: `  taolight wallet import savings
  taolight wallet import savings < mnemonic.txt
  taolight wallet import alice //Alice`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return arguments("NAME", "//DEVNAME")(cmd, args)
			}
			return arguments("NAME")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkWalletName(args[0]); err != nil {
				return err
			}
			uri := ""
			if len(args) == 2 {
				if !strings.HasPrefix(args[1], "//") {
					return usage(cmd, "only development names such as //Alice go on the command line: leave it out to be asked")
				}
				uri = args[1]
			} else if typed, err := a.secretURI(); err != nil {
				return err
			} else {
				uri = typed
			}
			result, err := a.makeWallet(args[0], uri, ed25519)
			if err != nil {
				return err
			}
			return a.print(result, func(w io.Writer) {
				fmt.Fprintf(w, "wallet\t%s\naddress\t%s\n", result.Name, result.Address)
			})
		},
	}
	c.Flags().BoolVar(&ed25519, "ed25519", false, "make an ed25519 key instead of sr25519")
	return c
}

// secretURI reads a mnemonic or seed without echo, or from stdin where that is no terminal.
func (a *app) secretURI() (string, error) {
	var raw []byte
	var err error
	if isTerminal(a.in) {
		raw, err = a.askHidden("mnemonic or 0x seed (not shown)")
	} else {
		raw, err = io.ReadAll(io.LimitReader(a.in, maxPassphrase))
	}
	uri := strings.TrimSpace(string(raw))
	if err == nil && uri == "" {
		err = fmt.Errorf("no mnemonic was given: type it, or pipe it in as in taolight wallet import NAME < FILE")
	}
	return uri, err
}
