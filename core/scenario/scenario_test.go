package scenario_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
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
			report, err := scenario.Run(context.Background(), f, scenario.Names{})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range report.Mismatches {
				t.Error(m)
			}
		})
	}
}

func run(script string) (*scenario.Report, error) {
	return scenario.Run(context.Background(), strings.NewReader(script), scenario.Names{})
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
		report, err := run(strings.Replace(small, c.old, c.new, 1))
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
		report, err := run(strings.Replace(small, `"free": "600"`, `"free": "`+near+`"`, 1))
		if err != nil || len(report.Mismatches) != 0 {
			t.Errorf("%s: %v, %+v", near, err, report)
		}
	}
}

// Calls that are expected to be invalid use no nonce, so that those behind them have the right one.
func TestInvalidCallsUseNoNonce(t *testing.T) {
	report, err := run(`{
	 "accounts": {"//Alice": {"free": "600"}, "//Bob": {"free": "1000000", "stakes": {"//hot": "1000000000"}}},
	 "subnets": [{"netuid": 1, "name": "one", "owner": "//Bob", "hotkeys": ["//hot"]}],
	 "blocks": [{"at": 1, "calls": [
	  {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "1"}, "expect": "CannotPayFee"},
	  {"from": "//Bob", "call": "transfer", "args": {"to": "//Alice", "amount": "500000"}},
	  {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "1000000"}, "expect": "InsufficientBalance"},
	  {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "1"}},
	  {"from": "//hot", "call": "set_weights", "args": {"netuid": 1, "uids": [3], "values": [1], "version": 0}, "expect": "TooManyUids"},
	  {"from": "//hot", "call": "set_weights", "args": {"netuid": 1, "uids": [0], "values": [1], "version": 0}}]}]}`)
	if err != nil || len(report.Mismatches) != 1 || !strings.HasPrefix(report.Mismatches[0], "$.blocks[0].calls[4]: set_weights is NoValidatorPermit") {
		t.Errorf("%v, %+v", err, report)
	}
}

// A script that can't be run is refused with the path in it.
func TestBadScripts(t *testing.T) {
	const call = `"call": "transfer", "args": {"to": "//Bob", "amount": "600"}`
	const first = "$.blocks[0].calls[0]"
	for _, c := range []struct{ old, new, path string }{
		{`"blocks"`, `"block"`, "$.block"},
		{`"accounts": {`, `"accounts": {"Alice": {},`, `$.accounts["Alice"]`},
		{`"free": "1000000"}`, `"free": "1000000"}, "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY": {}`, `$.accounts["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"]`},
		{`"free": "1000000"`, `"free": "much"`, `$.accounts["//Alice"].free`},
		{`"free": "1000000"`, `"free": "21000000000000001"`, `$.accounts["//Alice"].free`},
		{`"free": "1000000"`, `"free": "20000000000000000", "stakes": {"//h": 2000000000000000}`, `$.accounts["//Alice"].stakes["//h"]`},
		{`"free": "1000000"`, `"stakes": {"h": 1}`, `$.accounts["//Alice"].stakes["h"]`},
		{`"accounts"`, `"params": {"tempo": 5}, "accounts"`, "$.params.tempo"},
		{`"accounts"`, `"subnets": [{"netuid": 1, "name": "", "owner": "//O", "params": {"kappa": 65536}}], "accounts"`, "$.subnets[0].params.kappa"},
		{`"accounts"`, `"subnets": [{"netuid": 1, "name": "", "owner": "O"}], "accounts"`, "$.subnets[0].owner"},
		{`"accounts"`, `"subnets": [{"netuid": 9, "name": "", "owner": "//O", "hotkey": "//h", "hotkeys": ["//h"]}, {"netuid": 1, "name": "", "owner": "//P", "hotkeys": ["//h"]}], "accounts"`, "$.subnets[0].hotkey"},
		{`"at": 1, "calls"`, `"at": 0, "calls"`, "$.blocks[0].at"},
		{`"from": "//Alice"`, `"from": "Alice"`, first + ".from"},
		{`"call": "transfer"`, `"call": "fly"`, first + ".call"},
		{`"amount": "600"`, `"amount": "-1"`, first + ".args.amount"},
		{`"amount": "600"`, `"sum": "600"`, first + ".args.sum"},
		{call, `"call": "associate_hotkey", "args": {"hotkey": "Bob"}`, first + ".args.hotkey"},
		{call, `"call": "commit_weights", "args": {"netuid": 1, "hash": {"uids": 1}}`, first + ".args.hash.uids"},
		{call, `"call": "register", "args": {"netuid": "x", "nonce": "search"}`, first + ".args.netuid"},
		{call, `"call": "register_relay", "args": {"addr": "/dns/a.b/tcp/1/ws"}`, first + ".args.addr"},
		{call, `"call": "register_relay", "args": {"addr": "/dns/a.b/tcp/1/ws/p2p///R", "until": "x"}`, first + ".args.until"},
		{`"query": "account"`, `"query": "weather"`, "$.checks[0].query"},
		{`{"address": "//Bob"}`, `{"address": "Bob"}`, "$.checks[0].args.address"},
		{`{"free": "600"}`, `{"free": 600.0}`, "$.checks[0].expect.free"},
		{`{"free": "600"}`, `{"stakes": [{"hotkey": "//"}]}`, "$.checks[0].expect.stakes[0].hotkey"},
	} {
		script := strings.Replace(small, c.old, c.new, 1)
		if script == small {
			t.Errorf("no %s", c.old)
		}
		_, err := run(script)
		var bad *strictjson.Error
		if !errors.As(err, &bad) || bad.Path != c.path || strings.Contains(bad.Error(), "(byte 0)") {
			t.Errorf("%s: %v, want %s", c.new, err, c.path)
		}
	}
}

