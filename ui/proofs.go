package main

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/text"
)

// Checked is the mark in a panel's header. Pressed, it opens the card that says how the figures were checked, and saves
// them as a proof.
type Checked struct {
	App *model.App
	Of  *model.Asked
}

func (c *Checked) mark() *Mark { return panelMark(c.App, c.Of.Has, c.Of.Err, c.Of.Figure) }

func (c *Checked) has() bool { return c.Of.Has && !c.App.Withheld() }

func (c *Checked) how() string {
	switch {
	case !c.has():
		return "A relay sends the parts of the state that these figures need. This tab checks each hash, up to a root that two thirds of the block producers signed."
	default:
		return howChecked(c.App, c.Of.Figure)
	}
}

// howChecked says how a figure was checked, in sentences.
func howChecked(a *model.App, f tab.Figure) string {
	s := text.Plural(f.Nodes, "node leads", "nodes lead") + " from these figures to the state root after block " + count(f.Height)
	switch f.Level.String() {
	case "claimed":
		return s + ". A relay says that it is the chain’s; nothing here vouches for that."
	case "replayed":
		return s + ". " + a.ReplayedSince() + ": each block was computed again in this tab. The state before it is as good as the trust root."
	default:
		return s + ", which more than two thirds of the block producers signed in block " + count(f.Height+1) + "."
	}
}

// SaveProof is the two ways to keep a figure: a file, and an address.
type SaveProof struct {
	App *model.App
	Of  *model.Asked
}

func (c *SaveProof) key() string { return model.KeyOf(c.Of) }

func (c *SaveProof) link() string { return model.Permalink(c.Of) }

// SaveBlock is the button for a file with which others can replay a block.
type SaveBlock struct {
	App    *model.App
	Height uint64
}

func (c *SaveBlock) key() string { return "block " + count(c.Height) }

// LinkView shows the figure that a permalink names.
type LinkView struct {
	App *model.App

	of, link string
	said     []model.Fact
}

// BeforeBuild reads the answer once.
func (c *LinkView) BeforeBuild() {
	c.of, c.link, c.said = "", "", nil
	if c.has() {
		c.of, c.link, c.said = model.Facts(c.p().Query.Program, c.f().Result, c.f().Part)
	}
}

func (c *LinkView) p() *model.LinkPage { return &c.App.Link }

func (c *LinkView) f() *tab.Figure { return &c.p().Figure.Value }

func (c *LinkView) key() string { return c.p().Key() }

func (c *LinkView) has() bool { return c.p().Figure.Has && !c.App.Withheld() }

func (c *LinkView) waiting() bool {
	return c.p().Figure.Waiting() && !c.App.Withheld()
}

func (c *LinkView) level() string { return choose(c.has(), c.f().Level.String(), "") }

func (c *LinkView) mark() *Mark {
	return panelMark(c.App, c.has(), c.p().Figure.Err, *c.f())
}

func (c *LinkView) heading() string {
	switch {
	case c.has():
		return title(c.f().Level.String()) + ", at block " + count(c.f().Height)
	case c.wrong() != "":
		return "Not shown"
	default:
		return "Proving it anew"
	}
}

func (c *LinkView) wrong() string {
	if err := c.p().Figure.Err; err != nil {
		return err.Error()
	}
	return ""
}
