package model

import (
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

// Again is what the visitor has computed again here: blocks as they come, one block, one epoch.
type Again struct {
	From  Number // where a run of replays is to begin
	Mode  string // that was chosen, until the node confirms it
	Err   error  // of choosing it
	Block Number // to execute once
	Once  Answer[tab.Executed]

	Epoch  Number // block whose epoch is to be computed again; empty: the last one
	Netuid Number // on the page of proofs
	Audit  Answer[tab.AuditReport]
	Of     tab.AuditParams // what Audit answers
	Why    Answer[tab.Explanation]
	whyOf  tab.ExplainParams
}

// Number is a field for a number.
type Number struct {
	Text string
	Err  string
}

// take reads what was typed: a number from least to most, or nothing where that is allowed.
func (n *Number) take(typed string, least, most uint64, empty bool) (uint64, bool) {
	n.Text, n.Err = strings.TrimSpace(typed), ""
	digits := strings.ReplaceAll(strings.ReplaceAll(n.Text, ",", ""), " ", "")
	if digits == "" && empty {
		return 0, true
	}
	v, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || v < least || v > most {
		n.Err = "This is a number from " + text.Count(least) + " to " + text.Count(most) + "."
		return 0, false
	}
	return v, true
}

// newest is the newest block whose successor is verified, which it is compared with.
func (a *App) newest() uint64 {
	if h := a.Head(); h != nil && h.Height > 2 {
		return h.Height - 1
	}
	return 2
}

// Replaying is how blocks are replayed, as the visitor chose it last.
func (a *App) Replaying() string {
	if a.Again.Mode != "" {
		return a.Again.Mode
	}
	return a.Status.Replay.Mode
}

// SetReplay chooses how blocks are replayed.
func (a *App) SetReplay(mode string) { a.setReplay(tab.ReplayParams{Mode: mode}) }

// ReplayFrom has each block from the one that was typed on replayed.
func (a *App) ReplayFrom(typed string) {
	if from, ok := a.Again.From.take(typed, 2, a.newest(), true); ok {
		a.setReplay(tab.ReplayParams{Mode: tab.ReplayEvery, From: from})
	}
}

func (a *App) setReplay(p tab.ReplayParams) {
	a.Again.Mode = p.Mode
	a.Node.Ask(tab.Replay, p, nil, func(err error) {
		a.Again.Err, a.Again.Mode = err, ""
		if err == nil {
			a.Status.Replay.Mode = p.Mode // a status that says so is on its way
		}
	})
}

// ReplayBlock executes one block again.
func (a *App) ReplayBlock(typed string) {
	height, ok := a.Again.Block.take(typed, 2, a.newest(), false)
	if !ok {
		return
	}
	a.Again.Once.Forget()
	ask(a, &a.Again.Once, tab.Once, tab.OnceParams{Height: height})
}

// AuditOf computes the epoch of a subnet, whose netuid was typed, again.
func (a *App) AuditOf(netuid string) {
	if n, ok := a.Again.Netuid.take(netuid, 0, 65535, false); ok {
		a.AuditEpoch(uint16(n), "")
	}
}

// AuditEpoch computes an epoch of a subnet again: that of the block that was typed, or the last one.
func (a *App) AuditEpoch(netuid uint16, typed string) {
	height, ok := a.Again.Epoch.take(typed, 2, a.newest(), true)
	if !ok {
		return
	}
	g := &a.Again
	g.Audit.Forget()
	g.Why.Forget()
	g.Of = tab.AuditParams{Netuid: netuid, Height: height}
	ask(a, &g.Audit, tab.Audit, g.Of)
}

// Audited returns the report on a subnet's epoch, if that is what was asked for last.
func (a *App) Audited(netuid uint16) *tab.AuditReport {
	if g := &a.Again; g.Audit.Has && g.Of.Netuid == netuid {
		return &g.Audit.Value
	}
	return nil
}

// explain asks what the neuron's page shows: an epoch, and then why the neuron earned what it did in it.
func (a *App) explain(netuid, uid uint16) {
	g := &a.Again
	if g.Of.Netuid != netuid || !g.Audit.Has && g.Audit.Err == nil && g.Audit.Since == 0 {
		a.AuditEpoch(netuid, "")
	}
	r := a.Audited(netuid)
	if r == nil {
		return
	}
	if p := (tab.ExplainParams{Netuid: netuid, Height: r.Height, UID: uid}); p != g.whyOf || !g.Why.Has && g.Why.Err == nil && g.Why.Since == 0 {
		g.Why.Forget()
		g.whyOf = p
		if int(uid) < len(r.Uids) {
			ask(a, &g.Why, tab.Explain, p)
		}
	}
}

// ReplayedSince says since which block each one was executed here, beside a figure that is replayed.
func (a *App) ReplayedSince() string {
	if from := a.Status.Replay.From; from > 0 {
		return "Replayed here since block " + text.Count(from)
	}
	return "Replayed here"
}

// ToNeuron shows the page of the neuron whose uid was typed.
func (a *App) ToNeuron(netuid uint16, typed string) {
	if u, err := strconv.ParseUint(strings.TrimSpace(typed), 10, 16); err == nil {
		a.Host.Go(route.ToNeuron(netuid, uint16(u)))
	}
}

// AuditVerdict is what came of computing an epoch again, in a sentence.
func AuditVerdict(r *tab.AuditReport) string {
	if n := uint64(len(r.Differences)); n > 0 {
		return "Epoch " + text.Count(r.Index) + " does not follow from its inputs: " + text.Plural(n, "figure differs.", "figures differ.")
	}
	n := uint64(len(r.Uids))
	return "Epoch " + text.Count(r.Index) + " replayed. " + map[bool]string{true: "Its one result matches.", false: "All " + text.Count(n) + " results match."}[n == 1]
}
