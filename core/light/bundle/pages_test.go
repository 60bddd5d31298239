package bundle_test

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// whales is a chain on which rich and another have staked 1 TAO on each of 600 hotkeys: three pages.
func whales(t *testing.T) (*lighttest.Ledger, *light.Client) {
	t.Helper()
	g := &chain.Genesis{Name: "whales", Time: 1_767_225_600_000, Source: "made up for a test", Params: ledger.DefaultParams()}
	for n, coldkey := range []keys.Account{rich, {8}} {
		for i := range 600 {
			var hotkey keys.Account
			binary.BigEndian.PutUint32(hotkey[:], uint32(1000*n+i+1))
			g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: coldkey, Hotkey: hotkey, Amount: tao.TAO})
		}
	}
	l := lighttest.NewLedger(lighttest.Options{Seed: "whales"}, g)
	for range 3 {
		l.Execute(lighttest.Spec{})
	}
	return l, follower(t, l, 1)
}

func stakes(t *testing.T, c *light.Client, who keys.Account, from uint64) light.Proven[[]byte] {
	t.Helper()
	program, _ := chain.Lookup(chain.AccountQuery)
	p, err := c.QueryAt(context.Background(), c.Head(), program, codec.MustEncode(chain.AccountArgs{Address: who, From: from}))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func nextOf(t *testing.T, p light.Proven[[]byte]) uint64 {
	t.Helper()
	var a view.Account
	if err := codec.Decode(p.Value(), &a); err != nil {
		t.Fatal(err)
	}
	return a.Next
}

// A list of several pages is one figure: the pages follow one another from the first to the last, or the file is false or
// says that it is a part.
func TestLists(t *testing.T) {
	l, c := whales(t)
	first := stakes(t, c, rich, 0)
	second := stakes(t, c, rich, nextOf(t, first))
	third := stakes(t, c, rich, nextOf(t, second))
	if nextOf(t, first) == 0 || nextOf(t, second) == 0 || nextOf(t, third) != 0 {
		t.Fatal("they are no three pages")
	}
	other := stakes(t, c, keys.Account{8}, nextOf(t, first))
	type pages = []light.Proven[[]byte]
	for name, of := range map[string]struct {
		pages  pages
		holds  bool
		part   bool
		staked tao.Amount // of TAO
	}{
		"whole":                {pages{first, second, third}, true, false, 600},
		"without the last":     {pages{first, second}, true, true, 512},
		"the first":            {pages{first}, true, true, 256},
		"without the first":    {pages{second, third}, true, true, 344},
		"the last":             {pages{third}, true, true, 88},
		"one twice":            {pages{first, first}, false, false, 0},
		"one three times":      {pages{third, third, third}, false, false, 0},
		"one missing":          {pages{first, third}, false, false, 0},
		"backwards":            {pages{second, first}, false, false, 0},
		"begun again":          {pages{first, second, third, first}, false, false, 0},
		"another's":            {pages{first, other, third}, false, false, 0},
		"another's in the end": {pages{first, second, third, other}, false, false, 0},
	} {
		b, err := bundle.ForFigure(t.Context(), c, of.pages...)
		if err != nil {
			t.Fatal(err)
		}
		r, err := bundle.Check(encode(t, b), l.Now(), trusting(l.Trust(1)))
		if !of.holds {
			if r.Verdict != light.Blame || light.Code(err) != "false_proof" {
				t.Errorf("%s: %s", name, show(r))
			}
			continue
		}
		value, part, failed := r.Body.(*bundle.Figure).Whole()
		if err != nil || failed != nil || part != of.part || r.Part != of.part || slices.Contains(r.Silent, "the rest of the list: sums are those of the part that it holds") != of.part {
			t.Errorf("%s: part %t, %v, %v: %s", name, part, failed, r.Silent, show(r))
			continue
		}
		a := value.(*view.Account)
		if a.Staked != of.staked*tao.TAO || len(a.Stakes) != int(of.staked) || a.Next != nextOf(t, of.pages[len(of.pages)-1]) {
			t.Errorf("%s: %d staked in %d positions, %d is next", name, a.Staked, len(a.Stakes), a.Next)
		}
		if nodes := r.Nodes; nodes == 0 || len(of.pages) == 3 && nodes != first.Nodes()+second.Nodes()+third.Nodes() {
			t.Errorf("%s: %d nodes", name, nodes)
		}
	}
	// A lie on one page is shown beside what all pages say.
	b, err := bundle.ForFigure(t.Context(), c, first, second, third)
	if err != nil {
		t.Fatal(err)
	}
	var lied view.Account
	if err := codec.Decode(second.Value(), &lied); err != nil {
		t.Fatal(err)
	}
	lied.Staked++
	b.Body.(*bundle.Figure).Pages[1].Result = codec.MustEncode(lied)
	_, err = bundle.Check(encode(t, b), l.Now(), trusting(l.Trust(1)))
	var lie *bundle.AnswerError
	if !errors.As(err, &lie) {
		t.Fatal(err)
	}
	for answer, want := range map[string]tao.Amount{string(lie.Computed): 600 * tao.TAO, string(lie.Claimed): 600*tao.TAO + 1} {
		var a view.Account
		if err := codec.Decode([]byte(answer), &a); err != nil || a.Staked != want || len(a.Stakes) != 600 {
			t.Errorf("%d staked in %d positions, want %d, %v", a.Staked, len(a.Stakes), want, err)
		}
	}
	supply, _ := chain.Lookup(chain.SupplyQuery)
	another, err := c.QueryAt(t.Context(), c.Head(), supply, codec.MustEncode(chain.None{}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.ForFigure(t.Context(), c, first, another); err == nil {
		t.Error("two programs in one figure")
	}
	if _, err := bundle.ForFigure(t.Context(), c); err == nil {
		t.Error("a figure without pages")
	}
	// A query that answers all at once has one page.
	b, err = bundle.ForFigure(t.Context(), c, another, another)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := bundle.Check(encode(t, b), l.Now(), trusting(l.Trust(1))); light.Code(err) != "false_proof" {
		t.Errorf("the supply twice: %s", show(r))
	}
}
