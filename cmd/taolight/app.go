package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// Rules of the output, which all commands keep:
//
//   - results go to stdout and nothing else does; progress, questions, warnings and errors go to stderr
//   - with --json stdout is exactly one JSON value, and an error is one JSON object on stderr
//   - messages begin in lower case, have no full stop, and say what to do next where there is something to do
//   - amounts in JSON are rao as decimal strings, for people they are TAO
//
// Exit status: 0 done, 1 it failed, 2 the command line is wrong, 3 nothing was shown (verify only).

// app is one run of the program.
type app struct {
	in       io.Reader
	out, err io.Writer

	json           bool
	home           string
	walletDir      string
	passphraseFile string
}

// run executes one command line and returns the exit status. The end of ctx asks for a clean end.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	a := &app{in: in, out: out, err: errOut}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	if err := unknownCommand(root, args); err != nil {
		a.json = slices.Contains(args, "--json") // flags are not read yet
		return a.fail(err)
	}
	return a.fail(root.ExecuteContext(ctx))
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "taolight",
		Short: "Run a chain, and use one without trusting who serves it",
		Long: `taolight runs a chain of TAO balances, stakes and subnets, and queries one through relays that it does not trust:
every answer is checked against headers that two thirds of the block producers signed.`,
		Example: `  taolight devnet                              a chain of your own, with a dashboard
  taolight wallet new savings                  a key, encrypted with a passphrase
  taolight query account //Alice               what an address has
  taolight transfer --from //Alice savings 5   send 5 TAO`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	flags := root.PersistentFlags()
	flags.BoolVar(&a.json, "json", false, "print JSON")
	flags.StringVar(&a.home, "home", defaultHome(), "`DIR` for wallets, trusted blocks and chain data")
	flags.StringVar(&a.walletDir, "wallet-dir", "", "`DIR` of wallets (default: wallets under --home)")
	flags.StringVar(&a.passphraseFile, "passphrase-file", "", "`FILE` with the wallet's passphrase (else $TAOLIGHT_PASSPHRASE, else asked)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usage(cmd, "%s", flagWords(err)) })
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if a.walletDir == "" {
			a.walletDir = filepath.Join(a.home, "wallets")
		}
		return nil
	}

	root.AddCommand(a.walletCommand(), a.statusCommand(), a.auditCommand(), a.verifyCommand(), a.devnetCommand(), a.nodeCommand(), a.genesisCommand(),
		a.historyCommand(), a.checkpointCommand(), a.yumaCommand(), a.simulateCommand(), a.versionCommand())
	a.addTables(root)
	for _, g := range rootGroups {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
		for _, c := range root.Commands() {
			if strings.Contains(" "+g.commands+" ", " "+c.Name()+" ") {
				c.GroupID = g.id
			}
		}
	}
	return root
}

// rootGroups order the overview.
var rootGroups = []struct{ id, title, commands string }{
	{"use", "Use a chain:", "wallet transfer stake delegate query history status checkpoint producer"},
	{"market", "Work on subnets:", "subnet register metagraph neuron hotkey weights bonds axon commitment childkey root"},
	{"accounts", "Several accounts, several calls:", "batch proxy multisig coldkey"},
	{"run", "Run a chain:", "devnet node relay genesis"},
	{"check", "Check the chain yourself:", "audit verify"},
	{"understand", "Understand the market:", "yuma simulate"},
}

func defaultHome() string {
	if dir := os.Getenv("TAOLIGHT_HOME"); dir != "" {
		return dir
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return ".taolight"
	}
	return filepath.Join(dir, ".taolight")
}

// arguments wants exactly the named arguments.
func arguments(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usage(cmd, "%s is missing", names[len(args)])
		case len(args) > len(names):
			return usage(cmd, "%q is one argument too many", args[len(names)])
		}
		return nil
	}
}

// number16 reads an argument that is a netuid or a uid.
func number16(cmd *cobra.Command, name, text string) (uint16, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, usage(cmd, "%s %q: want a whole number from 0 to 65535", name, text)
	}
	return uint16(n), nil
}

// upTo takes the named arguments, all of which may be left out from the end.
func upTo(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		return arguments(names[:min(len(args), len(names))]...)(cmd, args)
	}
}

// printf writes to stderr for a person to read.
func (a *app) printf(format string, args ...any) { fmt.Fprintf(a.err, format+"\n", args...) }
