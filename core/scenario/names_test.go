package scenario_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/scenario"
)

// command is a set of names such as a command line has.
var command = scenario.Names{
	Calls: []scenario.Alias{
		{Of: "transfer", Names: []string{"wallet transfer"}, Args: map[string]string{"recipient": "to"}},
		{Of: "transfer", Names: []string{"donate"}, Fixed: map[string]string{"to": "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"}},
		{Of: "register", Names: []string{"register"}, Extra: []string{"pow"}, Shape: func(keys.Account, map[string]string) error { return nil }},
		{Of: "burned_register", Names: []string{"register"}},
		{Of: "transfer", Extra: []string{"total", "tip"}, Shape: func(_ keys.Account, texts map[string]string) error {
			if texts["tip"] == "" {
				return &forms.Error{Path: "tip", Reason: "is missing"}
			}
			texts["amount"] = texts["total"] + texts["tip"]
			return nil
		}},
	},
	Queries:  []scenario.Alias{{Of: "account", Names: []string{"wallet balance"}, Args: map[string]string{"who": "address"}}},
	Defaults: map[string]string{"version": "0"},
	Values: map[string]func(string) (string, error){"take": func(text string) (string, error) {
		if text == "most" {
			return "", errors.New("say how much")
		}
		return strings.TrimSuffix(text, "/65535"), nil
	}},
}

func with(old, new string) (*scenario.Report, error) {
	if !strings.Contains(small, old) {
		return nil, errors.New("no " + old)
	}
	return scenario.Run(context.Background(), strings.NewReader(strings.Replace(small, old, new, 1)), command)
}

// The chain's names and the caller's mean the same, however they are spelled.
func TestNames(t *testing.T) {
	const call = `"call": "transfer", "args": {"to": "//Bob", "amount": "600"}`
	const query = `"query": "account", "args": {"address": "//Bob"}`
	for _, c := range []struct{ old, new string }{
		{call, `"call": "Transfer", "args": {"To": "//Bob", "amount": "600"}`},
		{call, `"call": "wallet transfer", "args": {"to": "//Bob", "amount": "600"}`},
		{call, `"call": "wallet-transfer", "args": {"recipient": "//Bob", "AMOUNT": "600"}`},
		{call, `"call": "donate", "args": {"amount": 600}`},
		{call, `"call": "transfer", "args": {"to": "//Bob", "total": 60, "tip": 0}`},
		{call, `"call": "batch", "args": {"calls": [{"call": "wallet transfer", "args": {"recipient": "//Bob", "amount": "600"}}]}`},
		{query, `"query": "wallet balance", "args": {"who": "//Bob"}`},
		{query, `"query": "account@1", "args": {"address": "//Bob", "from": "0"}`},
	} {
		if report, err := with(c.old, c.new); err != nil || len(report.Mismatches) > 0 {
			t.Errorf("%s: %v, %+v", c.new, err, report)
		}
	}
}

