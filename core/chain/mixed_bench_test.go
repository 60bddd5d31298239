package chain

import (
	"fmt"
	"testing"
	"time"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/batch"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/weights"
)

// A busy block: 10,000 calls, no two of an account. Feeless ones are a few from each of the validators, who are the same
// on all subnets.
const (
	busyAccounts   = 100_000
	busySubnets    = 32
	busyValidators = 47
	busyMiners     = 193
	busyRow        = 64 // entries of a row of weights
	busyRegister   = 16 // a block and subnet
	busySets       = 32 // of hotkeys that register in turn; long before a set's next turn the market has replaced it

	busyTransfers, busyAdds, busyRemoves, busyMoves, busyBatches = 3984, 1500, 1000, 500, 1000
	busyCalls                                                    = busyTransfers + busyAdds + busyRemoves + busyMoves + busyBatches +
		busySubnets*(busyValidators+busyRegister)
)

// busy is a chain on which all that goes on.
type busy struct {
	*world
	cold       map[string][]*sign.Key // by what they do
	validators []*sign.Key
}

// hot is a hotkey that needs no secret.
func hot(what string, i int) (a keys.Account) {
	copy(a[:], fmt.Sprintf("%s %d", what, i))
	return a
}

func newBusy(b *testing.B) *busy {
	g := testGenesis(b)
	g.Subnets, g.Params.BlockUnits, g.Params.TxRateLimit = nil, 1<<32, 0
	m := &busy{cold: map[string][]*sign.Key{}}
	for what, n := range map[string]int{
		"transfer": busyTransfers, "add": busyAdds, "remove": busyRemoves, "move": busyMoves, "batch": busyBatches, "register": busySubnets * busyRegister,
	} {
		for i := range n {
			k := key(b, fmt.Sprintf("//%s%d", what, i))
			m.cold[what] = append(m.cold[what], k)
			g.Balances = append(g.Balances, Balance{Address: k.Account(), Free: 200 * tao.TAO})
			for j := range map[string]int{"add": 1, "remove": 1, "batch": 1, "move": 2, "register": busySets}[what] {
				g.Stakes = append(g.Stakes, StakeOf{Coldkey: k.Account(), Hotkey: hot(what, i*busySets+j), Amount: 10 * tao.TAO})
			}
		}
	}
	for i := range busyValidators {
		k := key(b, fmt.Sprintf("//validator%d", i))
		m.validators = append(m.validators, k)
		g.Stakes = append(g.Stakes, StakeOf{Coldkey: hot("owner", i), Hotkey: k.Account(), Amount: tao.Amount(1000+i) * tao.TAO})
	}
	for i := range busyAccounts - len(g.Balances) {
		g.Balances = append(g.Balances, Balance{Address: stranger(i), Free: tao.TAO})
	}
	p := hyper.Defaults()
	p.WeightsRateLimit, p.ImmunityPeriod, p.MaxRegsPerBlock, p.TargetRegs, p.MaxBurn = 0, 0, busyRegister, 1000, tao.TAO/10
	for n := range busySubnets {
		s := SubnetOf{Netuid: uint16(n + 1), Name: "busy", Owner: hot("owner", n), Params: p}
		for _, v := range m.validators {
			s.Hotkeys = append(s.Hotkeys, v.Account())
		}
		for i := range busyMiners {
			s.Hotkeys = append(s.Hotkeys, hot("miner", n*busyMiners+i))
		}
		g.Subnets = append(g.Subnets, s)
	}
	g.sort()
	m.world = worldOf(b, g)
	m.appoint()
	m.tree.Root()
	return m
}

// appoint gives the validators their permits, and scores by which they are not the ones to be replaced.
func (m *busy) appoint() {
	overlay := state.NewOverlay(m.tree)
	l, err := ledger.Begin(overlay, m.chainID, 0, 0)
	ok := func(err error) {
		if err != nil {
			m.t.Fatal(err)
		}
	}
	ok(err)
	all, err := subnet.All(l)
	ok(err)
	for _, s := range all {
		permits, scores := make([]bool, s.Uids), make([]uint16, s.Uids)
		for uid := range busyValidators {
			permits[uid], scores[uid] = true, 65_535
		}
		ok(subnet.PutColumn(l, s.ID, subnet.ValidatorPermit, permits))
		ok(subnet.PutColumn(l, s.ID, subnet.PruningScore, scores))
	}
	ok(l.End())
	ok(overlay.Flush(m.tree))
}

