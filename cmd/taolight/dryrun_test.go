package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/tao"
)

// dryRuns are command lines of each call, with the code that running it over the state of [TestDryRunsAgree] ends with: ""
// for none, "*" for whatever it is.
func dryRuns(operation string) map[string][]struct{ line, code string } {
	type one = struct{ line, code string }
	return map[string][]one{
		"transfer":              {{"transfer --from //Dave //Bob 5", ""}, {"transfer --from //Dave --all //Bob", ""}},
		"add_stake":             {{"stake add --from //Dave //Dave//h 10", ""}},
		"remove_stake":          {{"stake remove --from //Dave //Dave//h 2", ""}, {"stake remove --from //Dave //Dave//h --all", ""}},
		"unstake_all":           {{"stake unstake-all --from //Dave", ""}},
		"move_stake":            {{"stake move --from //Dave //Dave//h //Dave//i 2", ""}},
		"transfer_stake":        {{"stake transfer --from //Dave //Bob //Dave//h 2", ""}},
		"associate_hotkey":      {{"hotkey associate --from //Dave //Dave//new", ""}},
		"swap_hotkey":           {{"hotkey swap --from //Dave //Dave//h //Dave//new", ""}},
		"announce_coldkey_swap": {{"coldkey swap announce --from //Dave //Fresh", ""}},
		"swap_coldkey":          {{"coldkey swap execute --from //Dave //Fresh", "ColdkeySwapAnnouncementNotFound"}},
		"dispute_coldkey_swap":  {{"coldkey swap dispute --from //Eve", ""}},
		"become_delegate":       {{"delegate become --from //Dave //Dave//i", ""}},
		"increase_take":         {{"delegate increase-take --from //Dave //Dave//h 17%", "DelegateTakeTooLow"}},
		"decrease_take":         {{"delegate decrease-take --from //Dave //Dave//h 8%", ""}},
		"set_children": {
			{"childkey set --from //Dave 1 //Dave//h --children //Dave//i,//Bob//hotkey --proportions 10%,20%", ""},
			{"childkey set --from //Dave 2 //Dave//h --children //Dave//i,//Bob//hotkey --proportions 10%,20%", "TxRateLimitExceeded"},
			{"childkey set --from //Dave 1 //Dave//h --children ''", ""},
		},
		"set_childkey_take":         {{"childkey take --from //Dave 1 //Dave//h 9%", ""}},
		"burned_register":           {{"register --from //Dave 1 //Dave//h", ""}},
		"register":                  nil, // TestRegisterByWork
		"root_register":             {{"root register --from //Dave //Dave//h", ""}},
		"register_network":          {{"subnet create --from //Dave //Dave//i", "NetworkTxRateLimitExceeded"}},
		"dissolve_network":          {{"subnet dissolve --from //Bob 2", ""}},
		"set_subnet_hotkey":         {{"subnet set-hotkey --from //Bob 2 //Bob//hotkey", "*"}},
		"set_hyperparameter":        {{"subnet set --from //Bob 2 immunity_period 7200", "*"}},
		"set_subnet_identity":       {{"subnet set-identity --from //Bob 2 other", ""}},
		"transfer_subnet_ownership": {{"subnet transfer-ownership --from //Bob 2 //Eve", ""}},
		"register_relay":            {{"relay register --from //Dave --node HOME/devnet --addr /dns/relay.example/tcp/443/wss", ""}},
		"unregister_relay":          {{"relay unregister --from //Dave 12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp", "RelayNotFound"}},
		"batch":                     {{`batch all --from //Dave [{"call":"transfer","args":{"to":"//Bob","amount":"1000000000"}}]`, ""}},
		"batch_each":                {{`batch each --from //Dave [{"call":"transfer","args":{"to":"//Bob","amount":"1000000000"}}]`, ""}},
		"add_proxy":                 {{"proxy add --from //Dave //Bob staking", ""}},
		"remove_proxy":              {{"proxy remove --from //Dave //Eve staking", ""}},
		"proxy":                     {{`proxy execute --from //Eve //Dave staking {"call":"unstake_all","args":{}}`, ""}},
		"multisig_propose":          {{`multisig propose --from //Dave --signatories //Dave,//Eve --threshold 2 {"call":"unstake_all","args":{}}`, ""}},
		"multisig_approve":          {{`multisig approve --from //Eve --signatories //Dave,//Eve --threshold 2 ` + operation + ` {"call":"unstake_all","args":{}}`, ""}},
		"multisig_cancel":           {{`multisig cancel --from //Dave --signatories //Dave,//Eve --threshold 2 ` + operation, ""}},
		"set_weights":               {{"weights set --from //Alice//hotkey --netuid 1 --uids 0 --weights 1", "*"}},
		"batch_set_weights":         {{`weights batch --from //Alice//hotkey [{"netuid":1,"uids":[0],"values":[3],"version":0}]`, "*"}},
		"commit_weights":            {{"weights commit --from //Alice//hotkey --netuid 1 --uids 0 --weights 1", "*"}},
		"reveal_weights":            {{"weights reveal --from //Alice//hotkey --netuid 1 --uids 0 --weights 1 --salt 7,12,9,44,3,8,61,5", "*"}},
		"batch_reveal_weights":      {{`weights batch-reveal --from //Alice//hotkey 1 [{"uids":[0],"values":[3],"salt":[1,2,3,4,5,6,7,8],"version":0}]`, "*"}},
		"serve_axon":                {{"axon serve --from //Alice//hotkey 1 203.0.113.7:8091", "*"}},
		"serve_prometheus":          {{"axon prometheus --from //Alice//hotkey 1 203.0.113.7:8091", "*"}},
		"set_commitment":            {{"commitment set --from //Alice//hotkey 1 hello", "*"}},
	}
}

