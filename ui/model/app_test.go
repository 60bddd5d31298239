package model

import (
	"errors"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
)

const alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

func TestOverviewAsksOnceAndAgainWithEachBlock(t *testing.T) {
	a, n, b := start(t, "#/")
	if n.open(tab.Query, "") != 0 {
		t.Fatal("it asked before anything was verified")
	}
	n.status(live(10))
	if b.sync != "live" || n.open(tab.Query, "supply@1") != 1 || n.open(tab.Query, "subnets@1") != 1 || n.open(tab.Blocks, "") != 0 {
		t.Fatalf("sync %q, open %+v", b.sync, n.asked)
	}
	for h := uint64(11); h < 16; h++ { // a burst while the answer is on its way
		n.block(tab.Block{Height: h})
	}
	if n.open(tab.Query, "supply@1") != 1 {
		t.Fatal("questions pile up")
	}
	n.figure(n.take(tab.Query, "supply@1"), proven(t), 9, view.Supply{Height: 9})
	if !a.Supply.Has || a.Supply.Value.Height != 9 || n.open(tab.Query, "supply@1") != 1 {
		t.Fatalf("%+v; open %d", a.Supply, n.open(tab.Query, "supply@1"))
	}
	if n.open(tab.Blocks, "") != 1 {
		t.Error("the older blocks were not asked for once the page had its figure")
	}
	n.answer(n.take(tab.Query, "supply@1"), nil, &tab.Error{Code: "busy", Message: "later"})
	if !a.Supply.Has || a.Supply.Err == nil || n.open(tab.Query, "supply@1") != 0 {
		t.Fatal("a refusal must keep the figure and wait for the next block")
	}
	n.block(tab.Block{Height: 16})
	if n.open(tab.Query, "supply@1") != 1 {
		t.Error("the next block did not ask again")
	}
}

func TestOtherPagesAskNothingOfTheOverview(t *testing.T) {
	_, n, _ := start(t, "#/node")
	n.status(live(10))
	n.block(tab.Block{Height: 11})
	if got := n.open(tab.Query, ""); got != 0 {
		t.Errorf("%d questions", got)
	}
}

func TestAccountPage(t *testing.T) {
	a, n, b := start(t, "#/account/"+alice)
	n.status(live(10))
	if b.title != "Account 5Grwv…utQY · taolight" {
		t.Error(b.title)
	}
	first := n.take(tab.Query, "account@1")
	a.Navigate("#/account/5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty")
	second := n.take(tab.Query, "account@1")
	n.figure(first, proven(t), 9, view.Account{Free: 1, Stakes: []view.Stake{}})
	if a.Account.Answer.Has {
		t.Fatal("the answer for the address before is shown")
	}
	n.figure(second, proven(t), 9, view.Account{Free: 2, Stakes: []view.Stake{}})
	if !a.Account.Answer.Has || a.Account.Answer.Value.Free != 2 || b.arrived != 1 {
		t.Errorf("%+v, arrived %d", a.Account.Answer, b.arrived)
	}
	a.Navigate("#/account/5FHne")
	if a.Account.Err == nil || n.open(tab.Query, "account@1") != 0 {
		t.Error("a bad address was asked for")
	}
}

func TestFaults(t *testing.T) {
	for given, want := range map[string]string{
		alice:             "",
		"5Grwva":          "cut short: 6 of 47 or 48",
		alice + "abcd":    "too long for an address: 52",
		"0" + alice[1:]:   "a character that no address has",
		alice[:46] + "Qz": "mistyped",
		"16ZL8yLyXv3V3L3z9ofR1ovFLziyXaN1DPq4yffMAZ9czzBD": "another network",
		"日本語": "cut short: 3 of",
	} {
		var p AccountPage
		p.show(given)
		if got := p.Fault(); got != want && (want == "" || !strings.Contains(got, want)) {
			t.Errorf("%s: %q (%v), want %q", given, got, p.Err, want)
		}
	}
}

