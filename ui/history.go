package main

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/model"
)

// HistoryView draws figures over time, loaded when the visitor asks, and lists them as a table.
type HistoryView struct {
	App             *model.App
	H               *model.History
	ID, Title, Hint string
	Unit            string // what a point is, such as epochs

	at     []model.Moment
	traces []model.Trace
	plots  []model.Plot
	level  string
	drawn  drawing
}

// drawing is what a history was drawn of.
type drawing struct {
	of     *model.History
	params tab.SeriesParams
	points int
	newest uint64
}

// BeforeBuild draws what came since the last build.
func (c *HistoryView) BeforeBuild() {
	if c.App.Withheld() {
		c.at, c.traces, c.plots, c.level, c.drawn = nil, nil, nil, "", drawing{}
		return
	}
	newest := uint64(0)
	if len(c.H.Points) > 0 {
		newest = c.H.Points[0].Height
	}
	if now := (drawing{c.H, c.H.Params, len(c.H.Points), newest}); c.drawn != now {
		c.drawn = now
	} else {
		return
	}
	c.at, c.traces = c.H.Read()
	c.plots, c.level = nil, ""
	for i := range c.traces {
		c.plots = append(c.plots, model.DrawPlot(&c.traces[i], c.at))
	}
	rank := map[string]int{"claimed": 1, "proven": 2, "replayed": 3}
	for _, m := range c.at {
		if c.level == "" || rank[m.Level] < rank[c.level] {
			c.level = m.Level // the lowest speaks for all
		}
	}
}

func (c *HistoryView) begin() string { return "block " + count(c.at[0].Height) }

func (c *HistoryView) end() string { return count(c.at[len(c.at)-1].Height) }

func (c *HistoryView) epochs() bool { return c.at[0].Epoch != "" }

// rows are places in the lists, newest first.
func (c *HistoryView) rows() []int {
	out := make([]int, len(c.at))
	for i := range out {
		out[i] = len(c.at) - 1 - i
	}
	return out
}

func (c *HistoryView) more() string {
	return "Load " + number(model.HistoryPoints) + choose(len(c.at) == 0, " ", " more ") + c.Unit
}

func (c *HistoryView) says() string {
	switch {
	case c.H.Page.Since != 0:
		return "Loading and checking each"
	case c.H.Page.Err != nil:
		return c.H.Page.Err.Error()
	case c.H.Replaced(c.traces):
		return c.H.End + " Another neuron had this uid before; what it earned is not drawn."
	default:
		return c.H.End
	}
}
