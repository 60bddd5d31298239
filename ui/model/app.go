// Package model is what the dashboard knows: the node's status, the blocks, the answers on their way and at hand.
//
// [App] hears the node through core/tab's messages, asks what the page in view needs, and has a word for every state.
// Components only read it and call its verbs. Nothing in it needs a browser: [Host] is the part that does. An App is
// used under one lock, the renderer's.
package model

import (
	"time"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/ui/client"
	"github.com/taolight/taolight/ui/route"
)

// Host is what the App needs from the browser.
type Host interface {
	Origin() string       // of the page, such as http://127.0.0.1:8080
	SetSync(state string) // the document's data-sync attribute
	SetTitle(title string)
	Arrived() // a new page is about to be in view: show its top
	Go(fragment string)
	Reload()
	Copy(text string)
	Save(name string, file []byte) // gives the visitor a file
	Theme() string                 // "light", "dark" or "" for the system's
	SetTheme(string)
}

// Limits of what is kept and shown.
const (
	keepBlocks  = 256
	ChartBlocks = 72
	LatestRows  = 8
	ListRows    = 32 // blocks on one page of the list
	keepLog     = 200
)

// App is the dashboard's state.
type App struct {
	Host Host
	Node *client.Client

	Now    uint64 // ms since 1970, of the last tick
	Route  route.Route
	Status tab.Status
	Heard  bool        // a status came in this visit
	Blocks []tab.Block // newest first
	Log    []tab.LogLine
	Copied string // what was copied last
	Typed  TrustForm

	Supply  Answer[view.Supply]
	Subnets Answer[view.Subnets]
	Account AccountPage
	Subnet  SubnetPage
	Block   BlockPage
	Again   Again
	Proof   ProofPage
	Link    LinkPage
	Saving  Saving

	SupplyHistory, SharesHistory, NeuronHistory History
	List                                        Answer[tab.BlockList] // of the blocks page, when it does not begin at the head

	gap     bool // recent blocks are missing
	filling bool // and were asked for
	title   string
}

// New returns an App that has not started. Connect it with [App.Events], then call [App.Start].
func New(host Host) *App {
	a := &App{Host: host}
	a.Status = tab.Status{Sync: tab.Starting, Phases: firstPhases()}
	return a
}

func firstPhases() []tab.Phase {
	names := []string{"Trust root", "Saved head", "Relays", "Catch up", "Following"}
	out := make([]tab.Phase, len(names))
	for i, n := range names {
		out[i] = tab.Phase{Name: n, State: "off"}
	}
	return out
}

// Events are the App's ears, for client.New.
func (a *App) Events() client.Events {
	return client.Events{Status: a.hearStatus, Block: a.hearBlock, Down: a.hearDown, Up: a.hearUp}
}

// Start shows the page of a fragment and starts the node with the trust root that it may name.
func (a *App) Start(fragment string) {
	a.Route = route.Parse(fragment)
	a.arrive()
	a.Node.Start(tab.StartParams{Origin: a.Host.Origin(), Trust: a.Route.Trust})
}

// Tick sets the clock. It is called about once a second. What waited for its turn is asked then.
func (a *App) Tick(now time.Time) {
	a.Now = uint64(max(now.UnixMilli(), 0))
	if a.Route.Page == route.Subnets || a.Route.Page == route.Subnet {
		a.refresh()
	}
}

// Navigate shows the page of a fragment. Another trust root than the one in use needs a new start.
func (a *App) Navigate(fragment string) {
	next := route.Parse(fragment)
	if next.Trust != "" && next.Trust != a.Route.Trust {
		a.Host.Reload()
		return
	}
	next.Trust = a.Route.Trust
	if next == a.Route {
		return
	}
	a.Route = next
	a.Host.Arrived()
	a.arrive()
}

func (a *App) arrive() {
	a.Copied = ""
	if !a.Mendable() {
		a.Typed = TrustForm{}
	}
	switch a.Route.Page {
	case route.Account:
		a.Account.show(a.Route.Address)
	case route.Block:
		a.Block.show(a.Route.Height, a.Blocks)
	case route.Subnet:
		a.Subnet.show(a.Route.Netuid)
	case route.Proof:
		a.Link.show(a.Route)
	case route.Blocks:
		a.List.Forget()
	}
	a.histories()
	a.retitle()
	a.refresh()
}

func (a *App) hearStatus(s tab.Status) {
	mendable := a.Mendable()
	a.Status, a.Heard = s, true
	a.stepOn(mendable)
	if len(a.Log) > keepLog {
		a.Log = a.Log[len(a.Log)-keepLog:]
	}
	a.Host.SetSync(string(s.Sync))
	if s.Head != nil && (len(a.Blocks) == 0 || s.Head.Height > a.Blocks[0].Height) {
		a.hearBlock(*s.Head)
		return
	}
	a.retitle()
	a.refresh()
}

func (a *App) hearBlock(b tab.Block) {
	a.gap = a.gap || len(a.Blocks) == 0 || b.Height > a.Blocks[0].Height+1
	a.Blocks = merge(a.Blocks, []tab.Block{b})
	a.retitle()
	a.outdate()
	a.refresh()
}

