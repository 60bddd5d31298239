package main

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

// Templates can name only what this package holds, so the words of ui/text get short names here.

func exact(a tao.Amount) text.Figure        { return text.Amount(a, text.Exact) }
func brief(a tao.Amount) text.Figure        { return text.Amount(a, 3) }
func tidy(a tao.Amount) text.Figure         { return text.Tidy(a) }
func column(a tao.Amount) text.Figure       { return text.Column(a) }
func plain(s string) text.Figure            { return text.Figure{Whole: s} }
func withUnit(s, unit string) text.Figure   { return text.Figure{Whole: s, Unit: unit} }
func count(n uint64) string                 { return text.Count(n) }
func number(n int) string                   { return text.Count(uint64(max(n, 0))) }
func percent(part, of uint64, d int) string { return text.Percent(part, of, d) }
func size(n uint64) string                  { return text.Bytes(n) }
func took(micros uint64) string             { return text.Took(micros) }
func hash(b [32]byte) string                { return text.Hash(b[:]) }
func hex32(b [32]byte) string               { return text.Hex(b[:]) }
func hex20(b [20]byte) string               { return text.Hex(b[:]) }
func begin8(b []byte) string                { return text.Hex(b[:4]) }
func shorten(address string) string         { return text.Address(address) }
func when(ms uint64) string                 { return text.When(ms) }
func clock(ms uint64) string                { return text.Clock(ms) }
func age(now, then uint64) string           { return text.Age(now, then) }
func toAccount(a keys.Account) string       { return route.ToAccount(a.String()) }
func toAddress(s string) string             { return route.ToAccount(s) }
func toBlock(h uint64) string               { return route.ToBlock(h) }
func toBlocks(below uint64) string          { return route.ToBlocks(below) }
func signedOf(b *tab.Block) string          { s, n := model.Signed(b); return number(s) + "/" + number(n) }

// attr is an attribute's value, or nothing: an empty string leaves the attribute out.
func attr(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// choose returns yes where a condition holds, otherwise no.
func choose(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// Mark is the glyph that says how far something was checked, with its word.
type Mark struct {
	Level string // claimed, proven, replayed, alarm, checking or none; empty: none
	Text  string // beside the glyph; empty: the level's name
	Size  string // "sm", "lg" or "xl"; empty: 15 px
	Quiet bool   // the word is for screen readers only
	Title string // more about it, for who points at it
}

func (c *Mark) class() string {
	s := "mark mark-" + c.level()
	if c.Size != "" {
		s += " mark-" + c.Size
	}
	return s
}

func (c *Mark) level() string {
	if c.Level == "" {
		return "none"
	}
	return c.Level
}

func (c *Mark) word() string {
	if c.Text != "" {
		return c.Text
	}
	return c.level()
}

// Fig is a figure from the chain with the level to which it was checked. Without a level it shows a dash instead: what
// was not checked at all is not shown.
type Fig struct {
	F       text.Figure
	Level   string // claimed, proven or replayed
	Program string // whose answer it is, such as supply@1; empty for what a header says
	Wait    bool   // it is on its way: keep its place
}

// Icon is one of the document's symbols.
type Icon struct{ Name string }

// Root is the whole page.
type Root struct{ App *model.App }

func (c *Root) current(p ...route.Page) any {
	for _, p := range p {
		if c.App.Route.Page == p {
			return "page"
		}
	}
	return nil
}

// forked says that the page of what producers did is about a fork.
func (c *Root) forked() bool { return c.App.Status.Fraud == nil && c.App.Status.Fork != nil }

func (c *Root) page() route.Page { return c.App.Route.Page }

func (c *Root) nextTheme() string {
	return "Change colours: now " + choose(c.App.Host.Theme() == "", "as the system", c.App.Host.Theme())
}

// TrustLine is the line about the node, on every page and in every state.
type TrustLine struct{ App *model.App }

func (c *TrustLine) alarmed() bool { return len(c.App.Status.Alarms) > 0 }

// producers says that the alarm is about the block producers.
func (c *TrustLine) producers() bool {
	return c.App.Status.Fraud != nil || c.App.Status.Fork != nil
}

func (c *TrustLine) class() string {
	return choose(c.alarmed() || c.App.Status.Sync == tab.Refused, "trust trust-alarm", "trust")
}

func (c *TrustLine) lie() string {
	switch s := &c.App.Status; {
	case s.Fraud != nil:
		return "Producers signed something false."
	case s.Fork != nil:
		return "Producers signed two chains."
	}
	return c.App.Lie(c.App.Status.Alarms[len(c.App.Status.Alarms)-1])
}

func (c *TrustLine) signed() string {
	b := c.App.Head()
	s, n := model.Signed(b)
	if n == 0 {
		return "Signed by " + percent(b.Signed, b.Total, 1) + " % of the power"
	}
	return "Signed by " + number(s) + " of " + text.Plural(uint64(n), "producer", "producers") + ", " + percent(b.Signed, b.Total, 1) + " %"
}

func (c *TrustLine) catchingUp() string {
	if done, total := c.App.Progress(); total > 0 {
		return c.App.State() + ", " + count(done) + " of " + text.Plural(total, "block", "blocks")
	}
	return c.App.State()
}

// Troubles are the boxes that say what is wrong.
type Troubles struct{ App *model.App }

// shown returns the name of a figure's level, or nothing while no figure may be shown as checked.
func shown(a *model.App, f tab.Figure) string { return choose(a.Withheld(), "", f.Level.String()) }

func shownBlock(a *model.App, b *tab.Block) string { return choose(a.Withheld(), "", b.Level.String()) }

func (c *Troubles) alarms() []model.Trouble   { return ofKind(c.App.Troubles(), "alarm") }
func (c *Troubles) warnings() []model.Trouble { return ofKind(c.App.Troubles(), "warn") }

func ofKind(list []model.Trouble, kind string) []model.Trouble {
	var out []model.Trouble
	for _, t := range list {
		if t.Kind == kind {
			out = append(out, t)
		}
	}
	return out
}

func millions(a tao.Amount) string { return model.Millions(a) }

func subnets(n int) string {
	return text.Plural(uint64(max(n, 0)), "subnet in all.", "subnets in all.")
}

// sentence ends a text from elsewhere like the page's own sentences.
func sentence(s string) string {
	if s == "" || s[len(s)-1] == '.' {
		return s
	}
	return s + "."
}
