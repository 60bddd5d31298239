package model

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

func graph(emission ...tao.Amount) view.Metagraph {
	return view.Metagraph{Netuid: 8, Exists: true, Hotkeys: make([]keys.Account, len(emission)), Emission: emission}
}

// The page asks for its subnet only, and again with a newer block, at most every few seconds.
func TestSubnetPageIsAskedAgainInItsOwnTime(t *testing.T) {
	a, n, b := start(t, "#/subnet/8")
	n.status(live(10))
	if b.title != "Subnet 8 · taolight" {
		t.Error(b.title)
	}
	if n.open(tab.Query, "") != 2 {
		t.Fatalf("open %+v", n.asked)
	}
	n.figure(n.take(tab.Query, "subnet@1"), proven(t), 9, view.SubnetDetail{Exists: true, Hyperparameters: []view.Hyperparameter{}})
	n.figure(n.take(tab.Query, "metagraph@1"), proven(t), 9, graph(3, 5))
	if got := a.Subnet.Paid(); got != 8 {
		t.Errorf("paid %d", got)
	}
	for h := uint64(11); h < 15; h++ {
		n.block(tab.Block{Height: h})
	}
	if got := n.open(tab.Query, ""); got != 0 {
		t.Errorf("%d questions at once after the answer", got)
	}
	a.Tick(time.Unix(5002, 0))
	if got := n.open(tab.Query, ""); got != 0 {
		t.Errorf("%d questions after two seconds", got)
	}
	a.Tick(time.Unix(5003, 0))
	if n.open(tab.Query, "metagraph@1") != 1 || n.open(tab.Query, "subnet@1") != 1 {
		t.Error("it was not asked again")
	}
	late := n.take(tab.Query, "metagraph@1")
	a.Navigate("#/subnet/9")
	n.figure(late, proven(t), 9, graph(1, 1, 1))
	if a.Subnet.Neurons.Has || a.Subnet.Netuid != 9 {
		t.Error("the answer for the subnet before is shown")
	}
	a.Navigate("#/subnets")
	n.take(tab.Query, "metagraph@1") // of the page before
	n.block(tab.Block{Height: 20})
	if n.open(tab.Query, "metagraph@1") != 0 || n.open(tab.Query, "subnets@1") != 1 {
		t.Errorf("a page that is not in view asks: %+v", n.asked)
	}
}

func TestSubnetRows(t *testing.T) {
	p := SubnetPage{}
	p.show(8)
	fill := func(height uint64, emission ...tao.Amount) {
		p.Neurons.Value, p.Neurons.Has, p.Neurons.Figure.Height = graph(emission...), true, height
	}
	want := func(what string, uids ...int) {
		t.Helper()
		if got, _ := p.Rows(); !slices.Equal(got, uids) {
			t.Errorf("%s: %v, want %v", what, got, uids)
		}
	}
	fill(1, 3, 9, 3, 0)
	want("by emission, equal ones by uid", 1, 0, 2, 3)
	p.SortBy("emission")
	want("the other way around", 3, 0, 2, 1)
	p.SortBy("uid")
	want("by uid", 3, 2, 1, 0)
	p.SortBy("emission")
	fill(2, 9, 3, 3, 0)
	want("a newer state", 0, 1, 2, 3)
	p.Reading = true
	fill(3, 0, 3, 3, 9)
	want("while somebody reads", 0, 1, 2, 3)
	p.SortBy("uid")
	p.SortBy("emission")
	want("sorting while somebody reads", 3, 1, 2, 0)
	fill(4, 0, 3, 3, 9, 10)
	want("a newcomer while somebody reads", 4, 3, 1, 2, 0)
	p.Neurons.Value.Emission = nil
	p.Reading = false
	fill(5)
	want("nobody")
	p.Neurons.Value.Hotkeys = make([]keys.Account, 130) // columns that are too short
	rows, first := p.Rows()
	p.Turn(1)
	p.Turn(1)
	more, last := p.Rows()
	if len(rows) != NeuronRows || first != 0 || len(more) != 2 || last != 128 {
		t.Errorf("%d rows from %d, then %d from %d", len(rows), first, len(more), last)
	}
}

func TestLeft(t *testing.T) {
	for _, c := range []struct{ next, height, left, passed uint64 }{{20, 10, 10, 0}, {20, 13, 7, 3}, {20, 19, 1, 9}, {20, 20, 0, 10}, {20, 25, 0, 10}, {90, 10, 80, 0}} {
		left, passed := Left(&view.Subnet{Tempo: 10, Next: c.next}, c.height)
		if left != c.left || passed != c.passed {
			t.Errorf("%s: %d left, %d passed", fmt.Sprint(c), left, passed)
		}
	}
}