// outdate says that a newer state is there.
func (a *App) outdate() {
	a.Supply.Stale()
	a.Subnets.Stale()
	a.Account.Answer.Stale()
	a.Subnet.Detail.Stale()
	a.Subnet.Neurons.Stale()
	if h := a.Head(); h != nil {
		a.Block.outdate(h.Height)
	}
}

func (a *App) hearDown(reason string, again time.Duration) {
	a.Log = append(a.Log, tab.LogLine{Time: a.Now, Kind: "warn",
		Text: "The node in this tab stopped (" + reason + "). It starts again in " + again.Round(100*time.Millisecond).String() + "."})
	a.Status.Sync = tab.Stalled
	a.Status.Reason = "The node in this tab stopped and starts again."
	a.Host.SetSync(string(tab.Stalled))
	a.filling = false
}

func (a *App) hearUp() {
	a.Log = append(a.Log, tab.LogLine{Time: a.Now, Kind: "info", Text: "The node in this tab runs again."})
	a.outdate()
	a.Block.Header.Stale()
	a.Block.Body.Stale()
	a.List.Stale()
}

// fill asks for the recent blocks that this node verified, to draw more than what came in since.
func (a *App) fill() {
	if a.filling {
		return
	}
	a.filling = true
	a.fillFrom(0, ChartBlocks)
}

// fillFrom asks again below what came, for the node may give fewer at a time.
func (a *App) fillFrom(below, count uint64) {
	client.Ask(a.Node, tab.Blocks, tab.BlocksParams{Below: below, Count: count}, func(l tab.BlockList, err error) {
		a.filling = false
		if err != nil || len(l.Blocks) == 0 {
			return
		}
		a.Blocks = merge(a.Blocks, l.Blocks)
		last, n := l.Blocks[len(l.Blocks)-1].Height, uint64(len(l.Blocks))
		if n < count && last > 1 && (below == 0 || last < below) {
			a.filling = true
			a.fillFrom(last-1, count-n)
		}
	})
}

// refresh asks for what the page in view shows, where it is not at hand or no longer of the newest block; for older
// blocks only when the page has its first figure, because checking dozens of headers takes longer than proving that.
func (a *App) refresh() {
	if a.Node == nil || !a.Ready() {
		return
	}
	a.refreshPage()
	if a.gap && !a.bare() {
		a.gap = false
		a.fill()
	}
}

// bare says that the page in view still waits for its first figure.
func (a *App) bare() bool {
	switch a.Route.Page {
	case route.Overview:
		return a.Supply.Waiting()
	case route.Account:
		p := &a.Account
		return p.Err == nil && p.Given != "" && p.Answer.Waiting()
	case route.Subnets:
		return a.Subnets.Waiting()
	case route.Subnet:
		return a.Subnet.Neurons.Waiting()
	}
	return false
}

func (a *App) refreshPage() {
	switch a.Route.Page {
	case route.Overview:
		run(a, &a.Supply, "supply@1", none{})
		run(a, &a.Subnets, "subnets@1", none{})
	case route.Account:
		if p := &a.Account; p.Err == nil && p.Given != "" {
			run(a, &p.Answer, "account@1", accountArgs{Address: p.Address, From: p.From})
			if p.Answer.Has && !a.Supply.Has { // once, for what the balances at genesis are
				run(a, &a.Supply, "supply@1", none{})
			}
		}
	case route.Subnets:
		if a.Subnets.due(a.Now) {
			run(a, &a.Subnets, "subnets@1", none{})
		}
	case route.Subnet:
		a.Subnet.ask(a)
	case route.Neuron:
		a.explain(a.Route.Netuid, a.Route.UID)
	case route.Proof:
		a.Link.ask(a)
	case route.Block:
		a.Block.ask(a)
	case route.Blocks:
		if a.Route.Height > 0 {
			ask(a, &a.List, tab.Blocks, tab.BlocksParams{Below: a.Route.Height, Count: ListRows})
		}
	}
}

// Ready says whether the node has a verified head, so that questions have an answer.
func (a *App) Ready() bool { return a.Heard && a.Status.Head != nil && a.Status.Sync != tab.Refused }

// Retry makes the node dial again now.
func (a *App) Retry() { client.Ask(a.Node, tab.Retry, nil, func(struct{}, error) {}) }

// Forget drops what is saved of the chain and loads the page anew.
func (a *App) Forget() {
	client.Ask(a.Node, tab.Forget, nil, func(_ struct{}, err error) {
		if err != nil {
			a.Log = append(a.Log, tab.LogLine{Time: a.Now, Kind: "warn", Text: "The saved head was not dropped: " + err.Error()})
			return
		}
		a.Host.Reload()
	})
}

// Copy puts a text on the clipboard and remembers that it did.
func (a *App) Copy(text string) {
	a.Host.Copy(text)
	a.Copied = text
}

// Search shows what was typed into the search field.
func (a *App) Search(typed string) { a.Host.Go(route.Search(typed)) }

// NextTheme goes from the system's theme to light, dark and back.
func (a *App) NextTheme() {
	a.Host.SetTheme(map[string]string{"": "light", "light": "dark", "dark": ""}[a.Host.Theme()])
}

// none is the arguments of a program that takes none; the chain's programs read the same.
type none struct {
	_ struct{} `cbor:",toarray"`
}

// accountArgs is the arguments of account@1.
type accountArgs struct {
	_       struct{} `cbor:",toarray"`
	Address keys.Account
	From    uint64
}
