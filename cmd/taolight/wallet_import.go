package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/keys/keyfile"
)

func (a *app) walletImportCommand() *cobra.Command {
	var ed25519 bool
	var file string
	c := &cobra.Command{
		Use: "import NAME [//DEVNAME]", Aliases: []string{"regen-coldkey", "regen-hotkey"},
		Short: "Make a wallet from a mnemonic, a seed or a development name",
		Long: `Makes a wallet from a mnemonic or a 0x-prefixed seed, with derivation path and password if any (WORDS//hard/soft///password).
It is asked for without echo, or read from stdin. Only development names such as //Alice, which are no secrets, go on
the command line: other users of this computer can see it, and the shell remembers it.

With --file it reads a coldkey or hotkey file of Bittensor's own wallets instead. The passphrase that opens it protects
the new wallet, too; opening takes seconds and 512 MiB of memory, as that format wants it.`,
		Example: `  taolight wallet import savings
  taolight wallet import savings < mnemonic.txt
  taolight wallet import alice //Alice
  taolight wallet import old --file ~/.bittensor/wallets/default/coldkey`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return arguments("NAME", "//DEVNAME")(cmd, args)
			}
			return arguments("NAME")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := a.checkNewWallet(args[0]); err != nil {
				return err
			}
			if len(args) == 2 && !strings.HasPrefix(args[1], "//") {
				return usage(cmd, "only development names such as //Alice go on the command line: leave it out to be asked")
			}
			if file != "" && (len(args) == 2 || ed25519) {
				return usage(cmd, "--file goes with neither a development name nor --ed25519")
			}
			result, err := a.importWallet(args, file, ed25519)
			if err != nil {
				return err
			}
			return a.print(result, func(w io.Writer) {
				fmt.Fprintf(w, "wallet\t%s\naddress\t%s\n", result.Name, result.Address)
			})
		},
	}
	c.Flags().BoolVar(&ed25519, "ed25519", false, "make an ed25519 key instead of sr25519")
	c.Flags().StringVar(&file, "file", "", "key `FILE` of Bittensor's wallets to read")
	return c
}

func (a *app) importWallet(args []string, file string, ed25519 bool) (walletResult, error) {
	switch {
	case file != "":
		return a.importFile(args[0], file)
	case len(args) == 2:
		return a.makeWallet(args[0], args[1], ed25519)
	}
	uri, err := a.secretURI()
	if err != nil {
		return walletResult{}, err
	}
	return a.makeWallet(args[0], uri, ed25519)
}

// importFile makes a wallet of a key file of Bittensor's wallets.
func (a *app) importFile(name, path string) (walletResult, error) {
	file, err := readLimited(path)
	if err != nil {
		return walletResult{}, err
	}
	// A plain file has no passphrase yet, so the one that is typed is new.
	prompt, isNew := fmt.Sprintf("passphrase of %s", path), false
	if !keyfile.IsBittensorEncrypted(file) {
		prompt, isNew = fmt.Sprintf("new passphrase for wallet %q", name), true
	}
	p, err := a.passphrase(prompt, isNew)
	if err != nil {
		return walletResult{}, err
	}
	defer clear(p)
	progress := a.progress()
	defer progress.done()
	progress.step("opening %s, which takes some seconds", path)
	key, err := keyfile.OpenBittensor(file, p)
	if err != nil {
		return walletResult{}, fmt.Errorf("%s: %w", path, err)
	}
	return a.sealWallet(name, key, p)
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
