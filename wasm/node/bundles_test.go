package node_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/wasm/node"
)

func (p *page) save(params tab.SaveParams) (f tab.ProofFile) {
	p.t.Helper()
	p.ask(tab.Save, params, &f)
	return f
}

func (p *page) check(file []byte, acceptRoot bool) (r tab.ProofReport) {
	p.t.Helper()
	p.ask(tab.Check, tab.CheckParams{File: file, AcceptRoot: acceptRoot}, &r)
	return r
}

func steps(r tab.ProofReport) (out string) {
	for _, s := range r.Steps {
		out += s.Name + " " + s.Outcome + ", "
	}
	return out
}

var richQuery = tab.QueryParams{Program: "account@1", Args: codec.MustEncode(accountArgs{Address: rich})}

func TestSaveAndCheckFigure(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	f := p.save(tab.SaveParams{Figure: &richQuery})
	if want := "account-" + rich.String()[:5] + "-2.taoproof"; f.Name != want {
		t.Errorf("%s, want %s", f.Name, want)
	}
	r := p.check(f.File, false)
	if r.Verdict != tab.ProofHolds || r.Level != level.Proven || r.Error != "" || r.Standing != "yours" || r.Height != 2 || r.Bytes != uint64(len(f.File)) ||
		r.Signers != 4 || r.Of != 4 || r.Power != 40 || r.OfPower != 40 || r.Hops != 1 || r.Root != (tab.ProofBlock{Height: 1, Hash: w.Trust(1).Hash}) || r.Nodes == 0 || len(r.Silent) == 0 {
		t.Errorf("%+v", r)
	}
	if got := steps(r); got != "file held, chain held, signed held, reached held, witness held, answer held, " {
		t.Error(got)
	}
	var a view.Account
	if err := codec.Decode(r.Figure.Result, &a); err != nil || a.Free != 1_000_000_000_000 || r.Figure.Program != "account@1" || !bytes.Equal(r.Figure.Args, richQuery.Args) || r.Transaction != nil {
		t.Errorf("%+v, %v", a, err)
	}

	// A figure of a block that is past, as a permalink names it.
	old := richQuery
	old.Height = 1
	var figure tab.Figure
	p.ask(tab.Query, old, &figure)
	if figure.Height != 1 || figure.Level != level.Proven {
		t.Errorf("%+v", figure)
	}
	if r := p.check(p.save(tab.SaveParams{Figure: &old}).File, false); r.Verdict != tab.ProofHolds || r.Height != 1 || r.State != figure.Root {
		t.Errorf("%+v", r)
	}
	old.Height = 9
	if e := p.fail(tab.Query, old); e.Code != "out_of_reach" {
		t.Error(e)
	}
	if e := p.fail(tab.Save, tab.SaveParams{Figure: &old}); e.Code != "out_of_reach" {
		t.Error(e)
	}
	if e := p.fail(tab.Save, tab.SaveParams{Figure: &tab.QueryParams{Program: "fly@1"}}); e.Code != "bad_request" {
		t.Error(e)
	}
}