// What is wrong with arguments is said by the names under which they stand in the script.
func TestFaultsHaveTheScriptsNames(t *testing.T) {
	const call = `"call": "transfer", "args": {"to": "//Bob", "amount": "600"}`
	for _, c := range []struct{ new, path string }{
		{`"call": "transfer", "args": {"recipient": "Bob", "amount": 600}`, `.args.recipient:`},
		{`"call": "transfer", "args": {"recipient": "//Bob", "to": "//Bob", "amount": 600}`, `.args.to: repeated`},
		{`"call": "donate", "args": {"to": "//Bob", "amount": 600}`, `.args.to:`},
		{`"call": "transfer", "args": {"to": "//Bob", "total": 60}`, `.args.tip: is missing`},
		{`"call": "transfer", "args": {"to": "//Bob", "total": "x", "tip": 1}`, `.args: "x1" is not an amount`},
		{`"call": "transfer", "args": {"to": "//Bob", "how much": 1}`, `.args["how much"]: unknown; the arguments are: to, amount, all`},
		{`"call": "transfer", "args": [1]`, `.args: want an object`},
		{`"call": "batch", "args": {"calls": [{"call": "transfer", "args": {"recipient": "Bob", "amount": 1}}]}`, `.args.calls[0].args.recipient:`},
		{`"call": "batch", "args": {"calls": [{"call": "transfer", "args": {"recipient": "//Bob", "x.y": 1}}]}`, `.args.calls[0].args["x.y"]: unknown`},
		{`"call": "batch", "args": {"calls": [{"call": "fly"}]}`, `.args.calls[0].call: no call "fly"; there are add_proxy, add_stake, `},
		{`"call": "batch", "args": {"calls": [{"call": "unstake_all"}, {"call": "transfer"}]}`, `.args.calls[1].args.to: is missing`},
		{`"call": "increase_take", "args": {"hotkey": "//Bob", "take": "most"}`, `.args.take: say how much`},
		{`"call": "commit_weights", "args": {"netuid": 1, "hash": {"uids": [1], "values": [1], "salt": [70000], "version": 0}}`, `.args.hash.salt[0]:`},
	} {
		_, err := with(call, c.new)
		if want := "$.blocks[0].calls[0]" + c.path; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", c.new, err, want)
		}
	}
}

// A name that several calls have means the one that takes what is given.
func TestNamesOfSeveralCalls(t *testing.T) {
	report, err := scenario.Run(context.Background(), strings.NewReader(`{"accounts": {"//Alice": {"free": "10000000000", "stakes": {"//hot": 1}}},
	 "subnets": [{"netuid": 1, "owner": "//Owner", "params": {"pow_registration_allowed": true, "min_difficulty": 1, "max_difficulty": 9, "max_regs_per_block": 3}}],
	 "blocks": [{"at": 5, "calls": [
	  {"from": "//Alice", "call": "register", "args": {"netuid": 1, "hotkey": "//hot"}},
	  {"from": "//a", "call": "register", "args": {"netuid": 1, "coldkey": "//Alice"}},
	  {"from": "//b", "call": "register", "args": {"netuid": 1, "coldkey": "//Alice", "pow": true}}]}],
	 "checks": [{"at": 5, "query": "metagraph", "args": {"netuid": 1}, "expect": {"hotkeys": ["//hot", "//a", "//b"]}}]}`), command)
	if err != nil || len(report.Mismatches) > 0 || report.Calls[0].Fee == 0 || report.Calls[1].Fee != 0 {
		t.Errorf("%v, %+v", err, report)
	}
}

// What nobody has to give is filled in: versions, and what a subnet says of itself.
func TestLeftOut(t *testing.T) {
	report, err := scenario.Run(context.Background(), strings.NewReader(`{"accounts": {"//Alice": {"free": "10000000000", "stakes": {"//hot": 1000000000000}}},
	 "subnets": [{"netuid": 1, "name": "one", "owner": "//Alice", "hotkeys": ["//hot"]}],
	 "blocks": [{"at": 1, "calls": [
	  {"from": "//hot", "call": "set_weights", "args": {"netuid": 1, "uids": "0", "values": [1]}},
	  {"from": "//Alice", "call": "set_subnet_identity", "args": {"netuid": 1, "url": "https://one.example"}},
	  {"from": "//Alice", "call": "set_hyperparameter", "args": {"netuid": 1, "name": "yuma3", "value": true}},
	  {"from": "//Alice", "call": "remove_stake", "args": {"hotkey": "//hot", "all": "true"}}]}],
	 "checks": [{"at": 1, "query": "subnet", "args": {"netuid": 1}, "expect": {"subnet": {"name": "one"}, "url": "https://one.example"}}]}`), command)
	if err != nil || len(report.Mismatches) > 0 {
		t.Errorf("%v, %+v", err, report)
	}
}
