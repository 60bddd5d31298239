package model

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
)

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
