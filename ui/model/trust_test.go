package model

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/route"
)

var goodRoot = "7:" + strings.Repeat("ab", 32)

func TestTrustInTheAddress(t *testing.T) {
	a, n, b := start(t, "#trust="+goodRoot)
	var p tab.StartParams
	if err := codec.Decode(n.asked[0].Params, &p); err != nil || p.Trust != goodRoot || p.Typed || p.Origin != b.Origin() {
		t.Errorf("%+v %v", p, err)
	}
	a.Navigate("#/node")
	if b.reloads != 0 || a.Route.Page != route.Node || a.Route.Trust != goodRoot {
		t.Errorf("%+v", a.Route)
	}
	a.Navigate("#/node?trust=8:" + goodRoot[2:])
	if b.reloads != 1 {
		t.Error("another trust root needs a new start")
	}
}

func TestTypedTrustIsExaminedAndThenUsed(t *testing.T) {
	a, n, b := start(t, "#/node?trust="+goodRoot)
	n.status(live(10))
	n.asked = nil
	a.TypeTrust("7:ab")
	n.answer(n.take(tab.Examine, ""), tab.Examined{Fault: "This has 2."}, nil)
	if a.Typed.Fault() != "This has 2." || a.Typed.Text != "7:ab" {
		t.Errorf("%+v", a.Typed)
	}
	// An answer about what stands there no more is not shown.
	a.TypeTrust("7:abc")
	late := n.take(tab.Examine, "")
	a.TypeTrust(goodRoot)
	now := n.take(tab.Examine, "")
	n.answer(late, tab.Examined{Fault: "This has 3."}, nil)
	if a.Typed.Fault() != "" || a.Typed.Has {
		t.Errorf("%+v", a.Typed)
	}
	n.answer(now, tab.Examined{Height: 7}, nil)
	if !a.Typed.Has || a.Typed.Said.Height != 7 || a.Typed.Fault() != "" {
		t.Errorf("%+v", a.Typed)
	}

	// What can't be used is not used, also when nobody looked at it before.
	a.UseTrust("nonsense")
	n.answer(n.take(tab.Examine, ""), tab.Examined{Fault: "No."}, nil)
	if a.Typed.Fault() != "No." || n.open(tab.Start, "") != 0 {
		t.Error("nonsense was used")
	}
	a.UseTrust("more")
	n.answer(n.take(tab.Examine, ""), nil, &tab.Error{Code: "busy", Message: "It is busy."})
	if a.Typed.Fault() != "It is busy." || n.open(tab.Start, "") != 0 {
		t.Errorf("%+v", a.Typed)
	}

	a.UseTrust(" " + goodRoot + "\n")
	n.answer(n.take(tab.Examine, ""), tab.Examined{Height: 7}, nil)
	var p tab.StartParams
	last := n.asked[len(n.asked)-1]
	if err := codec.Decode(last.Params, &p); err != nil || last.Method != tab.Start || !p.Typed || p.Trust != goodRoot {
		t.Fatalf("%+v %v", p, err)
	}
	if a.Route.Trust != "" || b.hash != "#/node" {
		t.Errorf("the address still names the old one: %+v, %s", a.Route, b.hash)
	}
	if a.Typed != (TrustForm{}) || a.Heard || a.Head() != nil || a.Status.Sync != tab.Starting {
		t.Errorf("%+v", a.Status)
	}
}

func TestMendable(t *testing.T) {
	a, n, _ := start(t, "#/")
	for code, want := range map[string]bool{tab.TrustExpired: true, tab.CheckpointConflict: true, tab.BadTrust: true, tab.ContradictsTrust: true, "fork": false} {
		s := live(10)
		s.Sync, s.Reason, s.Refusal = tab.Refused, "It is old. Nothing is shown.", &tab.Refusal{Code: code}
		n.status(s)
		if a.Mendable() != want || (len(a.Troubles()) == 0) != want {
			t.Errorf("%s: %v, %+v", code, a.Mendable(), a.Troubles())
		}
		title, rest := a.Refused()
		if title != "It is old." || !strings.HasPrefix(rest, "Nothing is shown.") || strings.Contains(rest, "Producers who left") != (code == tab.TrustExpired) {
			t.Errorf("%q %q", title, rest)
		}
	}
	s := live(10)
	s.Refusal = &tab.Refusal{Code: tab.TrustExpired}
	n.status(s)
	if a.Mendable() {
		t.Error("nothing is refused")
	}
}

