package model

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/tab"
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
