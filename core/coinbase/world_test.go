package coinbase

import (
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/ledger/ledgertest"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

// market is a chain with a root network that tests drive block by block.
type market struct {
	*ledger.Ledger
	t    testing.TB
	root subnet.Entry
}

func newMarket(t testing.TB) *market {
	m := &market{Ledger: ledgertest.New(t), t: t}
	m.Height = 0
	m.root = m.subnet(0, keys.Account{}, func(p *hyper.Params) { p.Tempo = uint16(m.Params.RootTempo) })
	return m
}

func (m *market) ok(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// subnet makes a subnet without members.
func (m *market) subnet(netuid uint16, owner keys.Account, change func(*hyper.Params)) subnet.Entry {
	m.t.Helper()
	p := hyper.Defaults()
	change(&p)
	s, err := subnet.Create(m.Ledger, subnet.Subnet{Netuid: netuid, Owner: owner}, p)
	m.ok(err)
	m.ok(registration.Open(m.Ledger, s.ID, p))
	return s
}

// join gives a hotkey, owned by itself, the next uid; stake is issued for it.
func (m *market) join(s *subnet.Entry, hotkey keys.Account, staked tao.Amount) {
	m.t.Helper()
	if _, owned, err := stake.Owner(m, hotkey); err != nil || !owned {
		m.ok(err)
		m.ok(stake.SetOwner(m.Ledger, hotkey, hotkey))
	}
	if staked > 0 {
		m.ok(stake.Endow(m.Ledger, hotkey, hotkey, staked))
	}
	_, err := subnet.Append(m.Ledger, s, hotkey)
	m.ok(err)
}

// weigh sets a uid's weights now.
func (m *market) weigh(s *subnet.Entry, uid uint16, row yuma.Row) {
	m.t.Helper()
	m.ok(subnet.PutRow(m.Ledger, s.ID, subnet.FieldWeights, uid, row))
	m.ok(subnet.SetElement(m.Ledger, s.ID, subnet.LastUpdate, uid, m.Height))
}

// blocks ends so many blocks and counts everything after each.
func (m *market) blocks(n int) {
	m.t.Helper()
	for range n {
		m.Height++
		m.ok(Step(m.Ledger, nil))
		m.audit()
	}
}

// audit holds the totals to what the entries sum up to.
func (m *market) audit() {
	m.t.Helper()
	m.ok(m.Totals.Balanced())
	pending, err := subnet.Sum(m)
	m.ok(err)
	staked, err := stake.Sum(m)
	m.ok(err)
	free, reserved, _, err := account.Sum(m)
	m.ok(err)
	if pending != m.Totals.Pending || staked != m.Totals.Staked || free != m.Totals.Free || reserved != m.Totals.Reserved {
		m.t.Fatalf("block %d: pending %d, staked %d, free %d, reserved %d; the totals are %+v", m.Height, pending, staked, free, reserved, m.Totals)
	}
}

// at returns a subnet as it is now.
func (m *market) at(netuid uint16) subnet.Entry {
	m.t.Helper()
	s, err := subnet.Must(m, netuid)
	m.ok(err)
	return s
}

// events returns the events of a name since the last call.
func events[T any](m *market, name string, since int) (list []T) {
	m.t.Helper()
	for _, e := range m.Events()[since:] {
		if e.Name != name {
			continue
		}
		var v T
		m.ok(codec.Decode(e.Data, &v))
		list = append(list, v)
	}
	return list
}
