package chain

import (
	"net/netip"
	"testing"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/serving"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/weights"
)

func TestAxonIsReadBack(t *testing.T) {
	w := keptWorld(t, func(g *Genesis) { g.Subnets[0].Params.ServingRateLimit = 0 })
	hot := key(t, "//Alice//hotkey")
	args := NeuronArgs{Netuid: 1, Hotkey: hot.Account()}
	ask := func(args NeuronArgs) view.Axon { return asked[view.Axon](w, "axon@1", args) }
	for _, elsewhere := range []NeuronArgs{{Netuid: 1, Hotkey: keys.Account{9}}, {Netuid: 2, Hotkey: hot.Account()}, {Netuid: 7, Hotkey: hot.Account()}} {
		same(t, "nobody's", ask(elsewhere), view.Axon{Netuid: elsewhere.Netuid, Hotkey: elsewhere.Hotkey})
	}
	want := view.Axon{Netuid: 1, Hotkey: hot.Account(), Registered: true}
	same(t, "before it serves", ask(args), want)

	w.holdFree(hot, "serve_axon", serving.ServeAxon{
		Netuid: 1, Version: 70_000, Address: serving.EndpointAt(netip.MustParseAddrPort("203.0.113.7:8091")), Protocol: 4, Placeholder1: 5, Placeholder2: 6,
	})
	w.holdFree(hot, "serve_prometheus", serving.ServePrometheus{Netuid: 1, Version: 3, Address: serving.EndpointAt(netip.MustParseAddrPort("[2001:db8::7]:9090"))})
	want.Axon = view.Served{Exists: true, Block: 1, Version: 70_000, IP: "203.0.113.7", Port: 8091, IPType: 4}
	want.Protocol, want.Placeholder1, want.Placeholder2 = 4, 5, 6
	want.Prometheus = view.Served{Exists: true, Block: 2, Version: 3, IP: "2001:db8::7", Port: 9090, IPType: 6}
	same(t, "while it serves", ask(args), want)

	w.holdFree(hot, "serve_axon", serving.ServeAxon{Netuid: 1, Address: serving.EndpointAt(netip.MustParseAddrPort("0.0.0.0:0"))})
	want.Axon, want.Protocol, want.Placeholder1, want.Placeholder2 = view.Served{Block: 3}, 0, 0, 0
	same(t, "after it has withdrawn", ask(args), want)
}

func TestFamilyIsReadBack(t *testing.T) {
	alice, bob := key(t, "//Alice"), key(t, "//Bob")
	parent, child := key(t, "//Alice//hotkey").Account(), key(t, "//Bob//hotkey").Account()
	w := keptWorld(t, func(g *Genesis) {
		g.Params.ChildInterval, g.Params.TakeInterval = 3, 5
		g.Stakes = append(g.Stakes, StakeOf{Coldkey: bob.Account(), Hotkey: child, Amount: tao.TAO})
		g.sort()
	})
	ask := func(netuid uint16, hotkey keys.Account) view.Family {
		return asked[view.Family](w, "children@1", NeuronArgs{Netuid: netuid, Hotkey: hotkey})
	}
	same(t, "no subnet", ask(7, parent), view.Family{Netuid: 7, Hotkey: parent, Children: []view.Kin{}, Parents: []view.Kin{}})
	want := view.Family{Netuid: 1, Hotkey: parent, Exists: true, Children: []view.Kin{}, Parents: []view.Kin{}}
	same(t, "no family", ask(1, parent), want)

	const half = 1 << 63
	w.hold(alice, "set_children", stake.SetChildren{Netuid: 1, Hotkey: parent, Children: []stake.Link{{Proportion: half, Hotkey: child}}})
	set := w.height
	w.hold(bob, "set_childkey_take", stake.SetChildkeyTake{Netuid: 1, Hotkey: child, Take: 100})
	raised := w.height
	want.Children, want.ChildrenSet, want.ChildrenFrom = []view.Kin{{Hotkey: child, Proportion: half}}, set, set+3
	same(t, "the parent", ask(1, parent), want)
	same(t, "elsewhere", ask(2, parent).Children, []view.Kin{})
	his := view.Family{
		Netuid: 1, Hotkey: child, Exists: true, Children: []view.Kin{}, Parents: []view.Kin{{Hotkey: parent, Proportion: half}},
		Take: 100, TakeRaised: raised, TakeFrom: raised + 6,
	}
	same(t, "the child", ask(1, child), his)

	// The blocks that are told are the first in which the calls are allowed.
	again := stake.SetChildren{Netuid: 1, Hotkey: parent, Children: []stake.Link{}}
	for w.height+1 < want.ChildrenFrom {
		if code := w.one(w.tx(alice, "set_children", again, 0)); code != ledger.TxRateLimitExceeded {
			t.Errorf("in block %d: %s", w.height, code)
		}
	}
	w.hold(alice, "set_children", again)
	for w.height+1 < his.TakeFrom {
		if code := w.one(w.tx(bob, "set_childkey_take", stake.SetChildkeyTake{Netuid: 1, Hotkey: child, Take: 101}, 0)); code != ledger.TxChildkeyTakeRateLimitExceeded {
			t.Errorf("in block %d: %s", w.height, code)
		}
	}
	w.hold(bob, "set_childkey_take", stake.SetChildkeyTake{Netuid: 1, Hotkey: child, Take: 101})
}

