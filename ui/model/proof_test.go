package model

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/route"
)

// A file is checked wherever it is dropped, before anything is known of the chain.
func TestTakeFile(t *testing.T) {
	a, n, b := start(t, "#/blocks")
	a.TakeFile("huge.taoproof", MaxProof+1)
	if a.Proof.Err == "" || n.open(tab.Check, "") != 0 || b.hash != "#/verify" {
		t.Errorf("%+v, %s", a.Proof, b.hash)
	}
	a.TakeFile("a.taoproof", 3)
	_, late := params[tab.CheckParams](t, n, tab.Check)
	a.TakeFile("b.taoproof", 3)
	p, id := params[tab.CheckParams](t, n, tab.Check)
	n.answer(late, tab.ProofReport{Verdict: tab.ProofFalse}, nil)
	if a.Proof.Report.Has {
		t.Error("the report on another file was taken")
	}
	n.answer(id, tab.ProofReport{Verdict: tab.ProofUnsure}, nil)
	if string(p.File) != "\x01\x02\x03" || p.AcceptRoot || a.Proof.Name != "b.taoproof" || a.Proof.Report.Value.Verdict != tab.ProofUnsure {
		t.Errorf("%+v", a.Proof)
	}
	a.AcceptRoot()
	if p, _ := params[tab.CheckParams](t, n, tab.Check); !p.AcceptRoot {
		t.Error("the root was not accepted")
	}
}

func TestVerdicts(t *testing.T) {
	for verdict, want := range map[string][2]string{
		tab.ProofHolds: {"claimed", "This proof holds."}, tab.ProofFalse: {"alarm", "This proof is false."}, tab.ProofUnsure: {"none", "Not conclusive."}, "": {"none", "Not conclusive."},
	} {
		mark, words := Verdict(&tab.ProofReport{Verdict: verdict})
		if mark != want[0] || words != want[1] { // the level is the node's, here the zero one
			t.Errorf("%q: %s %s", verdict, mark, words)
		}
	}
	for want, r := range map[string]*tab.ProofReport{
		"It holds: producers signed something false.": {Verdict: tab.ProofHolds, Finding: tab.FindsFraud},
		"It holds: producers signed two chains.":      {Verdict: tab.ProofHolds, Fork: &tab.Fork{}},
		"This proof holds.":                           {Verdict: tab.ProofHolds, Finding: tab.FindsFollows},
		"This is no proof.":                           {Verdict: tab.ProofFalse, Code: "bad_file"},
		"Not conclusive.":                             {Verdict: tab.ProofUnsure, Finding: tab.FindsFraud, Fork: &tab.Fork{}},
	} {
		if mark, words := Verdict(r); words != want || (mark == "alarm") != strings.HasPrefix(want, "It holds") {
			t.Errorf("%s %s, want %s", mark, words, want)
		}
	}
	for outcome, want := range map[string]string{"held": "proven", "failed": "alarm", "unsure": "none", "open": "claimed", "else": "claimed"} {
		if mark, word := StepMark(tab.ProofStep{Outcome: outcome}); mark != want || word == "" {
			t.Errorf("%s: %s %s", outcome, mark, word)
		}
	}
}

func TestSaveFigure(t *testing.T) {
	a, b, n := at(t, "#/")
	n.figure(n.take(tab.Query, "supply@1"), 0, 99, view.Supply{})
	a.SaveFigure(&a.Supply.Asked)
	p, id := params[tab.SaveParams](t, n, tab.Save)
	if p.Figure == nil || p.Figure.Program != "supply@1" || p.Figure.Height != 99 || string(p.Figure.Args) != "\x80" {
		t.Errorf("%+v", p)
	}
	key := KeyOf(&a.Supply.Asked)
	a.SaveTx(5, [32]byte{1})
	if n.open(tab.Save, "") != 0 || a.SavingNote(key) != "Making the file …" {
		t.Errorf("two at a time: %+v", a.Saving)
	}
	n.answer(id, tab.ProofFile{Name: "supply-99.taoproof", File: []byte{7}}, nil)
	if string(b.saved["supply-99.taoproof"]) != "\x07" || a.SavingNote(key) != "Saved as supply-99.taoproof, 1 B." || a.SavingNote("other") != "" {
		t.Errorf("%v %+v", b.saved, a.Saving)
	}
	a.SaveTx(5, [32]byte{1})
	if p, id = params[tab.SaveParams](t, n, tab.Save); p.Figure != nil || p.Block != 5 || p.Tx != [32]byte{1} {
		t.Errorf("%+v", p)
	}
	n.answer(id, nil, &tab.Error{Message: "Later."})
	if len(b.saved) != 1 || !strings.Contains(a.Saving.Note, "Later.") {
		t.Errorf("%+v", a.Saving)
	}
}

