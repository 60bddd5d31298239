package model

import (
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

func TestSaid(t *testing.T) {
	for want, r := range map[string]*tab.ProofReport{
		"Block 7":                  {Kind: "block", Height: 7, Finding: tab.FindsFraud, Fraud: &tab.Fraud{What: "state root", Computed: []byte{1}, Signed: []byte{2}, Reason: "none"}},
		"Two chains after block 9": {Kind: "fork", Fork: &tab.Fork{Shared: 9, Kind: "equivocation", Power: 1, Total: 3}},
		"The supply":               {Kind: "figure", Figure: &tab.ProofFigure{Program: "supply@1", Result: codec.MustEncode(view.Supply{})}},
		"":                         {Kind: "transaction"},
	} {
		if about, _, facts := Said(r); about != want || (want == "") != (len(facts) == 0) {
			t.Errorf("%q with %d facts, want %q", about, len(facts), want)
		}
	}
	_, _, facts := Said(&tab.ProofReport{Kind: "block", Height: 7, Finding: tab.FindsFraud, Fraud: &tab.Fraud{What: "state root", Computed: []byte{1}, Signed: []byte{2}}})
	if len(facts) != 5 || facts[1].Words != "it does not lead to what producers signed" || facts[3].Words != "01" || facts[4].Words != "02" {
		t.Errorf("%+v", facts)
	}
}

func TestFacts(t *testing.T) {
	who := keys.Account{4}
	for program, c := range map[string]struct {
		result      any
		about, page string
		facts       int
	}{
		"account@1":      {view.Account{Address: who, Free: 5 * tao.TAO}, who.String(), "#/account/" + who.String(), 5},
		"supply@1":       {view.Supply{}, "The supply", "#/", 6},
		"subnets@1":      {view.Subnets{Subnets: make([]view.Subnet, 20)}, "20 subnets", "#/subnets", 20},
		"subnet@1":       {view.SubnetDetail{Exists: true, Subnet: view.Subnet{Netuid: 3, Name: "folding"}}, "Subnet 3, folding", "#/subnet/3", 5},
		"metagraph@1":    {view.Metagraph{Netuid: 3, Emission: make([]tao.Amount, 256)}, "The neurons of subnet 3", "#/subnet/3", 257},
		"epoch@1":        {view.Epoch{Netuid: 3, Emission: make([]tao.Amount, 2)}, "The last epoch of subnet 3", "#/subnet/3", 4},
		"totals@1":       {view.Totals{}, "The supply", "#/", 6},
		"shares@1":       {view.Shares{Shares: make([]view.Share, 2)}, "How emission was split", "#/subnets", 2},
		"axon@1":         {view.Axon{Netuid: 3, Hotkey: who, Registered: true, UID: 7, Axon: view.Served{Exists: true, IP: "203.0.113.7", Port: 8091}}, "The axon of " + who.String(), "#/neuron/3/7", 4},
		"commits@1":      {view.Commits{Netuid: 3, Hotkey: who, Commits: make([]view.Commit, 2)}, "The commits of " + who.String(), "#/subnet/3", 3},
		"children@1":     {view.Family{Netuid: 3, Hotkey: who, Children: make([]view.Kin, 2), Parents: make([]view.Kin, 3)}, "The children and parents of " + who.String(), "#/subnet/3", 7},
		"proxies@1":      {view.Proxies{Address: who, Proxies: make([]view.Proxy, 257)}, "Who acts for " + who.String(), "#/account/" + who.String(), 257},
		"operations@1":   {view.Operations{Address: who, Operations: []view.Operation{{Approvals: []keys.Account{who}}}}, "What waits in the group " + who.String(), "#/account/" + who.String(), 1},
		"coldkey_swap@1": {view.ColdkeySwap{Address: who}, "The coldkey " + who.String(), "#/account/" + who.String(), 1},
		"relays@1":       {1, "The answer of relays@1", "", 1},
	} {
		about, page, facts := Facts(program, codec.MustEncode(c.result), false)
		if about != c.about || page != c.page || len(facts) != c.facts {
			t.Errorf("%s: %s, %s, %d facts", program, about, page, len(facts))
		}
		if about, page, facts := Facts(program, []byte{0xff}, false); about != "The answer of "+program || page != "" || len(facts) != 1 {
			t.Errorf("%s that does not decode: %s, %s, %v", program, about, page, facts)
		}
	}
	if _, _, facts := Facts("metagraph@1", codec.MustEncode(view.Metagraph{Emission: make([]tao.Amount, 1024)}), false); len(facts) != 258 || facts[257].Words != "768, which taolight verify shows" {
		t.Errorf("%d lines of 1,024 neurons, the last is %+v", len(facts), facts[len(facts)-1])
	}
	for want, swap := range map[string]view.ColdkeySwap{
		"announced in block 5, allowed from block 9": {Exists: true, Since: 5, From: 9}, "disputed": {Exists: true, Disputed: true},
		"begun, for " + who.String(): {Exists: true, Begun: true, New: who}, "none is announced": {},
	} {
		if _, _, facts := Facts("coldkey_swap@1", codec.MustEncode(swap), false); len(facts) != 1 || facts[0].Words != want {
			t.Errorf("%+v, want %q", facts, want)
		}
	}
	if _, _, facts := Facts("children@1", codec.MustEncode(view.Family{Children: []view.Kin{{Proportion: 1 << 62}}}), false); facts[0].Words != "25.00 %" {
		t.Errorf("%+v", facts)
	}
	if _, _, facts := Facts("account@1", codec.MustEncode(view.Account{Staked: 5, Stakes: []view.Stake{}}), true); facts[0].Name != "A part of the list" || facts[2].Name != "Staked, on this part" {
		t.Errorf("a part of an account: %+v", facts)
	}
	if about, _, facts := Facts("subnet@1", codec.MustEncode(view.SubnetDetail{Hyperparameters: []view.Hyperparameter{}}), false); about != "No such subnet" || facts != nil {
		t.Errorf("%s %v", about, facts)
	}
}
