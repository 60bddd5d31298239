package light_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

// BenchmarkReplay executes a block again over its witness, as a tab does: transactions and signatures, the market's step,
// every node's hash before and after, the comparison with the next header. record-ms is what a relay does for the witness, once.
func BenchmarkReplay(b *testing.B) {
	b.Run("transfers=500", func(b *testing.B) { replays(b, paying(b, 500, 100_000), 2) })
	for _, c := range []struct {
		name   string
		change func(*hyper.Params)
	}{
		{"yuma2", func(*hyper.Params) {}},
		{"yuma3", func(p *hyper.Params) { p.Yuma3 = true }},
		{"liquid", func(p *hyper.Params) { p.Yuma3, p.LiquidAlpha = true, true }},
	} {
		b.Run("epochs=32x256/"+c.name, func(b *testing.B) { replays(b, fullMarket(b, 32, 256, 64, c.change), 3) })
	}
}

func replays(b *testing.B, l *lighttest.Ledger, height uint64) {
	before, next := l.Block(height), l.Block(height+1)
	req, err := light.ReplayRequest(before)
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	w, err := l.Witness(b.Context(), req)
	if err != nil {
		b.Fatal(err)
	}
	recorded := time.Since(begun)
	body, err := l.Source("a").Block(b.Context(), height)
	if err != nil {
		b.Fatal(err)
	}
	contents := light.Contents{Txs: body.Txs}
	var done *light.Execution
	fastest := time.Duration(1 << 62)
	for b.Loop() {
		begun := time.Now()
		if done, err = light.Execute(before, next, contents, w); err != nil {
			b.Fatal(err)
		}
		fastest = min(fastest, time.Since(begun))
	}
	for i, r := range done.Outcome.Results {
		if r.Code != 0 {
			b.Fatalf("transaction %d: %v", i, done.Outcome.Refusals[i])
		}
	}
	b.ReportMetric(float64(fastest.Microseconds())/1000, "min-ms")
	b.ReportMetric(float64(recorded.Microseconds())/1000, "record-ms")
	b.ReportMetric(float64(len(w)), "witness-bytes")
	b.ReportMetric(float64(done.Stats.Nodes), "nodes")
	b.ReportMetric(float64(len(done.Epochs)), "epochs")
}

// paying is a chain on which block 2 has transfers by as many sr25519 signers, among so many accounts.
func paying(t testing.TB, transfers, accounts int) *lighttest.Ledger {
	t.Helper()
	g := &chain.Genesis{Name: "paying", Time: 1_767_225_600_000, Source: "made up for a benchmark", Params: ledger.DefaultParams()}
	signers := make([]*sign.Key, transfers)
	for i := range signers {
		var err error
		if signers[i], err = sign.FromSeed(sign.Sr25519, [32]byte(stranger(1, i))); err != nil {
			t.Fatal(err)
		}
		g.Balances = append(g.Balances, chain.Balance{Address: signers[i].Account(), Free: tao.TAO})
	}
	for i := range accounts - transfers {
		g.Balances = append(g.Balances, chain.Balance{Address: stranger(2, i), Free: tao.TAO})
	}
	l := lighttest.NewLedger(lighttest.Options{Seed: "paying"}, g)
	l.Execute(lighttest.Spec{})
	var txs [][]byte
	for i, k := range signers {
		txs = append(txs, l.Tx(k, "transfer", account.Transfer{To: stranger(2, i*31%(accounts-transfers)), Amount: 1000}, 0))
	}
	l.Execute(lighttest.Spec{Txs: txs})
	l.Execute(lighttest.Spec{})
	return l
}

// fullMarket is a chain whose subnets are full and all have their epoch in block 2 and again in block 3: the same validators
// everywhere say something of each miner, of whom no two are alike.
func fullMarket(t testing.TB, subnets, uids, validators int, change func(*hyper.Params)) *lighttest.Ledger {
	t.Helper()
	g := &chain.Genesis{Name: "full", Time: 1_767_225_600_000, Source: "made up for a benchmark", Params: ledger.DefaultParams()}
	g.Params.EpochsPerBlock = uint64(subnets)
	h := hyper.Defaults()
	change(&h)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range validators {
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: stranger(3, i), Hotkey: stranger(4, i), Amount: tao.Amount(r.Uint64N(1000)+1) * tao.TAO})
	}
	for n := range subnets {
		s := chain.SubnetOf{Netuid: uint16(n + 1), Name: fmt.Sprint("subnet ", n+1), Owner: stranger(5, n), Params: h}
		for uid := range uids {
			hotkey := stranger(4, uid)
			if uid >= validators {
				hotkey = stranger(6, n*uids+uid)
				g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: stranger(7, n*uids+uid), Hotkey: hotkey, Amount: tao.TAO / 100})
			}
			s.Hotkeys = append(s.Hotkeys, hotkey)
		}
		g.Subnets = append(g.Subnets, s)
	}
	l := lighttest.NewLedger(lighttest.Options{Seed: "full"}, g)
	l.Rules = func(w state.Writer, b chain.Block, verify sign.Verifier) (chain.Outcome, error) {
		out, err := chain.Execute(w, b, verify)
		if err == nil && b.Height < 3 {
			err = judge(w, b, validators, r)
		}
		return out, err
	}
	for range 4 {
		l.Execute(lighttest.Spec{})
	}
	return l
}

// judge gives all subnets weights and an epoch in the next block.
func judge(w state.Writer, b chain.Block, validators int, r *rand.Rand) error {
	l, err := ledger.Begin(w, b.ChainID, b.Height, b.Time/1e6)
	if err != nil {
		return err
	}
	all, err := subnet.All(l)
	for _, s := range all {
		if s.Netuid == 0 {
			continue
		}
		updated, permits := make([]uint64, s.Uids), make([]bool, s.Uids)
		for uid := range uint16(validators) {
			updated[uid], permits[uid] = b.Height, true
			var row yuma.Row
			for miner := uint16(validators); miner < s.Uids; miner++ {
				row = append(row, yuma.Entry{UID: miner, Value: uint16(r.Uint32N(50_000) + 1)})
			}
			if err == nil {
				err = subnet.PutRow(l, s.ID, subnet.FieldWeights, uid, row)
			}
		}
		for _, put := range []func() error{
			func() error { return subnet.PutColumn(l, s.ID, subnet.LastUpdate, updated) },
			func() error { return subnet.PutColumn(l, s.ID, subnet.ValidatorPermit, permits) },
			func() error {
				return subnet.PutSchedule(l, s.ID, subnet.Schedule{Index: b.Height - 1, Next: b.Height + 1})
			},
		} {
			if err == nil {
				err = put()
			}
		}
	}
	return err
}

func stranger(kind byte, i int) (a keys.Account) {
	r := rand.New(rand.NewPCG(uint64(kind), uint64(i)))
	for k := 0; k < 32; k += 8 {
		binary.BigEndian.PutUint64(a[k:], r.Uint64())
	}
	return a
}
