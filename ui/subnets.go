package main

import (
	"strconv"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

func toSubnet(netuid uint16) string { return route.ToSubnet(netuid) }

// share is a u16 share in percent.
func share(v uint64) string { return percent(v, 65535, 2) }

// panelMark is the mark in a panel's header: its level and age, or what is waited for.
func panelMark(a *model.App, has bool, err error, f tab.Figure) *Mark {
	switch {
	case a.Withheld():
		return &Mark{Text: "not shown"}
	case has:
		return &Mark{Level: f.Level.String(), Text: a.Checked(f), Title: since(a, f)}
	case err != nil:
		return &Mark{Text: "no answer"}
	case a.Ready():
		return &Mark{Level: "checking", Text: "checking"}
	default:
		return &Mark{Level: "checking", Text: "waiting for a verified block"}
	}
}

// since says of a replayed figure since which block each one was.
func since(a *model.App, f tab.Figure) string {
	return choose(f.Level.String() == "replayed", a.ReplayedSince(), "")
}

// SubnetsView lists the subnets.
type SubnetsView struct{ App *model.App }

func (c *SubnetsView) has() bool { return c.App.Subnets.Has && !c.App.Withheld() }

func (c *SubnetsView) level() string { return choose(c.has(), c.App.Subnets.Figure.Level.String(), "") }

func (c *SubnetsView) list() []view.Subnet {
	if !c.has() {
		return nil
	}
	return c.App.Subnets.Value.Subnets
}

func (c *SubnetsView) title() string {
	return text.Plural(uint64(len(c.list())), "subnet", "subnets")
}

func (c *SubnetsView) sum() (sum tao.Amount) {
	for _, s := range c.list() {
		sum += s.Emission
	}
	return sum
}

func (c *SubnetsView) share(s view.Subnet) string {
	return percent(uint64(s.Emission), uint64(c.sum()), 2)
}

func (c *SubnetsView) width(s view.Subnet) string {
	return choose(c.sum() == 0, "0", c.share(s))
}

func (c *SubnetsView) next(s view.Subnet) text.Figure {
	return nextEpoch(&s, c.App.Subnets.Figure.Height)
}

func nextEpoch(s *view.Subnet, height uint64) text.Figure {
	left, _ := model.Left(s, height)
	if left == 0 {
		return plain("due")
	}
	return withUnit(count(left), choose(left == 1, "block", "blocks"))
}

func (c *SubnetsView) padding() []int {
	if c.App.Subnets.Has || c.App.Withheld() {
		return nil
	}
	return make([]int, 4)
}

// stateAfter says what an answer was proven against.
func stateAfter(f tab.Figure) string {
	return "State after block " + count(f.Height) + ", by a witness of " + text.Plural(f.Nodes, "node", "nodes") + ", " + size(f.Bytes) + ", from relay " + f.Relay + "."
}

// SubnetView is the page of one subnet: its head, its neurons, its settings.
type SubnetView struct{ App *model.App }

func (c *SubnetView) page() *model.SubnetPage { return &c.App.Subnet }

func (c *SubnetView) detail() *view.SubnetDetail { return &c.page().Detail.Value }

func (c *SubnetView) subnet() *view.Subnet { return &c.page().Detail.Value.Subnet }

func (c *SubnetView) neurons() *view.Metagraph { return &c.page().Neurons.Value }

func (c *SubnetView) known() bool { return c.page().Detail.Has && !c.App.Withheld() }

func (c *SubnetView) has() bool { return c.page().Neurons.Has && !c.App.Withheld() }

// missing says that there is no such subnet, which is proven.
func (c *SubnetView) missing() bool { return c.known() && !c.detail().Exists }

func (c *SubnetView) waiting() bool { return c.page().Detail.Waiting() && !c.App.Withheld() }

func (c *SubnetView) failed() string {
	for _, err := range []error{c.page().Detail.Err, c.page().Neurons.Err} {
		if err != nil && !c.App.Withheld() {
			return err.Error()
		}
	}
	return ""
}

func (c *SubnetView) level() string {
	return choose(c.known(), c.page().Detail.Figure.Level.String(), "")
}

func (c *SubnetView) rowLevel() string {
	return choose(c.has(), c.page().Neurons.Figure.Level.String(), "")
}

func (c *SubnetView) mark() *Mark {
	d := &c.page().Detail
	return panelMark(c.App, d.Has, d.Err, d.Figure)
}

func (c *SubnetView) rowMark() *Mark {
	n := &c.page().Neurons
	return panelMark(c.App, n.Has, n.Err, n.Figure)
}

func (c *SubnetView) netuid() string { return count(uint64(c.page().Netuid)) }

func (c *SubnetView) name() string {
	if c.known() && c.subnet().Name != "" {
		return c.subnet().Name
	}
	return "Subnet " + c.netuid()
}

func (c *SubnetView) lead() string {
	if c.known() && c.detail().Description != "" {
		return c.detail().Description
	}
	return "Validators weigh what miners do. At each epoch their word, by stake, shares out what has accrued."
}

// height is the block after which the state in view is.
func (c *SubnetView) height() uint64 { return c.page().Detail.Figure.Height }

func (c *SubnetView) next() text.Figure { return nextEpoch(c.subnet(), c.height()) }

func (c *SubnetView) passed() uint64 { _, n := model.Left(c.subnet(), c.height()); return n }

func (c *SubnetView) tempo() uint64 { return uint64(c.subnet().Tempo) }

func (c *SubnetView) progress() string {
	return "Epoch " + count(c.subnet().Epochs) + ": " + count(c.passed()) + " of " + text.Plural(c.tempo(), "block", "blocks")
}

func (c *SubnetView) slots() text.Figure {
	return text.Figure{Whole: count(uint64(c.subnet().Uids)), Frac: " / " + count(uint64(c.subnet().MaxUids))}
}

func (c *SubnetView) columns() []model.Column { return model.Columns }

func (c *SubnetView) sorted(name string) string {
	p := c.page()
	return choose(p.Sort != name, "none", choose(p.Up, "ascending", "descending"))
}

func (c *SubnetView) rows() []int {
	if !c.has() {
		return nil
	}
	uids, _ := c.page().Rows()
	return uids
}

func (c *SubnetView) first() int { _, first := c.page().Rows(); return first }

func (c *SubnetView) hotkey(uid int) keys.Account { return c.neurons().Hotkeys[uid] }

func (c *SubnetView) value(col model.Column, uid int) text.Figure {
	v := col.Value(c.neurons(), uid)
	switch {
	case v == 0:
		return text.Figure{Frac: "0"} // quiet
	case !col.Amount():
		return plain(share(v))
	}
	f := text.Amount(tao.Amount(v), 4)
	if f.Unit != "rao" {
		f.Unit = ""
	}
	if f.Frac == "" && f.Unit == "" && len(f.Whole) > 6 {
		f.Whole = f.Whole[:6] // below one τ: four decimals as in the rows above
	}
	return f
}

// permit says that a neuron may validate, active that it has set weights lately: without, its permit is of no use.
func (c *SubnetView) permit(uid int) bool { return model.At(c.neurons().ValidatorPermit, uid) }

func (c *SubnetView) active(uid int) bool { return model.At(c.neurons().Active, uid) }

func (c *SubnetView) padding() []int {
	if c.has() || c.missing() || c.App.Withheld() {
		return nil
	}
	return make([]int, 10)
}

func (c *SubnetView) uids() int { return len(c.neurons().Hotkeys) }

func (c *SubnetView) paged() bool { return c.has() && c.uids() > model.NeuronRows }

func (c *SubnetView) more() bool { return c.first()+model.NeuronRows < c.uids() }

func (c *SubnetView) rowText() string {
	if !c.paged() {
		return ""
	}
	return "Rows " + number(c.first()+1) + " to " + number(min(c.first()+model.NeuronRows, c.uids())) + " of " + number(c.uids()) + "."
}

func (c *SubnetView) settings() []view.Hyperparameter {
	if !c.known() {
		return nil
	}
	return c.detail().Hyperparameters
}

// setting writes a setting: what is on or off in words, numbers in groups.
func setting(s view.Hyperparameter) text.Figure {
	switch s.Name {
	case "yuma3", "liquid_alpha", "commit_reveal_weights_enabled", "registration_allowed", "pow_registration_allowed":
		return plain(choose(s.Value == "1", "on", "off"))
	}
	if n, err := strconv.ParseUint(s.Value, 10, 64); err == nil {
		return plain(count(n))
	}
	return plain(s.Value)
}

// says is what a subnet says of itself, or that it says nothing.
func says(s string) string { return choose(s == "", "does not say", s) }
