package model

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/cbor"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

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
		return Facts(r.Figure.Program, r.Figure.Result, r.Figure.Part)
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
// that this dashboard has no page for is a line about its size. Of a part of a list that is said first, as sums are of the
// part alone.
func Facts(program string, result []byte, part bool) (about, page string, out []Fact) {
	staked := "Staked"
	if part {
		out = append(out, Fact{Name: "A part of the list", Words: "What is not on it is not counted here."})
		staked = "Staked, on this part"
	}
	count := func(name string, n uint64) {
		out = append(out, Fact{Name: name, Figure: text.Figure{Whole: text.Count(n)}})
	}
	switch program {
	case "account@1":
		var a view.Account
		if cbor.Decode(result, &a) != nil {
			break
		}
		out = append(out, Fact{Name: "Free", Figure: text.Tidy(a.Free)}, Fact{Name: staked, Figure: text.Tidy(a.Staked)}, Fact{Name: "Reserved", Figure: text.Tidy(a.Reserved)})
		count("Transactions signed", a.Nonce)
		count("Stakes listed", uint64(len(a.Stakes)))
		return a.Address.String(), route.ToAccount(a.Address.String()), out
	case "supply@1":
		var s view.Supply
		if cbor.Decode(result, &s) != nil {
			break
		}
		out = append(out, totals(s.Issuance, s.Free, s.Staked, s.Pending, s.Reserved)...)
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
	case "epoch@1":
		var e view.Epoch
		if cbor.Decode(result, &e) != nil {
			break
		}
		count("Epochs so far", e.Epochs)
		count("The last in block", e.Last)
		out = append(out, paid(e.Emission)...)
		return "The last epoch of subnet " + text.Count(uint64(e.Netuid)), route.ToSubnet(e.Netuid), out
	case "totals@1":
		var v view.Totals
		if cbor.Decode(result, &v) != nil {
			break
		}
		out = append(out, totals(v.Issuance, v.Free, v.Staked, v.Pending, v.Reserved)...)
		count("Accounts", v.Accounts)
		return "The supply", "#/", out
	case "shares@1":
		var v view.Shares
		if cbor.Decode(result, &v) != nil {
			break
		}
		for _, s := range v.Shares[:min(len(v.Shares), longList)] {
			out = append(out, Fact{Name: "Subnet " + text.Count(uint64(s.Netuid)) + ", of the block", Figure: text.Tidy(s.Emission)})
		}
		out = unlisted(out, len(v.Shares))
		return "How emission was split", "#/subnets", out
	case "metagraph@1":
		var m view.Metagraph
		if cbor.Decode(result, &m) != nil {
			break
		}
		count("Neurons", uint64(m.Uids))
		out = append(out, paid(m.Emission)...)
		return "The neurons of subnet " + text.Count(uint64(m.Netuid)), route.ToSubnet(m.Netuid), out
	}
	if about, page, facts := written(program, result); about != "" {
		return about, page, append(out, facts...)
	}
	return "The answer of " + program, "", append(out, Fact{Name: "Size", Figure: text.Figure{Whole: text.Bytes(uint64(len(result)))}})
}

func totals(issued, free, staked, pending, reserved tao.Amount) []Fact {
	return []Fact{{Name: "Issued", Figure: text.Tidy(issued)}, {Name: "Free", Figure: text.Tidy(free)}, {Name: "Staked", Figure: text.Tidy(staked)}, {Name: "Pending", Figure: text.Tidy(pending)}, {Name: "Reserved", Figure: text.Tidy(reserved)}}
}

// paid lists what the last epoch paid to each uid.
func paid(emission []tao.Amount) (out []Fact) {
	for i, v := range emission[:min(len(emission), longList)] {
		out = append(out, Fact{Name: "uid " + text.Count(uint64(i)) + ", last epoch paid", Figure: text.Tidy(v)})
	}
	return unlisted(out, len(emission))
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
