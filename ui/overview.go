package main

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/text"
)

// Overview is the first page: what this tab does, the newest block, supply, emission, recent blocks.
type Overview struct {
	App *model.App

	blockTime uint64 // in ms
	drawn     model.Curve
}

// BeforeBuild works out once what the template asks for several times.
func (c *Overview) BeforeBuild() {
	c.blockTime = model.BlockTime(c.App.Blocks)
	c.drawn = model.Curve{Text: "No chart yet"}
	if c.App.Supply.Has && !c.App.Withheld() {
		c.drawn = model.Chart(c.supply(), c.blockTime, c.supply().Time, model.Horizon(c.supply(), c.blockTime))
	}
}

func (c *Overview) head() *tab.Block { return c.App.Head() }

func (c *Overview) supply() view.Supply { return c.App.Supply.Value }

func (c *Overview) waiting() bool { return c.App.Supply.Waiting() && !c.App.Withheld() }

func (c *Overview) level() string {
	if !c.App.Supply.Has {
		return ""
	}
	return shown(c.App, c.App.Supply.Figure)
}

func (c *Overview) supplyMark() *Mark {
	return panelMark(c.App, c.App.Supply.Has, c.App.Supply.Err, c.App.Supply.Figure)
}

func (c *Overview) subnetsMark() *Mark {
	return panelMark(c.App, c.App.Subnets.Has, c.App.Subnets.Err, c.App.Subnets.Figure)
}

// leadKind picks the sentence under the heading.
func (c *Overview) leadKind() string {
	switch {
	case c.App.Status.Sync == tab.Refused:
		return "refused"
	case c.App.Withheld():
		return "withheld"
	case c.head() == nil:
		return "starting"
	case c.App.Busy():
		return "busy"
	default:
		return "live"
	}
}

func (c *Overview) signers() string {
	s, n := model.Signed(c.head())
	return number(s) + " of " + number(n)
}

func (c *Overview) producers() string {
	_, n := model.Signed(c.head())
	return choose(n == 1, "block producer", "block producers")
}

func (c *Overview) power() string { return percent(c.head().Signed, c.head().Total, 1) }

func (c *Overview) sealHead() *tab.Block {
	if c.App.Withheld() {
		return nil
	}
	return c.head()
}

func (c *Overview) enough() bool {
	b := c.sealHead()
	return b != nil && b.Total > 0 && b.Level.String() != "claimed" && 3*float64(b.Signed) > 2*float64(b.Total)
}

func phaseClass(p tab.Phase) string {
	return map[string]string{"off": "is-off", "now": "is-now", "failed": "is-failed"}[p.State]
}

func phaseTime(p tab.Phase) string {
	if p.Micros == 0 {
		return ""
	}
	return took(p.Micros)
}

func (c *Overview) catching() bool { _, total := c.App.Progress(); return total > 0 }

func (c *Overview) done() uint64 { done, _ := c.App.Progress(); return done }

func (c *Overview) total() uint64 { _, total := c.App.Progress(); return total }

func (c *Overview) usual() uint64 { return c.blockTime }

func (c *Overview) every() string {
	if t := c.usual(); t > 0 {
		return "a block every " + text.Seconds(t)
	}
	return "the time between blocks is not known yet"
}

func (c *Overview) bars() []model.Bar {
	if c.App.Withheld() {
		return nil
	}
	return model.Bars(c.App.Blocks)
}

// nextClass is how long the line under the bars takes to fill: one block time, in whole seconds.
func (c *Overview) nextClass() string {
	s := (c.usual() + 500) / 1000
	if s == 0 || s > 16 || c.App.Status.Sync != tab.Live {
		return "next next-off"
	}
	return "next next-" + count(s)
}

func (c *Overview) headKey() string {
	if c.head() == nil {
		return "none"
	}
	return count(c.head().Height)
}

func (c *Overview) halving() string {
	at := model.NextHalving(c.supply(), c.usual())
	if at == 0 {
		return "–"
	}
	return text.Date(at)
}

func (c *Overview) projection() string {
	if c.usual() == 0 || c.App.Withheld() {
		return "A projection stands here once the time between blocks is known."
	}
	return "The dashed line is a projection: nothing burned, " + c.every() + ". It is an estimate, so it carries no mark."
}

func (c *Overview) curve() model.Curve { return c.drawn }

func (c *Overview) shares() []model.Share {
	rows, rest := model.Emission(c.App.Subnets.Value.Subnets)
	if rest != nil {
		rows = append(rows, *rest)
	}
	if c.App.Withheld() {
		return nil
	}
	return rows
}

// Part is one place where issued τ is.
type Part struct {
	Name   string
	Amount tao.Amount
	Width  string
	Share  string
}

func (c *Overview) parts() []Part {
	s := c.supply()
	out := []Part{{Name: "Free", Amount: s.Free}, {Name: "Staked", Amount: s.Staked}, {Name: "Pending", Amount: s.Pending}, {Name: "Reserved", Amount: s.Reserved}}
	for i := range out {
		out[i].Share = percent(uint64(out[i].Amount), uint64(s.Issuance), 2)
		out[i].Width = choose(out[i].Share == "–", "0", out[i].Share)
	}
	return out
}

func (c *Overview) latest() []tab.Block {
	if c.App.Withheld() {
		return nil
	}
	return c.App.Blocks[:min(len(c.App.Blocks), model.LatestRows)]
}

// BlockTable lists blocks, newest first. Empty rows keep its height until there are enough.
type BlockTable struct {
	App    *model.App
	Blocks []tab.Block
	Rows   int    // at least
	Label  string // id of the heading
	Long   bool   // with the columns of the blocks page
}

func (c *BlockTable) padding() []int {
	if c.App.Withheld() {
		return nil
	}
	return make([]int, max(c.Rows-len(c.Blocks), 0))
}

func (c *Overview) sealText() string { return model.SealText(c.sealHead()) }

func (c *Overview) segments() []model.Segment { return model.Seal(c.sealHead()) }

func (c *Overview) rows() int { return model.LatestRows }
