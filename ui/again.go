package main

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

func toNeuron(netuid, uid uint16) string { return route.ToNeuron(netuid, uid) }

func hexOf(b []byte) string { return text.Hex(b) }

// ReplayPanel is where visitors choose how blocks are replayed, and see what it costs.
type ReplayPanel struct{ App *model.App }

// modes are those of replaying, in words.
var modes = []struct{ Mode, Name, Says string }{
	{tab.ReplayOff, "Off", "No block is replayed. Figures are proven against what two thirds of the producers signed, whatever that is."},
	{tab.ReplaySampled, "Sampled", "One block in sixteen, at random. That catches producers who cheat again and again; it raises no figure’s level."},
	{tab.ReplayEvery, "Every block", "Each block as it comes. Figures of its state are replayed: no majority can make them up without being found out."},
}

func (c *ReplayPanel) r() *tab.Replaying { return &c.App.Status.Replay }

func (c *ReplayPanel) says() string {
	if err := c.App.Again.Err; err != nil {
		return err.Error()
	}
	for _, m := range modes {
		if m.Mode == c.App.Replaying() {
			return m.Says
		}
	}
	return ""
}

func (c *ReplayPanel) running() bool { return c.r().Mode == tab.ReplayEvery && c.r().From > 0 }

func (c *ReplayPanel) mark() string {
	switch {
	case c.App.Status.Fraud != nil:
		return "alarm"
	case c.App.Withheld():
		return "none"
	case c.running() && c.r().To >= c.r().From:
		return "replayed"
	case c.r().Mode == tab.ReplayEvery:
		return "checking"
	default:
		return "none"
	}
}

func (c *ReplayPanel) word() string {
	switch m := c.mark(); {
	case m == "alarm":
		return "a block differs"
	case c.App.Withheld():
		return "not shown"
	case m == "replayed":
		return "since block " + count(c.r().From)
	case m == "checking":
		return "about to begin"
	default:
		return choose(c.r().Mode == tab.ReplaySampled, "samples only", "off")
	}
}

func (c *ReplayPanel) run() string {
	switch r := c.r(); {
	case !c.running():
		return "–"
	case r.To < r.From:
		return "begins at block " + count(r.From)
	default:
		return "blocks " + count(r.From) + " to " + count(r.To)
	}
}

func (c *ReplayPanel) behind() string {
	if !c.running() {
		return "–"
	}
	return text.Plural(c.r().Behind, "block", "blocks")
}

func (c *ReplayPanel) blocks() string {
	if c.r().Blocks == 0 {
		return "none yet"
	}
	return text.Plural(c.r().Blocks, "block", "blocks") + choose(c.App.Status.Fraud == nil, ", all matched", " matched")
}

func (c *ReplayPanel) last() string {
	r := c.r()
	if r.Last == 0 {
		return "–"
	}
	return count(r.Last) + ": " + text.Plural(r.LastTxs, "transaction", "transactions") + ", " + took(r.LastFor) + ", " + size(r.LastOf)
}

func (c *ReplayPanel) trouble() string { return c.r().Trouble }

// AuditView computes an epoch of a subnet again and says what came of it.
type AuditView struct {
	App    *model.App
	Netuid uint16
}

// report is the epoch computed again. While nothing may be shown as checked, it is shown only where it differs.
func (c *AuditView) report() *tab.AuditReport {
	r := c.App.Audited(c.Netuid)
	if r != nil && len(r.Differences) == 0 && c.App.Withheld() {
		return nil
	}
	return r
}

func (c *AuditView) mine() bool { return c.App.Again.Of.Netuid == c.Netuid }

func (c *AuditView) busy() bool { return c.mine() && c.App.Again.Audit.Since != 0 }

func (c *AuditView) failed() string {
	if a := &c.App.Again.Audit; c.mine() && a.Err != nil {
		return a.Err.Error()
	}
	return ""
}

func (c *AuditView) title() string {
	if r := c.report(); r != nil {
		return choose(r.Name == "", "Subnet "+count(uint64(r.Netuid)), r.Name) + ", epoch " + count(r.Index)
	}
	return "Check an epoch"
}

func (c *AuditView) class() string {
	r := c.report()
	return choose(r != nil && len(r.Differences) > 0, "panel panel-alarm", "panel")
}

func (c *AuditView) mark() string {
	switch r := c.report(); {
	case c.busy():
		return "checking"
	case r == nil:
		return ""
	case len(r.Differences) > 0:
		return "alarm"
	default:
		return r.Level.String()
	}
}

func (c *AuditView) word() string {
	return map[string]string{"checking": "replaying", "alarm": "does not match"}[c.mark()]
}

func (c *AuditView) progress() string {
	s := "Fetching the inputs and computing the block again"
	if since := c.App.Again.Audit.Since; c.App.Now > since+1000 {
		s += ", " + text.Span(c.App.Now-since) + " so far"
	}
	return s + "."
}

func (c *AuditView) verdict() string { return model.AuditVerdict(c.report()) }

// first is the first figure that differs, in words.
func (c *AuditView) first() string {
	d := c.report().Differences[0]
	return "Computed here: " + differing(d.Column, d.Computed) + ". On chain: " + differing(d.Column, d.Signed) + ". That is the " + words(d.Column) + " of uid " + count(uint64(d.UID)) + "."
}

// differences are those that fit a page.
func (c *AuditView) differences() []tab.AuditDifference {
	d := c.report().Differences
	return d[:min(len(d), 256)]
}

// differing writes a figure of a column as its difference shows best: in full.
func differing(column string, v uint64) string {
	if column == "emission" || column == "server_emission" || column == "validator_emission" {
		return text.Tidy(tao.Amount(v)).String()
	}
	return count(v)
}

func (c *AuditView) how() string {
	r := c.report()
	return "Block " + count(r.Height) + " with " + text.Plural(r.Txs, "transaction", "transactions") + " was executed here in " + took(r.Micros) + ", Yuma " + choose(r.Yuma3, "3", "2") + ", over " + size(r.Bytes) + " from relay " + r.Relay +
		". The epoch shared out " + text.Tidy(tao.Amount(r.Emission)).String() + " among neurons, and " + text.Tidy(tao.Amount(r.OwnerCut)).String() + " went to the subnet’s owner."
}

// best is the uid that earned most.
func (c *AuditView) best() string {
	best := 0
	for i, u := range c.report().Uids {
		if b := c.report().Uids[best]; u.Server+u.Validator > b.Server+b.Validator {
			best = i
		}
	}
	return number(best)
}
