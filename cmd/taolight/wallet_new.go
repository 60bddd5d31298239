package main

import (
	"crypto/rand"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/keyfile"
	"github.com/taolight/taolight/core/keys/sign"
)

// walletResult is what wallet commands print as JSON.
type walletResult struct {
	Name     string       `json:"name"`
	Address  keys.Account `json:"address"`
	Scheme   string       `json:"scheme"`
	Mnemonic string       `json:"mnemonic,omitempty"`
}

func (a *app) walletNewCommand() *cobra.Command {
	var words int
	var ed25519 bool
	c := &cobra.Command{
		Use: "new NAME", Aliases: []string{"new-coldkey", "new-hotkey", "create"},
		Short: "Make a new key and show its mnemonic once",
		Long: `Makes a new key. Its mnemonic is shown once, here: write it down on paper, it brings the key back when this
computer is lost. Whoever has it has the money.`,
		Example: `  taolight wallet new savings
  taolight wallet new savings --words 24`,
		Args: arguments("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if words%3 != 0 || words < 12 || words > 24 {
				return usage(cmd, "--words %d: want 12, 15, 18, 21 or 24", words)
			}
			entropy := make([]byte, words/3*4)
			rand.Read(entropy)
			phrase, err := sign.NewMnemonic(entropy)
			if err != nil {
				return err
			}
			result, err := a.makeWallet(args[0], phrase, ed25519)
			if err != nil {
				return err
			}
			result.Mnemonic = phrase
			a.printf("write the mnemonic down now, it is not shown again")
			return a.print(result, func(w io.Writer) {
				fmt.Fprintf(w, "wallet\t%s\naddress\t%s\nmnemonic\t%s\n", result.Name, result.Address, phrase)
			})
		},
	}
	c.Flags().IntVar(&words, "words", 12, "length of the mnemonic: 12, 15, 18, 21 or 24")
	c.Flags().BoolVar(&ed25519, "ed25519", false, "make an ed25519 key instead of sr25519")
	return c
}

// makeWallet encrypts the key of a secret URI and saves it.
func (a *app) makeWallet(name, uri string, ed25519 bool) (walletResult, error) {
	if err := a.checkNewWallet(name); err != nil {
		return walletResult{}, err
	}
	scheme := sign.Sr25519
	if ed25519 {
		scheme = sign.Ed25519
	}
	key, err := sign.FromURIScheme(scheme, uri)
	if err != nil {
		return walletResult{}, err
	}
	p, err := a.passphrase(fmt.Sprintf("new passphrase for wallet %q", name), true)
	if err != nil {
		return walletResult{}, err
	}
	defer clear(p)
	return a.sealWallet(name, key, p)
}

// checkNewWallet refuses names that are none or taken.
func (a *app) checkNewWallet(name string) error {
	if err := checkWalletName(name); err != nil {
		return err
	}
	if a.hasWallet(name) {
		return walletExists(name)
	}
	return nil
}

// sealWallet encrypts a key and saves it.
func (a *app) sealWallet(name string, key *sign.Key, passphrase []byte) (walletResult, error) {
	file, err := keyfile.Seal(key, passphrase, keyfile.Params{})
	if err != nil {
		return walletResult{}, err
	}
	if err := a.saveWallet(name, file); err != nil {
		return walletResult{}, err
	}
	return walletResult{Name: name, Address: key.Account(), Scheme: key.Scheme().String()}, nil
}
