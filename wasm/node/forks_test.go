package node_test

import (
	"sync"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// Two relays show two chains that the same producers signed: the page is told who did, and what the relays said to it.
func TestForkIsTold(t *testing.T) {
	w := newWorld(t)
	second := w.addRelay()
	second.source.Chain = w.Fork(1, "x").Extend(2)
	second.source.Newest = second.source.Chain.Height
	var mu sync.Mutex
	handed := map[string]*light.Attack{}
	judge := func(name string, answer error) func([]byte) error {
		return func(evidence []byte) error {
			a, err := light.DecodeAttack(evidence)
			if err != nil {
				t.Error(err)
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			handed[name] = a
			return answer
		}
	}
	w.relay.source.Judge = judge("first", nil)
	second.source.Judge = judge("second", &wire.Refusal{Code: wire.CodeEvidenceTooOld, Message: "it is too long ago"})

	p := w.page(t, newShelf(), tab.StartParams{})
	s := p.until("told", func(s tab.Status) bool { return s.Fork != nil && !s.Fork.Telling })
	f := s.Fork
	if s.Sync != tab.Refused || s.Reason == "" || len(s.Alarms) != 1 || s.Alarms[0].Code != "fork" {
		t.Errorf("%s %q, %+v", s.Sync, s.Reason, s.Alarms)
	}
	if f.Kind != "lunatic" && f.Kind != "equivocation" || f.Shared != 1 || len(f.Both) != 4 || f.Power != 40 || f.Total != 40 {
		t.Errorf("%+v", f)
	}
	for _, side := range []tab.ForkSide{f.A, f.B} {
		if side.Block.Level != level.Claimed || side.Block.Height != 3 && side.Block.Height != 2 || len(side.Block.Signers) != 4 || side.Block.Signed != 40 || side.Relay == "" {
			t.Errorf("%+v", side)
		}
	}
	if f.A.Relay == f.B.Relay || f.A.Block.Hash == f.B.Block.Hash {
		t.Errorf("one side twice: %+v, %+v", f.A, f.B)
	}
	taken := 0
	for _, r := range f.Reports {
		if r.Relay == r.Against || r.Answer == "" || r.Taken != (r.Code == "") || r.Code != "" && r.Code != wire.CodeEvidenceTooOld {
			t.Errorf("%+v", r)
		}
		if r.Taken {
			taken++
		}
	}
	mu.Lock()
	if len(f.Reports) != 2 || taken != 1 || len(handed) != 2 || handed["first"].Conflicting.Hash() == handed["second"].Conflicting.Hash() {
		t.Errorf("%+v, %v", f.Reports, handed)
	}
	mu.Unlock()

	// Nothing is shown any more, and the fork goes into a file that says what it does not.
	if a := p.call(tab.Query, tab.QueryParams{Program: "supply@1", Args: none}); a.Error == nil {
		t.Error("a figure is shown after a fork")
	}
	var file tab.ProofFile
	p.ask(tab.Save, tab.SaveParams{Fork: true}, &file)
	b, err := bundle.Decode(file.File)
	if err != nil || b.Body.Kind() != bundle.ForkKind {
		t.Fatalf("%v, %v", b, err)
	}
	var report tab.ProofReport
	p.ask(tab.Check, tab.CheckParams{File: file.File}, &report)
	if report.Verdict != tab.ProofHolds || report.Fork == nil || report.Fork.Kind != f.Kind || report.Fork.A.Block.Hash != f.A.Block.Hash || len(report.Fork.Both) != 4 {
		t.Errorf("%s %s, %+v", report.Verdict, report.Error, report.Fork)
	}
	if got := codec.MustEncode(s); len(got) > 1<<16 {
		t.Errorf("the status has %d bytes", len(got))
	}
}

// As long as there is no fork there is no file of one.
func TestNoForkNoFile(t *testing.T) {
	p := newWorld(t).page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	if a := p.call(tab.Save, tab.SaveParams{Fork: true}); a.Error == nil || a.Error.Code != "no_fork" {
		t.Errorf("%+v", a)
	}
}

// A relay that is a block behind, or shows a block before the others do, is on the same chain.
func TestHeadsOfSeveralRelays(t *testing.T) {
	w := newWorld(t)
	late := w.addRelay()
	late.frozen.Store(2)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("both connected", func(s tab.Status) bool {
		return live(s) && len(s.Relays) == 2 && s.Relays[0].Height > 0 && s.Relays[1].Height > 0
	})
	w.grow(t, 2)
	s := p.until("ahead", func(s tab.Status) bool { return s.Head != nil && s.Head.Height == 5 })
	if s.Fork != nil || len(s.Alarms) != 0 || s.Relays[0].Lies+s.Relays[1].Lies != 0 {
		t.Errorf("%+v, %+v", s.Alarms, s.Relays)
	}
}