// TestDryRunsAgree runs every call with --dry-run: what is free afterwards by the figures that are shown, each with its
// name, is what executing it leaves.
func TestDryRunsAgree(t *testing.T) {
	home := t.TempDir()
	d := startDevnet(t, home, "--no-market")
	t.Cleanup(func() { d.stop() })
	chainFlags := []string{"--relay", d.Relay, "--home", home, "--json"}
	do := func(line string) []byte {
		t.Helper()
		return command(t, 0, append(words(line), chainFlags...)...)
	}
	do("status --trust " + d.Trust)
	for _, line := range []string{
		"hotkey associate --from //Dave //Dave//h", "hotkey associate --from //Dave //Dave//i", "stake add --from //Dave //Dave//h 100",
		"delegate become --from //Dave //Dave//h",
		"childkey set --from //Dave 2 //Dave//h --children //Dave//i --proportions 10%", "proxy add --from //Dave //Eve staking",
		"coldkey swap announce --from //Eve //Fresh",
	} {
		do(line)
	}
	var proposed struct{ Height, Index uint64 }
	if err := json.Unmarshal(do(`multisig propose --from //Dave --signatories //Dave,//Eve --threshold 2 {"call":"unstake_all","args":{}}`), &proposed); err != nil {
		t.Fatal(err)
	}
	runs := dryRuns(fmt.Sprintf("--height %d --index %d", proposed.Height, proposed.Index))
	for _, c := range chain.Calls {
		if _, known := runs[c.Name]; !known {
			t.Errorf("no dry run of %s", c.Name)
		}
		for _, r := range runs[c.Name] {
			line := strings.Replace(r.line, "HOME", home, 1)
			var q quote
			if err := json.Unmarshal(do(line+" --dry-run"), &q); err != nil {
				t.Errorf("%s: %v", line, err)
				continue
			}
			checkAgreement(t, line, c, r.code, &q)
		}
	}
}

// checkAgreement holds the figures of a dry run against what executing it does.
func checkAgreement(t *testing.T, line string, c chain.Call, code string, q *quote) {
	t.Helper()
	p := q.Predicted
	if p == nil {
		t.Errorf("%s: not predicted: %q", line, q.Unknown)
		return
	}
	if want := cmp.Or(code, "Ok"); p.Code != want && code != "*" {
		t.Errorf("%s: predicted %s, %s; want %s", line, p.Code, p.Reason, want)
	}
	if c.Feeless || p.Code != "Ok" {
		return
	}
	if q.After == nil || *q.After != p.FreeAfter || *q.Free != p.FreeBefore || q.Fee != p.Fee {
		t.Errorf("%s: free %d, after it %d with a fee of %d; executed: free %d, after it %d with a fee of %d", line, q.Free, q.After, q.Fee, p.FreeBefore, p.FreeAfter, p.Fee)
	}
	spent := int64(p.FreeBefore - p.FreeAfter - p.Fee)
	if spent <= 0 || fieldOf(forms.Fields(c.Args()), "amount") != nil || strings.HasPrefix(c.Name, "batch") {
		return // their arguments say it
	}
	for _, f := range q.Figures {
		if strings.Contains(f, amount(tao.Amount(spent))) {
			return
		}
	}
	t.Errorf("%s: it costs %s beside the fee, and the figures don't say so: %v", line, amount(tao.Amount(spent)), q.Figures)
}

// words splits a command line at its spaces; ” is an empty argument, and JSON has no spaces here.
func words(line string) []string {
	all := strings.Fields(line)
	for i := range all {
		if all[i] == "''" {
			all[i] = ""
		}
	}
	return all
}