// A permalink leads back to the very question, in the same state.
func TestPermalink(t *testing.T) {
	a, _, n := at(t, "#/")
	of := Asked{Figure: tab.Figure{Height: 88}, Query: tab.QueryParams{Program: "account@1", Args: []byte{0x82, 0, 0xff}}}
	a.Navigate(Permalink(&of))
	p, id := params[tab.QueryParams](t, n, tab.Query)
	for p.Program != "account@1" { // what the overview asked
		p, id = params[tab.QueryParams](t, n, tab.Query)
	}
	if p.Height != 88 || string(p.Args) != "\x82\x00\xff" || a.Route.Page != route.Proof {
		t.Errorf("%+v", p)
	}
	n.answer(id, tab.Figure{Height: 88}, nil)
	n.block(tab.Block{Height: 101})
	if n.open(tab.Query, "account@1") != 0 || !a.Link.Figure.Has {
		t.Error("a figure of a past state is asked again with each block")
	}
	a.SaveLink()
	if s, _ := params[tab.SaveParams](t, n, tab.Save); s.Figure == nil || s.Figure.Height != 88 || string(s.Figure.Args) != "\x82\x00\xff" || a.SavingNote(a.Link.Key()) == "" {
		t.Errorf("another figure is saved: %+v", s.Figure)
	}
	if a.Navigate("#/proof/89/account@1/8200ff"); a.Link.Figure.Has || n.open(tab.Query, "account@1") != 1 {
		t.Errorf("another block: %+v", a.Link)
	}
}

// A neuron of an epoch in a file is explained by that file alone; another file, or another question, forgets the answer.
func TestWhyInFile(t *testing.T) {
	a, _, n := at(t, "#/verify")
	a.TakeFile("epoch.taoproof", 3)
	_, check := params[tab.CheckParams](t, n, tab.Check)
	n.answer(check, tab.ProofReport{Verdict: tab.ProofHolds, Kind: "block", Height: 7, Finding: tab.FindsFollows, Epochs: []tab.ProofEpoch{{Netuid: 2, Index: 3, Neurons: 4}}}, nil)
	a.WhyInFile(2, "four")
	if a.Proof.Neuron.Err == "" || n.open(tab.Explain, "") != 0 {
		t.Errorf("%+v", a.Proof.Neuron)
	}
	a.WhyInFile(2, " 3 ")
	p, id := params[tab.ExplainParams](t, n, tab.Explain)
	if p != (tab.ExplainParams{Netuid: 2, Height: 7, UID: 3, File: true}) || a.Proof.Neuron.Err != "" {
		t.Errorf("%+v", p)
	}
	n.answer(id, tab.Explanation{UID: 3, Server: 5}, nil)
	if !a.Proof.Why.Has || a.Again.Why.Has {
		t.Error("the answer is not where it belongs")
	}
	a.TakeFile("another.taoproof", 3)
	if a.Proof.Why.Has {
		t.Error("another file keeps the answer")
	}
}

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

// What stopped the node is saved: the fraud if there is one, otherwise the fork.
func TestSaveEvidence(t *testing.T) {
	a, _, n := at(t, "#/fraud")
	a.Status.Fork = &tab.Fork{}
	for _, fraud := range []bool{false, true} {
		a.SaveEvidence()
		p, id := params[tab.SaveParams](t, n, tab.Save)
		if p.Fraud != fraud || p.Fork == fraud || p.Figure != nil || p.Replay != 0 {
			t.Errorf("%+v", p)
		}
		n.answer(id, tab.ProofFile{Name: "x"}, nil)
		if a.SavingNote(EvidenceKey) != "Saved as x, 0 B." {
			t.Error(a.Saving.Note)
		}
		a.Status.Fraud = &tab.Fraud{}
	}
	a.SaveBlock(1234)
	if p, _ := params[tab.SaveParams](t, n, tab.Save); p.Replay != 1234 || a.SavingNote("block 1,234") == "" {
		t.Errorf("%+v", p)
	}
}

func TestFacts(t *testing.T) {
	who := keys.Account{4}
	for program, c := range map[string]struct {
		result      any
		about, page string
		facts       int
	}{
		"account@1":   {view.Account{Address: who, Free: 5 * tao.TAO}, who.String(), "#/account/" + who.String(), 5},
		"supply@1":    {view.Supply{}, "The supply", "#/", 6},
		"subnets@1":   {view.Subnets{Subnets: make([]view.Subnet, 20)}, "20 subnets", "#/subnets", 20},
		"subnet@1":    {view.SubnetDetail{Exists: true, Subnet: view.Subnet{Netuid: 3, Name: "folding"}}, "Subnet 3, folding", "#/subnet/3", 5},
		"metagraph@1": {view.Metagraph{Netuid: 3, Emission: make([]tao.Amount, 256)}, "The neurons of subnet 3", "#/subnet/3", 257},
		"relays@1":    {1, "The answer of relays@1", "", 1},
	} {
		about, page, facts := Facts(program, codec.MustEncode(c.result))
		if about != c.about || page != c.page || len(facts) != c.facts {
			t.Errorf("%s: %s, %s, %d facts", program, about, page, len(facts))
		}
		if about, page, facts := Facts(program, []byte{0xff}); about != "The answer of "+program || page != "" || len(facts) != 1 {
			t.Errorf("%s that does not decode: %s, %s, %v", program, about, page, facts)
		}
	}
	if _, _, facts := Facts("metagraph@1", codec.MustEncode(view.Metagraph{Emission: make([]tao.Amount, 1024)})); len(facts) != 258 || facts[257].Words != "768, which taolight verify shows" {
		t.Errorf("%d lines of 1,024 neurons, the last is %+v", len(facts), facts[len(facts)-1])
	}
	if about, _, facts := Facts("subnet@1", codec.MustEncode(view.SubnetDetail{Hyperparameters: []view.Hyperparameter{}})); about != "No such subnet" || facts != nil {
		t.Errorf("%s %v", about, facts)
	}
}
