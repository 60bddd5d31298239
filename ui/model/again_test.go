package model

import (
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/tab"
)

// at is an App that follows a chain of 100 blocks.
func at(t *testing.T, fragment string) (*App, *browser, *node) {
	a, n, b := start(t, fragment)
	n.status(tab.Status{Sync: tab.Live, Head: &tab.Block{Height: 100}, Replay: tab.Replaying{Mode: tab.ReplaySampled}})
	return a, b, n
}

// params decodes the oldest question for a method and removes it.
func params[T any](t *testing.T, n *node, method string) (p T, id uint64) {
	t.Helper()
	for _, r := range n.asked {
		if r.Method == method {
			if err := codec.Decode(r.Params, &p); err != nil {
				t.Fatal(err)
			}
			return p, n.take(method, "")
		}
	}
	t.Fatalf("%s was not asked", method)
	return p, 0
}

func TestReplayModes(t *testing.T) {
	a, _, n := at(t, "#/node")
	a.SetReplay(tab.ReplayEvery)
	if a.Replaying() != tab.ReplayEvery {
		t.Error("the choice does not show before the node confirms it")
	}
	p, id := params[tab.ReplayParams](t, n, tab.Replay)
	if p.Mode != tab.ReplayEvery || p.From != 0 {
		t.Errorf("%+v", p)
	}
	n.answer(id, nil, &tab.Error{Message: "no"})
	if a.Replaying() != tab.ReplaySampled || a.Again.Err == nil {
		t.Error("a choice that was refused stays")
	}
	for typed, want := range map[string]string{"1": "from 2 to 99", "100": "from 2 to 99", "x": "from 2 to 99", "-3": "from 2 to 99"} {
		a.ReplayFrom(typed)
		if a.Again.From.Err != "This is a number "+want+"." || n.open(tab.Replay, "") != 0 {
			t.Errorf("%s: %q", typed, a.Again.From.Err)
		}
	}
	a.ReplayFrom(" 9 0 ")
	if p, id = params[tab.ReplayParams](t, n, tab.Replay); p.From != 90 || p.Mode != tab.ReplayEvery || a.Again.From.Err != "" {
		t.Errorf("%+v", p)
	}
	n.answer(id, struct {
		_ struct{} `cbor:",toarray"`
	}{}, nil)
	if a.Replaying() != tab.ReplayEvery || a.Again.Err != nil {
		t.Error("a choice that was confirmed does not show")
	}
}

func TestReplayOneBlock(t *testing.T) {
	a, _, n := at(t, "#/verify")
	a.ReplayBlock("")
	if a.Again.Block.Err == "" {
		t.Error("no block is a block")
	}
	a.ReplayBlock("77")
	_, late := params[tab.OnceParams](t, n, tab.Once)
	a.ReplayBlock("78")
	p, id := params[tab.OnceParams](t, n, tab.Once)
	n.answer(late, tab.Executed{Height: 77}, nil)
	if a.Again.Once.Has {
		t.Error("a late answer was taken")
	}
	n.answer(id, tab.Executed{Height: 78}, nil)
	if p.Height != 78 || a.Again.Once.Value.Height != 78 {
		t.Errorf("%+v", a.Again.Once)
	}
}

// A neuron's page has the epoch computed first, and then explained.
func TestNeuronPage(t *testing.T) {
	a, _, n := at(t, "#/neuron/3/1")
	p, id := params[tab.AuditParams](t, n, tab.Audit)
	if p.Netuid != 3 || p.Height != 0 || n.open(tab.Explain, "") != 0 {
		t.Errorf("%+v", p)
	}
	n.block(tab.Block{Height: 101})
	if n.open(tab.Audit, "") != 0 {
		t.Error("a new block made it ask again")
	}
	n.answer(id, tab.AuditReport{Netuid: 3, Height: 96, Uids: make([]tab.AuditUID, 2)}, nil)
	e, id := params[tab.ExplainParams](t, n, tab.Explain)
	if e.Netuid != 3 || e.Height != 96 || e.UID != 1 {
		t.Errorf("%+v", e)
	}
	n.answer(id, tab.Explanation{UID: 1}, nil)
	n.block(tab.Block{Height: 102})
	if n.open(tab.Audit, "")+n.open(tab.Explain, "") != 0 || !a.Again.Why.Has {
		t.Error("what is known was asked again")
	}
	a.Navigate("#/neuron/3/0")
	if e, id = params[tab.ExplainParams](t, n, tab.Explain); e.UID != 0 || n.open(tab.Audit, "") != 0 {
		t.Errorf("another neuron of the same epoch: %+v", e)
	}
	n.answer(id, nil, &tab.Error{Message: "later"})
	n.block(tab.Block{Height: 103})
	if n.open(tab.Explain, "") != 0 {
		t.Error("a refusal is asked again and again")
	}
	a.Navigate("#/neuron/3/2")
	if n.open(tab.Explain, "") != 0 {
		t.Error("a neuron that was not there was explained")
	}
	a.Navigate("#/neuron/4/2")
	if p, _ = params[tab.AuditParams](t, n, tab.Audit); p.Netuid != 4 || a.Audited(3) != nil {
		t.Errorf("another subnet: %+v", p)
	}
}

func TestAuditVerdict(t *testing.T) {
	for want, r := range map[string]tab.AuditReport{
		"Epoch 28,294 replayed. All 256 results match.":              {Index: 28_294, Uids: make([]tab.AuditUID, 256)},
		"Epoch 1 replayed. Its one result matches.":                  {Index: 1, Uids: make([]tab.AuditUID, 1)},
		"Epoch 7 does not follow from its inputs: 1 figure differs.": {Index: 7, Differences: make([]tab.AuditDifference, 1)},
		"Epoch 7 does not follow from its inputs: 2 figures differ.": {Index: 7, Differences: make([]tab.AuditDifference, 2)},
	} {
		if got := AuditVerdict(&r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A fraud is told before all else, and accuses no relay.
func TestFraudIsTold(t *testing.T) {
	a, _, n := at(t, "#/")
	n.status(tab.Status{Sync: tab.Refused, Reason: "Following stops here.", Head: &tab.Block{Height: 100}, Fraud: &tab.Fraud{Height: 98},
		Alarms: []tab.Alarm{{Code: "fraud", Height: 98}, {Relay: "Gannet", What: "It lied, too.", Height: 97}}})
	got := a.Troubles()
	if len(got) != 2 || got[0].Page != "#/fraud" || got[0].Kind != "alarm" || got[1].Title != "Relay “Gannet” lied about block 97." {
		t.Errorf("%+v", got)
	}
	if !a.Withheld() {
		t.Error("figures are shown after a fraud")
	}
	n.status(tab.Status{Sync: tab.Refused, Reason: "Following stops here.", Head: &tab.Block{Height: 100}, Fork: &tab.Fork{Shared: 97},
		Alarms: []tab.Alarm{{Relay: "Birch", Code: "fork", Height: 98}}})
	if got := a.Troubles(); len(got) != 1 || got[0].Page != "#/fraud" || got[0].Title != "After block 97, block producers signed two different chains." {
		t.Errorf("a fork: %+v", got)
	}
}
