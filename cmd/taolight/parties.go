package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	ds "github.com/ipfs/go-datastore"
	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/checkpoint"
)

// Known parties are kept beside the trusted blocks: which signatures under a checkpoint count is as much a matter of
// trust.
var partiesKey = ds.NewKey("/parties")

// parties returns the known parties.
func (a *app) parties() (checkpoint.Parties, error) {
	raw, err := a.lightStore().Get(context.Background(), partiesKey)
	if errors.Is(err, ds.ErrNotFound) {
		return nil, nil
	}
	var saved []checkpoint.Party
	if err == nil {
		err = json.Unmarshal(raw, &saved)
	}
	var out checkpoint.Parties
	for _, p := range saved {
		if err == nil {
			out, err = out.Add(p)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("the list of known parties can't be read: %w", err)
	}
	return out, nil
}

func (a *app) saveParties(p checkpoint.Parties) error {
	raw, err := json.Marshal(p)
	if err == nil {
		err = a.lightStore().Put(context.Background(), partiesKey, raw)
	}
	if err == nil {
		err = a.lightStore().Sync(context.Background(), partiesKey)
	}
	return err
}

func (a *app) partiesCommand() *cobra.Command {
	add := &cobra.Command{
		Use: "add ADDRESS NAME", Short: "Know a party by its address", Args: arguments("ADDRESS", "NAME"),
		Example:           "  taolight checkpoint parties add 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY Ana",
		ValidArgsFunction: a.completeWallets,
		RunE: func(_ *cobra.Command, args []string) error {
			account, err := a.address(args[0])
			if err != nil {
				return err
			}
			return a.changeParties(func(p checkpoint.Parties) (checkpoint.Parties, error) {
				return p.Add(checkpoint.Party{Account: account, Name: args[1]})
			})
		},
	}
	list := &cobra.Command{
		Use: "list", Short: "The known parties", Args: arguments(), Example: "  taolight checkpoint parties list --json",
		RunE: func(*cobra.Command, []string) error {
			return a.changeParties(nil)
		},
	}
	remove := &cobra.Command{
		Use: "remove ADDRESS|NAME", Short: "Know a party no more", Args: arguments("ADDRESS|NAME"), Example: "  taolight checkpoint parties remove Ana",
		RunE: func(_ *cobra.Command, args []string) error {
			return a.changeParties(func(p checkpoint.Parties) (checkpoint.Parties, error) {
				i := slices.IndexFunc(p, func(one checkpoint.Party) bool { return one.Name == args[0] || one.Account.String() == args[0] })
				if i < 0 {
					return nil, hint(fmt.Errorf("no party %q is known", args[0]), "see taolight checkpoint parties list")
				}
				return slices.Delete(p, i, i+1), nil
			})
		},
	}
	c := group("parties", "Whose signatures under checkpoints count", add, list, remove)
	c.Long = `Whose signatures under checkpoints count. A signature of anybody else counts as one of an unknown party. Take the addresses
from the parties themselves, and parties that would not lie together.`
	c.Example = examplesOf(c)
	return c
}

// changeParties changes the list, if asked to, and prints it.
func (a *app) changeParties(change func(checkpoint.Parties) (checkpoint.Parties, error)) error {
	p, err := a.parties()
	if err == nil && change != nil {
		if p, err = change(p); err == nil {
			err = a.saveParties(p)
		}
	}
	if err != nil {
		return err
	}
	if p == nil {
		p = checkpoint.Parties{}
	}
	return a.print(p, func(w io.Writer) {
		if len(p) == 0 {
			fmt.Fprintln(w, "no party is known")
		}
		for _, one := range p {
			fmt.Fprintf(w, "%s\t%s\n", one.Account, one.Name)
		}
	})
}
