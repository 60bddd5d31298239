package model

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

// MaxProof is the size in bytes of the largest file that is a proof, core/light/bundle's limit.
const MaxProof = 24 << 20

// ProofPage is what is known of the file that was dropped or chosen.
type ProofPage struct {
	Name   string // of the file; empty: none yet
	Size   uint64
	Err    string // why it is not even looked at
	Report Answer[tab.ProofReport]

	Neuron Number // to explain in one of the file's epochs
	Why    Answer[tab.Explanation]
	WhyOf  tab.ExplainParams // what Why answers
}

// TakeFile checks a file that the visitor chose or dropped, of which the host keeps the bytes.
func (a *App) TakeFile(name string, size uint64) {
	if a.Route.Page != route.Verify {
		a.Host.Go("#/verify")
	}
	p := &a.Proof
	p.Report.Forget()
	p.Name, p.Size, p.Err = name, size, ""
	if size > MaxProof {
		p.Err = "It has " + text.Bytes(size) + "; a proof has at most 24 MiB. It was not read."
		return
	}
	a.checkFile(false)
}

// AcceptRoot checks the file once more, taking its own trust root as true.
func (a *App) AcceptRoot() { a.checkFile(true) }

func (a *App) checkFile(accept bool) {
	a.Proof.Why.Forget()
	a.Proof.Neuron = Number{}
	r := &a.Proof.Report
	q := r.begin(a.Now)
	v := new(tab.ProofReport)
	a.Node.CheckFile(a.Proof.Size, accept, v, func(err error) { r.take(q, a.Now, func() { r.Value = *v }, tab.Figure{}, err) })
}

// WhyInFile asks why the neuron whose uid was typed earned what it did in the epoch that the file's block ran of a subnet.
func (a *App) WhyInFile(netuid uint16, typed string) {
	p := &a.Proof
	p.Why.Forget()
	p.WhyOf = tab.ExplainParams{Netuid: netuid, Height: p.Report.Value.Height, File: true}
	if uid, ok := p.Neuron.take(typed, 0, 65535, false); ok {
		p.WhyOf.UID = uint16(uid)
		ask(a, &p.Why, tab.Explain, p.WhyOf)
	}
}

// Verdict is the headline of a report.
func Verdict(r *tab.ProofReport) (mark, words string) {
	switch {
	case r.Code == "bad_file": // an alarm is about what somebody claims, and this claims nothing
		return "none", "This is no proof."
	case r.Verdict == tab.ProofHolds && r.Finding == tab.FindsFraud:
		return "alarm", "It holds: producers signed something false."
	case r.Verdict == tab.ProofHolds && r.Fork != nil:
		return "alarm", "It holds: producers signed two chains."
	}
	switch r.Verdict {
	case tab.ProofHolds:
		return r.Level.String(), "This proof holds."
	case tab.ProofFalse:
		return "alarm", "This proof is false."
	default:
		return "none", "Not conclusive."
	}
}

// StepMark is the mark of a step and the word for it.
func StepMark(s tab.ProofStep) (mark, word string) {
	switch s.Outcome {
	case "held":
		return "proven", "held"
	case "failed":
		return "alarm", "failed"
	case "unsure":
		return "none", "not decided"
	default:
		return "claimed", "not reached"
	}
}