// What is typed into the form beside a refusal is forgotten with the form, and not before.
func TestTypedGoesWithItsForm(t *testing.T) {
	a, n, _ := start(t, "#/")
	refused := live(10)
	refused.Sync, refused.Refusal = tab.Refused, &tab.Refusal{Code: tab.TrustExpired}
	n.status(refused)
	a.TypeTrust("7")
	a.Navigate("#/blocks")
	if a.Typed.Text != "7" {
		t.Error("gone with a page that it does not stand on")
	}
	n.status(live(11))
	if a.Typed.Text != "" {
		t.Error("kept when the form went")
	}
	a.TypeTrust("8")
	a.Navigate("#/node")
	if a.Typed.Text != "" {
		t.Error("kept from another page")
	}
}

func TestTrustLine(t *testing.T) {
	a, _, _ := start(t, "#/")
	a.Now = 1_700_000_000_000
	const day = 86_400_000
	agrees := func(known uint64) tab.Checkpoint { return tab.Checkpoint{State: tab.Agrees, Known: known} }
	for want, trust := range map[string]tab.Trust{
		"No trust root yet":                                                       {},
		"Trust root age not known yet, built in":                                  {Height: 1, Source: "built in"},
		"Trust root 3 days old, typed in":                                         {Height: 1, Source: "typed in", Time: a.Now - 3*day, Compared: []tab.Checkpoint{{State: tab.Waiting, Known: 3}}},
		"Trust root 3 days old, typed in, signed by 2 known parties":              {Height: 1, Source: "typed in", Time: a.Now - 3*day, Known: 2, Compared: []tab.Checkpoint{agrees(1)}},
		"Trust root 3 days old, first use, agrees with 1 known party":             {Height: 1, Source: "first use", Time: a.Now - 3*day, Compared: []tab.Checkpoint{agrees(0), agrees(1)}},
		"Trust root 3 days old, from the address, agrees with 1 other checkpoint": {Height: 1, Source: "from the address", Time: a.Now - 3*day, Compared: []tab.Checkpoint{agrees(0)}},
	} {
		a.Status.Trust = trust
		if got := a.TrustAge(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTimeline(t *testing.T) {
	a, _, _ := start(t, "#/")
	a.Now = 1_700_000_000_000
	const day = 86_400_000
	for name, test := range map[string]struct {
		trust   tab.Trust
		refusal *tab.Refusal
		want    Timeline
		ok      bool
	}{
		"fresh":        {tab.Trust{Time: a.Now - 7*day, Period: 14 * 86400}, nil, Timeline{a.Now - 7*day, 500, 0, false}, true},
		"old":          {tab.Trust{Time: a.Now - 28*day, Period: 14 * 86400}, nil, Timeline{a.Now - 28*day, 0, 500, true}, true},
		"at the limit": {tab.Trust{Time: a.Now - 14*day, Period: 14 * 86400}, nil, Timeline{a.Now - 14*day, 0, 0, true}, true},
		"new":          {tab.Trust{Time: a.Now + day, Period: 14 * 86400}, nil, Timeline{a.Now + day, 1000, 0, false}, true},
		"later block":  {tab.Trust{Time: a.Now - 90*day, Period: 14 * 86400}, &tab.Refusal{Code: tab.TrustExpired, Time: a.Now - 28*day}, Timeline{a.Now - 28*day, 0, 500, true}, true},
		"unknown age":  {tab.Trust{Period: 14 * 86400}, nil, Timeline{}, false},
		"no limit":     {tab.Trust{Time: a.Now}, nil, Timeline{Time: a.Now}, false},
		"absurd":       {tab.Trust{Time: 1 << 63, Period: 1 << 63}, nil, Timeline{Time: 1 << 63}, false},
	} {
		a.Status.Trust, a.Status.Refusal = test.trust, test.refusal
		if got, ok := a.Timeline(); got != test.want || ok != test.ok {
			t.Errorf("%s: %+v, %v", name, got, ok)
		}
	}
}

func TestForgets(t *testing.T) {
	a, _, _ := start(t, "#/")
	if got := a.Forgets(); got != "" {
		t.Error(got)
	}
	a.Status.Trust = tab.Trust{Height: 1200, Pinned: 1_700_000_000_000}
	a.Blocks = blocks(1, 1)
	if got := a.Forgets(); !strings.HasPrefix(got, "Starting from it forgets the trust root at block 1,200, pinned on 14 Nov 2023, and block ") {
		t.Error(got)
	}
}

func TestAlarmsThatAreNoRelays(t *testing.T) {
	a, _, _ := start(t, "#/")
	for code, want := range map[string]string{tab.CheckpointConflict: "Checkpoints contradict each other at block 1,200.", "wrong_state": "Producers signed something false about block 1,200."} {
		if got := a.Lie(tab.Alarm{Code: code, Height: 1200}); got != want {
			t.Errorf("%q", got)
		}
	}
}