// txs signs the next block's transactions, kinds mixed.
func (m *busy) txs() [][]byte {
	const little = tao.TAO / 100
	round := int(m.height)
	var kinds [][][]byte
	kind := func(what string, make func(i int) (call string, args any)) {
		var txs [][]byte
		for i, k := range m.cold[what] {
			call, args := make(i)
			txs = append(txs, m.tx(k, call, args, 0))
		}
		kinds = append(kinds, txs)
	}
	to := func(i int) keys.Account { return stranger((i*31 + round*17) % (busyAccounts / 2)) }
	kind("transfer", func(i int) (string, any) { return "transfer", account.Transfer{To: to(i), Amount: little} })
	kind("add", func(i int) (string, any) {
		return "add_stake", stake.Add{Hotkey: hot("add", i*busySets), Amount: little}
	})
	kind("remove", func(i int) (string, any) {
		return "remove_stake", stake.Remove{Hotkey: hot("remove", i*busySets), Amount: little}
	})
	kind("move", func(i int) (string, any) {
		return "move_stake", stake.Move{FromHotkey: hot("move", i*busySets), ToHotkey: hot("move", i*busySets+1), Amount: little}
	})
	kind("batch", func(i int) (string, any) {
		return "batch", batch.Batch{Calls: []ledger.Nested{
			send(to(i+1), little), send(to(i+2), little), nested("add_stake", stake.Add{Hotkey: hot("batch", i*busySets), Amount: little}),
		}}
	})
	kind("register", func(i int) (string, any) {
		return "burned_register", registration.BurnedRegister{Netuid: uint16(i%busySubnets + 1), Hotkey: hot("register", i*busySets+round%busySets)}
	})
	var feeless [][]byte
	for n := range busySubnets {
		for i, v := range m.validators {
			c := weights.Set{Netuid: uint16(n + 1), UIDs: make([]uint16, busyRow), Values: make([]uint16, busyRow)}
			for j := range c.UIDs {
				c.UIDs[j], c.Values[j] = uint16(busyValidators+(i+j*3)%busyMiners), uint16(1+(i*j+round)%1000)
			}
			h, _, err := stake.GetHotkey(m.tree, v.Account())
			if err != nil {
				m.t.Fatal(err)
			}
			body := m.body(v, "set_weights", c, 0)
			body.Nonce = h.Nonce + uint64(n)
			raw, err := body.Sign(m.chainID, v)
			if err != nil {
				m.t.Fatal(err)
			}
			feeless = append(feeless, raw)
		}
	}
	kinds = append(kinds, feeless)
	var mixed [][]byte
	for i := 0; len(mixed) < busyCalls; i++ {
		for _, k := range kinds {
			if i < len(k) {
				mixed = append(mixed, k[i])
			}
		}
	}
	return mixed
}

// BenchmarkMixed executes blocks of 10,000 calls of seven kinds over 100,000 accounts and 32 full subnets, in memory;
// signatures are checked, each block anew. One operation is one block. Of the fastest block it says where its time went.
func BenchmarkMixed(b *testing.B) {
	m := newBusy(b)
	fastest, verified, hashed := time.Duration(1<<62), time.Duration(0), time.Duration(0)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		b.StopTimer()
		block := m.blockOf(m.txs())
		m.height++
		b.StartTimer()
		var verify time.Duration
		begun := time.Now()
		out, err := Execute(m.tree, block, func(checks []sign.Check) []bool {
			at := time.Now()
			defer func() { verify = time.Since(at) }()
			return sign.VerifyAll(checks)
		})
		if err != nil {
			b.Fatal(err)
		}
		executed := time.Now()
		m.tree.Root()
		if took := time.Since(begun); took < fastest {
			fastest, verified, hashed = took, verify, time.Since(executed)
		}
		for i, r := range out.Results {
			if r.Code != 0 {
				b.Fatalf("block %d, transaction %d: %v", m.height, i, out.Refusals[i])
			}
		}
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(busyCalls/fastest.Seconds(), "calls/s")
	b.ReportMetric(ms(verified), "signatures-ms")
	b.ReportMetric(ms(fastest-verified-hashed), "calls-ms")
	b.ReportMetric(ms(hashed), "root-ms")
}
