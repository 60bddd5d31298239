package model

import (
	"testing"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/route"
)

// A permalink leads back to the very question, in the same state.
func TestPermalink(t *testing.T) {
	a, _, n := at(t, "#/")
	of := Asked{Figure: tab.Figure{Height: 88}, Query: tab.QueryParams{Program: "account@1", Args: []byte{0x82, 0, 0xff}}}
	a.Navigate(Permalink(&of))
	p, id := params[tab.QueryParams](t, n, tab.Query)
	for p.Program != "account@1" { // what the overview asked
		p, id = params[tab.QueryParams](t, n, tab.Query)
	}
	if p.Height != 88 || string(p.Args) != "\x82\x00\xff" || a.Route.Page != route.Proof {
		t.Errorf("%+v", p)
	}
	n.answer(id, tab.Figure{Height: 88}, nil)
	n.block(tab.Block{Height: 101})
	if n.open(tab.Query, "account@1") != 0 || !a.Link.Figure.Has {
		t.Error("a figure of a past state is asked again with each block")
	}
	a.SaveLink()
	if s, _ := params[tab.SaveParams](t, n, tab.Save); s.Figure == nil || s.Figure.Height != 88 || string(s.Figure.Args) != "\x82\x00\xff" || a.SavingNote(a.Link.Key()) == "" {
		t.Errorf("another figure is saved: %+v", s.Figure)
	}
	if a.Navigate("#/proof/89/account@1/8200ff"); a.Link.Figure.Has || n.open(tab.Query, "account@1") != 1 {
		t.Errorf("another block: %+v", a.Link)
	}
}
