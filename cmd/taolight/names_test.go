package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/scenario"
)

// simulate runs a script under the names of commands.
func simulate(script string) (*scenario.Report, error) {
	return scenario.Run(context.Background(), strings.NewReader(script), scenarioNames())
}

// Every command that makes a call is a call of scenarios, and every flag of it that is about the call an argument. Those
// about a node's folder or about searching have no place there.
func TestScenariosKnowEveryCommandAndFlag(t *testing.T) {
	about := pflag.NewFlagSet("", pflag.ContinueOnError)
	cmd := commandAt(t, "stake unstake-all")
	cmd.Flags().VisitAll(func(f *pflag.Flag) { about.AddFlag(f) })
	for _, sp := range callCommands {
		if sp.path == powPath {
			continue
		}
		for _, path := range append([]string{sp.path}, sp.also...) {
			if !sp.inScenarios() {
				if _, err := simulate(fmt.Sprintf(`{"blocks": [{"at": 1, "calls": [{"from": "//A", "call": %q}]}]}`, path)); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("no call %q", path)) {
					t.Errorf("%s: %v", path, err)
				}
				continue
			}
			commandAt(t, path).Flags().VisitAll(func(f *pflag.Flag) {
				if about.Lookup(f.Name) != nil || f.Name == "node" {
					return
				}
				_, err := simulate(fmt.Sprintf(`{"blocks": [{"at": 1, "calls": [{"from": "//A", "call": %q, "args": {%q: "{"}}]}]}`, path, f.Name))
				if err != nil && (strings.Contains(err.Error(), "unknown") || strings.Contains(err.Error(), "no call")) {
					t.Errorf("%s --%s: %v", path, f.Name, err)
				}
			})
		}
	}
	for _, q := range queryCommands {
		p, _ := chain.Latest(q.program)
		for _, path := range append([]string{"query " + strings.ReplaceAll(q.program, "_", "-"), p.ID()}, q.paths...) {
			args := map[string]bool{}
			for _, name := range q.positional(p) {
				args[name] = true
			}
			for _, f := range q.flagFields(p) {
				args[f.Name] = true
			}
			for name := range args {
				_, err := simulate(fmt.Sprintf(`{"checks": [{"at": 0, "query": %q, "args": {%q: "{"}}]}`, path, name))
				if err != nil && (strings.Contains(err.Error(), "unknown") || strings.Contains(err.Error(), "no query")) {
					t.Errorf("%s %s: %v", path, name, err)
				}
			}
		}
	}
}

// sample are values of arguments, by field.
var sample = map[string]string{
	"netuid": "0", "uid": "0", "height": "1", "hotkey": `"//A"`, "address": `"//A"`, "netuids": "[0]", "uids": "[0]", "values": "[1]", "children": "[]",
}

// Where a command settles arguments its name does so in scenarios, too: who gives the others gives all.
func TestScenariosSettleWhatCommandsDo(t *testing.T) {
	arguments := func(fields []forms.Field) string {
		var all []string
		for _, f := range fields {
			if value, ok := sample[f.Name]; ok {
				all = append(all, fmt.Sprintf("%q: %s", f.Name, value))
			}
		}
		return "{" + strings.Join(all, ", ") + "}"
	}
	for _, sp := range callCommands {
		if len(sp.fixed) == 0 || !sp.inScenarios() {
			continue
		}
		call, _ := chain.LookupCall(sp.call)
		for _, path := range append([]string{sp.path}, sp.also...) {
			script := fmt.Sprintf(`{"blocks": [{"at": 1, "calls": [{"from": "//A", "call": %q, "args": %s}]}]}`, path, arguments(sp.fields(call)))
			if _, err := simulate(script); err != nil {
				t.Errorf("%s: %v", script, err)
			}
		}
	}
	for _, q := range queryCommands {
		p, _ := chain.Latest(q.program)
		fields := slices.DeleteFunc(q.flagFields(p), func(f forms.Field) bool { return f.Name == "select" })
		for _, path := range q.paths {
			script := fmt.Sprintf(`{"checks": [{"at": 0, "query": %q, "args": %s}]}`, path, arguments(fields))
			if _, err := simulate(script); err != nil {
				t.Errorf("%s: %v", script, err)
			}
		}
	}
	if _, err := simulate(`{"checks": [{"at": 0, "query": "query metagraph", "args": {}}]}`); err == nil || !strings.Contains(err.Error(), "args.netuid: is missing") {
		t.Errorf("the query by its own name settles nothing: %v", err)
	}
	if _, err := simulate(`{"checks": [{"at": 0, "query": "root list", "args": {"netuid": 1}}]}`); err == nil || !strings.Contains(err.Error(), "by the name") {
		t.Errorf("root list is of the root network: %v", err)
	}
	if _, err := simulate(`{"checks": [{"at": 0, "query": "root list", "args": {"full": true}}]}`); err == nil || !strings.Contains(err.Error(), "args.full: ") {
		t.Errorf("root list has its own columns: %v", err)
	}
}

