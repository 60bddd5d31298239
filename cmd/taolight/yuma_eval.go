package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/yuma/vector"
)

func (a *app) yumaEvalCommand() *cobra.Command {
	var o vector.Options
	c := &cobra.Command{
		Use:   "eval [FILE]",
		Short: "Compute a document's epochs and print it with the results",
		Long: `Reads a document from FILE, or from stdin, and prints it with the results of each step in "out" and, with --trace, every
intermediate result in "trace". Shares are of 65535, stakes and emissions are in rao, and traced values are raw bits:
x·2^32, filtered_stake x·2^64. Results that the document has already are computed anew.

The output is one JSON document, with or without --json. It is written while the input is read, which may be larger than
memory; after an error it stays without its last bracket, so that it can't be taken for a whole one.`,
		Example: `  taolight yuma eval what-if.json
  taolight yuma eval --trace < what-if.json | jq '.steps[0].trace.v.consensus'
  gzip -dc vectors.json.gz | taolight yuma eval - > results.json`,
		Args: upTo("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDocument(cmd.Context(), args, func(src io.Reader) error {
				return vector.Eval(src, until{cmd.Context(), a.out}, o)
			})
		},
	}
	c.Flags().BoolVar(&o.Trace, "trace", false, "print every intermediate result, too")
	return c
}
