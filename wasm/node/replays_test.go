package node_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// In the mode every, each block is executed as soon as its successor is there, and figures become replayed; the choice
// lasts until the next visit.
func TestReplayEvery(t *testing.T) {
	w, shelf := newLedger(t, nil), newShelf()
	p := w.page(t, shelf, tab.StartParams{})
	p.until("live", live)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery}, nil)
	first := w.Height() - 1
	p.until("the first block", func(s tab.Status) bool { return s.Replay.To == first && s.Replay.Behind == 0 })
	if f, _ := p.supply(); f.Level != level.Replayed || f.Height != first {
		t.Errorf("%v at %d", f.Level, f.Height)
	}
	w.grow(t, 5)
	s := p.until("five more", func(s tab.Status) bool { return s.Replay.To == first+5 })
	if r := s.Replay; r.Mode != tab.ReplayEvery || r.From != first || r.Blocks != 6 || r.Bytes == 0 || r.Last != first+5 || r.LastOf == 0 || r.Trouble != "" {
		t.Errorf("%+v", r)
	}
	p.close()
	w.grow(t, 2)
	p = w.page(t, shelf, tab.StartParams{})
	p.until("the run of the last visit", func(s tab.Status) bool {
		return s.Replay.Mode == tab.ReplayEvery && s.Replay.From == first && s.Replay.To == first+7
	})
	first += 2
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery, From: 3}, nil)
	p.until("a run from further back", func(s tab.Status) bool { return s.Replay.From == 3 && s.Replay.To == first+5 })
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayOff}, nil)
	if f, _ := p.supply(); f.Level != level.Proven {
		t.Errorf("%v when nothing is replayed", f.Level)
	}
	if e := p.fail(tab.Replay, tab.ReplayParams{Mode: "often"}); e.Code != "bad_request" {
		t.Error(e)
	}
}

// One block is executed because the visitor asks, whatever the mode; it raises no level.
func TestReplayOnce(t *testing.T) {
	w := newLedger(t, nil)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayOff}, nil)
	var r tab.Executed
	p.ask(tab.Once, tab.OnceParams{Height: 3}, &r)
	if r.Level != level.Proven || r.Height != 3 || r.Root != [32]byte(w.Block(4).Header.AppHash) || r.Nodes == 0 || r.Bytes == 0 || r.Relay == "" {
		t.Errorf("%+v", r)
	}
	s := p.until("it is counted", func(s tab.Status) bool { return s.Replay.Blocks == 1 })
	if s.Replay.Last != 3 || s.Replay.From != 0 || s.Replay.Trouble != "" {
		t.Errorf("%+v", s.Replay)
	}
	for height, code := range map[uint64]string{0: "bad_request", 1: "bad_request", 99: "out_of_reach"} {
		if e := p.fail(tab.Once, tab.OnceParams{Height: height}); e.Code != code {
			t.Errorf("block %d: %v", height, e)
		}
	}
	if f, _ := p.supply(); f.Level != level.Proven {
		t.Error(f.Level)
	}
}

// Samples raise no level.
func TestReplaySampled(t *testing.T) {
	w := newLedger(t, nil)
	w.sampling = 1
	p := w.page(t, newShelf(), tab.StartParams{})
	s := p.until("a sample", func(s tab.Status) bool { return s.Replay.Blocks > 0 })
	if r := s.Replay; r.Mode != tab.ReplaySampled || r.From != 0 || r.Last != w.Height()-1 {
		t.Errorf("%+v", r)
	}
	if f, _ := p.supply(); f.Level != level.Proven {
		t.Error(f.Level)
	}
	for range 3 { // a block once is enough, however often there is a reason to look
		p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplaySampled}, nil)
		time.Sleep(50 * time.Millisecond) // in which it would be executed again
	}
	w.grow(t, 1)
	s = p.until("the next sample", func(s tab.Status) bool { return s.Replay.Last == w.Height()-1 })
	if s.Replay.Blocks != 2 {
		t.Errorf("%d samples of two blocks", s.Replay.Blocks)
	}
}

