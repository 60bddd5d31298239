package scenario_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/scenario"
	"github.com/taolight/taolight/core/strictjson"
)

// TestScripts runs every script of testdata: all is as they expect.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			report, err := scenario.Run(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range report.Mismatches {
				t.Error(m)
			}
		})
	}
}

const small = `{"accounts": {"//Alice": {"free": "1000000"}}, "blocks": [{"at": 1, "calls": [
 {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "600"}}]}],
 "checks": [{"at": 1, "query": "account", "args": {"address": "//Bob"}, "expect": {"free": "600"}}]}`

// What isn't as expected is said with its path, and the run goes on.
func TestMismatches(t *testing.T) {
	for _, c := range []struct{ old, new, path, words string }{
		{`"amount": "600"}`, `"amount": "600"}, "expect": "ZeroAmount"`, "$.blocks[0].calls[0]", "is ok"},
		{`"amount": "600"`, `"amount": "0"`, "$.blocks[0].calls[0]", "ZeroAmount"},
		{`"free": "600"`, `"free": 601`, "$.checks[0].expect.free", "got 600, want 601"},
		{`"free": "600"`, `"free": "603±2"`, "$.checks[0].expect.free", "got 600, want 603±2"},
		{`"free": "600"`, `"free": "603±"`, "$.checks[0].expect.free", "want 603±"},
		{`"free": "600"`, `"colour": "600"`, "$.checks[0].expect.colour", "not there"},
		{`"free": "600"`, `"stakes": [{}]`, "$.checks[0].expect.stakes", "want a list of 1"},
	} {
		report, err := scenario.Run(strings.NewReader(strings.Replace(small, c.old, c.new, 1)))
		if err != nil {
			t.Errorf("%s: %v", c.new, err)
			continue
		}
		if !slices.ContainsFunc(report.Mismatches, func(m string) bool {
			return strings.HasPrefix(m, c.path) && strings.Contains(m, c.words)
		}) || report.Height != 1 || report.Root == "" {
			t.Errorf("%s: %q", c.new, report.Mismatches)
		}
	}
}

func TestNumbersMayBeNear(t *testing.T) {
	for _, near := range []string{"602±2", "598±2", "600±0", "5±18446744073709551615"} {
		report, err := scenario.Run(strings.NewReader(strings.Replace(small, `"free": "600"`, `"free": "`+near+`"`, 1)))
		if err != nil || len(report.Mismatches) != 0 {
			t.Errorf("%s: %v, %+v", near, err, report)
		}
	}
}

// Calls that are expected to be invalid use no nonce, so that those behind them have the right one.
func TestInvalidCallsUseNoNonce(t *testing.T) {
	report, err := scenario.Run(strings.NewReader(`{
	 "accounts": {"//Alice": {"free": "600"}, "//Bob": {"free": "1000000", "stakes": {"//hot": "1000000000"}}},
	 "subnets": [{"netuid": 1, "name": "one", "owner": "//Bob", "hotkeys": ["//hot"]}],
	 "blocks": [{"at": 1, "calls": [
	  {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "1"}, "expect": "CannotPayFee"},
	  {"from": "//Bob", "call": "transfer", "args": {"to": "//Alice", "amount": "500000"}},
	  {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "1000000"}, "expect": "InsufficientBalance"},
	  {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "1"}},
	  {"from": "//hot", "call": "set_weights", "args": {"netuid": 1, "uids": [3], "values": [1], "version": 0}, "expect": "TooManyUids"},
	  {"from": "//hot", "call": "set_weights", "args": {"netuid": 1, "uids": [0], "values": [1], "version": 0}}]}]}`))
	if err != nil || len(report.Mismatches) != 1 || !strings.HasPrefix(report.Mismatches[0], "$.blocks[0].calls[4]: set_weights is NoValidatorPermit") {
		t.Errorf("%v, %+v", err, report)
	}
}

// A script that can't be run is refused with the path.
func TestBadScripts(t *testing.T) {
	for _, c := range []struct{ old, new, path string }{
		{`"blocks"`, `"block"`, "$.block"},
		{`"at": 1, "calls"`, `"at": 0, "calls"`, "$.blocks[0].at"},
		{`"call": "transfer"`, `"call": "fly"`, "$.blocks[0].calls[0]"},
		{`"amount": "600"`, `"amount": "-1"`, "$.blocks[0].calls[0]"},
		{`"call": "transfer", "args": {"to": "//Bob", "amount": "600"}`, `"call": "associate_hotkey", "args": {"hotkey": "Bob"}`, "$.blocks[0].calls[0]"},
		{`"call": "transfer", "args": {"to": "//Bob", "amount": "600"}`, `"call": "commit_weights", "args": {"netuid": 1, "hash": {"uids": 1}}`, "$.blocks[0].calls[0]"},
		{`"call": "transfer", "args": {"to": "//Bob", "amount": "600"}`, `"call": "register", "args": {"netuid": "x", "nonce": "search"}`, "$.blocks[0].calls[0]"},
		{`"call": "transfer", "args": {"to": "//Bob", "amount": "600"}`, `"call": "register_relay", "args": {"addr": "/dns/a.b/tcp/1/ws"}`, "$.blocks[0].calls[0]"},
		{`"call": "transfer", "args": {"to": "//Bob", "amount": "600"}`, `"call": "register_relay", "args": {"addr": "/dns/a.b/tcp/1/ws/p2p///R", "until": "x"}`, "$.blocks[0].calls[0]"},
		{`"amount": "600"`, `"sum": "600"`, "$.blocks[0].calls[0]"},
		{`"query": "account"`, `"query": "weather"`, "$.checks[0].query"},
		{`{"address": "//Bob"}`, `{"address": "Bob"}`, "$.checks[0].args"},
		{`"free": "1000000"`, `"free": "much"`, ""},
	} {
		_, err := scenario.Run(strings.NewReader(strings.Replace(small, c.old, c.new, 1)))
		var bad *strictjson.Error
		if err == nil || c.path != "" && (!errors.As(err, &bad) || !strings.HasPrefix(bad.Path, c.path)) {
			t.Errorf("%s: %v", c.new, err)
		}
	}
}

// The same script gives the same root.
func TestSameScriptSameRoot(t *testing.T) {
	a, err := scenario.Run(strings.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	b, err := scenario.Run(strings.NewReader(small))
	if err != nil || a.Root != b.Root || a.Issuance != b.Issuance {
		t.Errorf("%+v, %+v, %v", a, b, err)
	}
}

// Whichever rule makes a call invalid, the next one of its signer goes through.
func TestAnyInvalidCallUsesNoNonce(t *testing.T) {
	for expect, first := range map[string]string{
		"CallNotNestable": `"call": "batch", "args": {"calls": [{"call": "set_weights", "args": {"netuid": 1, "uids": [], "values": [], "version": 0}}]}`,
		"CannotPayFee":    `"call": "transfer", "args": {"to": "//Bob", "amount": "600"}`,
	} {
		from := "//Alice"
		if expect == "CannotPayFee" {
			from = "//Pauper"
		}
		report, err := scenario.Run(strings.NewReader(`{"accounts": {"//Alice": {"free": "1000000"}}, "blocks": [{"at": 1, "calls": [
			{"from": "` + from + `", ` + first + `, "expect": "` + expect + `"},
			{"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "600"}}]}]}`))
		if err != nil || len(report.Mismatches) > 0 {
			t.Errorf("%s: %v, %v", expect, report, err)
		}
	}
}