// playground is a script with a subnet, into which calls are put.
const playground = `{"params": {"fee_per_unit": 0, "child_interval": 0, "tx_rate_limit": 0}, "accounts": {
  "//Alice": {"free": 90000000000, "stakes": {"//Alice//hot": 5000000000000}}, "//Bob": {"free": 90000000000, "stakes": {"//Bob//hot": 7}}},
 "subnets": [{"netuid": 1, "name": "one", "owner": "//Alice", "hotkeys": ["//Alice//hot", "//Bob//hot"],
  "params": {"tempo": 2, "weights_rate_limit": 0, "pow_registration_allowed": true, "min_difficulty": 1, "max_difficulty": 10, "max_regs_per_block": 2}}],
 "blocks": [{"at": 3, "calls": [CALLS]}], "checks": [CHECKS]}`

// Calls as they are made on the command line do in a scenario what they do there.
func TestScenariosUseTheWordsOfCommands(t *testing.T) {
	for _, c := range []struct{ calls, checks string }{
		{`{"from": "//Alice", "call": "stake move", "args": {"origin": "//Alice//hot", "destination": "//Bob//hot", "amount": 5000000}, "expect": "NonAssociatedColdKey"}`, ``},
		{`{"from": "//Alice", "call": "delegate become", "args": {"hotkey": "//Alice//hot"}}, {"from": "//Alice", "call": "stake transfer", "args": {"to": "//Bob", "hotkey": "//Alice//hot", "amount": 5000000}}`,
			`{"at": 3, "query": "st list", "args": {"address": "//Bob"}, "expect": {"staked": "5000007±9"}}`},
		{`{"from": "//Alice//hot", "call": "weights set", "args": {"netuid": 1, "uids": [0, 1], "weights": [1, 3], "version-key": 0}}`,
			`{"at": 3, "query": "weights show", "args": {"netuid": 1, "uid": 0}, "expect": {"row": [0, 21845, 1, 65535]}}`},
		{`{"from": "//Alice//hot", "call": "weights commit", "args": {"netuid": 1, "uids": [0], "weights": [9], "salt": [1, 2, 3, 4, 5, 6, 7, 8], "version_key": 2}, "expect": "CommitRevealDisabled"},
		  {"from": "//Alice//hot", "call": "commit_weights", "args": {"netuid": 1, "uids": [0], "values": [9], "salt": [1], "version": 2}, "expect": "CommitRevealDisabled"}`, ``},
		{`{"from": "//Alice", "call": "childkey set", "args": {"netuid": 1, "hotkey": "//Alice//hot", "children": ["//Bob//hot"], "proportions": ["25%"]}},
		  {"from": "//Alice", "call": "child set", "args": {"netuid": 1, "hotkey": "//Alice//hot", "children": []}},
		  {"from": "//Alice", "call": "set_children", "args": {"netuid": 1, "hotkey": "//Alice//hot", "children": [{"hotkey": "//Bob//hot", "proportion": 7}]}}`, ``},
		{`{"from": "//Alice", "call": "delegate become", "args": {"hotkey": "//Alice//hot"}}, {"from": "//Alice", "call": "delegate decrease-take", "args": {"hotkey": "//Alice//hot", "take": "9%"}}`,
			`{"at": 3, "query": "hotkey", "args": {"hotkey": "//Alice//hot"}, "expect": {"take": 5898}}`},
		{`{"from": "//Alice", "call": "coldkey swap announce", "args": {"new": "//Fresh"}}, {"from": "//Alice", "call": "coldkey swap execute", "args": {"new": "//Fresh"}, "expect": "ColdkeySwapTooEarly"}`, ``},
		{`{"from": "//Alice", "call": "multisig propose", "args": {"signatories": ["//Alice", "//Bob"], "threshold": 2, "call": {"call": "stake unstake-all"}}}`, ``},
		{`{"from": "//Alice//hot", "call": "axon serve", "args": {"netuid": 1, "address": "203.0.113.7:8091"}}, {"from": "//Bob//hot", "call": "axon reset", "args": {"netuid": 1}}`,
			`{"at": 3, "query": "metagraph", "args": {"netuid": 1, "full": true}, "expect": {"axons": ["203.0.113.7:8091", ""]}}`},
		{`{"from": "//Alice", "call": "sudo set", "args": {"netuid": 1, "param": "yuma3", "value": true}, "expect": "AdminActionProhibitedDuringWeightsWindow"}`,
			`{"at": 3, "query": "query hyperparameters", "args": {"netuid": "1"}, "expect": {"exists": true}}`},
		{`{"from": "//x", "call": "register", "args": {"netuid": 1, "coldkey": "//Bob", "pow": true}}, {"from": "//Bob", "call": "register", "args": {"netuid": 1, "hotkey": "//Bob//hot"}, "expect": "AlreadyRegistered"}, {"from": "//Bob", "call": "register", "args": {"netuid": 1}, "expect": "BadArguments"}`, ``},
		{`{"from": "//Alice//hot", "call": "root set-weights", "args": {"netuids": [1], "weights": [1]}, "expect": "NotRegistered"}`,
			`{"at": 3, "query": "past-block", "args": {"height": 2}, "expect": {"exists": true}}`},
	} {
		report, err := simulate(strings.NewReplacer("CALLS", c.calls, "CHECKS", c.checks).Replace(playground))
		if err != nil || len(report.Mismatches) > 0 {
			t.Errorf("%s: %v, %+v", c.calls, err, report)
		}
	}
}