// A hyperparameter among the chain's parameters is sent where it belongs, and one that there isn't is told what there is.
func TestMisplacedParameters(t *testing.T) {
	for name, want := range map[string]string{"tempo": "into the params of one of the subnets", "temp": "there are block_units, blocks_kept, "} {
		_, err := run(`{"params": {"` + name + `": 5}}`)
		if err == nil || !strings.HasPrefix(err.Error(), "$.params."+name) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However many parts a block has in a script, it has no more calls than fit a block.
func TestCallsOfABlockAreBounded(t *testing.T) {
	part := `{"at": 1, "calls": [` + strings.Repeat(`{"from": "//A", "call": "unstake_all"},`, 5000) + `{"from": "//A", "call": "unstake_all"}]}`
	_, err := run(`{"blocks": [{"at": 2, "calls": []}, ` + part + `, ` + part + `]}`)
	if err == nil || err.Error() != "$.blocks[2].calls[4999]: more than 10000 calls in block 1" {
		t.Error(err)
	}
}

// A field that is repeated, or an account under two names, is refused wherever it stands.
func TestRepeatedFields(t *testing.T) {
	for _, c := range []struct{ old, new, path string }{
		{`"accounts"`, `"checks": [], "accounts"`, "$.checks"},
		{`"accounts"`, `"params": {"min_stake": 1, "min_stake": 1}, "accounts"`, "$.params.min_stake"},
		{`"free": "1000000"}`, `"free": "1000000"}, "//Alice": {"free": "1"}`, `$.accounts["//Alice"]`},
		{`"free": "1000000"`, `"free": "1000000", "free": "1"`, `$.accounts["//Alice"].free`},
		{`"free": "1000000"`, `"stakes": {"//h": 1, "//h": 2}`, `$.accounts["//Alice"].stakes["//h"]`},
		{`"amount": "600"`, `"amount": "600", "amount": "600"`, "$.blocks[0].calls[0].args.amount"},
		{`"amount": "600"`, `"amount": [{"a b": 1, "a b": 1}]`, `$.blocks[0].calls[0].args.amount[0]["a b"]`},
		{`{"address": "//Bob"}`, `{"address": "//Bob", "address": "//Bob"}`, "$.checks[0].args.address"},
		{`"free": "600"`, `"free": "600", "free": "600"`, "$.checks[0].expect.free"},
	} {
		_, err := run(strings.Replace(small, c.old, c.new, 1))
		var bad *strictjson.Error
		if !errors.As(err, &bad) || bad.Path != c.path || bad.Offset <= 0 {
			t.Errorf("%s: %v, want %s", c.new, err, c.path)
		}
	}
}

// Every number may stand as such or as a string of digits.
const numbers = `{"params": {"existential_deposit": N500N, "subnet_limit": N3N, "relay_deposit": N7N}, "accounts": {"//Alice": {"free": N1000000N, "stakes": {"//h": N5N}}},
 "subnets": [{"netuid": N1N, "name": "one", "owner": "//Alice", "params": {"tempo": N10N, "alpha_sigmoid_steepness": N-5N, "min_burn": N9N}, "hotkeys": ["//h"]}],
 "blocks": [{"at": N2N, "calls": [{"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": N600N}},
  {"from": "//h", "call": "set_weights", "args": {"netuid": N1N, "uids": [N0N], "values": [N1N], "version": N0N}}]}],
 "checks": [{"at": N2N, "query": "account", "args": {"address": "//Bob", "from": N0N}, "expect": {"free": N600N, "reserved": N0N}},
  {"at": N2N, "query": "subnets", "expect": {"subnets": [{"tempo": N10N}]}}, {"at": N0N, "query": "params", "expect": {"existential_deposit": N500N, "subnet_limit": N3N}}]}`

func TestNumbersOfEitherForm(t *testing.T) {
	mark := regexp.MustCompile(`N([-0-9]+)N`)
	var roots []string
	for _, form := range []string{`$1`, `"$1"`} {
		report, err := run(mark.ReplaceAllString(numbers, form))
		if err != nil || len(report.Mismatches) > 0 {
			t.Fatalf("%s: %v, %+v", form, err, report)
		}
		roots = append(roots, report.Root)
	}
	if roots[0] != roots[1] {
		t.Errorf("roots %v", roots)
	}
	places := mark.FindAllStringIndex(numbers, -1)
	for _, bad := range []string{`1.5`, `"1.5"`, `1e1`, `1.0`, `"0x1"`, `18446744073709551616`, `"many"`, `-18446744073709551616`, `""`} {
		for _, at := range places {
			report, err := run(mark.ReplaceAllString(numbers[:at[0]]+bad+numbers[at[1]:], `$1`))
			before := numbers[:at[0]]
			expected := strings.LastIndex(before, `"expect"`) > strings.LastIndex(before, `"at"`)
			var placed *strictjson.Error
			if !errors.As(err, &placed) && !(expected && err == nil && len(report.Mismatches) == 1) {
				t.Errorf("%s behind %q: %v", bad, before[max(0, at[0]-20):], err)
			}
		}
	}
}

// Codes are compared without regard to case, and calls that the chain doesn't know can be submitted.
func TestExpectedCodes(t *testing.T) {
	report, err := run(`{"accounts": {"//Alice": {"free": 1000000}}, "blocks": [{"at": 1, "calls": [
	 {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "0"}, "expect": "ZEROamount"},
	 {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": 600}, "expect": "OK"},
	 {"from": "//Alice", "call": "fly", "args": {"to": "//Bob"}, "expect": "UnknownCall"},
	 {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": 1.5}, "expect": "badarguments"},
	 {"from": "//Alice", "call": "transfer", "args": 7, "expect": "BadArguments"},
	 {"from": "//Alice", "call": "set_weights", "args": {"netuid": 1, "coldkey": "//Bob"}, "expect": "BadArguments"},
	 {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": 600}}]}]}`)
	if err != nil || len(report.Mismatches) > 0 {
		t.Fatalf("%v, %+v", err, report)
	}
	want := []string{"ZeroAmount", "ok", "UnknownCall", "BadArguments", "BadArguments", "BadArguments", "ok"}
	for i, c := range report.Calls {
		if c.Result != want[i] || (c.Fee > 0) != (want[i] == "ok" || want[i] == "ZeroAmount") {
			t.Errorf("%+v, want %s", c, want[i])
		}
	}
	if reason := report.Calls[3].Reason; !strings.HasPrefix(reason, "$.blocks[0].calls[3].args.amount: ") {
		t.Errorf("reason %q", reason)
	}
	report, err = run(strings.Replace(small, `"amount": "600"}`, `"amount": "600"}, "expect": "Fail"`, 1))
	if err != nil || len(report.Mismatches) != 1 || !strings.HasSuffix(report.Mismatches[0], "expected Fail, which is no code of a refusal") {
		t.Errorf("%v, %+v", err, report)
	}
	for _, expect := range []string{"ok", "UnknownCall"} {
		_, err = run(strings.Replace(small, `"amount": "600"}`, `"amount": 1.5}, "expect": "`+expect+`"`, 1))
		if err == nil || !strings.HasPrefix(err.Error(), "$.blocks[0].calls[0].args.amount: ") {
			t.Errorf("%s: %v", expect, err)
		}
	}
}

// A call that is invalid against the script's expectation doesn't spoil those behind it.
func TestUnexpectedlyInvalidCallsUseNoNonce(t *testing.T) {
	report, err := run(`{"accounts": {"//Alice": {"free": "600"}, "//Bob": {"free": "1000000"}}, "blocks": [{"at": 1, "calls": [
	 {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "1"}},
	 {"from": "//Bob", "call": "transfer", "args": {"to": "//Alice", "amount": "500000"}, "expect": "CannotPayFee"},
	 {"from": "//Bob", "call": "transfer", "args": {"to": "//Alice", "amount": "1"}},
	 {"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "1"}}]}]}`)
	if err != nil || len(report.Mismatches) != 2 || report.Calls[2].Result != "ok" || report.Calls[3].Result != "ok" {
		t.Errorf("%v, %+v", err, report)
	}
}

// Blocks and checks may stand in any order; block 0 is genesis. What they did is told by height, with where it stands.
func TestAnyOrder(t *testing.T) {
	report, err := run(`{"name": "any order", "description": "", "comment": ["for people"], "checks": [
	 {"at": 4, "query": "account", "args": {"address": "//Bob"}, "expect": {"free": 1503}},
	 {"at": 0, "query": "account", "args": {"address": "//Bob"}, "expect": {"free": 500}, "comment": 1}],
	 "blocks": [{"at": 3, "calls": [{"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": 1}}]},
	  {"at": 1, "calls": [{"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": 1000}}]},
	  {"at": 3, "calls": [{"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": 2}}]}],
	 "accounts": {"//Alice": {"free": 1000000}, "//Bob": {"free": 500}}}`)
	if err != nil || len(report.Mismatches) > 0 || report.Height != 4 {
		t.Fatalf("%v, %+v", err, report)
	}
	for i, want := range []string{"$.blocks[1].calls[0]", "$.blocks[0].calls[0]", "$.blocks[2].calls[0]"} {
		if report.Calls[i].Path != want {
			t.Errorf("%+v, want %s", report.Calls[i], want)
		}
	}
	if report.Checks[0].Path != "$.checks[1]" || report.Checks[1].At != 4 {
		t.Errorf("%+v", report.Checks)
	}
}

// The same script gives the same root.
func TestSameScriptSameRoot(t *testing.T) {
	a, err := run(small)
	if err != nil {
		t.Fatal(err)
	}
	b, err := run(small)
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
		report, err := run(`{"accounts": {"//Alice": {"free": "1000000"}}, "blocks": [{"at": 1, "calls": [
			{"from": "` + from + `", ` + first + `, "expect": "` + expect + `"},
			{"from": "//Alice", "call": "transfer", "args": {"to": "//Bob", "amount": "600"}}]}]}`)
		if err != nil || len(report.Mismatches) > 0 {
			t.Errorf("%s: %v, %v", expect, report, err)
		}
	}
}

// ending is a context that ends after it has been looked at some times.
type ending struct {
	context.Context
	left int
}

func (e *ending) Err() error {
	if e.left--; e.left < 0 {
		return context.Canceled
	}
	return nil
}

// A run ends with its context: between blocks and checks, and while it searches for a proof of work that takes minutes.
func TestEndsWithContext(t *testing.T) {
	const search = `{"accounts": {"//Alice": {"free": "1000000"}},
 "subnets": [{"netuid": 1, "name": "one", "owner": "//Bob", "params": {"max_difficulty": "18446744073709551615", "min_difficulty": "18446744073709551615"}}],
 "blocks": [{"at": 1, "calls": [{"from": "//Alice", "call": "register", "args": {"netuid": 1, "coldkey": "//Bob"}, "expect": "BadArguments"}]}]}`
	for _, c := range []struct {
		name, script string
		looks        int
	}{
		{"before the first block", small, 0},
		{"between blocks", `{"blocks": [{"at": 1000000, "calls": []}]}`, 3},
		{"between checks of one block", `{"checks": [` + strings.Repeat(`{"at": 0, "query": "params"},`, 3) + `{"at": 0, "query": "params"}]}`, 2},
		{"in a search", search, 3},
	} {
		if _, err := scenario.Run(&ending{context.Background(), c.looks}, strings.NewReader(c.script), scenario.Names{}); err != context.Canceled {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
