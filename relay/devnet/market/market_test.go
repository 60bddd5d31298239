package market

import (
	"slices"
	"testing"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// world is a chain without a network on which the market plays. As on a real relay, it sees the state one block late.
type world struct {
	t       testing.TB
	tree    *state.Tree
	market  *Market
	chainID string
	height  uint64
	waiting [][]byte
	calls   map[string]int // that blocks held, by name
	refused map[ledger.Code]int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	g := &chain.Genesis{Name: "test", Time: 1_700_000_000_000, Source: "a test", Params: ledger.DefaultParams(), Producers: []chain.Producer{{PubKey: [32]byte{1}, Power: 1}}}
	var owners []keys.Account
	for _, uri := range []string{"//Alice", "//Bob"} {
		coldkey, err := sign.FromURI(uri)
		if err != nil {
			t.Fatal(err)
		}
		hotkey, err := sign.FromURI(uri + "//hotkey")
		if err != nil {
			t.Fatal(err)
		}
		owners = append(owners, coldkey.Account())
		g.Balances = append(g.Balances, chain.Balance{Address: coldkey.Account(), Free: 100 * tao.TAO})
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: coldkey.Account(), Hotkey: hotkey.Account(), Amount: 1000 * tao.TAO})
	}
	if err := Add(g, owners); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, tree: state.New(), chainID: g.ChainID(), calls: map[string]int{}, refused: map[ledger.Code]int{}}
	if err := g.Apply(w.tree); err != nil {
		t.Fatal(err)
	}
	var err error
	if w.market, err = New(w.chainID); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) ask(id string, args, to any) error {
	p, ok := chain.Lookup(id)
	if !ok {
		w.t.Fatalf("no program %s", id)
	}
	answer, err := p.Run(w.tree, codec.MustEncode(args))
	if err != nil {
		return err
	}
	return codec.Decode(answer, to)
}

// run makes n blocks.
func (w *world) run(n int) {
	w.t.Helper()
	for range n {
		checker, err := chain.NewChecker(w.tree, w.chainID, sign.VerifyAll)
		if err != nil {
			w.t.Fatal(err)
		}
		var held [][]byte
		for _, tx := range w.waiting {
			switch err := checker.Submit(tx).(type) {
			case nil:
				held = append(held, tx)
			case *ledger.Refusal:
				w.refused[err.Code]++
			default:
				w.t.Fatal(err)
			}
		}
		if w.waiting, err = w.market.Moves(w.height, w.ask); err != nil {
			w.t.Fatal(err)
		}
		w.height++
		out, err := chain.Execute(w.tree, chain.Block{ChainID: w.chainID, Height: w.height, Time: 1_700_000_000e9 + w.height*uint64(2*time.Second), AppVersion: chain.AppVersion, Txs: held}, sign.VerifyAll)
		if err != nil {
			w.t.Fatal(err)
		}
		for i, r := range out.Results {
			tx, err := chain.DecodeTx(held[i])
			if err != nil || r.Code != 0 {
				w.t.Fatalf("block %d: %s: %v, %v", w.height, tx.Body.Call, out.Refusals[i], err)
			}
			w.calls[tx.Body.Call]++
		}
	}
}

func (w *world) metagraph(netuid uint16) (g view.Metagraph) {
	w.t.Helper()
	if err := w.ask("metagraph@1", chain.MetagraphArgs{Netuid: netuid}, &g); err != nil || !g.Exists {
		w.t.Fatal(netuid, err)
	}
	return g
}

// Within a minute of 2 s blocks there are epochs that pay miners, on every subnet.
func TestAMinuteIsEnough(t *testing.T) {
	w := newWorld(t)
	w.run(30)
	for netuid := range uint16(len(plan)) {
		g := w.metagraph(netuid + 1)
		var paid tao.Amount
		for _, e := range g.ServerEmission {
			paid += e
		}
		if g.Epochs < 2 || paid == 0 {
			t.Errorf("%s: %d epochs, %d rao for miners in the last one", g.Name, g.Epochs, paid)
		}
	}
}

