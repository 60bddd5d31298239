package model

import (
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/text"
)

func epochPoint(t *testing.T, height, registered uint64, paid tao.Amount) tab.Figure {
	return tab.Figure{Level: proven(t), Height: height, Result: codec.MustEncode(view.NeuronEpoch{Height: height, Time: 1000 * height, Epochs: height / 10, Exists: true, RegisteredAt: registered, Emission: paid, Incentive: 6553})}
}

// Pages are loaded on demand, one at a time, each from where the one before ended.
func TestHistoryPages(t *testing.T) {
	a, _, n := at(t, "#/neuron/3/7")
	h := &a.NeuronHistory
	if n.open(tab.Series, "") != 0 {
		t.Fatal("it was loaded before anybody asked")
	}
	a.More(h)
	a.More(h)
	p, id := params[tab.SeriesParams](t, n, tab.Series)
	if p.Kind != tab.NeuronSeries || p.Netuid != 3 || p.UID != 7 || p.From != 0 || p.Count != HistoryPoints || n.open(tab.Series, "") != 0 {
		t.Errorf("%+v", p)
	}
	n.answer(id, tab.SeriesPage{Points: []tab.Figure{epochPoint(t, 90, 5, 9), epochPoint(t, 80, 5, 8)}, Next: 70}, nil)
	a.More(h)
	p, id = params[tab.SeriesParams](t, n, tab.Series)
	n.answer(id, nil, &tab.Error{Message: "busy"})
	if p.From != 70 || h.Done || h.Page.Err == nil || len(h.Points) != 2 {
		t.Errorf("%+v, %+v", p, h)
	}
	a.More(h)
	p, id = params[tab.SeriesParams](t, n, tab.Series)
	n.answer(id, tab.SeriesPage{Points: []tab.Figure{epochPoint(t, 70, 5, 7)}, Next: 60, End: &tab.Error{Code: "state_gone", Message: "no relay asked keeps it"}}, nil)
	if p.From != 70 || !h.Done || h.End != "No relay keeps older states." || len(h.Points) != 3 {
		t.Errorf("%+v, %+v", p, h)
	}
	a.More(h)
	if n.open(tab.Series, "") != 0 {
		t.Error("what nobody has is asked for again")
	}
	a.Navigate("#/neuron/3/8")
	a.More(h)
	_, late := params[tab.SeriesParams](t, n, tab.Series)
	a.Navigate("#/neuron/3/9")
	n.answer(late, tab.SeriesPage{Points: []tab.Figure{epochPoint(t, 90, 5, 9)}}, nil)
	if len(h.Points) != 0 || h.Done {
		t.Errorf("another neuron's points: %+v", h)
	}
}

// Points of the supply stand at steps that fit the chain's age, and stay there.
func TestHistorySteps(t *testing.T) {
	a, _, n := at(t, "#/")
	for height, want := range map[uint64]uint64{100: 1, 1000: 10, 100_000: 1000, 10_000_000: 1000} {
		a.SupplyHistory = History{Params: tab.SeriesParams{Kind: tab.SupplySeries}}
		n.block(tab.Block{Height: height})
		a.Blocks = []tab.Block{{Height: height}}
		a.More(&a.SupplyHistory)
		p, id := params[tab.SeriesParams](t, n, tab.Series)
		if p.Every != want {
			t.Errorf("at %d every %d blocks, want %d", height, p.Every, want)
		}
		n.answer(id, tab.SeriesPage{Points: []tab.Figure{{Height: height, Result: codec.MustEncode(view.Totals{Height: height, Time: 5, Issuance: 7})}}, Next: 1}, nil)
		a.Blocks = []tab.Block{{Height: 50_000_000}}
		a.More(&a.SupplyHistory)
		if p, _ := params[tab.SeriesParams](t, n, tab.Series); p.Every != want || p.From != 1 {
			t.Errorf("then every %d blocks from %d", p.Every, p.From)
		}
	}
}

func TestHistoryRead(t *testing.T) {
	h := History{Params: tab.SeriesParams{Kind: tab.NeuronSeries}, Points: []tab.Figure{
		epochPoint(t, 90, 50, 9), epochPoint(t, 80, 50, 6), {Height: 70, Result: []byte{0xff}}, epochPoint(t, 60, 50, 3), epochPoint(t, 40, 5, 4000),
	}}
	at, traces := h.Read()
	if len(at) != 4 || at[0].Height != 40 || at[3].Height != 90 || at[3].Epoch != "8" || at[3].Level != "proven" {
		t.Fatalf("%+v", at)
	}
	paid := traces[0]
	if len(traces) != 4 || paid.Name != "Earned" || len(paid.Values) != 4 || !paid.Missing[0] || paid.Missing[1] || paid.Values[3] != 9 || paid.Figure(0).Whole != "–" || paid.Figure(3).String() != "9 rao" || traces[1].Figure(3).String() != "9.99 %" {
		t.Errorf("what another neuron earned is shown as this one's: %+v", traces)
	}
	if !h.Replaced(traces) {
		t.Error("that the uid was another's is not said")
	}
	p := DrawPlot(&paid, at)
	if p.Path != "M40.00 66.67L80.00 33.33L100.00 0.00" || len(p.Dots) != 3 || p.Dots[0].Class != "f-proven" || p.High != "9 rao" || p.Low != "" || p.Newest != "9 rao" {
		t.Errorf("%+v", p)
	}

	h = History{Params: tab.SeriesParams{Kind: tab.SharesSeries}, Points: []tab.Figure{
		{Height: 20, Result: codec.MustEncode(view.Shares{Time: 2, Epochs: 2, Shares: []view.Share{{Netuid: 1, Emission: 5}, {Netuid: 2, Emission: 6}}})},
		{Height: 10, Result: codec.MustEncode(view.Shares{Time: 1, Epochs: 1, Shares: []view.Share{{Netuid: 1, Emission: 4}, {Netuid: 3, Emission: 7}}})},
	}}
	at, traces = h.Read()
	if len(at) != 2 || len(traces) != 3 || traces[0].Name != "Subnet 1" || traces[1].Name != "Subnet 3" || !traces[1].Missing[1] || !traces[2].Missing[0] {
		t.Errorf("%+v", traces)
	}
	for i := range traces {
		DrawPlot(&traces[i], at)
	}
	if p := DrawPlot(&Trace{Values: []uint64{0}, Missing: []bool{true}}, at[:1]); p.Path != "" || p.Newest != "–" {
		t.Errorf("nothing is drawn as %+v", p)
	}
	DrawPlot(&Trace{Amount: true, Values: []uint64{1<<64 - 1, 0}, Missing: []bool{false, false}}, at)
}

// Each point has the address of its figure, with the arguments that the chain's own types encode to.
func TestPermalinksOfPoints(t *testing.T) {
	for want, h := range map[string]History{
		"#/proof/90/epoch@1/" + text.Hex(codec.MustEncode(chain.Netuid{Netuid: 300})): {Params: tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: 300, UID: 4}},
		"#/proof/90/totals@1/" + text.Hex(codec.MustEncode(chain.None{})):             {Params: tab.SeriesParams{Kind: tab.SupplySeries, Every: 10}},
		"#/proof/90/shares@1/" + text.Hex(codec.MustEncode(chain.None{})):             {Params: tab.SeriesParams{Kind: tab.SharesSeries}},
	} {
		if got := h.Permalink(90); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
