package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/cbor"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

// HistoryPoints is how many points are loaded at a time.
const HistoryPoints = 20

// History is figures over time, loaded page by page on demand, newest first. Read it with [History.Read].
type History struct {
	Params tab.SeriesParams
	Points []tab.Figure
	Done   bool   // there are no older ones, or nobody has them
	End    string // why there are no more for now
	Page   Answer[tab.SeriesPage]
	next   uint64
}

// show makes it the history that p names, and forgets another one.
func (h *History) show(p tab.SeriesParams) {
	if h.Params != p {
		h.Page.Forget()
		h.Params, h.Points, h.Done, h.End, h.next = p, nil, false, "", 0
	}
}

// More loads the next page.
func (a *App) More(h *History) {
	if h.Page.Since != 0 || h.Done {
		return
	}
	if len(h.Points) == 0 && h.Params.Kind == tab.SupplySeries {
		h.Params.Every = a.step()
	}
	p := h.Params
	p.From, p.Count = h.next, HistoryPoints
	h.Page.Forget()
	v := new(tab.SeriesPage)
	a.ask(&h.Page.Asked, tab.Series, p, v, func() { h.take(v) })
}

func (h *History) take(p *tab.SeriesPage) {
	h.Points = append(h.Points, p.Points...)
	h.next, h.End = p.Next, ""
	h.Done = p.Next == 0
	if e := p.End; e != nil {
		h.End = e.Message
		switch e.Code {
		case "series_begins":
			h.End, h.Done = "It begins there.", true
		case "state_gone", "out_of_reach":
			h.End, h.Done = "No relay keeps older states.", true
		}
	}
}

// histories prepares what the page in view could load.
func (a *App) histories() {
	a.SupplyHistory.Params.Kind, a.SharesHistory.Params.Kind = tab.SupplySeries, tab.SharesSeries
	if a.Route.Page == route.Neuron {
		a.NeuronHistory.show(tab.SeriesParams{Kind: tab.NeuronSeries, Netuid: a.Route.Netuid, UID: a.Route.UID})
	}
}

// Permalink is the address of the figure of which a point is a part, in the state of its time.
func (h *History) Permalink(height uint64) string {
	program, args := "totals@1", any([]uint64{})
	switch h.Params.Kind {
	case tab.NeuronSeries:
		program, args = "epoch@1", netuidArgs{Netuid: h.Params.Netuid}
	case tab.SharesSeries:
		program = "shares@1"
	}
	raw, err := cbor.Encode(args)
	if err != nil {
		return ""
	}
	return route.ToProof(height, program, text.Hex(raw), "")
}

// step is how many blocks lie between points of the supply: a power of ten, so that a young chain has some, too.
func (a *App) step() uint64 {
	step := uint64(1)
	for step < 1000 && a.newest()/step > 10*HistoryPoints {
		step *= 10
	}
	return step
}

// Moment is where a point stands.
type Moment struct {
	Height, Time uint64
	Epoch        string // its number, or empty
	Level        string
}

// Trace is one figure over time, oldest first, beside as many moments.
type Trace struct {
	Name    string
	Amount  bool // in rao; else a share of 65535
	Values  []uint64
	Missing []bool // the figure was not there, or another's
}

// Figure writes a value of the trace.
func (t *Trace) Figure(i int) text.Figure {
	switch {
	case t.Missing[i]:
		return text.Figure{Whole: "–"}
	case t.Amount:
		return text.Amount(tao.Amount(t.Values[i]), 3)
	default:
		return text.Figure{Whole: text.Percent(t.Values[i], 65535, 2), Unit: "%"}
	}
}

// Read returns the points, oldest first. One that does not decode is left out.
func (h *History) Read() (moments []Moment, traces []Trace) {
	for i := len(h.Points) - 1; i >= 0; i-- {
		f := &h.Points[i]
		m := Moment{Height: f.Height, Level: f.Level.String()}
		switch h.Params.Kind {
		case tab.NeuronSeries:
			traces = readNeuron(f, &m, traces, len(moments), &h.Points[0])
		case tab.SupplySeries:
			var v view.Totals
			if cbor.Decode(f.Result, &v) == nil {
				m.Time = v.Time
				for j, x := range []tao.Amount{v.Issuance, v.Staked, v.Free} {
					traces = put(traces, []string{"Issued", "Staked", "Free"}[j], true, len(moments), uint64(x))
				}
			}
		case tab.SharesSeries:
			var v view.Shares
			if cbor.Decode(f.Result, &v) == nil {
				m.Time, m.Epoch = v.Time, text.Count(v.Epochs)
				for _, s := range v.Shares {
					traces = put(traces, "Subnet "+text.Count(uint64(s.Netuid)), true, len(moments), uint64(s.Emission))
				}
			}
		}
		if m.Time == 0 {
			continue
		}
		moments = append(moments, m)
	}
	for i := range traces {
		traces[i].fill(len(moments))
	}
	return moments, traces
}

