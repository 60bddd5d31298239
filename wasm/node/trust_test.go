package node_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/tab"
)

const day = 24 * time.Hour

func refused(s tab.Status) bool { return s.Sync == tab.Refused }

// vouch is a checkpoint of a chain's block, signed by development keys.
func vouch(t *testing.T, c *lighttest.Chain, height uint64, signers ...string) checkpoint.Checkpoint {
	t.Helper()
	b := c.Block(height)
	cp := checkpoint.Checkpoint{Block: checkpoint.Block{ChainID: c.ID(), Height: height, Hash: b.Hash(), Time: uint64(b.Header.Time.Unix())}}
	for _, name := range signers {
		key, err := sign.FromURI(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := cp.Sign(key); err != nil {
			t.Fatal(err)
		}
	}
	return cp
}

// ana makes //Alice a known party.
func ana(t *testing.T, w *world) {
	t.Helper()
	key, err := sign.FromURI("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	w.parties = checkpoint.Parties{{Account: key.Account(), Name: "Ana"}}
}

func TestExpiredRootIsRefusedWithFacts(t *testing.T) {
	w, known := newWorld(t), newShelf()
	w.page(t, known, tab.StartParams{}).until("live", live)
	w.setClock(w.Now().Add(23 * day))
	for source, test := range map[string]struct {
		shelf *shelf
		start tab.StartParams
	}{
		"first use, from this page’s host": {known, tab.StartParams{}},
		"typed in":                         {newShelf(), tab.StartParams{Trust: w.Trust(1).String(), Typed: true}},
	} {
		t.Run(source, func(t *testing.T) {
			s := w.page(t, test.shelf, test.start).until("refused", refused)
			at := uint64(w.Block(1).Header.Time.UnixMilli())
			if s.Refusal == nil || *s.Refusal != (tab.Refusal{Code: tab.TrustExpired, Height: 1, Time: at}) {
				t.Errorf("%+v", s.Refusal)
			}
			if tr := s.Trust; tr.Height != 1 || tr.Hash != w.Trust(1).Hash || tr.Time != at || tr.Period != 14*86400 || tr.Source != source {
				t.Errorf("%+v", tr)
			}
		})
	}
}

// The tab stood open for weeks without a relay: it is the newest block that is too old, not the trust root.
func TestHeadThatGrewOldIsRefused(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	w.relay.stop()
	p.until("stalled", func(s tab.Status) bool { return s.Sync == tab.Stalled })
	w.Step(lighttest.Spec{Wait: 20 * day}, nil)
	w.relay.start()
	s := p.until("refused", refused)
	if s.Refusal == nil || s.Refusal.Code != tab.TrustExpired || s.Refusal.Height != 3 || s.Refusal.Time != uint64(w.Block(3).Header.Time.UnixMilli()) {
		t.Errorf("%+v", s.Refusal)
	}
	if s.Reason != "Block 3, the newest that this tab verified, is too old to go on from. It is 20 days old; the limit is 14. Nothing is shown." {
		t.Error(s.Reason)
	}
}

func TestSignedCheckpointAsTrustRoot(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	ana(t, w)
	text := vouch(t, w.Chain, 2, "//Alice", "//Bob").Lines()
	s := w.page(t, shelf, tab.StartParams{Trust: text, Typed: true}).until("live", live)
	check := func(s tab.Status) {
		t.Helper()
		if tr := s.Trust; tr.Height != 2 || tr.Source != "typed in" || tr.SignedBy != "signed by Ana and 1 unknown party" || tr.Known != 1 {
			t.Errorf("%+v", tr)
		}
	}
	check(s)
	check(w.page(t, shelf, tab.StartParams{}).until("live on a later visit", live))
	w.parties = nil // a later release knows Ana no more
	s = w.page(t, shelf, tab.StartParams{}).until("live", live)
	if s.Trust.Known != 0 || s.Trust.SignedBy != "signed by 2 unknown parties" {
		t.Errorf("%+v", s.Trust)
	}
	s = w.page(t, shelf, tab.StartParams{Trust: w.Trust(3).String()}).until("live from another root", live)
	if s.Trust.SignedBy != "" || s.Trust.Known != 0 {
		t.Errorf("the signatures of another checkpoint are shown: %+v", s.Trust)
	}
}

func TestTrustRootsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	forged := vouch(t, w.Chain, 2, "//Alice")
	forged.Height++
	foreign := vouch(t, w.Chain, 2, "//Alice")
	foreign.ChainID = "other-1"
	for name, test := range map[string]struct{ text, code, reason string }{
		"false signature":   {forged.String(), tab.BadTrust, "is false"},
		"another chain":     {foreign.String(), tab.BadTrust, "it is of the chain other-1"},
		"cut short":         {vouch(t, w.Chain, 2, "//Alice").String()[:150], tab.BadTrust, "signature"},
		"garbage":           {"12:zz", tab.BadTrust, "64 hex digits"},
		"mistyped":          {fmt.Sprintf("2:%x", [32]byte{7}), tab.ContradictsTrust, "Compare all 64 digits."},
		"signed a mistaken": {vouch(t, w.Fork(1, "x").Extend(2), 2, "//Alice").String(), tab.ContradictsTrust, "Compare all 64 digits."},
	} {
		t.Run(name, func(t *testing.T) {
			p := w.page(t, newShelf(), tab.StartParams{Trust: test.text, Typed: true})
			s := p.until("refused", func(s tab.Status) bool { return refused(s) && s.Refusal != nil })
			if s.Refusal.Code != test.code || !strings.Contains(s.Reason, test.reason) {
				t.Errorf("%+v, %s", s.Refusal, s.Reason)
			}
		})
	}
}

func compared(state tab.CheckpointState, n int) func(tab.Status) bool {
	return func(s tab.Status) bool {
		for _, c := range s.Trust.Compared {
			if c.State == state {
				n--
			}
		}
		return n <= 0
	}
}

func TestHostsCheckpointsAgree(t *testing.T) {
	w := newWorld(t)
	ana(t, w)
	w.checkpoints = []string{vouch(t, w.Chain, 2, "//Alice", "//Bob").Lines(), vouch(t, w.Chain, 1, "//Bob").String()}
	s := w.page(t, newShelf(), tab.StartParams{}).until("agreement", compared(tab.Agrees, 2))
	c := s.Trust.Compared
	if len(c) != 2 || c[0].Height != 2 || c[0].Hash != w.Trust(2).Hash || c[0].By != "signed by Ana and 1 unknown party" || c[0].Known != 1 || c[0].Why != "" || c[1].Known != 0 {
		t.Errorf("%+v", c)
	}
	if s.Sync == tab.Refused || len(s.Alarms) != 0 {
		t.Errorf("%s %s", s.Sync, s.Reason)
	}
}

func TestHostsCheckpointAboveTheHeadWaits(t *testing.T) {
	w := newWorld(t)
	w.grow(t, 1)
	w.checkpoints = []string{vouch(t, w.Chain, 4, "//Alice").String()}
	var newest atomic.Uint64
	newest.Store(3)
	w.relay.source.Newest = newest.Load
	p := w.page(t, newShelf(), tab.StartParams{})
	s := p.until("it waits", func(s tab.Status) bool {
		return live(s) && len(s.Trust.Compared) == 1 && strings.Contains(s.Trust.Compared[0].Why, "above the newest block")
	})
	if s.Trust.Compared[0].State != tab.Waiting {
		t.Errorf("%+v", s.Trust.Compared)
	}
	p.close()
	newest.Store(4)
	w.page(t, newShelf(), tab.StartParams{}).until("agreement", compared(tab.Agrees, 1))
}

func TestConflictingCheckpointEndsTheSession(t *testing.T) {
	for name, test := range map[string]struct {
		start func(w *world) tab.StartParams
		say   func(w *world, fork *lighttest.Chain)
		names []string
	}{
		"host's against the host's own block": {func(*world) tab.StartParams { return tab.StartParams{} }, func(w *world, fork *lighttest.Chain) {
			w.checkpoints = []string{vouch(t, fork, 2, "//Alice").String()}
		}, []string{"signed by Ana", "first use"}},
		"host's against a typed one": {func(w *world) tab.StartParams { return tab.StartParams{Trust: w.Trust(3).String(), Typed: true} }, func(w *world, fork *lighttest.Chain) {
			w.checkpoints = []string{vouch(t, w.Chain, 1, "//Bob").String(), vouch(t, fork, 2, "//Alice", "//Bob").String()}
		}, []string{"signed by Ana and 1 unknown party", "typed in"}},
		"host's among themselves, out of reach": {func(*world) tab.StartParams { return tab.StartParams{} }, func(w *world, fork *lighttest.Chain) {
			w.Extend(20)
			fork.Extend(20)
			w.relay.source.Newest = func() uint64 { return 3 }
			w.checkpoints = []string{vouch(t, w.Chain, 20, "//Alice").String(), vouch(t, fork, 20, "//Bob").String()}
		}, []string{"signed by Ana", "signed by 1 unknown party"}},
		"the release's against the pinned one": {func(w *world) tab.StartParams { return tab.StartParams{Trust: w.Trust(3).String()} }, func(w *world, fork *lighttest.Chain) {
			w.builtIn = map[string]light.TrustRoot{w.ID(): fork.Trust(2)}
		}, []string{"built in", "from the address"}},
		"a false date": {func(*world) tab.StartParams { return tab.StartParams{} }, func(w *world, _ *lighttest.Chain) {
			cp := vouch(t, w.Chain, 2)
			cp.Time += 3600
			key, _ := sign.FromURI("//Alice")
			if err := cp.Sign(key); err != nil {
				t.Fatal(err)
			}
			w.checkpoints = []string{cp.String()}
		}, []string{"signed by Ana", "its header"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ana(t, w)
			test.say(w, w.Fork(1, "other").Extend(2))
			p := w.page(t, newShelf(), test.start(w))
			s := p.until("refused", refused)
			if s.Refusal == nil || s.Refusal.Code != tab.CheckpointConflict || s.Refusal.Height == 0 || !strings.Contains(s.Reason, "contradict each other at block") {
				t.Errorf("%+v, %s", s.Refusal, s.Reason)
			}
			if len(s.Alarms) != 1 || s.Alarms[0].Relay != "" || s.Alarms[0].Height != s.Refusal.Height {
				t.Fatalf("%+v", s.Alarms)
			}
			for _, name := range test.names {
				if !strings.Contains(s.Alarms[0].What, name) {
					t.Errorf("the alarm does not name %q: %s", name, s.Alarms[0].What)
				}
			}
			if !compared(tab.Conflicts, 1)(s) {
				t.Errorf("%+v", s.Trust.Compared)
			}
			if err := p.fail(tab.Query, tab.QueryParams{Program: "supply@1", Args: none}); err.Code != "refused" {
				t.Error(err)
			}
		})
	}
}

func TestBuiltInAgreesWithThePin(t *testing.T) {
	w := newWorld(t)
	w.builtIn = map[string]light.TrustRoot{w.ID(): w.Trust(3)}
	s := w.page(t, newShelf(), tab.StartParams{Trust: w.Trust(1).String()}).until("agreement", compared(tab.Agrees, 1))
	if c := s.Trust.Compared[0]; c.By != "built in" || c.Height != 3 {
		t.Errorf("%+v", c)
	}
}

// What nobody signed, or somebody changed, is no word against the trust root, and none for it.
func TestWorthlessCheckpointsOfTheHost(t *testing.T) {
	w := newWorld(t)
	fork := w.Fork(1, "other").Extend(2)
	forged := vouch(t, fork, 2, "//Alice", "//Bob")
	forged.Signatures[1].Signature[0] ^= 1
	foreign := vouch(t, fork, 2)
	foreign.ChainID = "other-1"
	w.checkpoints = []string{"", "hello", vouch(t, fork, 2).String(), forged.String(), foreign.String(), strings.Repeat("x", 1<<16), vouch(t, w.Chain, 3, "//Bob").String(), vouch(t, w.Chain, 3, "//Bob").String(), vouch(t, fork, 2, "//Eve").String()}
	s := w.page(t, newShelf(), tab.StartParams{}).until("agreement", compared(tab.Agrees, 1))
	if len(s.Trust.Compared) != 1 || s.Sync == tab.Refused {
		t.Errorf("the ninth is looked at, or a worthless one: %+v", s.Trust.Compared)
	}
	left := 0
	for _, line := range s.Log {
		if strings.Contains(line.Text, "is left out") {
			left++
		}
	}
	if left != 6 {
		t.Errorf("%d are said to be left out", left)
	}
}

func TestExamine(t *testing.T) {
	w := newWorld(t)
	ana(t, w)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	good := vouch(t, w.Chain, 2, "//Alice", "//Bob")
	forged, foreign, old, early := vouch(t, w.Chain, 2, "//Alice"), good, good, good
	forged.Hash[0]++
	foreign.ChainID = "other-1"
	for _, c := range []*checkpoint.Checkpoint{&foreign, &old, &early} {
		c.Signatures = nil
	}
	old.Time -= 15 * 86400
	early.Time += 7200
	for text, fault := range map[string]string{
		w.Trust(2).String(): "", "  " + strings.ToUpper(w.Trust(2).String()): "", good.Lines(): "",
		"": "A checkpoint is a height, a colon and 64 hex digits.", "7": "A checkpoint is a height, a colon and 64 hex digits.",
		"0:" + strings.Repeat("a", 64): "A checkpoint is a height, a colon and 64 hex digits.", "10214201:9a77c1": "This has 6.",
		"7:xyz": "something else after the colon", "7:" + strings.Repeat("0", 64): "all zeros",
		good.String()[:60]: "This is not a whole checkpoint. Its block is wrong", good.String()[:200]: "This is not a whole checkpoint.",
		forged.String():  "The signature of 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY is false",
		foreign.String(): "of the chain other-1. This page follows test-0123456789abcdef.",
		old.String():     "This checkpoint is 15 days old; the limit is 14 days.",
		early.String():   "ahead of this computer’s clock",
	} {
		var e tab.Examined
		p.ask(tab.Examine, tab.ExamineParams{Text: text}, &e)
		if fault == "" && e.Fault != "" || !strings.Contains(e.Fault, fault) {
			t.Errorf("%q: %q", text, e.Fault)
		}
		if fault == "" && (e.Height != 2 || e.Hash != w.Trust(2).Hash) {
			t.Errorf("%q: %+v", text, e)
		}
	}
	var e tab.Examined
	p.ask(tab.Examine, tab.ExamineParams{Text: good.String()}, &e)
	if e.SignedBy != "signed by Ana and 1 unknown party" || e.Known != 1 || e.Time != good.Time*1000 {
		t.Errorf("%+v", e)
	}
}

// While checkpoints contradict each other, no file is accepted on the word of one of them.
func TestContradictionTrustsNoFile(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{Trust: w.Trust(1).String()})
	p.until("live", live)
	file := p.save(tab.SaveParams{Figure: &richQuery}).File
	if r := p.check(file, false); r.Standing != "yours" || r.Verdict != tab.ProofHolds {
		t.Fatalf("%+v", r)
	}
	p.close()
	signed := vouch(t, w.Chain, 1, "//Alice")
	w.relay.stop() // before anything is compared
	if r := w.page(t, newShelf(), tab.StartParams{Trust: signed.String()}).check(file, false); r.Standing != "yours" || r.Verdict != tab.ProofHolds {
		t.Errorf("a signed trust root is none: %+v", r)
	}
	w.relay.start()
	w.checkpoints = []string{vouch(t, w.Fork(1, "other").Extend(2), 2, "//Alice").String()}
	p = w.page(t, newShelf(), tab.StartParams{Trust: w.Trust(1).String()})
	p.until("refused", refused)
	if r := p.check(file, false); r.Standing == "yours" || r.Verdict == tab.ProofHolds {
		t.Errorf("%s, %s", r.Standing, r.Verdict)
	}
}
