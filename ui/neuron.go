package main

import (
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/text"
)

const one = model.One

func fraction(parts uint64) string { return text.Fraction(parts, 4) }

// NeuronView says why a neuron earned what it did in an epoch that was computed again here.
type NeuronView struct {
	App *model.App

	ladder       model.Ladder
	bonds, holds []tab.Pair
	highest      uint64
}

// BeforeBuild draws what the template asks for several times.
func (c *NeuronView) BeforeBuild() {
	c.ladder, c.bonds, c.holds, c.highest = model.Ladder{}, nil, nil, 1
	if !c.has() {
		return
	}
	e := c.why()
	c.ladder = model.DrawLadder(e)
	c.bonds = model.Earning(e.Votes, func(p tab.Pair) uint64 { return p.BondAfter }, 12)
	c.holds = model.Earning(e.Holdings, func(p tab.Pair) uint64 { return p.Gives }, 12)
	for _, v := range e.Votes {
		c.highest = max(c.highest, v.Weight)
	}
}

func (c *NeuronView) netuid() uint16 { return c.App.Route.Netuid }

func (c *NeuronView) report() *tab.AuditReport { return c.App.Audited(c.netuid()) }

func (c *NeuronView) why() *tab.Explanation { return &c.App.Again.Why.Value }

func (c *NeuronView) has() bool {
	return c.report() != nil && c.App.Again.Why.Has && c.why().UID == c.App.Route.UID && !c.App.Withheld()
}

// nobody says that the epoch had no such uid.
func (c *NeuronView) nobody() bool {
	return c.report() != nil && int(c.App.Route.UID) >= len(c.report().Uids)
}

func (c *NeuronView) busy() bool { return c.App.Again.Audit.Since != 0 || c.App.Again.Why.Since != 0 }

func (c *NeuronView) level() string {
	if !c.has() {
		return ""
	}
	return c.report().Level.String()
}

func (c *NeuronView) subnet() string {
	if r := c.report(); r != nil && r.Name != "" {
		return r.Name
	}
	return "Subnet " + count(uint64(c.netuid()))
}

func (c *NeuronView) where() string {
	s := "/ uid " + count(uint64(c.App.Route.UID))
	if r := c.report(); r != nil {
		s += " / epoch " + count(r.Index) + ", block " + count(r.Height)
	}
	return s
}

func (c *NeuronView) heading() string {
	uid := "uid " + count(uint64(c.App.Route.UID))
	switch {
	case c.nobody():
		return "There was no " + uid
	case c.has():
		return model.WhyTitle(c.why())
	default:
		return "Why did " + uid + " earn what it did?"
	}
}

func (c *NeuronView) lead() string {
	switch g := &c.App.Again; {
	case c.App.Withheld():
		return "Nothing is shown now. The line above says why."
	case c.has():
		return model.WhyEarned(c.why())
	case g.Audit.Err != nil:
		return g.Audit.Err.Error()
	case c.nobody():
		return "The epoch had " + text.Plural(uint64(len(c.report().Uids)), "neuron", "neurons") + ", from uid 0 on."
	case g.Why.Err != nil:
		return g.Why.Err.Error()
	default:
		return "This tab fetches the inputs of the last epoch and computes it again, to see what each vote did."
	}
}

func (c *NeuronView) mark() string {
	switch {
	case c.App.Withheld():
		return "none"
	case c.report() != nil && len(c.report().Differences) > 0:
		return "alarm"
	case c.report() != nil:
		return c.report().Level.String()
	case c.App.Again.Audit.Err != nil:
		return "none"
	default:
		return "checking"
	}
}

func (c *NeuronView) verdict() string {
	switch {
	case c.App.Withheld():
		return "not shown"
	case c.report() != nil:
		return model.AuditVerdict(c.report()) + " Computed here in " + took(c.report().Micros) + "."
	case c.App.Again.Audit.Err != nil:
		return "no answer"
	default:
		return "replaying the epoch"
	}
}

func (c *NeuronView) uid(u uint16) *tab.AuditUID {
	if r := c.report(); r != nil && int(u) < len(r.Uids) {
		return &r.Uids[u]
	}
	return nil
}

func (c *NeuronView) hotkey() string {
	if u := c.uid(c.App.Route.UID); u != nil {
		return u.Hotkey
	}
	return ""
}

// name is a uid with the beginning of its hotkey.
func (c *NeuronView) name(u uint16) string {
	if x := c.uid(u); x != nil {
		return "uid " + count(uint64(u)) + ", " + shorten(x.Hotkey)
	}
	return "uid " + count(uint64(u))
}

func (c *NeuronView) judges() string {
	voters, _, _ := model.Support(c.why())
	return text.Plural(uint64(voters), "validator", "validators") + " that take part put weight on it. A validator’s say is its share of the active stake. Each one’s weights add up to 1."
}

// votes are those that fit a page, the most weight first.
func (c *NeuronView) votes() []tab.Pair {
	return model.Earning(c.why().Votes, func(p tab.Pair) uint64 { return p.Weight<<20 + p.BondBefore + p.BondAfter }, 128)
}

func (c *NeuronView) bar(w uint64) string { return model.Width(w, c.highest) }

// miner says that somebody judged it, or holds a bond in it.
func (c *NeuronView) miner() bool { return len(c.votes()) > 0 }

// weighed says whether there is something to draw.
func (c *NeuronView) weighed() bool { n, _, _ := model.Support(c.why()); return n > 0 }

func (c *NeuronView) agreement() string {
	return "Line the weights up from high to low, each as wide as its stake. Walk right until " + percent(c.why().Kappa, one, 1) + " % of the stake is behind you. The weight there is the consensus. Nothing above it counts."
}

func (c *NeuronView) rule() string {
	e := c.why()
	u := count(uint64(e.UID))
	return "C(" + u + ") = max w such that Σ S(i) [W(i," + u + ") ≥ w] ≥ κ, κ = " + text.Fraction(e.Kappa, 9) + ", C = " + text.Fraction(e.Consensus, 9) + ", supported by " + text.Fraction(e.Support, 9)
}

func (c *NeuronView) incentive() string {
	u := count(uint64(c.why().UID))
	return "I(" + u + ") = R(" + u + ") / ΣR = " + text.Fraction(c.why().Incentive, 9) + ", R(" + u + ") = Σ S(i) min(W(i," + u + "), C(" + u + ")) = " + text.Fraction(c.why().Rank, 9)
}

func (c *NeuronView) standing() string {
	e := c.why()
	switch {
	case !e.PermitBefore && !e.PermitAfter:
		return "It holds no validator permit, so its weights did not count and it earns no dividends."
	case !e.PermitBefore:
		return "It gets a validator permit with this epoch; its weights count from the next on."
	case !e.Active:
		return "It may validate, but has set no weights lately, so they did not count."
	case !e.PermitAfter:
		return "It validated in this epoch and loses its permit with it."
	default:
		return "It is a validator. Its bonds in miners that earned gave it dividends."
	}
}

func long(parts uint64) string { return text.Fraction(parts, 6) }

func amount(rao uint64) text.Figure { return brief(tao.Amount(rao)) }

func barOf(part, of uint64) string { return model.Width(part, of) }
