package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/scenario"
)

func (a *app) simulateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "simulate [SCENARIO.json]",
		Short: "Run a scenario of calls through the real state machine, without a network",
		Long: `Runs the chain's own code over a script: accounts and subnets at genesis, calls in chosen blocks, and what is expected of
both calls and state. Keys are development keys by their names (//Alice, //Alice//hotkey); calls and queries have the names
and the arguments that they have on a chain. A call is expected to succeed unless "expect" is the code of its refusal; the
"expect" of a check is a part of the answer, numbers may stand as strings.

Prints each call's result and fee, each check's value, and the root and issuance at the end. The exit status is 1 when
something is not as expected; it is said with its path in the script. Without a file the script is read from stdin.`,
		Example: `  taolight simulate scenario.json
  echo '{"accounts": {"//Alice": {"free": "1000000"}}, "blocks": [{"at": 1, "calls": [
    {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "600"}}]}],
    "checks": [{"at": 1, "query": "account", "args": {"address": "//Bob"}, "expect": {"free": "600"}}]}' | taolight simulate`,
		Args: upTo("SCENARIO.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var report *scenario.Report
			err := a.withDocument(cmd.Context(), args, func(src io.Reader) (err error) {
				report, err = scenario.Run(src)
				return err
			})
			if err != nil {
				return err
			}
			if err := a.print(report, func(w io.Writer) { printScenario(w, report) }); err != nil {
				return err
			}
			switch n := len(report.Mismatches); n {
			case 0:
				return nil
			case 1:
				return fmt.Errorf("not as expected: %s", report.Mismatches[0])
			default:
				return fmt.Errorf("%d things are not as expected, the first: %s", n, report.Mismatches[0])
			}
		},
	}
}

func printScenario(w io.Writer, r *scenario.Report) {
	for _, c := range r.Calls {
		fmt.Fprintf(w, "block %d\t%s\t%s\t%s\t%s\n", c.At, oneLine(c.From), c.Call, c.Result, oneLine(c.Reason))
	}
	for _, c := range r.Checks {
		fmt.Fprintf(w, "block %d\tquery\t%s\t%s\n", c.At, c.Query, cutTo(c.Value, 160))
	}
	for _, m := range r.Mismatches {
		fmt.Fprintf(w, "unexpected\t%s\n", oneLine(m))
	}
	fmt.Fprintf(w, "height\t%s\nroot\t%s\nissuance\t%s\n", strconv.FormatUint(r.Height, 10), r.Root, amount(r.Issuance))
}

// cutTo shortens JSON for people; all of it is in the output of --json.
func cutTo(raw json.RawMessage, most int) string {
	if len(raw) > most {
		return string(raw[:most]) + "…"
	}
	return string(raw)
}
