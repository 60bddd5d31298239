package main

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

// VerifyView is the page where visitors check proofs and the chain themselves.
type VerifyView struct{ App *model.App }

func invalid(err string) any { return attr(choose(err != "", "true", "")) }

func (c *VerifyView) newest() string {
	if h := c.App.Head(); h != nil && h.Height > 2 {
		return count(h.Height - 1)
	}
	return ""
}

func (c *VerifyView) replaying() bool { return c.App.Again.Once.Since != 0 }

func (c *VerifyView) auditing() bool { return c.App.Again.Audit.Since != 0 }

func (c *VerifyView) audited() bool {
	a := &c.App.Again.Audit
	return a.Has || a.Err != nil || a.Since != 0
}

func (c *VerifyView) onceMark() string {
	switch o := &c.App.Again.Once; {
	case c.replaying():
		return "checking"
	case o.Err != nil:
		return choose(c.App.Status.Fraud != nil, "alarm", "none")
	case c.App.Withheld():
		return ""
	case o.Has && o.Value.Level.String() == "claimed":
		return "claimed"
	case o.Has:
		return "replayed" // a block that was computed again here is
	default:
		return ""
	}
}

func (c *VerifyView) once() string {
	switch o := &c.App.Again.Once; {
	case c.replaying():
		return "Replaying"
	case o.Err != nil:
		return o.Err.Error()
	case c.onceMark() == "claimed":
		return "Block " + count(o.Value.Height) + " leads to the next header, but nobody vouches for either."
	default:
		return "Block " + count(o.Value.Height) + " replayed. It matches what was signed."
	}
}

func (c *VerifyView) onceHow() string {
	o := &c.App.Again.Once.Value
	return text.Plural(o.Txs, "transaction", "transactions") + " and the block’s own work, over " + text.Plural(o.Nodes, "node", "nodes") + " of the state, led to root " +
		text.Hash(o.Root[:]) + ", which the next header names. " + size(o.Bytes) + " from relay " + o.Relay + ", computed in " + took(o.Micros) + "."
}

func (c *VerifyView) totalMark() string {
	if c.App.Status.Fraud != nil {
		return "alarm"
	}
	return choose(c.App.Status.Replay.Blocks > 0 && !c.App.Withheld(), "replayed", "none")
}

func (c *VerifyView) total() string {
	n := c.App.Status.Replay.Blocks
	switch {
	case c.App.Status.Fraud != nil:
		return text.Plural(n, "replay", "replays") + " in this visit matched, and one did not"
	case n == 0:
		return "Nothing replayed yet in this visit"
	}
	return text.Plural(n, "replay", "replays") + " in this visit, " + choose(n == 1, "it matched", "all matched")
}

// ReportView is what came of checking a file, step by step.
type ReportView struct {
	App *model.App

	of, link     string // what it is a figure of, and where the page of that is
	said, signed []model.Fact
}

// BeforeBuild reads what the file says once for all the template asks.
func (c *ReportView) BeforeBuild() {
	c.said, c.signed, c.of, c.link = nil, nil, "", ""
	if c.has() {
		c.of, c.link, c.said = model.Said(c.report())
		if f := c.report().Figure; f != nil && len(f.Computed) > 0 {
			_, _, c.signed = model.Facts(f.Program, f.Computed, f.Part)
		}
	}
}

func (c *ReportView) p() *model.ProofPage { return &c.App.Proof }

func (c *ReportView) report() *tab.ProofReport { return &c.p().Report.Value }

func (c *ReportView) has() bool { return c.p().Report.Has }

func (c *ReportView) holds() bool { return c.has() && c.report().Verdict == tab.ProofHolds }

func (c *ReportView) lied() bool {
	return c.has() && c.report().Verdict == tab.ProofFalse && c.mark() == "alarm"
}

func (c *ReportView) class() string {
	return choose(c.has() && c.mark() == "alarm", "panel panel-alarm", "panel")
}

func (c *ReportView) mark() string {
	switch p := c.p(); {
	case p.Report.Since != 0:
		return "checking"
	case c.has():
		m, _ := model.Verdict(c.report())
		return m
	default:
		return "none"
	}
}

func (c *ReportView) title() string {
	switch p := c.p(); {
	case p.Report.Since != 0:
		return "Checking " + p.Name
	case c.has():
		_, words := model.Verdict(c.report())
		return words
	case p.Name != "":
		return "Not checked."
	default:
		return "What is checked"
	}
}