// Better miners earn more, changing ones move, newcomers come in, and nothing is refused.
func TestBetterMinersEarnMore(t *testing.T) {
	w := newWorld(t)
	w.run(60)
	before := w.metagraph(1)
	w.run(120)
	for netuid := range uint16(len(plan)) {
		g := w.metagraph(netuid + 1)
		first := len(validators)
		got := g.ServerEmission[first : first+len(steady)]
		if !slices.IsSortedFunc(got, func(a, b tao.Amount) int { return -compare(a, b) }) || got[0] <= got[3] || got[3] == 0 {
			t.Errorf("%s: miners in the order of their quality earn %v", g.Name, got)
		}
		for v := range validators {
			if !g.ValidatorPermit[v] || g.Dividends[v] == 0 || g.LastUpdate[v]+uint64(2*g.Tempo) < w.height {
				t.Errorf("%s: validator %d: permit %v, dividends %d, last update %d of %d", g.Name, v, g.ValidatorPermit[v], g.Dividends[v], g.LastUpdate[v], w.height)
			}
		}
		if g.ValidatorTrust[3] >= g.ValidatorTrust[0] {
			t.Errorf("%s: the careless validator has vtrust %d, the careful one %d", g.Name, g.ValidatorTrust[3], g.ValidatorTrust[0])
		}
	}
	after := w.metagraph(1)
	better, worse := len(validators)+len(steady), len(validators)+len(steady)+1
	if after.Incentive[better] <= before.Incentive[better] || after.Incentive[worse] >= before.Incentive[worse] {
		t.Errorf("the one that improves went from %d to %d, the other from %d to %d", before.Incentive[better], after.Incentive[better], before.Incentive[worse], after.Incentive[worse])
	}
	if w.calls["batch"] != 4 || w.calls["reveal_weights"] == 0 || len(w.refused) > 0 {
		t.Errorf("calls %v, refused %v", w.calls, w.refused)
	}
	for uid, hotkey := range after.Hotkeys {
		if w.market.guests[hotkey] && (after.ServerEmission[uid] > 0 || !after.ValidatorPermit[uid]) {
			t.Errorf("guest %d earns %d as a miner, permit %v", uid, after.ServerEmission[uid], after.ValidatorPermit[uid])
		}
	}
}

func compare(a, b tao.Amount) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Two runs of one chain are the same, block by block; what a newly started process has forgotten are promises only.
func TestScoresDependOnTheChainAlone(t *testing.T) {
	a, b := newWorld(t), newWorld(t)
	a.run(20)
	b.run(20)
	if a.tree.Root() != b.tree.Root() {
		t.Error("two runs of one chain differ")
	}
	again, err := New(a.chainID)
	if err != nil {
		t.Fatal(err)
	}
	hotkey := a.market.hotkeys[3]
	if x, y := a.market.score(1, 1, hotkey, 77), again.score(1, 1, hotkey, 77); x != y {
		t.Errorf("%d and %d", x, y)
	}
	other, err := New("other")
	if err != nil {
		t.Fatal(err)
	}
	same := 0
	for h := range uint64(20) {
		if again.score(3, 1, hotkey, h) == other.score(3, 1, hotkey, h) {
			same++
		}
	}
	if same > 5 {
		t.Error("the noise of two chains is the same")
	}
}

// A process that ended between commit and reveal goes on with the next commit.
func TestForgottenPromises(t *testing.T) {
	w := newWorld(t)
	w.run(40)
	reveals := w.calls["reveal_weights"]
	var err error
	if w.market, err = New(w.chainID); err != nil {
		t.Fatal(err)
	}
	w.run(40)
	if got := w.calls["reveal_weights"] - reveals; got < len(validators) {
		t.Errorf("%d reveals after a restart", got)
	}
}

func TestQualities(t *testing.T) {
	m, err := New("x")
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= len(m.hotkeys); i++ {
		for h := uint64(0); h < 2*season; h += 7 {
			if q := m.Quality(i, h); q < worst-50 || q > best {
				t.Fatalf("miner %d has quality %d in block %d", i, q, h)
			}
		}
	}
	up, down := perSubnet-1, perSubnet
	if m.Quality(up, 0) >= m.Quality(up, season) || m.Quality(down, 0) <= m.Quality(down, season) || m.Quality(up, 0) != m.Quality(up, 2*season) {
		t.Error("the changing miners don't change")
	}
}

// A chain without the market's subnets, or with some of their members only, is left alone.
func TestStrangersAreLeftAlone(t *testing.T) {
	m, err := New("x")
	if err != nil {
		t.Fatal(err)
	}
	txs, err := m.Moves(5, func(program string, _, to any) error {
		switch to := to.(type) {
		case *view.Subnets:
			to.Subnets = []view.Subnet{{Netuid: 7, Name: "strange"}}
		case *view.Metagraph:
			*to = view.Metagraph{Netuid: 7, Exists: true, Tempo: 10, Hotkeys: []keys.Account{{1}}, LastUpdate: []uint64{0}, ValidatorPermit: []bool{true}}
		default:
			t.Errorf("asked %s", program)
		}
		return nil
	})
	if err != nil || len(txs) > 0 {
		t.Errorf("%d transactions, %v", len(txs), err)
	}
}
