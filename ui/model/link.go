package model

import (
	"encoding/hex"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

// Permalink is the address of a figure as it is shown, empty where that would be too long.
func Permalink(of *Asked) string {
	return route.ToProof(of.Figure.Height, of.Query.Program, text.Hex(of.Query.Args), "")
}

// LinkPage is the page of a permalink: a figure of a past state, proven anew.
type LinkPage struct {
	Query  tab.QueryParams
	Figure Answer[tab.Figure]
}

// Key names the button that saves the figure.
func (p *LinkPage) Key() string {
	return "link " + text.Count(p.Query.Height) + p.Query.Program + string(p.Query.Args)
}

// SaveLink makes a file of the figure that a permalink names.
func (a *App) SaveLink() {
	q := a.Link.Query
	a.save(a.Link.Key(), tab.SaveParams{Figure: &q})
}

func (p *LinkPage) show(r route.Route) {
	args, _ := hex.DecodeString(r.Args) // a route holds nothing else
	q := tab.QueryParams{Program: r.Program, Args: args, Height: r.Height}
	if p.Figure.Has && p.Query.Program == q.Program && p.Query.Height == q.Height && string(p.Query.Args) == string(args) {
		return
	}
	p.Figure.Forget()
	p.Query = q
}

func (p *LinkPage) ask(a *App) { ask(a, &p.Figure, tab.Query, p.Query) }
