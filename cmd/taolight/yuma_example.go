package main

import (
	_ "embed"
	"io"

	"github.com/spf13/cobra"
)

// yumaExample is a subnet of two validators and two miners, and three epochs of it.
//
//go:embed yuma_example.json
var yumaExample string

func (a *app) yumaExampleCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "example",
		Short: "Print a document to begin with",
		Long: `Prints a document of two validators (uids 0 and 1) who judge two miners (2 and 3). The larger one is the majority. In the
second epoch the smaller one joins its view, in the third the larger one stakes less.`,
		Example: "  taolight yuma example > what-if.json\n  taolight yuma example | taolight yuma explain 3",
		Args:    arguments(),
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(a.out, yumaExample)
			return err
		},
	}
}
