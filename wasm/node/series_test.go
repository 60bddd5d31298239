package node_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

// witnesses has the relay of a world count what it is asked, and do otherwise where the hook says so.
func witnesses(w *world, otherwise func(req wire.WitnessRequest) (state.Witness, error, bool)) *atomic.Int64 {
	whole, asked := w.relay.source.Witnesses, new(atomic.Int64)
	w.relay.source.Witnesses = func(ctx context.Context, q wire.WitnessRequest) (state.Witness, error) {
		asked.Add(1)
		if otherwise != nil {
			if witness, err, done := otherwise(q); done {
				return witness, err
			}
		}
		return whole(ctx, q)
	}
	return asked
}

func (p *page) seriesOf(params tab.SeriesParams) (out tab.SeriesPage, heights []uint64) {
	p.t.Helper()
	p.ask(tab.Series, params, &out)
	for _, f := range out.Points {
		heights = append(heights, f.Height)
		if f.Level != level.Proven || f.Relay == "" || f.Bytes == 0 || f.Checked == 0 {
			p.t.Errorf("a point that is not proven: %+v", f)
		}
	}
	return out, heights
}

// What epochs gave a neuron comes page by page; other uids, and the same page again, come from memory.
func TestSeriesOfNeurons(t *testing.T) {
	w := newLedger(t, nil)
	w.grow(t, 95) // 101 blocks: the newest state is that after 100, an epoch's
	asked := witnesses(w, nil)
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)

	page, heights := p.seriesOf(tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 1, UID: 1, Count: 20})
	want := []uint64{100, 96, 92, 88, 84, 80, 76, 72, 68, 64, 60, 56, 52, 48, 44, 40, 36, 32, 28, 24}
	if !slices.Equal(heights, want) || page.Next != 20 || page.End != nil {
		t.Fatalf("%d, next %d, %v", heights, page.Next, page.End)
	}
	for i, f := range page.Points {
		var n view.NeuronEpoch
		if err := codec.Decode(f.Result, &n); err != nil || n.Height != f.Height || n.UID != 1 || n.Epochs != uint64(25-i) || !n.Exists || n.Emission == 0 || n.Time == 0 {
			t.Errorf("%+v, %v", n, err)
		}
	}
	before := asked.Load()
	page, heights = p.seriesOf(tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 1, UID: 0, From: 100, Count: 20})
	if !slices.Equal(heights, want) || asked.Load() != before {
		t.Errorf("another uid: %d, %d more witnesses", heights, asked.Load()-before)
	}
	if page, heights = p.seriesOf(tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 1, UID: 9, From: page.Next, Count: 64}); !slices.Equal(heights, []uint64{20, 16, 12, 8, 4}) ||
		page.Next != 0 || page.End == nil || page.End.Code != "series_begins" {
		t.Errorf("to the first: %d, next %d, %v", heights, page.Next, page.End)
	}
	var none view.NeuronEpoch
	if err := codec.Decode(page.Points[0].Result, &none); err != nil || none.Exists || none.Emission != 0 {
		t.Errorf("a uid that there isn't: %+v, %v", none, err)
	}
	if page, heights = p.seriesOf(tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 7, Count: 3}); len(heights) != 0 || page.End == nil || page.End.Code != "series_begins" {
		t.Errorf("of no subnet: %d, %v", heights, page.End)
	}
}

func TestSeriesOfSupplyAndShares(t *testing.T) {
	w := newLedger(t, nil)
	w.grow(t, 35) // 41 blocks
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	page, heights := p.seriesOf(tab.SeriesParams{Kind: tab.SupplySeries, Every: 10, Count: 3})
	if !slices.Equal(heights, []uint64{40, 30, 20}) || page.Next != 10 || page.End != nil {
		t.Errorf("supply: %d, next %d, %v", heights, page.Next, page.End)
	}
	if page, heights = p.seriesOf(tab.SeriesParams{Kind: tab.SupplySeries, Every: 10, From: page.Next, Count: 3}); !slices.Equal(heights, []uint64{10}) || page.Next != 0 || page.End == nil {
		t.Errorf("its last page: %d, next %d, %v", heights, page.Next, page.End)
	}
	var v view.Totals
	if err := codec.Decode(page.Points[0].Result, &v); err != nil || v.Issuance == 0 || v.Height != 10 {
		t.Errorf("%+v, %v", v, err)
	}
	if page, heights = p.seriesOf(tab.SeriesParams{Kind: tab.SharesSeries, Every: 16, Count: 9}); !slices.Equal(heights, []uint64{32, 16}) || page.Next != 0 {
		t.Errorf("shares: %d, next %d, %v", heights, page.Next, page.End)
	}
	var s view.Shares
	if err := codec.Decode(page.Points[0].Result, &s); err != nil || len(s.Shares) != 1 || s.Shares[0].Emission != s.Emission {
		t.Errorf("%+v, %v", s, err)
	}
	if page, heights = p.seriesOf(tab.SeriesParams{Kind: tab.SharesSeries, Count: 9}); len(heights) != 0 || page.End == nil || page.End.Code != "series_begins" {
		t.Errorf("no root epoch so far: %d, %v", heights, page.End)
	}
	for _, bad := range []tab.SeriesParams{
		{Kind: tab.SupplySeries, Count: 3}, {Kind: "others", Every: 1, Count: 3}, {Kind: tab.NeuronSeries, Netuid: 1}, {Kind: tab.NeuronSeries, Netuid: 1, Count: 65},
	} {
		if e := p.fail(tab.Series, bad); e.Code != "bad_request" {
			t.Errorf("%+v: %+v", bad, e)
		}
	}
	if page, heights = p.seriesOf(tab.SeriesParams{Kind: tab.SupplySeries, Every: 1, From: 1 << 40, Count: 2}); !slices.Equal(heights, []uint64{40, 39}) {
		t.Errorf("from a block to come: %d, %v", heights, page.End)
	}
}

