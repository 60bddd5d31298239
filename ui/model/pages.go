package model

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/route"
	"github.com/taolight/taolight/ui/text"
)

// StakeRows is how many rows of the table of stakes are on the page at once.
const StakeRows = 24

// AccountPage is the page of one address.
type AccountPage struct {
	Given   string // as the visitor gave it
	Address keys.Account
	Err     error  // Given is no address
	From    uint64 // pool id at which the list of stakes begins
	Row     int    // the first row in view
	Answer  Answer[view.Account]
}

func (p *AccountPage) show(given string) {
	given = strings.TrimSpace(given)
	if given == p.Given && (p.Answer.Has || p.Err != nil) {
		p.Answer.Stale()
		return
	}
	p.Answer.Forget()
	p.Given, p.From, p.Row = given, 0, 0
	p.Address, p.Err = keys.Account{}, nil
	if given != "" {
		p.Address, p.Err = keys.Parse(given)
	}
}

// Fault says in words what is wrong with the address, for a visitor who may have mistyped it.
func (p *AccountPage) Fault() string {
	n := len([]rune(p.Given))
	switch {
	case p.Err == nil:
		return ""
	case errors.Is(p.Err, keys.ErrLength) && n < 47:
		return fmt.Sprintf("This address is cut short: %d of 47 or 48 characters.", n)
	case errors.Is(p.Err, keys.ErrLength):
		return fmt.Sprintf("This is too long for an address: %d characters, an address has 47 or 48.", n)
	case errors.Is(p.Err, keys.ErrAlphabet):
		return "This address holds a character that no address has. They use digits and letters, but never 0, O, I or l."
	case errors.Is(p.Err, keys.ErrChecksum):
		return "A character of this address is mistyped: its checksum does not fit."
	case errors.Is(p.Err, keys.ErrPrefix):
		return "This is an address of another network. Addresses here have the prefix 42 and begin with a 5."
	default:
		return "This is not an address: " + p.Err.Error() + "."
	}
}

// Window returns the first and the last row (exclusive) to show of n rows.
func Window(first, size, n int) (from, to int) {
	from = min(max(first, 0), max(n-1, 0))
	from -= from % size
	return from, min(from+size, n)
}

// Stakes returns the rows in view and the place of the first.
func (p *AccountPage) Stakes() (rows []view.Stake, first int) {
	from, to := Window(p.Row, StakeRows, len(p.Answer.Value.Stakes))
	return p.Answer.Value.Stakes[from:to], from
}

// Turn shows the rows before (-1) or after (1).
func (p *AccountPage) Turn(by int) {
	p.Row, _ = Window(p.Row+by*StakeRows, StakeRows, len(p.Answer.Value.Stakes))
}

// TurnList asks for the next part of a list that does not fit one answer; 0 is its beginning.
func (a *App) TurnList(from uint64) {
	a.Account.From, a.Account.Row = from, 0
	a.Account.Answer.Stale()
	a.Account.Answer.Since = 0
	a.refresh()
}

// Whole says whether the stakes in hand are all that the address has.
func (p *AccountPage) Whole() bool { return p.From == 0 && p.Answer.Value.Next == 0 }

// BlockPage is the page of one block.
type BlockPage struct {
	Height uint64
	Header Answer[tab.BlockList]
	Body   Answer[tab.BlockBody]
}

func (p *BlockPage) show(height uint64, known []tab.Block) {
	if p.Height == height && p.Header.Has && p.Body.Has {
		return
	}
	p.Header.Forget()
	p.Body.Forget()
	p.Height = height
	for _, b := range known {
		if b.Height == height {
			p.Header.Value, p.Header.Has = tab.BlockList{Blocks: []tab.Block{b}}, true
		}
	}
}

func (p *BlockPage) ask(a *App) {
	ask(a, &p.Header, tab.Blocks, tab.BlocksParams{Below: p.Height, Count: 1})
	ask(a, &p.Body, tab.Body, tab.BodyParams{Height: p.Height})
}

// outdate says that a newer block is there: one that was ahead is asked for again, and so are results that the next header
// did not bind yet.
func (p *BlockPage) outdate(head uint64) {
	if head > p.Height+3 {
		return
	}
	if p.Header.Err != nil || p.Header.Has && p.Known() == nil {
		p.Header.Stale()
	}
	if b := &p.Body; b.Err != nil || b.Has && b.Value.ResultsLevel != b.Value.Level {
		b.Stale()
	}
}

// Known returns the block's header, or nil when this node has not verified it.
func (p *BlockPage) Known() *tab.Block {
	for i := range p.Header.Value.Blocks {
		if b := &p.Header.Value.Blocks[i]; b.Height == p.Height {
			return b
		}
	}
	return nil
}

// Listed returns the blocks of the list page.
func (a *App) Listed() []tab.Block {
	if a.Route.Height > 0 {
		return a.List.Value.Blocks
	}
	return a.Blocks[:min(len(a.Blocks), ListRows)]
}

// retitle keeps the window's title in step with the page.
func (a *App) retitle() {
	t := map[route.Page]string{
		route.Overview: "Overview", route.Account: "Accounts", route.Blocks: "Blocks", route.Node: "Node", route.NotFound: "Not found",
		route.Verify: "Verify", route.Fraud: "Fraud", route.Proof: "A proven figure", route.Neuron: "Why uid " + text.Count(uint64(a.Route.UID)) + " earned",
		route.Block: "Block " + text.Count(a.Route.Height), route.Subnets: "Subnets", route.Subnet: "Subnet " + text.Count(uint64(a.Route.Netuid)),
	}[a.Route.Page]
	if a.Route.Page == route.Account && a.Account.Given != "" && a.Account.Err == nil {
		t = "Account " + text.Address(a.Account.Given)
	}
	if t += " · taolight"; t != a.title {
		a.title = t
		a.Host.SetTitle(t)
	}
}

// IsAddress says whether s is an address of this chain.
func IsAddress(s string) bool {
	_, err := keys.Parse(s)
	return err == nil
}

// Lines are the log, newest first: the node's own and what the page saw of it.
func (a *App) Lines() []tab.LogLine {
	out := slices.Concat(a.Status.Log, a.Log)
	slices.SortStableFunc(out, func(x, y tab.LogLine) int { return cmp.Compare(y.Time, x.Time) })
	return out
}