// What is wrong with what a command makes fields of is said by its place, too.
func TestScenarioFaultsOfShapes(t *testing.T) {
	for _, c := range []struct{ call, want string }{
		{`"call": "multisig propose", "args": {"signatories": ["//Bob", "Eve"], "threshold": 2, "call": {"call": "unstake_all"}}`, `.args.signatories: address "Eve"`},
		{`"call": "multisig propose", "args": {"signatories": ["//Bob"], "threshold": "x", "call": {"call": "unstake_all"}}`, `.args.threshold: "x": want a whole number`},
		{`"call": "multisig cancel", "args": {"Threshold": 2, "height": 1, "index": 0}`, `.args.signatories: is missing`},
		{`"call": "coldkey swap announce", "args": {"NEW": "savings"}`, `.args.NEW: address "savings"`},
		{`"call": "childkey set", "args": {"netuid": 1, "hotkey": "//h", "children": ["//a"], "proportions": ["101%"]}`, `.args.proportions: "101%": want a percentage`},
		{`"call": "childkey set", "args": {"netuid": 1, "hotkey": "//h", "children": ["//a"], "proportions": []}`, `.args: 1 children and 0 proportions`},
		{`"call": "weights commit", "args": {"netuid": 1, "uids": [1], "weights": [1]}`, `.args.salt: is missing`},
		{`"call": "weights commit", "args": {"netuid": 1, "uids": [1], "weights": ["x"], "salt": [1]}`, `.args.weights: "x" is no number`},
	} {
		_, err := simulate(strings.NewReplacer("CALLS", `{"from": "//Alice", `+c.call+`}`, "CHECKS", "").Replace(playground))
		if err == nil || !strings.HasPrefix(err.Error(), "$.blocks[0].calls[0]"+c.want) {
			t.Errorf("%s: %v, want %s", c.call, err, c.want)
		}
	}
}