// A series ends where the relays keep no states, and says from where on others might.
func TestSeriesEndsWhereStatesAreGone(t *testing.T) {
	w := newLedger(t, nil)
	w.grow(t, 35)
	witnesses(w, func(q wire.WitnessRequest) (state.Witness, error, bool) {
		for height := uint64(1); height <= 25; height++ {
			if root, _ := w.Block(height).StateRoot(); root == q.Root {
				return nil, &wire.Refusal{Code: wire.CodeNotFound, Message: "no state with this root"}, true
			}
		}
		return nil, nil, false
	})
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	page, heights := p.seriesOf(tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 1, Count: 64})
	if !slices.Equal(heights, []uint64{40, 36, 32, 28}) || page.Next != 24 || page.End == nil || page.End.Code != "state_gone" {
		t.Errorf("%d, next %d, %v", heights, page.Next, page.End)
	}
	if page, heights = p.seriesOf(tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 1, From: 24, Count: 64}); len(heights) != 0 || page.Next != 24 || page.End == nil {
		t.Errorf("again: %d, next %d, %v", heights, page.Next, page.End)
	}
}

// When time is up the page holds what there is; the rest is on the next one.
func TestSeriesOfASlowRelay(t *testing.T) {
	w := newLedger(t, nil)
	w.grow(t, 35)
	stuck := make(chan struct{})
	t.Cleanup(func() { close(stuck) })
	witnesses(w, func(q wire.WitnessRequest) (state.Witness, error, bool) {
		if root, _ := w.Block(33).StateRoot(); root == q.Root {
			<-stuck
		}
		return nil, nil, false
	})
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	page, heights := p.seriesOf(tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 1, Count: 64})
	if !slices.Equal(heights, []uint64{40, 36}) || page.Next != 32 || page.End != nil {
		t.Errorf("%d, next %d, %v", heights, page.Next, page.End)
	}
}

// Nothing that was proven before is shown when a fraud was found.
func TestSeriesAfterAFraud(t *testing.T) {
	w := newLedger(t, lighttest.PayFriend.At(15))
	w.grow(t, 14) // 20 blocks
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	ask := tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 1, From: 8, Count: 2}
	p.seriesOf(ask)
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery, From: 14}, nil)
	p.until("refused", func(s tab.Status) bool { return s.Sync == tab.Refused })
	if e := p.fail(tab.Series, ask); e.Code != "refused" {
		t.Errorf("%+v", e)
	}
}

// A point that was proven counts as replayed once its block was, and no longer when the run ends.
func TestSeriesAndReplays(t *testing.T) {
	w := newLedger(t, nil)
	w.grow(t, 14) // 20 blocks
	p := w.page(t, newShelf(), tab.StartParams{})
	p.until("live", live)
	levels := func() (all []level.Level) {
		var page tab.SeriesPage
		p.ask(tab.Series, tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 1, From: 16, Count: 3}, &page)
		for _, f := range page.Points {
			all = append(all, f.Level)
		}
		return all
	}
	if got := levels(); !slices.Equal(got, []level.Level{level.Proven, level.Proven, level.Proven}) {
		t.Error(got)
	}
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayEvery, From: 10}, nil)
	p.until("all", func(s tab.Status) bool { return s.Replay.To == 19 })
	if got := levels(); !slices.Equal(got, []level.Level{level.Replayed, level.Replayed, level.Proven}) {
		t.Errorf("from block 10 on: %v", got)
	}
	p.ask(tab.Replay, tab.ReplayParams{Mode: tab.ReplayOff}, nil)
	if got := levels(); !slices.Equal(got, []level.Level{level.Proven, level.Proven, level.Proven}) {
		t.Errorf("without: %v", got)
	}
}