// A block that does not lead to what was signed stops everything, and the page is told who signed.
func TestFraudStopsTheNode(t *testing.T) {
	w := newLedger(t, lighttest.PayFriend.At(5))
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery, From: 3}, nil)
	s := p.until("refused", func(s tab.Status) bool { return s.Sync == tab.Refused && s.Fraud != nil })
	f := s.Fraud
	if f.Height != 5 || f.What != "state root" || len(f.Computed) != 32 || len(f.Signed) != 32 || len(f.Signers) != 4 || !f.Signers[0].Signed || f.Hash != w.Block(5).Hash() {
		t.Errorf("%+v", f)
	}
	if len(s.Alarms) != 1 || s.Alarms[0].Code != "fraud" || s.Alarms[0].Height != 5 || s.Alarms[0].Relay != "" {
		t.Errorf("%+v", s.Alarms)
	}
	if s.Relays[0].Lies != 0 {
		t.Error("the relay, which told the truth, is blamed")
	}
	if e := p.fail(tab.Query, tab.QueryParams{Program: "supply@1", Args: none}); e.Code != "refused" {
		t.Error(e)
	}
}

// A relay that keeps witnesses back proves nothing: the run waits and says so.
func TestReplayWaitsForAWitness(t *testing.T) {
	w := newLedger(t, nil)
	whole := w.relay.source.Witnesses
	w.relay.source.Witnesses = func(ctx context.Context, q wire.WitnessRequest) (state.Witness, error) {
		if q.Program == "block@1" {
			return nil, &wire.Refusal{Code: wire.CodeBusy, Message: "not now"}
		}
		return whole(ctx, q)
	}
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery}, nil)
	s := p.until("trouble", func(s tab.Status) bool { return s.Replay.Trouble != "" })
	if s.Sync != tab.Live || len(s.Alarms) != 0 || s.Replay.Blocks != 0 || s.Replay.Behind != 1 {
		t.Errorf("%+v", s.Replay)
	}
}

// A state that was replayed is shown instead of a newer one only for as long as the newest block may take: a run that hangs
// back makes no figure old.
func TestReplayThatHangsBackMakesNoFigureOld(t *testing.T) {
	w := newLedger(t, nil)
	whole, busy := w.relay.source.Witnesses, atomic.Bool{}
	w.relay.source.Witnesses = func(ctx context.Context, q wire.WitnessRequest) (state.Witness, error) {
		if q.Program == "block@1" && busy.Load() {
			return nil, &wire.Refusal{Code: wire.CodeBusy, Message: "not now"}
		}
		return whole(ctx, q)
	}
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery}, nil)
	p.until("a block", func(s tab.Status) bool { return s.Replay.To == w.Height()-1 })
	busy.Store(true)
	for behind := range uint64(4) {
		w.grow(t, 1)
		p.until("the next head", func(s tab.Status) bool { return s.Head.Height == w.Height() })
		want, how := w.Height()-1, level.Proven
		if behind == 0 {
			want, how = w.Height()-2, level.Replayed
		}
		if f, _ := p.supply(); f.Height != want || f.Level != how {
			t.Errorf("%d blocks behind: %v at %d, want %v at %d", behind+1, f.Level, f.Height, how, want)
		}
	}
}

// A run of the last visit counts on in the mode every alone.
func TestSavedRunCountsInItsModeAlone(t *testing.T) {
	for mode, want := range map[string]level.Level{tab.ReplayEvery: level.Replayed, tab.ReplaySampled: level.Proven, tab.ReplayOff: level.Proven} {
		t.Run(mode, func(t *testing.T) {
			w, shelf := newLedger(t, nil), newShelf()
			p := w.page(t, shelf, tab.StartParams{})
			p.until("live", live)
			p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery}, nil)
			first := w.Height() - 1
			p.until("the first block", func(s tab.Status) bool { return s.Replay.To == first })
			w.grow(t, 1) // saves
			p.until("the second", func(s tab.Status) bool { return s.Replay.To == first+1 })
			p.ask(tab.Replay, tab.ReplayParams{Mode: mode}, nil)
			p.close()
			p = w.page(t, shelf, tab.StartParams{})
			p.until("live again", func(s tab.Status) bool { return live(s) && s.Replay.Mode == mode })
			var f tab.Figure
			p.ask(tab.Query, tab.QueryParams{Program: "supply@1", Args: none, Height: first}, &f)
			if f.Level != want || f.Height != first {
				t.Errorf("%v at %d", f.Level, f.Height)
			}
		})
	}
}

