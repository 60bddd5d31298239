package registration

import (
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/ledger/ledgertest"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// market is a ledger with the root network and a subnet 1 whose members come in as the tests want.
type market struct {
	*ledger.Ledger
	t testing.TB
}

// coldkey is rich; owner owns subnet 1.
var coldkey, owner = keys.Account{0xc0, 1}, keys.Account{0xc0, 2}

// hot is the n-th hotkey of coldkey.
func hot(n int) keys.Account { return keys.Account{0x40, byte(n >> 8), byte(n)} }

// newMarket opens a market in block 10; change sets hyperparameters of subnet 1.
func newMarket(t testing.TB, change func(*hyper.Params)) *market {
	t.Helper()
	m := &market{ledgertest.New(t), t}
	m.Height = 10
	root := hyper.Defaults()
	root.AdjustmentInterval = 100
	m.open(subnet.Subnet{Netuid: subnet.RootNetuid}, root)
	p := hyper.Defaults()
	p.PowAllowed, p.MaxRegsPerBlock, p.TargetRegs, p.MinDifficulty = true, 64, 100, 1
	if change != nil {
		change(&p)
	}
	m.open(subnet.Subnet{Netuid: 1, Owner: owner, Hotkey: keys.Account{0x0e}}, p)
	m.ok(account.Endow(m.Ledger, coldkey, 1_000*tao.TAO))
	for n := range 12 {
		m.ok(stake.SetOwner(m.Ledger, hot(n), coldkey))
	}
	m.remember()
	return m
}

func (m *market) open(s subnet.Subnet, p hyper.Params) {
	m.t.Helper()
	e, err := subnet.Create(m.Ledger, s, p)
	m.ok(err)
	m.ok(Open(m.Ledger, e.ID, p))
}

func (m *market) ok(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// hashOf is the hash of the block at height.
func hashOf(height uint64) [32]byte { return [32]byte{0xb1, byte(height)} }

func (m *market) remember() {
	m.t.Helper()
	for h := m.Height - 2; h <= m.Height; h++ {
		at := *m.Ledger
		at.Height = h
		m.ok(at.SealBlock(hashOf(h)))
	}
}

// next ends the block and begins another.
func (m *market) next() {
	m.t.Helper()
	for _, netuid := range []uint16{subnet.RootNetuid, 1} {
		s := m.subnet(netuid)
		m.ok(Adjust(m.Ledger, &s))
	}
	m.Height++
	m.ok(m.SealBlock(hashOf(m.Height)))
}

func (m *market) subnet(netuid uint16) subnet.Entry {
	m.t.Helper()
	s, err := subnet.Must(m, netuid)
	m.ok(err)
	return s
}

func (m *market) record(netuid uint16) Record {
	m.t.Helper()
	rec, err := Read(m, m.subnet(netuid).ID)
	m.ok(err)
	return rec
}

func (m *market) params(netuid uint16) hyper.Params {
	m.t.Helper()
	p, err := subnet.ReadParams(m, m.subnet(netuid).ID)
	m.ok(err)
	return p
}

type runner interface {
	Run(l *ledger.Ledger, signer keys.Account) error
}

// run runs a call as a block does, wholly or not at all, and returns its code.
func (m *market) run(c runner, signer keys.Account) ledger.Code {
	m.t.Helper()
	refusal, err := m.Scope(func() error { return c.Run(m.Ledger, signer) })
	m.ok(err)
	m.ok(m.Totals.Balanced())
	if refusal != nil {
		return refusal.Code
	}
	return 0
}

// burn registers hotkey n by burning.
func (m *market) burn(n int) ledger.Code {
	m.t.Helper()
	return m.run(BurnedRegister{Netuid: 1, Hotkey: hot(n)}, coldkey)
}

func (m *market) want(got, want ledger.Code) {
	m.t.Helper()
	if got != want {
		m.t.Errorf("got %s, want %s", got, want)
	}
}

// uid returns the uid of hotkey n on a subnet, -1 if it has none.
func (m *market) uid(netuid uint16, n int) int {
	m.t.Helper()
	uid, ok, err := subnet.UIDOf(m, m.subnet(netuid).ID, hot(n))
	m.ok(err)
	if !ok {
		return -1
	}
	return int(uid)
}

// lastEvent decodes the last event, which must have the name.
func lastEvent[T any](m *market, name string) (v T) {
	m.t.Helper()
	events := m.Events()
	if len(events) == 0 || events[len(events)-1].Name != name {
		m.t.Fatalf("the last of %d events is not %s", len(events), name)
	}
	m.ok(codec.Decode(events[len(events)-1].Data, &v))
	return v
}