func TestWindow(t *testing.T) {
	for _, c := range []struct{ first, n, from, to int }{
		{0, 0, 0, 0}, {0, 5, 0, 5}, {0, 210, 0, 24}, {24, 210, 24, 48}, {25, 210, 24, 48}, {192, 210, 192, 210}, {500, 210, 192, 210}, {-24, 210, 0, 24}, {24, 24, 0, 24},
	} {
		if from, to := Window(c.first, StakeRows, c.n); from != c.from || to != c.to {
			t.Errorf("%d of %d: %d to %d, want %d to %d", c.first, c.n, from, to, c.from, c.to)
		}
	}
	p := AccountPage{}
	p.Answer.Value.Stakes = make([]view.Stake, 50)
	p.Turn(1)
	p.Turn(1)
	p.Turn(1)
	if rows, first := p.Stakes(); first != 48 || len(rows) != 2 {
		t.Errorf("%d rows from %d", len(rows), first)
	}
	p.Turn(-5)
	if _, first := p.Stakes(); first != 0 {
		t.Errorf("from %d", first)
	}
}

func TestWithheld(t *testing.T) {
	lie := []tab.Alarm{{Relay: "Gannet", Height: 7, What: "A node is false."}}
	for name, c := range map[string]struct {
		s    tab.Status
		want bool
	}{
		"all is well":                   {live(10), false},
		"refused":                       {tab.Status{Sync: tab.Refused}, true},
		"the only relay lied":           {tab.Status{Sync: tab.Live, Alarms: lie, Relays: []tab.Relay{{State: "connected", Lies: 1}}}, true},
		"it lied and is blocked":        {tab.Status{Sync: tab.Stalled, Alarms: lie, Relays: []tab.Relay{{State: "blocked", Lies: 1}}}, true},
		"another relay is still honest": {tab.Status{Sync: tab.Live, Alarms: lie, Relays: []tab.Relay{{State: "blocked", Lies: 1}, {State: "connected"}}}, false},
		"the honest one is away":        {tab.Status{Sync: tab.Stalled, Alarms: lie, Relays: []tab.Relay{{State: "blocked", Lies: 1}, {State: "waiting"}}}, true},
		"offline without a lie":         {tab.Status{Sync: tab.Stalled}, false},
	} {
		a := &App{Status: c.s}
		if got := a.Withheld(); got != c.want {
			t.Errorf("%s: withheld %v", name, got)
		}
	}
	away := &App{Status: tab.Status{Sync: tab.Stalled, Reason: "No relay answers.", Relays: []tab.Relay{{Name: "Gannet", State: "waiting", Error: "another relay answers there"}}}}
	if got := away.Troubles(); len(got) != 1 || got[0].Title != "Offline." || got[0].Text != "No relay answers. Relay “Gannet”: another relay answers there." {
		t.Errorf("%+v", got)
	}
	a := &App{Status: tab.Status{Sync: tab.Refused, Reason: "It is 23 days old.", Alarms: lie}}
	if got := a.Troubles(); len(got) != 2 || got[0].Text != "It is 23 days old." || got[1].Title != "Relay “Gannet” lied about block 7." || got[1].Text != "A node is false." {
		t.Errorf("%+v", got)
	}
}

func TestWorkerThatDied(t *testing.T) {
	a, n, b := start(t, "#/")
	n.status(live(10))
	n.down("panic: x") // the client's timer fires at once here
	if b.sync != "stalled" || len(a.Log) != 2 || !strings.Contains(a.Log[0].Text, "panic: x") || !strings.Contains(a.Log[1].Text, "runs again") {
		t.Fatalf("sync %q, log %+v", b.sync, a.Log)
	}
	n.asked = nil
	n.status(live(11))
	if n.open(tab.Query, "supply@1") != 1 {
		t.Error("after the restart nothing was asked again")
	}
}

func TestRecentBlocksAreFilled(t *testing.T) {
	a, n, _ := start(t, "#/")
	n.status(live(100))
	n.figure(n.take(tab.Query, "supply@1"), proven(t), 99, view.Supply{Height: 99})
	var list tab.BlockList
	for h := uint64(100); h > 36; h-- { // the node gives 64 at a time
		list.Blocks = append(list.Blocks, tab.Block{Height: h})
	}
	n.answer(n.take(tab.Blocks, ""), list, nil)
	if n.open(tab.Blocks, "") != 1 {
		t.Fatal("the rest was not asked for")
	}
	var p tab.BlocksParams
	for _, r := range n.asked {
		if r.Method == tab.Blocks {
			if err := codec.Decode(r.Params, &p); err != nil || p.Below != 36 || p.Count != 8 {
				t.Errorf("%+v %v", p, err)
			}
		}
	}
	n.answer(n.take(tab.Blocks, ""), tab.BlockList{Blocks: []tab.Block{}}, nil)
	n.block(tab.Block{Height: 101})
	if n.open(tab.Blocks, "") != 0 || len(a.Blocks) != 65 || a.Blocks[0].Height != 101 {
		t.Errorf("%d blocks, %d questions", len(a.Blocks), n.open(tab.Blocks, ""))
	}
	n.block(tab.Block{Height: 105})
	if n.open(tab.Blocks, "") != 1 {
		t.Error("a gap was not filled")
	}
}