// A run that broke off farther back than headers lead from the saved block is not waited for at the next visit.
func TestReplayBeginsAnewWhereHeadersDoNotLead(t *testing.T) {
	w, shelf := newLedger(t, nil), newShelf()
	w.grow(t, 1100)
	whole, busy := w.relay.source.Witnesses, atomic.Bool{}
	var served atomic.Int64
	w.relay.source.Witnesses = func(ctx context.Context, q wire.WitnessRequest) (state.Witness, error) {
		if q.Program == "block@1" && busy.Load() && served.Add(1) > 3 {
			return nil, &wire.Refusal{Code: wire.CodeBusy, Message: "not now"}
		}
		return whole(ctx, q)
	}
	busy.Store(true)
	p := w.page(t, shelf, tab.StartParams{})
	p.until("live", live)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery, From: 3}, nil)
	p.until("three blocks", func(s tab.Status) bool { return s.Replay.To == 5 && s.Replay.Trouble != "" })
	w.grow(t, 1) // saves
	p.until("the next head", func(s tab.Status) bool { return s.Head.Height == w.Height() })
	p.close()
	busy.Store(false)
	p = w.page(t, shelf, tab.StartParams{})
	p.until("a run from the newest", func(s tab.Status) bool { return s.Replay.From > 1000 && s.Replay.To == w.Height()-1 })
}

// An epoch is audited, and explained for one neuron.
func TestAudit(t *testing.T) {
	w := newLedger(t, nil)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	var r tab.AuditReport
	p.ask(tab.Audit, tab.AuditParams{Netuid: 1}, &r)
	if r.Level != level.Replayed || r.Height != 4 || r.Name != "one" || len(r.Uids) != 2 || len(r.Differences) != 0 || !r.Uids[1].Right || r.Uids[1].Server+r.Uids[1].Validator == 0 || r.Bytes == 0 {
		t.Errorf("%+v", r)
	}
	var e tab.Explanation
	p.ask(tab.Explain, tab.ExplainParams{Netuid: 1, Height: 4, UID: 1}, &e)
	if e.UID != 1 || e.Stake != 2_000_000_000 || !e.ByStake || e.Server+e.Validator != r.Uids[1].Server+r.Uids[1].Validator {
		t.Errorf("%+v", e)
	}
	if e := p.fail(tab.Explain, tab.ExplainParams{Netuid: 1, Height: 4, UID: 2}); e.Code != "bad_request" {
		t.Error(e)
	}
	if e := p.fail(tab.Audit, tab.AuditParams{Netuid: 1, Height: 3}); e.Code != "no_epoch" {
		t.Error(e)
	}
}

// What is explained is the epoch that was asked about, whichever was audited last.
func TestExplainAnotherBlocksEpoch(t *testing.T) {
	w := newLedger(t, nil)
	w.grow(t, 4)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	earned := map[uint64]uint64{}
	for _, height := range []uint64{4, 8} {
		var e tab.Explanation
		p.ask(tab.Explain, tab.ExplainParams{Netuid: 1, Height: height, UID: 1}, &e)
		earned[height] = e.Server + e.Validator
	}
	for height, got := range earned {
		var r tab.AuditReport
		p.ask(tab.Audit, tab.AuditParams{Netuid: 1, Height: height}, &r)
		if want := r.Uids[1].Server + r.Uids[1].Validator; got != want || r.Height != height {
			t.Errorf("block %d: explained as %d, audited as %d", height, got, want)
		}
	}
	if earned[4] == earned[8] {
		t.Fatalf("both epochs gave %d: nothing tells them apart", earned[4])
	}
}

// An epoch that was changed by one unit is shown as such.
func TestAuditOfAFraud(t *testing.T) {
	w := newLedger(t, lighttest.RaiseIncentive.From(4))
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayOff}, nil)
	var r tab.AuditReport
	p.ask(tab.Audit, tab.AuditParams{Netuid: 1}, &r)
	if r.Level != level.Proven || len(r.Differences) != 1 || r.Differences[0].UID != 1 || r.Differences[0].Signed != r.Differences[0].Computed+1 || r.Uids[1].Right || !r.Uids[0].Right {
		t.Errorf("%+v", r)
	}
	p.until("refused", func(s tab.Status) bool { return s.Sync == tab.Refused && s.Fraud != nil && s.Fraud.Height == 4 })
}