// readNeuron reads one epoch of a neuron; where the uid was another's than in the newest one, nothing.
func readNeuron(f *tab.Figure, m *Moment, traces []Trace, n int, newest *tab.Figure) []Trace {
	var v, now view.NeuronEpoch
	if cbor.Decode(f.Result, &v) != nil || cbor.Decode(newest.Result, &now) != nil {
		return traces
	}
	m.Time, m.Epoch = v.Time, text.Count(v.Epochs-min(v.Epochs, 1))
	if !v.Exists || v.RegisteredAt != now.RegisteredAt {
		return traces
	}
	traces = put(traces, "Earned", true, n, uint64(v.Emission))
	traces = put(traces, "Incentive", false, n, uint64(v.Incentive))
	traces = put(traces, "Dividends", false, n, uint64(v.Dividends))
	return put(traces, "vtrust", false, n, uint64(v.ValidatorTrust))
}

// put adds the value of moment n to the trace with this name.
func put(traces []Trace, name string, amount bool, n int, v uint64) []Trace {
	i := slices.IndexFunc(traces, func(t Trace) bool { return t.Name == name })
	if i < 0 {
		i = len(traces)
		traces = append(traces, Trace{Name: name, Amount: amount})
	}
	t := &traces[i]
	t.fill(n)
	t.Values, t.Missing = append(t.Values, v), append(t.Missing, false)
	return traces
}

// fill has the trace hold n values.
func (t *Trace) fill(n int) {
	for len(t.Values) < n {
		t.Values, t.Missing = append(t.Values, 0), append(t.Missing, true)
	}
}

// Replaced says that the uid was another neuron's, or nobody's, in some of the epochs.
func (h *History) Replaced(traces []Trace) bool {
	return h.Params.Kind == tab.NeuronSeries && len(traces) > 0 && slices.Contains(traces[0].Missing, true)
}

// Plot is a trace drawn in a box of 100 × 100 that is stretched.
type Plot struct {
	Name, Newest, High string
	Low                string // what the lowest line stands for, where that is not 0
	Path               string
	Dots               []PlotDot
	Text               string
}

// PlotDot is a point of a plot, in a chart of 100 px with 16 px above it.
type PlotDot struct{ X, Class, Title, Y string }

// DrawPlot draws a trace. The lowest line is 0, unless all values are within a tenth of the highest.
func DrawPlot(t *Trace, at []Moment) Plot {
	p := Plot{Name: t.Name}
	lo, hi, last := uint64(1<<64-1), uint64(0), -1
	for i, v := range t.Values {
		if !t.Missing[i] {
			lo, hi, last = min(lo, v), max(hi, v), i
		}
	}
	if last < 0 {
		p.Newest = "–"
		return p
	}
	if lo < hi-hi/10 || lo == hi {
		lo = 0
	}
	first, span := at[0].Height, max(at[len(at)-1].Height-at[0].Height, 1)
	scale := Trace{Amount: t.Amount, Values: []uint64{lo, hi}, Missing: []bool{false, false}}
	p.Low, p.High, p.Newest = scale.Figure(0).String(), scale.Figure(1).String(), t.Figure(last).String()
	var path strings.Builder
	pen := "M"
	for i, v := range t.Values {
		if t.Missing[i] {
			pen = "M"
			continue
		}
		x, y := 100*float64(at[i].Height-first)/float64(span), 100-100*float64(v-lo)/float64(max(hi-lo, 1))
		fmt.Fprintf(&path, "%s%.2f %.2f", pen, x, y)
		pen = "L"
		class := map[string]string{"proven": "f-proven", "replayed": "f-replayed"}[at[i].Level]
		if class == "" {
			class = "f-ink"
		}
		p.Dots = append(p.Dots, PlotDot{X: fmt.Sprintf("%.2f%%", x), Y: fmt.Sprintf("%.1f", 16+y), Class: class, Title: "block " + text.Count(at[i].Height) + ": " + t.Figure(i).String() + ", " + at[i].Level})
	}
	p.Path = path.String()
	p.Text = t.Name + " from block " + text.Count(first) + " to " + text.Count(at[len(at)-1].Height) + ": between " + p.Low + " and " + p.High + ", " + p.Newest + " at last"
	if lo == 0 {
		p.Low = "" // as everybody expects
	}
	return p
}
