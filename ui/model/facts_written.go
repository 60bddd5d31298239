package model

import (
	"math"

	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/cbor"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

// written is [Facts] for what calls have left in the state; about is empty for other programs and answers.
func written(program string, result []byte) (about, page string, out []Fact) {
	say := func(name, words string) { out = append(out, Fact{Name: name, Words: words}) }
	block := func(name string, height uint64) {
		words := "never"
		if height > 0 {
			words = "in block " + text.Count(height)
		}
		say(name, words)
	}
	switch program {
	case "axon@1":
		var v view.Axon
		if cbor.Decode(result, &v) != nil {
			break
		}
		served := func(name string, at view.Served) {
			words := "none"
			if at.Exists {
				words = at.IP + ", port " + text.Count(uint64(at.Port))
			}
			say(name, words)
			block(name+" announced", at.Block)
		}
		served("Axon", v.Axon)
		served("Prometheus", v.Prometheus)
		return "The axon of " + v.Hotkey.String(), ofNeuron(v.Netuid, v.UID, v.Registered), out
	case "commits@1":
		var v view.Commits
		if cbor.Decode(result, &v) != nil {
			break
		}
		block("Last commit", v.Last)
		for _, c := range v.Commits {
			words := "expired"
			if !c.Expired {
				words = "from block " + text.Count(c.From) + " to block " + text.Count(c.Until)
			}
			say(text.Hash(c.Hash[:])+" is revealed", words)
		}
		return "The commits of " + v.Hotkey.String(), ofNeuron(v.Netuid, v.UID, v.Registered), out
	case "children@1":
		var v view.Family
		if cbor.Decode(result, &v) != nil {
			break
		}
		kin := func(name string, list []view.Kin) {
			for _, k := range list {
				say(name+" "+text.Address(k.Hotkey.String()), text.Percent(k.Proportion, math.MaxUint64, 2)+" %")
			}
		}
		kin("Child", v.Children)
		block("Children set", v.ChildrenSet)
		kin("Parent", v.Parents)
		say("Childkey take", text.Percent(uint64(v.Take), math.MaxUint16, 2)+" %")
		return "The children and parents of " + v.Hotkey.String(), route.ToSubnet(v.Netuid), out
	}
	return authority(program, result)
}

// ofNeuron is the page of a neuron, or of its subnet if it isn't registered.
func ofNeuron(netuid, uid uint16, registered bool) string {
	if registered {
		return route.ToNeuron(netuid, uid)
	}
	return route.ToSubnet(netuid)
}

// authority is [written] for who may act for an account.
func authority(program string, result []byte) (about, page string, out []Fact) {
	switch program {
	case "proxies@1":
		var v view.Proxies
		if cbor.Decode(result, &v) != nil {
			break
		}
		for _, p := range v.Proxies[:min(len(v.Proxies), longList)] {
			out = append(out, Fact{Name: p.Type, Address: p.Delegate.String()})
		}
		return "Who acts for " + v.Address.String(), route.ToAccount(v.Address.String()), unlisted(out, len(v.Proxies))
	case "operations@1":
		var v view.Operations
		if cbor.Decode(result, &v) != nil {
			break
		}
		for _, op := range v.Operations {
			out = append(out, Fact{
				Name:  "Proposed in block " + text.Count(op.Height) + ", index " + text.Count(uint64(op.Index)),
				Words: text.Count(uint64(len(op.Approvals))) + " of " + text.Plural(uint64(op.Threshold), "approval", "approvals"),
			})
		}
		return "What waits in the group " + v.Address.String(), route.ToAccount(v.Address.String()), out
	case "coldkey_swap@1":
		var v view.ColdkeySwap
		if cbor.Decode(result, &v) != nil {
			break
		}
		state := "announced in block " + text.Count(v.Since) + ", allowed from block " + text.Count(v.From)
		switch {
		case !v.Exists:
			state = "none is announced"
		case v.Disputed:
			state = "disputed"
		case v.Begun:
			state = "begun, for " + v.New.String()
		}
		return "The coldkey " + v.Address.String(), route.ToAccount(v.Address.String()), []Fact{{Name: "Swap", Words: state}}
	}
	return "", "", nil
}