func TestCheckTellsLies(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	file := p.save(tab.SaveParams{Figure: &richQuery}).File
	amount := codec.MustEncode(uint64(1_000_000_000_000))
	at := bytes.LastIndex(file, amount)
	lie := bytes.Clone(file)
	lie[at+len(amount)-1]++
	r := p.check(lie, false)
	var said, signed view.Account
	if r.Verdict != tab.ProofFalse || r.Level != level.Claimed || r.Code != "false_answer" || r.Error != "The file claims another answer than account@1 gives over the signed state." ||
		codec.Decode(r.Figure.Result, &said) != nil || codec.Decode(r.Figure.Computed, &signed) != nil || said.Free != signed.Free+1 {
		t.Errorf("%+v", r)
	}
	for name, junk := range map[string][]byte{"nothing": nil, "a picture": []byte("\x89PNG\r\n"), "half of it": file[:len(file)/2], "large": make([]byte, 24<<20)} {
		if r := p.check(junk, true); r.Verdict != tab.ProofFalse || r.Code != "bad_file" || len(r.Steps) != 1 || r.Kind != "" || r.Figure != nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	other := newWorldOf(t, "other-0000000000000000")
	q := other.page(t, newShelf(), tab.StartParams{})
	q.until("live", live)
	if r := p.check(q.save(tab.SaveParams{Figure: &richQuery}).File, true); r.Verdict != tab.ProofUnsure || r.Code != "other_chain" {
		t.Errorf("%+v", r)
	}
}

// A file that begins elsewhere than this tab: nothing is shown unless the visitor takes its word for it.
func TestCheckForeignRoots(t *testing.T) {
	w := newWorld(t)
	w.grow(t, 5)
	maker := w.page(t, newShelf(), tab.StartParams{Trust: w.Trust(2).String()})
	maker.until("live", live)
	file := maker.save(tab.SaveParams{Figure: &tab.QueryParams{Program: richQuery.Program, Args: richQuery.Args, Height: 4}}).File
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	r := p.check(file, false)
	if r.Verdict != tab.ProofUnsure || r.Code != "foreign_trust_root" || r.Standing != "foreign" || r.Level != level.Claimed || r.Root.Hash != w.Trust(2).Hash ||
		steps(r) != "file held, chain held, signed held, reached unsure, witness held, answer held, " {
		t.Errorf("%+v", r)
	}
	if r := p.check(file, true); r.Verdict != tab.ProofHolds || r.Standing != "accepted" || r.Level != level.Proven {
		t.Errorf("%+v", r)
	}
	newest := maker.save(tab.SaveParams{Figure: &richQuery}).File // leads through the head that both have verified
	if r := p.check(newest, false); r.Verdict != tab.ProofHolds || r.Standing != "passes" {
		t.Errorf("%+v", r)
	}
}

// Without a network, a relay or a block, what the last visit pinned is enough.
func TestCheckOffline(t *testing.T) {
	w, shelf := newWorld(t), newShelf()
	p := w.page(t, shelf, tab.StartParams{})
	p.until("live", live)
	file := p.save(tab.SaveParams{Figure: &richQuery}).File
	p.close()
	w.relay.stop()
	w.hostFails = errors.New("offline")
	p = w.page(t, shelf, tab.StartParams{})
	if r := p.check(file, false); r.Verdict != tab.ProofHolds {
		t.Errorf("%+v", r)
	}
	if r := w.page(t, newShelf(), tab.StartParams{}).check(file, false); r.Verdict != tab.ProofUnsure || r.Code != "foreign_trust_root" || !strings.Contains(r.Error, "no block is trusted here") {
		t.Errorf("a first visit: %+v", r)
	}
	if r := w.page(t, newShelf(), tab.StartParams{Trust: w.Trust(1).String()}).check(file, false); r.Verdict != tab.ProofHolds {
		t.Errorf("with a trust root in the address: %+v", r)
	}
	w.builtIn = map[string]light.TrustRoot{w.ID(): w.Trust(1)}
	if r := w.page(t, newShelf(), tab.StartParams{}).check(file, false); r.Verdict != tab.ProofHolds {
		t.Errorf("with a trust root built in: %+v", r)
	}
	w.setClock(w.Now().Add(15 * 24 * time.Hour))
	if r := w.page(t, newShelf(), tab.StartParams{}).check(file, false); r.Verdict != tab.ProofUnsure || r.Code != "trust_expired" {
		t.Errorf("after the trusting period: %+v", r)
	}
}

func TestSaveTransaction(t *testing.T) {
	w := newWorld(t)
	tx := []byte("no transaction at all")
	event := ledger.Event{Tx: 0, Name: "Transfer", Data: codec.MustEncode([]any{uint64(7), []byte{0xab}})}
	root, err := ledger.EventsRoot([]ledger.Event{event})
	if err != nil {
		t.Fatal(err)
	}
	w.Step(lighttest.Spec{Txs: [][]byte{tx}, Results: []wire.TxResult{{GasUsed: 5}}, Events: [][]byte{codec.MustEncode(event)}},
		func(s state.Writer) error {
			return ledger.Put(s, ledger.TablePast.Key().U64(4), ledger.PastBlock{Events: root})
		})
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	params := tab.SaveParams{Block: 4, Tx: sha256.Sum256(tx)}
	if e := p.fail(tab.Save, params); e.Code != "out_of_reach" {
		t.Error(e)
	}
	w.grow(t, 1)
	p.until("the next block", func(s tab.Status) bool { return s.Head.Height == 5 })
	f := p.save(params)
	r := p.check(f.File, false)
	if r.Verdict != tab.ProofHolds || r.Kind != "transaction" || r.Height != 4 || r.Figure != nil {
		t.Fatalf("%+v", r)
	}
	x := r.Transaction
	if x.Index != 0 || x.Count != 1 || x.Gas != 5 || !x.Shows || x.Tx.Hash != params.Tx || x.Tx.Broken == "" || len(x.Events) != 1 || x.Events[0].Name != "Transfer" ||
		strings.Join(x.Events[0].Data, " ") != "7 0xab" {
		t.Errorf("%+v", x)
	}
	params.Tx[0]++
	if e := p.fail(tab.Save, params); e.Code != "no_transaction" {
		t.Error(e)
	}
	if e := p.fail(tab.Save, tab.SaveParams{}); e.Code == "" {
		t.Error(e)
	}
}

// A node that has heard nothing from its page yet checks files all the same.
func TestCheckBeforeStart(t *testing.T) {
	w := newWorld(t)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	file := p.save(tab.SaveParams{Figure: &richQuery}).File
	q := &page{t: t, answers: make(map[uint64]*tab.Answer), changed: make(chan struct{}, 1)}
	q.node = node.New(node.Config{Now: w.now, Send: q.hear})
	if r := q.check(file, true); r.Verdict != tab.ProofHolds || r.Standing != "accepted" {
		t.Errorf("%+v", r)
	}
}

// A block that ran an epoch is saved, and whoever has the file has a neuron explained without any relay, as long as the file
// holds.
func TestExplainFromFile(t *testing.T) {
	w := newLedger(t, nil)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	file := p.save(tab.SaveParams{Replay: 4}).File
	var want, got tab.Explanation
	asked := tab.ExplainParams{Netuid: 1, Height: 4, UID: 1}
	p.ask(tab.Explain, asked, &want)

	q := &page{t: t, answers: make(map[uint64]*tab.Answer), changed: make(chan struct{}, 1)}
	q.node = node.New(node.Config{Now: w.now, Send: q.hear})
	asked.File = true
	if e := q.fail(tab.Explain, asked); e.Code != "bad_request" {
		t.Error(e)
	}
	r := q.check(file, true)
	if len(r.Epochs) != 1 || r.Epochs[0].Netuid != 1 || r.Epochs[0].Index != 1 || r.Epochs[0].Neurons != 2 || r.Epochs[0].Emission == 0 {
		t.Errorf("%+v", r.Epochs)
	}
	q.ask(tab.Explain, asked, &got)
	if want.Stake == 0 || !reflect.DeepEqual(got, want) {
		t.Errorf("by the file %+v, by the chain %+v", got, want)
	}
	for _, bad := range []tab.ExplainParams{{Netuid: 1, Height: 4, UID: 2, File: true}, {Netuid: 2, Height: 4, File: true}, {Netuid: 1, Height: 5, File: true}} {
		if e := q.fail(tab.Explain, bad); e.Code != "bad_request" {
			t.Errorf("%+v: %v", bad, e)
		}
	}
	if r := q.check(file, false); r.Verdict != tab.ProofUnsure { // nobody trusts its root now
		t.Errorf("%+v", r)
	}
	if e := q.fail(tab.Explain, asked); e.Code != "bad_request" {
		t.Errorf("a file that is not trusted explains: %v", e)
	}
}

// A block to execute again is saved; a fraud too, after it has stopped this tab, for others to find it again.
func TestSaveBlockAndFraud(t *testing.T) {
	w := newLedger(t, nil)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	f := p.save(tab.SaveParams{Replay: 3})
	r := p.check(f.File, false)
	if r.Verdict != tab.ProofHolds || r.Finding != tab.FindsFollows || r.Height != 3 || r.Kind != "block" || r.Fraud != nil || f.Name != "block-3.taoproof" {
		t.Errorf("%+v", r)
	}
	if len(r.Epochs) != 0 {
		t.Errorf("block 3 had no epoch: %+v", r.Epochs)
	}
	if e := p.fail(tab.Save, tab.SaveParams{Fraud: true}); e.Code != "no_fraud" {
		t.Error(e)
	}

	w = newLedger(t, lighttest.PayFriend.At(5))
	p = w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery, From: 3}, nil)
	status := p.until("refused", func(s tab.Status) bool { return s.Sync == tab.Refused && s.Fraud != nil })
	file := p.save(tab.SaveParams{Fraud: true}).File
	q := w.page(t, newShelf(), tab.StartParams{})
	q.until("live", live)
	for name, who := range map[string]*page{"the tab that found it": p, "another": q} {
		r := who.check(file, false)
		if r.Verdict != tab.ProofHolds || r.Finding != tab.FindsFraud || r.Height != 5 || r.Fraud == nil || r.Fraud.What != "state root" || !bytes.Equal(r.Fraud.Computed, status.Fraud.Computed) || r.Standing != "yours" {
			t.Errorf("%s: %+v", name, r)
		}
	}

	// From a trust root above the block the way leads down, over headers that only a relay has.
	w.grow(t, 3)
	p = w.page(t, newShelf(), tab.StartParams{Trust: w.Trust(w.Height()).String()})
	p.until("live", live)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery, From: 5}, nil)
	p.until("no relay is left", func(s tab.Status) bool { return s.Fraud != nil && s.Relays[0].State != "connected" })
	if r := q.check(p.save(tab.SaveParams{Fraud: true}).File, false); r.Finding != tab.FindsFraud || r.Links < 2 {
		t.Errorf("from above: %+v", r)
	}
}