func TestMergeKeepsOrderAndLimit(t *testing.T) {
	var list []tab.Block
	for h := uint64(1); h <= 2*keepBlocks; h++ {
		list = merge(list, []tab.Block{{Height: h}, {Height: h}})
	}
	if len(list) != keepBlocks || list[0].Height != 2*keepBlocks || list[keepBlocks-1].Height != keepBlocks+1 {
		t.Errorf("%d blocks, %d to %d", len(list), list[0].Height, list[len(list)-1].Height)
	}
}

func TestForget(t *testing.T) {
	a, n, b := start(t, "#/node")
	a.Forget()
	n.answer(n.take(tab.Forget, ""), nil, &tab.Error{Code: "bug", Message: "no storage"})
	if b.reloads != 0 || len(a.Log) != 1 {
		t.Errorf("reloads %d, log %+v", b.reloads, a.Log)
	}
	a.Forget()
	n.answer(n.take(tab.Forget, ""), nil, nil)
	if b.reloads != 1 {
		t.Error("not loaded anew")
	}
}

func TestBlockPage(t *testing.T) {
	a, n, _ := start(t, "#/block/7")
	n.status(live(10))
	n.take(tab.Blocks, "") // the recent ones
	n.answer(n.take(tab.Blocks, ""), tab.BlockList{Blocks: []tab.Block{{Height: 6}}}, nil)
	if a.Block.Known() != nil {
		t.Error("another block is shown as block 7")
	}
	n.answer(n.take(tab.Body, ""), nil, &tab.Error{Code: "not_found", Message: "pruned"})
	if a.Block.Body.Err == nil || a.Block.Body.Err.Error() != "pruned" {
		t.Error(a.Block.Body.Err)
	}
	var said *tab.Error
	if !errors.As(a.Block.Body.Err, &said) {
		t.Errorf("%T", a.Block.Body.Err)
	}
	if !IsAddress(alice) || IsAddress("12.5") || (keys.Account{}).String() == "" {
		t.Error("addresses")
	}
}

// A block that is ahead is asked for again when it is there, and so are results that the next header binds; one that nobody
// keeps is not.
func TestBlockAhead(t *testing.T) {
	a, n, _ := start(t, "#/block/12")
	n.status(live(11))
	header := func() uint64 {
		for {
			if p, id := params[tab.BlocksParams](t, n, tab.Blocks); p.Count == 1 {
				return id
			}
		}
	}
	n.answer(header(), tab.BlockList{Blocks: []tab.Block{{Height: 11}}}, nil)
	n.answer(n.take(tab.Body, ""), nil, &tab.Error{Code: "out_of_reach"})
	n.block(tab.Block{Height: 12})
	n.answer(header(), tab.BlockList{Blocks: []tab.Block{{Height: 12}}}, nil)
	n.answer(n.take(tab.Body, ""), tab.BlockBody{Level: proven(t), Height: 12}, nil)
	if a.Block.Known() == nil || !a.Block.Body.Has {
		t.Fatalf("%+v", a.Block)
	}
	n.block(tab.Block{Height: 13})
	n.answer(n.take(tab.Body, ""), tab.BlockBody{Level: proven(t), ResultsLevel: proven(t), Height: 12}, nil)
	n.block(tab.Block{Height: 14})
	if n.open(tab.Body, "") != 0 {
		t.Errorf("what is known was asked again: %+v", n.asked)
	}
	a.Navigate("#/block/7")
	n.answer(n.take(tab.Body, ""), nil, &tab.Error{Code: "not_found"})
	n.block(tab.Block{Height: 15})
	if n.open(tab.Body, "") != 0 {
		t.Error("a block that nobody keeps is asked for with each new one")
	}
}
