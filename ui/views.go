package main

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/text"
)

// BlocksView lists blocks, from the head or from a height down.
type BlocksView struct{ App *model.App }

func (c *BlocksView) blocks() []tab.Block {
	if c.App.Withheld() {
		return nil
	}
	return c.App.Listed()
}

func (c *BlocksView) rows() int {
	if c.fault() != "" || c.App.Withheld() {
		return 0
	}
	return min(model.ListRows, 12)
}

func (c *BlocksView) fault() string {
	if c.App.Route.Height == 0 || c.App.List.Err == nil || c.App.List.Has {
		return ""
	}
	return c.App.List.Err.Error()
}

func (c *BlocksView) older() uint64 {
	l := c.blocks()
	if len(l) == 0 || l[len(l)-1].Height <= 1 {
		return 0
	}
	return l[len(l)-1].Height - 1
}

func (c *BlocksView) span() string {
	l := c.blocks()
	if len(l) == 0 {
		return ""
	}
	return "Blocks " + count(l[len(l)-1].Height) + " to " + count(l[0].Height) + ", as far as this tab verified them. Others were stepped over by their signatures."
}

// BlockView shows one block: its header, who signed it, its transactions.
type BlockView struct{ App *model.App }

func (c *BlockView) page() *model.BlockPage { return &c.App.Block }

func (c *BlockView) block() *tab.Block {
	if c.App.Withheld() {
		return nil
	}
	return c.page().Known()
}

func (c *BlockView) waiting() bool {
	return c.block() == nil && c.page().Header.Waiting() && !c.App.Withheld()
}

// ahead says that the block is not there yet.
func (c *BlockView) ahead() bool {
	h := c.App.Head()
	return h != nil && c.page().Height > h.Height
}

func (c *BlockView) missing() string {
	switch {
	case c.App.Withheld() || c.block() != nil || c.waiting():
		return ""
	case c.ahead():
		return "It is not there yet: the newest block is " + count(c.App.Head().Height) + "."
	case c.page().Header.Err != nil:
		return c.page().Header.Err.Error()
	default:
		return "This tab did not verify this block: it stepped over it by the signatures of a later one."
	}
}

func (c *BlockView) body() *tab.BlockBody {
	if !c.page().Body.Has || c.App.Withheld() {
		return nil
	}
	return &c.page().Body.Value
}

func (c *BlockView) bodyMark() *Mark {
	switch {
	case c.App.Withheld():
		return &Mark{Text: "not shown"}
	case c.body() != nil:
		return &Mark{Level: c.body().Level.String()}
	case c.page().Body.Err != nil:
		return &Mark{Text: "no answer"}
	default:
		return &Mark{Level: "checking"}
	}
}

func (c *BlockView) txTitle() string {
	if c.body() == nil {
		return "Transactions"
	}
	return text.Plural(uint64(len(c.body().Txs)), "transaction", "transactions")
}

func (c *BlockView) signers() string {
	s, n := model.Signed(c.block())
	return number(s) + " of " + number(n) + ", " + percent(c.block().Signed, c.block().Total, 1) + " % of the power"
}

// final says that the next block is there, which binds what came of this one.
func (c *BlockView) final() bool {
	h := c.App.Head()
	return h != nil && h.Height > c.page().Height
}

// results says how far the results below are checked, where that is less than the transactions.
func (c *BlockView) results() string {
	b := c.body()
	if b == nil || len(b.Txs) == 0 || b.ResultsLevel == b.Level {
		return ""
	}
	return "The results of these calls are bound by the next block’s header, which is not there yet."
}

func outcome(t tab.Tx) string {
	switch {
	case t.Broken != "":
		return "can’t be read"
	case t.Code == 0:
		return "done"
	case t.Result != "":
		return "failed: " + words(t.Result)
	default:
		return "failed, code " + count(uint64(t.Code))
	}
}

// words reads a stable code such as insufficient_balance as words.
func words(code string) string {
	out := []byte(code)
	for i, c := range out {
		if c == '_' {
			out[i] = ' '
		}
	}
	return string(out)
}

// isAddress says whether an argument is an address, to link to it.
func isAddress(s string) bool { return model.IsAddress(s) }

// NodeView shows the node itself: what it trusts, whom it asked, what it checked, what went wrong.
type NodeView struct{ App *model.App }

func (c *NodeView) status() *tab.Status { return &c.App.Status }

func (c *NodeView) trusts() bool { return c.status().Trust.Height > 0 }

func (c *NodeView) totals() (in, out uint64) {
	for _, r := range c.status().Relays {
		in, out = in+r.In, out+r.Out
	}
	return in, out
}

func (c *NodeView) bytesIn() string  { in, _ := c.totals(); return size(in) }
func (c *NodeView) bytesOut() string { _, out := c.totals(); return size(out) }

func latency(r tab.Relay) string {
	if r.Latency == 0 {
		return "–"
	}
	return took(r.Latency)
}

// score is of 100; a relay that lied has none.
func score(r tab.Relay) string {
	if r.Score == 0 {
		return "–"
	}
	return count(r.Score)
}

func (c *NodeView) relayState(r tab.Relay) string {
	switch r.State {
	case "waiting":
		if r.RetryAt > c.App.Now {
			return "again in " + text.Span(r.RetryAt-c.App.Now)
		}
		return "trying again"
	default:
		return r.State
	}
}

func (c *NodeView) log() []tab.LogLine { return c.App.Lines() }

func (c *NodeView) height(r tab.Relay) string {
	if r.Height == 0 {
		return "–"
	}
	return count(r.Height)
}