func TestCommitsAreReadBack(t *testing.T) {
	const tempo = 6
	w := keptWorld(t, func(g *Genesis) {
		p := &g.Subnets[0].Params
		p.Tempo, p.CommitReveal, p.RevealPeriod, p.WeightsRateLimit = tempo, true, 2, 0
		g.Subnets[0].Hotkey = key(t, "//Alice//hotkey").Account() // who always may validate
	})
	hot := key(t, "//Alice//hotkey")
	args := NeuronArgs{Netuid: 1, Hotkey: hot.Account()}
	ask := func() view.Commits { return asked[view.Commits](w, "commits@1", args) }
	same(t, "a stranger", asked[view.Commits](w, "commits@1", NeuronArgs{Netuid: 1}), view.Commits{Netuid: 1, Commits: []view.Commit{}})
	same(t, "none", ask(), view.Commits{Netuid: 1, Hotkey: hot.Account(), Registered: true, Secret: true, Commits: []view.Commit{}})

	reveal := weights.Reveal{Netuid: 1, UIDs: []uint16{0}, Values: []uint16{65535}, Salt: []uint16{1, 2, 3}}
	hash := weights.Seal(hot.Account(), 1, weights.Opening{UIDs: reveal.UIDs, Values: reveal.Values, Salt: reveal.Salt})
	for range tempo + 1 { // into an epoch that is not the first
		w.block()
	}
	w.holdFree(hot, "commit_weights", weights.Commit{Netuid: 1, Hash: hash})
	w.holdFree(hot, "commit_weights", weights.Commit{Netuid: 1, Hash: weights.Hash{7}})
	seen := ask()
	if len(seen.Commits) != 2 || seen.Last != w.height || seen.Commits[1].Hash != (view.Hash{7}) {
		t.Fatalf("%+v", seen)
	}
	c := seen.Commits[0]
	same(t, "the commit", c, view.Commit{Hash: view.Hash(hash), Block: w.height - 1, Epoch: seen.Epoch, Reveal: seen.Epoch + 2, From: c.From, Until: c.From + tempo - 1})

	// What was told in advance holds, block by block: too early before From, then a guard of the row, expired after Until.
	for w.height < c.Until+1 {
		tx, err := DecodeTx(w.free(hot, "reveal_weights", reveal, 0))
		if err != nil {
			t.Fatal(err)
		}
		p := asked[view.Prediction](w, PredictQuery, PredictArgs{ChainID: w.chainID, Body: tx.Body})
		want := ledger.Code(0)
		switch {
		case p.Height < c.From:
			want = ledger.RevealTooEarly
		case p.Height > c.Until:
			want = ledger.ExpiredWeightCommit
		}
		if p.Code != want.String() {
			t.Errorf("block %d of %d to %d: %s, want %s: %s", p.Height, c.From, c.Until, p.Code, want, p.Reason)
		}
		now := ask().Commits[0]
		if expired := p.Height > c.Until; now.Expired != expired || !expired && (now.From != c.From || now.Until != c.Until) || expired && now.From+now.Until != 0 {
			t.Errorf("before block %d: %+v", p.Height, now)
		}
		w.block()
	}
}
