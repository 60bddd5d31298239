package coinbase

import (
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

func same(*hyper.Params) {}

// emissions returns what each subnet accrued in the last block.
func (m *market) emissions() map[uint16]tao.Amount {
	all, err := subnet.All(m)
	m.ok(err)
	list := map[uint16]tao.Amount{}
	for _, s := range all {
		list[s.Netuid] = s.Emission
	}
	return list
}

func (m *market) wantEmissions(when string, want map[uint16]tao.Amount) {
	m.t.Helper()
	got := m.emissions()
	for netuid, amount := range want {
		if got[netuid] != amount || len(got) != len(want) {
			m.t.Fatalf("%s: %v, want %v", when, got, want)
		}
	}
}

func TestNothingIsIssuedWithoutMembers(t *testing.T) {
	m := newMarket(t)
	m.blocks(2)
	m.subnet(1, someone(3, 1), same)
	m.blocks(2)
	if m.Totals.Issuance != 0 {
		t.Errorf("%d rao were issued", m.Totals.Issuance)
	}
}

// Until members of the root network with a tenth of all stake weigh subnets, each that has members gets the same; then
// their shares hold, from root epoch to root epoch.
func TestEmissionFollowsRootWeightsFromTheQuorumOn(t *testing.T) {
	m := newMarket(t)
	var subnets [4]subnet.Entry
	for i := range subnets {
		subnets[i] = m.subnet(uint16(i+1), someone(3, i), same)
		if i > 0 {
			m.join(&subnets[i], someone(1, i), 0)
		}
	}
	m.join(&m.root, someone(1, 50), 95*tao.TAO)
	m.join(&m.root, someone(1, 51), 900*tao.TAO)
	m.blocks(1)
	m.wantEmissions("without weights", map[uint16]tao.Amount{1: 0, 2: 333_333_334, 3: 333_333_333, 4: 333_333_333})

	m.weigh(&m.root, 0, yuma.Row{{UID: 0, Value: 500}, {UID: 2, Value: 300}, {UID: 3, Value: 100}, {UID: 1, Value: 800}, {UID: 9, Value: 1}})
	m.blocks(99) // block 100: the first root epoch
	if ended := events[RootEpochEnded](m, "RootEpochEnded", 0); len(ended) != 1 || ended[0].Stake != 95*tao.TAO || len(ended[0].Parts) != 0 {
		t.Fatalf("%+v", ended)
	}
	m.wantEmissions("below the quorum", map[uint16]tao.Amount{1: 0, 2: 333_333_334, 3: 333_333_333, 4: 333_333_333})

	m.weigh(&m.root, 1, yuma.Row{{UID: 2, Value: 3}, {UID: 3, Value: 1}})
	before := m.emissions()
	m.blocks(99)
	m.wantEmissions("before the next root epoch", before)
	m.blocks(1)
	shares, err := ReadShares(m)
	m.ok(err)
	if len(shares.Parts) != 2 || shares.Height != 200 || shares.Parts[0].ID != subnets[1].ID || shares.Parts[1].ID != subnets[2].ID {
		t.Fatalf("%+v", shares)
	}
	got := m.emissions()
	if got[2]+got[3] != tao.TAO || got[2] <= 2*got[3] || got[1] != 0 || got[4] != 0 {
		t.Errorf("%v", got)
	}

	// A removed subnet drops out at once, and what it would have got goes to the others.
	second := m.at(2)
	m.ok(subnet.Remove(m.Ledger, &second))
	m.blocks(1)
	m.wantEmissions("without subnet 2", map[uint16]tao.Amount{1: 0, 3: tao.TAO, 4: 0})
	third := m.at(3)
	m.ok(subnet.Remove(m.Ledger, &third))
	m.blocks(1)
	m.wantEmissions("without any that has a share", map[uint16]tao.Amount{1: 0, 4: tao.TAO})
}

func TestQuorumIsAShareOfAllStake(t *testing.T) {
	l := &ledger.Ledger{Params: ledger.DefaultParams(), Totals: ledger.Totals{Staked: 65535}}
	for voted, want := range map[tao.Amount]bool{0: false, 6553: false, 6554: true, 65535: true} {
		if quorum(l, voted) != want {
			t.Errorf("%d of 65535: %v", voted, !want)
		}
	}
	l.Params.RootQuorum = 0
	if quorum(l, 0) || !quorum(l, 1) {
		t.Error("without a quorum any stake is enough, and none isn't")
	}
}
