package main

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/text"
)

// SaveEvidence is the button for the file that convinces others.
type SaveEvidence struct{ App *model.App }

func (c *SaveEvidence) note() string {
	if s := c.App.SavingNote(model.EvidenceKey); s != "" {
		return s
	}
	return "The file proves it to anyone, without a network. It holds nothing about you."
}

// ForkView says that producers signed two chains, who did, and what to do.
type ForkView struct{ App *model.App }

func (c *ForkView) f() *tab.Fork { return c.App.Status.Fork }

func (c *ForkView) sides() []tab.ForkSide { return []tab.ForkSide{c.f().A, c.f().B} }

func (c *ForkView) sentence() string {
	if c.f().Shared == 0 {
		return "Two relays showed this tab two chains, and two thirds of the block producers signed each. Where they part is being looked for."
	}
	return "Up to block " + count(c.f().Shared) + " there is one chain. After it there are two, and two thirds of the block producers signed each."
}

func (c *ForkView) heading() string {
	return "Two blocks at " + count(c.f().A.Block.Height) + choose(c.f().A.Block.Height == c.f().B.Block.Height, "", " and "+count(c.f().B.Block.Height)) + "."
}

func (c *ForkView) kind() string { return model.ForkWords(c.f().Kind) }

func (c *ForkView) guilty() string {
	return text.Plural(uint64(len(c.f().Both)), "producer", "producers") + ", " + percent(c.f().Power, c.f().Total, 1) + " % of the power"
}

// told says whether relays have the evidence.
func (c *ForkView) told() string {
	taken := uint64(0)
	for _, r := range c.f().Reports {
		if r.Taken {
			taken++
		}
	}
	switch {
	case c.f().Telling:
		return "Relays are being handed the evidence."
	case len(c.f().Reports) == 0:
		return "No relay could be handed the evidence."
	default:
		return text.Plural(taken, "relay has", "relays have") + " taken the evidence: producers who signed both lose their place in a chain that goes on."
	}
}

// FraudView says what producers signed that is false, and what to do.
type FraudView struct{ App *model.App }

func (c *FraudView) f() *tab.Fraud { return c.App.Status.Fraud }

func (c *FraudView) sentence() string {
	return "This tab executed block " + count(c.f().Height) + " again, with the chain’s own code. Something else came out than what two thirds of the block producers signed in block " + count(c.f().Height+1) + "."
}

func (c *FraudView) heading() string {
	return "Block " + count(c.f().Height) + " does not lead to what was signed."
}

func (c *FraudView) differs() string {
	return map[string]string{
		"state root":      "The state after it, with all balances, stakes and votes, is another than the one that was signed.",
		"results hash":    "What its transactions did is not what was signed.",
		"producers' hash": "The block producers from then on are not those that were signed.",
		"outcome":         "It can’t be executed at all, and yet an outcome was signed.",
	}[c.f().What]
}

func (c *FraudView) signers() string {
	var n, signed, power, total uint64
	for _, s := range c.f().Signers {
		n, total = n+1, total+s.Power
		if s.Signed {
			signed, power = signed+1, power+s.Power
		}
	}
	return count(signed) + " of " + text.Plural(n, "producer", "producers") + ", " + percent(power, total, 1) + " % of the power"
}

func (c *FraudView) summary() string {
	f := c.f()
	return "Chain " + c.App.Status.ChainID + ", block " + count(f.Height) + " (" + hex32(f.Hash) + ") does not lead to what producers signed in the next one (" + hex32(f.Next) + "): " + f.What +
		" is " + text.Hex(f.Computed) + " when it is executed, they signed " + text.Hex(f.Signed) + "."
}