func (c *ReportView) under() string {
	switch {
	case c.has():
		return c.p().Name + ", checked here" + choose(c.report().Micros > 0, " in "+took(c.report().Micros), "") + ", without a network."
	case c.p().Name != "":
		return c.p().Name + ", " + size(c.p().Size)
	default:
		return "Every step runs here, in this tab, without a network."
	}
}

// wrong is why there is no verdict, or why it is not a good one.
func (c *ReportView) wrong() string {
	switch p := c.p(); {
	case p.Err != "":
		return p.Err
	case p.Report.Err != nil:
		return p.Report.Err.Error()
	case c.has():
		return c.report().Error
	}
	return ""
}

// subject shortens an address, and nothing else.
func subject(s string) string {
	if isAddress(s) {
		return shorten(s)
	}
	return s
}

// struck says that the file lies in this line: the signed state says another.
func (c *ReportView) struck(i int) bool {
	return c.lied() && (len(c.signed) != len(c.said) || c.signed[i] != c.said[i])
}

// computed are the lines that the signed state says otherwise.
func (c *ReportView) computed() []model.Fact {
	var out []model.Fact
	for i, f := range c.signed {
		if len(c.signed) != len(c.said) || f != c.said[i] {
			out = append(out, f)
		}
	}
	return out
}

func (c *ReportView) level() string { return c.report().Level.String() }

func (c *ReportView) levelText() string {
	return c.level() + choose(c.level() == "proven" && c.report().Figure != nil, ", not replayed", "")
}

// permalink is the address of the figure, where a relay may still have its state.
func (c *ReportView) permalink() string {
	if r := c.report(); c.holds() && r.Figure != nil {
		return route.ToProof(r.Height, r.Figure.Program, text.Hex(r.Figure.Args), "")
	}
	return ""
}

func (c *ReportView) at() string {
	r := c.report()
	if r.Time == 0 {
		return "block " + count(r.Height)
	}
	return "block " + count(r.Height) + ", " + when(r.Time)
}

func (c *ReportView) foreign() bool {
	r := c.report()
	return r.Standing == "foreign" && r.Root.Height > 0 && r.Code == "foreign_trust_root"
}

func (c *ReportView) foreignText() string {
	return "All the rest fits together, but the file begins at a block that this tab does not know. Ask somebody you trust for the hash of block " +
		count(c.report().Root.Height) + ", and compare all 64 digits:"
}

func (c *ReportView) root() string { return hex32(c.report().Root.Hash) }

func (c *ReportView) txSays() string {
	x := c.report().Transaction
	return title(words(choose(x.Tx.Call == "", "unreadable", x.Tx.Call))) + " by " + shorten(x.Tx.Signer) + ", " + outcome(x.Tx) + ". It is number " + count(x.Index+1) + " of " + count(x.Count) + " in a final block."
}

func (c *ReportView) events() (out []string) {
	x := c.report().Transaction
	if !x.Shows {
		return []string{"The file does not show it."}
	}
	for _, e := range x.Events {
		s := e.Name
		for i, d := range e.Data {
			s += choose(i == 0, " ", ", ") + subject(d)
		}
		out = append(out, s)
	}
	if len(out) == 0 {
		out = []string{"Nothing but fee and number."}
	}
	return out
}

// usualSteps are those of a figure, before one is checked.
var usualSteps = []tab.ProofStep{
	{Title: "The file reads cleanly", Detail: "it has one form only, and this is it"}, {Title: "Same chain", Detail: "it is of the chain that this tab follows"},
	{Title: "Two thirds signed", Detail: "each signature of the block’s producers is checked"}, {Title: "Reached from the trust root", Detail: "by signatures, from a block that this tab trusts"},
	{Title: "The witness hashes to the signed root", Detail: "each node of the state tree is hashed"}, {Title: "The answer follows", Detail: "the chain’s own code runs over the witness"},
}

func (c *ReportView) steps() []tab.ProofStep {
	if c.has() {
		return c.report().Steps
	}
	return usualSteps
}

func (c *ReportView) stepMark(s tab.ProofStep) string { m, _ := model.StepMark(s); return m }

func (c *ReportView) stepWord(s tab.ProofStep) string { _, w := model.StepMark(s); return w }

func (c *ReportView) stepTime(s tab.ProofStep) string {
	if s.Micros == 0 {
		return ""
	}
	return took(s.Micros)
}

// FactFig is one figure of what a proof says.
type FactFig struct {
	F      model.Fact
	Level  string
	Struck bool // it is false
}
