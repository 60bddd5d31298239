package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/scenario"
)

func (a *app) simulateCommand() *cobra.Command {
	var table bool
	c := &cobra.Command{
		Use:   "simulate [SCENARIO.json]",
		Short: "Run a scenario of calls through the real state machine, without a network",
		Long: `Runs the chain's own code over a script: what accounts have at genesis, calls in chosen blocks, and what is expected of
both calls and state. Keys are development keys by their names (//Alice, //Alice//hotkey). Numbers are whole and may stand
as such or as strings of digits, amounts are rao. All parts may be left out:

  {"params": {"min_lock": "1000000000"},
   "accounts": {"//Alice": {"free": "9000000000", "stakes": {"//Alice//hotkey": "5000000000"}}},
   "subnets": [{"netuid": 1, "name": "one", "owner": "//Alice", "params": {"tempo": 10}, "hotkeys": ["//Alice//hotkey"]}],
   "blocks": [{"at": 5, "calls": [{"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": 600}, "expect": "ok"}]}],
   "checks": [{"at": 9, "query": "account", "args": {"address": "//Bob"}, "expect": {"free": "600"}}]}

"params" are the chain's ("taolight query params" lists them), those of a subnet its hyperparameters ("subnet hyperparameters").
Calls and queries have the names of their commands ("stake add", "subnet list") or the chain's ("add_stake", "subnets"), and
their arguments those of flags and places on the command line, with dashes or underscores. In place of "delegate set-take" say
whether it is "delegate increase-take" or "delegate decrease-take". Signatures of hotkeys and proof of
work are made where they are left out. A call is expected to succeed unless "expect" is the code of its refusal, in upper or
lower case; the "expect" of a check is a part of the answer that must be there, and "600±2" is any number from 598 to 602.
Checks see the state behind their block, and costs are those of the next one; block 0 is genesis, where {"at": 0, "query":
"params"} shows what "params" may hold. "name", "description" and "comment" are for people.

Prints JSON: each call's result and fee, each check's value, and root and issuance at the end; with --table the same for
people. The exit status is 1 when something is not as expected; it is said with its path in the script, in one line on
stderr. Without a file the script is read from stdin.`,
		Example: `  taolight simulate scenario.json
  taolight simulate scenario.json | jq '.calls[] | select(.result != "ok")'
  echo '{"accounts": {"//Alice": {"free": "1000000"}}, "blocks": [{"at": 1, "calls": [
    {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "600"}}]}],
    "checks": [{"at": 1, "query": "account", "args": {"address": "//Bob"}, "expect": {"free": "600"}}]}' | taolight simulate --table`,
		Args: upTo("SCENARIO.json"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if table && a.json {
				return usage(cmd, "--table and --json exclude each other")
			}
			var report *scenario.Report
			err := a.withDocument(cmd.Context(), args, func(src io.Reader) (err error) {
				report, err = scenario.Run(cmd.Context(), src, scenarioNames())
				return err
			})
			if err != nil {
				return err
			}
			if table {
				err = a.printTable(func(w io.Writer) { printScenario(w, report) })
			} else {
				err = a.printJSON(report)
			}
			if err != nil {
				return err
			}
			if len(report.Mismatches) > 0 {
				return unexpectedError(report.Mismatches)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&table, "table", false, "print a table for people")
	return c
}

// maxMismatches is how many a message names; the report has all.
const maxMismatches = 20

// unexpectedError is what a scenario expected and didn't get, each with its path.
type unexpectedError []string

// Error names the first ones.
func (all unexpectedError) Error() string {
	switch n := len(all); {
	case n == 1:
		return "not as expected: " + all[0]
	case n > maxMismatches:
		return fmt.Sprintf("%d things are not as expected: %s; and %d more", n, strings.Join(all[:maxMismatches], "; "), n-maxMismatches)
	default:
		return fmt.Sprintf("%d things are not as expected: %s", n, strings.Join(all, "; "))
	}
}

// Code names the error for programs.
func (all unexpectedError) Code() string { return "not_as_expected" }

func printScenario(w io.Writer, r *scenario.Report) {
	if len(r.Calls) > 0 {
		fmt.Fprintln(w, "block\tfrom\tcall\tresult\tfee\treason")
	}
	for _, c := range r.Calls {
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", c.At, oneLine(c.From), oneLine(c.Call), c.Result, amount(c.Fee), oneLine(c.Reason))
	}
	if len(r.Checks) > 0 {
		fmt.Fprintln(w, "block\tquery\tvalue")
	}
	for _, c := range r.Checks {
		fmt.Fprintf(w, "%d\t%s\t%s\n", c.At, oneLine(c.Query), oneLine(cutTo(c.Value, 160)))
	}
	for _, m := range r.Mismatches {
		fmt.Fprintf(w, "unexpected\t%s\n", oneLine(m))
	}
	fmt.Fprintf(w, "height\t%s\nroot\t%s\nissuance\t%s\n", strconv.FormatUint(r.Height, 10), r.Root, amount(r.Issuance))
}

// cutTo shortens JSON for people; all of it is in the output without --table.
func cutTo(raw json.RawMessage, most int) string {
	if len(raw) > most {
		return string(raw[:most]) + "…"
	}
	return string(raw)
}
