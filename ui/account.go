package main

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/model"
	"github.com/taolight/taolight/ui/text"
)

// AccountView is the page of one address.
type AccountView struct{ App *model.App }

// alice is the development account that every development chain funds.
const alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

func (c *AccountView) page() *model.AccountPage { return &c.App.Account }

func (c *AccountView) account() view.Account { return c.page().Answer.Value }

func (c *AccountView) figure() tab.Figure { return c.page().Answer.Figure }

// state is what the page is about: ask for an address, mend it, show its account.
func (c *AccountView) state() string {
	switch {
	case c.page().Given == "":
		return "ask"
	case c.page().Err != nil:
		return "wrong"
	default:
		return "show"
	}
}

func (c *AccountView) has() bool { return c.page().Answer.Has && !c.App.Withheld() }

func (c *AccountView) waiting() bool { return c.page().Answer.Waiting() && !c.App.Withheld() }

func (c *AccountView) failed() string {
	if c.page().Answer.Has || c.page().Answer.Err == nil || c.App.Withheld() {
		return ""
	}
	return c.page().Answer.Err.Error()
}

func (c *AccountView) level() string {
	if !c.page().Answer.Has {
		return ""
	}
	return shown(c.App, c.figure())
}

func (c *AccountView) mark() *Mark {
	switch {
	case c.App.Withheld():
		return &Mark{Text: "not shown"}
	case c.has():
		return &Mark{Level: c.figure().Level.String()}
	case c.failed() != "":
		return &Mark{Text: "no answer"}
	case c.App.Ready():
		return &Mark{Level: "checking"}
	default:
		return &Mark{Level: "checking", Text: "waiting for a verified block"}
	}
}

// waitingFor says what is waited for after ten seconds.
func (c *AccountView) waitingFor() string {
	since := c.page().Answer.Since
	switch {
	case !c.waiting():
		return ""
	case !c.App.Ready():
		return "The node is still on its way to the newest block: " + c.App.State() + "."
	case since != 0 && c.App.Now > since+10_000:
		return "The proof was asked for " + text.Age(c.App.Now, since) + " and is not there yet."
	}
	return ""
}

func (c *AccountView) kinds() string {
	switch a := c.account(); {
	case !c.has():
		return "Account"
	case a.Owner != keys.Account{}:
		return "Account, hotkey"
	default:
		return "Account"
	}
}

func (c *AccountView) owned() bool { return c.has() && c.account().Owner != keys.Account{} }

// nothing says that the address holds nothing at all, which is proven as well.
func (c *AccountView) nothing() bool {
	a := c.account()
	return c.has() && !a.Exists && len(a.Stakes) == 0
}

func (c *AccountView) total() tao.Amount {
	a := c.account()
	sum, err := a.Free.Add(a.Reserved)
	if err == nil {
		sum, err = sum.Add(a.Staked)
	}
	if err != nil {
		return 0 // more than can exist: the parts beside it show what came
	}
	return sum
}

func (c *AccountView) stakedLabel() string {
	return choose(!c.has() || c.page().Whole(), "Staked", "Staked, in this part of the list")
}

func (c *AccountView) rows() []view.Stake {
	rows, _ := c.page().Stakes()
	return rows
}

func (c *AccountView) first() int {
	_, first := c.page().Stakes()
	return first
}

func (c *AccountView) rowText() string {
	n := len(c.account().Stakes)
	if n == 0 {
		return ""
	}
	if n <= model.StakeRows && c.page().Whole() {
		return ""
	}
	return "Rows " + number(c.first()+1) + " to " + number(c.first()+len(c.rows())) + " of " + number(n) + ", by pool."
}

func (c *AccountView) complete() string {
	if c.page().Whole() {
		return "The list is complete: the witness covers every stake of this key, and shows there are no others."
	}
	return "This is a part of a longer list. It has no gap: the witness covers each part as a whole."
}

func (c *AccountView) more() bool { return c.first()+model.StakeRows < len(c.account().Stakes) }

func (c *AccountView) ink() string { ink, _ := model.Identity(c.page().Address); return ink }

func (c *AccountView) lamp() string { _, lamp := model.Identity(c.page().Address); return lamp }

// netuid names the subnet of a stake; 0 is TAO itself.
func netuid(n uint16) string { return choose(n == 0, "root", "subnet "+number(int(n))) }

func (c *AccountView) signedIn() uint64 { return c.figure().Height + 1 }

func (c *AccountView) signers() string {
	for i := range c.App.Blocks {
		if b := &c.App.Blocks[i]; b.Height == c.signedIn() {
			return "block producers with " + percent(b.Signed, b.Total, 1) + " % of the power"
		}
	}
	return "block producers with more than two thirds of the power"
}

func (c *AccountView) witness() string {
	return text.Plural(c.figure().Nodes, "node", "nodes") + ", " + size(c.figure().Bytes)
}

func (c *AccountView) padding() []int {
	if c.has() {
		return nil
	}
	return make([]int, 5)
}

func (c *AccountView) source() string { return sentence(c.App.Supply.Value.Source) }

// title is a word at the beginning of a line.
func title(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
