package weights

import (
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/ledger/ledgertest"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/yuma"
)

// market is a chain with a root network and one subnet, 1, of four hotkeys that were there before block 1. Uid 0 is the
// owner's, uid 1 has a permit, uids 2 and 3 have none. Uids 1 and 2 sit on the root network.
type market struct {
	*ledger.Ledger
	t    testing.TB
	s    subnet.Entry
	root subnet.Entry
}

func hotkey(uid int) keys.Account { return keys.Account{0: 1, 31: byte(uid)} }

func newMarket(t testing.TB, change func(*hyper.Params)) *market {
	t.Helper()
	m := &market{Ledger: ledgertest.New(t), t: t}
	m.Height = 0
	p := hyper.Defaults()
	p.WeightsRateLimit = 10
	if change != nil {
		change(&p)
	}
	rootParams := hyper.Defaults()
	rootParams.MinWeights = 0
	m.root = m.create(subnet.Subnet{}, rootParams, 1, 2)
	m.s = m.create(subnet.Subnet{Netuid: 1, Hotkey: hotkey(0)}, p, 0, 1, 2, 3)
	must(t, subnet.SetElement(m.Ledger, m.s.ID, subnet.ValidatorPermit, 1, true))
	m.Height = 1
	return m
}

func (m *market) create(s subnet.Subnet, p hyper.Params, members ...int) subnet.Entry {
	m.t.Helper()
	e, err := subnet.Create(m.Ledger, s, p)
	must(m.t, err)
	for _, uid := range members {
		_, err := subnet.Append(m.Ledger, &e, hotkey(uid))
		must(m.t, err)
	}
	return e
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type call interface {
	Run(l *ledger.Ledger, signer keys.Account) error
}

// run makes a call as the chain does: wholly or not at all.
func (m *market) run(c call, uid int) ledger.Code {
	m.t.Helper()
	refusal, err := m.Scope(func() error { return c.Run(m.Ledger, hotkey(uid)) })
	must(m.t, err)
	if refusal != nil {
		return refusal.Code
	}
	return 0
}

// want makes a call and expects a code.
func (m *market) want(want ledger.Code, c call, uid int) {
	m.t.Helper()
	if got := m.run(c, uid); got != want {
		m.t.Errorf("block %d: %T of uid %d: got %s, want %s", m.Height, c, uid, got, want)
	}
}

func (m *market) row(id uint64, uid uint16) yuma.Row {
	m.t.Helper()
	row, err := Row(m.Ledger, id, uid)
	must(m.t, err)
	return row
}

// epoch moves to the epoch with an index, a block each.
func (m *market) epoch(index uint64) {
	m.t.Helper()
	m.Height++
	must(m.t, m.Put(subnet.Key(m.s.ID, subnet.FieldSchedule), subnet.Schedule{Index: index, Last: m.Height, Next: m.Height + 360}))
}

func (m *market) lastUpdate(uid int) uint64 {
	m.t.Helper()
	v, err := subnet.ReadColumn[uint64](m.Ledger, m.s.ID, subnet.LastUpdate)
	must(m.t, err)
	return v[uid]
}
