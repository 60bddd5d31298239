package model

import (
	"encoding/hex"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/cbor"
	"github.com/taolight/taolight/ui/client"
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

// Saving is the file that is being made, or was made last.
type Saving struct {
	Key  string // of the button: what is saved
	Busy bool
	Note string // what came of it
}

// SaveFigure makes a file of a figure and gives it to the visitor.
func (a *App) SaveFigure(of *Asked) {
	q := of.Query
	q.Height = of.Figure.Height
	a.save(KeyOf(of), tab.SaveParams{Figure: &q})
}

// KeyOf names a figure's button.
func KeyOf(of *Asked) string { return of.Query.Program + string(of.Query.Args) }

// SaveTx makes a file of a transaction.
func (a *App) SaveTx(block uint64, tx [32]byte) {
	a.save(string(tx[:]), tab.SaveParams{Block: block, Tx: tx})
}

func (a *App) save(key string, p tab.SaveParams) {
	if a.Saving.Busy {
		return
	}
	a.Saving = Saving{Key: key, Busy: true}
	client.Ask(a.Node, tab.Save, p, func(f tab.ProofFile, err error) {
		a.Saving.Busy = false
		if err != nil {
			a.Saving.Note = "No file was made. " + err.Error()
			return
		}
		a.Host.Save(f.Name, f.File)
		a.Saving.Note = "Saved as " + f.Name + ", " + text.Bytes(uint64(len(f.File))) + "."
	})
}

// EvidenceKey names the button for the evidence of a fraud or a fork.
const EvidenceKey = "evidence"

// SaveEvidence makes a file of what stopped the node.
func (a *App) SaveEvidence() {
	a.save(EvidenceKey, tab.SaveParams{Fraud: a.Status.Fraud != nil, Fork: a.Status.Fraud == nil})
}

// SaveBlock makes a file of a block to execute again.
func (a *App) SaveBlock(height uint64) {
	a.save("block "+text.Count(height), tab.SaveParams{Replay: height})
}

// SavingNote says what became of the file with this key.
func (a *App) SavingNote(key string) string {
	switch s := &a.Saving; {
	case s.Key != key:
		return ""
	case s.Busy:
		return "Making the file …"
	default:
		return s.Note
	}
}

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

// Fact is one line of what a program's answer says.
type Fact struct {
	Name    string
	Figure  text.Figure
	Address string // empty: Figure
	Words   string // instead of Figure
}

// Said is what a file says, as [Facts] has it of a figure.
func Said(r *tab.ProofReport) (about, page string, out []Fact) {
	say := func(name, words string) { out = append(out, Fact{Name: name, Words: words}) }
	switch {
	case r.Figure != nil:
		return Facts(r.Figure.Program, r.Figure.Result)
	case r.Fork != nil:
		f := r.Fork
		say("What happened", ForkWords(f.Kind))
		say("Producers that signed both", text.Plural(uint64(len(f.Both)), "producer", "producers")+", "+text.Percent(f.Power, f.Total, 1)+" % of the power")
		say("Blocks", text.Hex(f.A.Block.Hash[:])+" and "+text.Hex(f.B.Block.Hash[:]))
		return "Two chains after block " + text.Count(f.Shared), "", out
	case r.Kind == "block":
		say("Transactions", text.Count(r.Txs))
		say("Executed here", map[string]string{tab.FindsFollows: "it does what producers signed", tab.FindsFraud: "it does not lead to what producers signed", "": "no"}[r.Finding])
		if f := r.Fraud; f != nil {
			say("What differs", f.What)
			if len(f.Computed) > 0 {
				say("Computed here", text.Hex(f.Computed))
				say("Signed by producers", text.Hex(f.Signed))
			}
			if f.Reason != "" {
				say("Why it can’t be executed", f.Reason)
			}
		}
		for _, e := range r.Epochs {
			out = append(out, Fact{Name: "Epoch " + text.Count(e.Index) + " of subnet " + text.Count(uint64(e.Netuid)) + ", to " + text.Plural(e.Neurons, "neuron", "neurons"), Figure: text.Tidy(tao.Amount(e.Emission))})
		}
		return "Block " + text.Count(r.Height), route.ToBlock(r.Height), out
	}
	return "", "", nil
}

// ForkWords says how producers forked a chain.
func ForkWords(kind string) string {
	switch kind {
	case "equivocation":
		return "They signed two different blocks of one height and round."
	case "lunatic":
		return "One of the two headers breaks the chain’s rules."
	case "amnesia":
		return "They signed one block, and in a later round another, which may be an accident for some of them."
	default:
		return "How it came about is not known yet."
	}
}

// Facts reads a program's answer: whom or what it is about, the page about it, and its figures. An answer of a program
// that this dashboard has no page for is a line about its size.
func Facts(program string, result []byte) (about, page string, out []Fact) {
	count := func(name string, n uint64) {
		out = append(out, Fact{Name: name, Figure: text.Figure{Whole: text.Count(n)}})
	}
	switch program {
	case "account@1":
		var a view.Account
		if cbor.Decode(result, &a) != nil {
			break
		}
		out = append(out, Fact{Name: "Free", Figure: text.Tidy(a.Free)}, Fact{Name: "Staked", Figure: text.Tidy(a.Staked)}, Fact{Name: "Reserved", Figure: text.Tidy(a.Reserved)})
		count("Transactions signed", a.Nonce)
		count("Stakes listed", uint64(len(a.Stakes)))
		return a.Address.String(), route.ToAccount(a.Address.String()), out
	case "supply@1":
		var s view.Supply
		if cbor.Decode(result, &s) != nil {
			break
		}
		out = append(out, []Fact{{Name: "Issued", Figure: text.Tidy(s.Issuance)}, {Name: "Free", Figure: text.Tidy(s.Free)}, {Name: "Staked", Figure: text.Tidy(s.Staked)}, {Name: "Pending", Figure: text.Tidy(s.Pending)}, {Name: "Reserved", Figure: text.Tidy(s.Reserved)}}...)
		count("Accounts", s.Accounts)
		return "The supply", "#/", out
	case "subnets@1":
		var s view.Subnets
		if cbor.Decode(result, &s) != nil {
			break
		}
		for _, n := range s.Subnets[:min(len(s.Subnets), longList)] {
			out = append(out, Fact{Name: n.Name + ", of each block", Figure: text.Tidy(n.Emission)})
		}
		out = unlisted(out, len(s.Subnets))
		return text.Plural(uint64(len(s.Subnets)), "subnet", "subnets"), "#/subnets", out
	case "subnet@1":
		var s view.SubnetDetail
		if cbor.Decode(result, &s) != nil {
			break
		}
		if !s.Exists {
			return "No such subnet", "#/subnets", nil
		}
		out = append(out, Fact{Name: "Owner", Address: s.Subnet.Owner.String()}, Fact{Name: "Pending", Figure: text.Tidy(s.Subnet.Pending)}, Fact{Name: "Of each block", Figure: text.Tidy(s.Subnet.Emission)})
		count("Epochs", s.Subnet.Epochs)
		count("Neurons", uint64(s.Subnet.Uids))
		return "Subnet " + text.Count(uint64(s.Subnet.Netuid)) + ", " + s.Subnet.Name, route.ToSubnet(s.Subnet.Netuid), out
	case "metagraph@1":
		var m view.Metagraph
		if cbor.Decode(result, &m) != nil {
			break
		}
		count("Neurons", uint64(m.Uids))
		for i, e := range m.Emission[:min(len(m.Emission), longList)] {
			out = append(out, Fact{Name: "uid " + text.Count(uint64(i)) + ", last epoch paid", Figure: text.Tidy(e)})
		}
		out = unlisted(out, len(m.Emission))
		return "The neurons of subnet " + text.Count(uint64(m.Netuid)), route.ToSubnet(m.Netuid), out
	}
	return "The answer of " + program, "", []Fact{{Name: "Size", Figure: text.Figure{Whole: text.Bytes(uint64(len(result)))}}}
}

// longList is how many lines of a list are shown: those of a full subnet.
const longList = 256

// unlisted adds how many lines of a list are not shown.
func unlisted(facts []Fact, of int) []Fact {
	if of <= longList {
		return facts
	}
	return append(facts, Fact{Name: "Further lines", Words: text.Count(uint64(of-longList)) + ", which taolight verify shows"})
}
