package market

import (
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/coinbase"
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

func TestP05LockCost(t *testing.T) {
	const least = 100 * tao.TAO
	if got := LockCost(least, 0, 0, 2, least); got != least {
		t.Errorf("before the first: %d", got)
	}
	if got := LockCost(least, 0, 1, 2, least); got != least {
		t.Errorf("the second, in block 1: %d", got)
	}
	for now, want := range map[uint64]tao.Amount{1: 200, 2: 150, 3: 100, 4: 100, 1000: 100} {
		if got := LockCost(least, 1, now, 2, least); got != want*tao.TAO {
			t.Errorf("in block %d: %d, want %d TAO", now, got, want)
		}
	}
	if got := LockCost(least, 4, 4, 2, least); got != 200*tao.TAO {
		t.Errorf("after that of block 4: %d", got)
	}
}

func TestP06LockCostOfTheMainNetwork(t *testing.T) {
	const interval, least = 100_800, 1000 * tao.TAO
	if got := LockCost(1000*tao.TAO, 100, 100, interval, least); got != 2000*tao.TAO {
		t.Errorf("at once: %d", got)
	}
	for after, want := range map[uint64]tao.Amount{50_400: 3_000_000_042_400, 100_800: 2_000_000_084_800, 201_600: 1000 * tao.TAO, 1 << 62: 1000 * tao.TAO} {
		if got := LockCost(2000*tao.TAO, 100, 100+after, interval, least); got != want {
			t.Errorf("%d blocks later: %d, want %d", after, got, want)
		}
	}
	if got := LockCost(tao.Cap, 1, 1, interval, least); got != tao.Cap {
		t.Errorf("more than there ever is: %d", got)
	}
}

func TestP07SubnetToPrune(t *testing.T) {
	entry := func(since uint64, emission tao.Amount) subnet.Entry {
		return subnet.Entry{Subnet: subnet.Subnet{Since: since}, Income: subnet.Income{Emission: emission}}
	}
	all := []subnet.Entry{entry(1, 5), entry(4, 4), entry(7, 4)}
	for _, c := range []struct {
		height uint64
		index  int
		ok     bool
	}{{3, 0, false}, {4, 0, true}, {6, 0, true}, {7, 1, true}, {10, 1, true}} {
		if index, ok := Prune(all, c.height, 3); ok != c.ok || ok && index != c.index {
			t.Errorf("in block %d: %d, %v, want %d, %v", c.height, index, ok, c.index, c.ok)
		}
	}
	all[1].Since, all[2].Since = 7, 4
	if index, _ := Prune(all, 100, 3); index != 2 {
		t.Errorf("of equal ones the one registered first: %d", index)
	}
}

// square is a chain with a root network where Alice and Bob have 10,000 TAO and a hotkey each.
type square struct {
	*ledger.Ledger
	t testing.TB
}

var (
	alice, bob       = keys.Account{1}, keys.Account{2}
	aliceHot, bobHot = keys.Account{11}, keys.Account{12}
)

func newSquare(t testing.TB) *square {
	m := &square{Ledger: ledgertest.New(t), t: t}
	m.Params.NetworkRateLimit, m.Params.NetworkImmunity, m.Params.SubnetLimit = 10, 20, 2
	p := hyper.Defaults()
	root, err := subnet.Create(m.Ledger, subnet.Subnet{}, p)
	m.ok(err)
	m.ok(registration.Open(m.Ledger, root.ID, p))
	for cold, hot := range map[keys.Account]keys.Account{alice: aliceHot, bob: bobHot} {
		m.ok(account.Endow(m.Ledger, cold, 10_000*tao.TAO))
		m.ok(stake.SetOwner(m.Ledger, hot, cold))
	}
	m.ok(stake.Endow(m.Ledger, bob, bobHot, tao.TAO))
	_, err = subnet.Append(m.Ledger, &root, bobHot)
	m.ok(err)
	m.Height = 10
	return m
}

func (m *square) ok(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *square) run(want ledger.Code, c interface {
	Run(*ledger.Ledger, keys.Account) error
}, signer keys.Account) {
	m.t.Helper()
	refusal, err := m.Scope(func() error { return c.Run(m.Ledger, signer) })
	m.ok(err)
	got := ledger.Code(0)
	if refusal != nil {
		got = refusal.Code
	}
	if got != want {
		m.t.Fatalf("block %d: %T %+v: %v, want %s", m.Height, c, c, refusal, want)
	}
	m.ok(m.Totals.Balanced())
}

func (m *square) to(height uint64) {
	m.t.Helper()
	for m.Height < height {
		m.ok(coinbase.Step(m.Ledger, nil))
		m.ok(m.Totals.Balanced())
		m.Height++
	}
}

func (m *square) balance(a keys.Account) account.Account {
	m.t.Helper()
	b, _, err := account.Get(m, a)
	m.ok(err)
	return b
}

func (m *square) keysOf(id uint64) (n int) {
	m.t.Helper()
	for _, err := range m.Iterate(ledger.TableSubnet.Key().U64(id), nil) {
		m.ok(err)
		n++
	}
	return n
}

func TestRegisterNetwork(t *testing.T) {
	m := newSquare(t)
	m.Height = 9
	m.run(ledger.NetworkTxRateLimitExceeded, Register{Hotkey: aliceHot}, alice)
	m.Height = 10
	m.run(ledger.HotKeyAccountNotExists, Register{Hotkey: keys.Account{99}}, alice)
	m.run(ledger.NonAssociatedColdKey, Register{Hotkey: bobHot}, alice)
	m.run(0, Register{Hotkey: aliceHot}, alice)
	s, err := subnet.Must(m, 1)
	m.ok(err)
	if s.Owner != alice || s.Hotkey != aliceHot || s.Lock != 1000*tao.TAO || s.Since != 10 || s.Uids != 1 {
		t.Errorf("%+v", s)
	}
	if uid, ok, err := subnet.UIDOf(m, s.ID, aliceHot); uid != 0 || !ok || err != nil {
		t.Error(uid, ok, err)
	}
	if b := m.balance(alice); b.Reserved != 1000*tao.TAO || b.Free != 9000*tao.TAO {
		t.Errorf("%+v", b)
	}
	m.to(19)
	m.run(ledger.NetworkTxRateLimitExceeded, Register{Hotkey: bobHot}, bob)
	m.to(20)
	m.run(0, Register{Hotkey: bobHot}, bob) // a little less than twice as much, ten blocks later
	if b := m.balance(bob); b.Reserved != 2000*tao.TAO-10*(1000*tao.TAO/100_800) {
		t.Errorf("%+v", b)
	}
	m.to(29)
	m.Params.NetworkRateLimit = 0
	m.run(ledger.AllNetworksInImmunity, Register{Hotkey: bobHot}, bob)
	m.ok(account.Debit(m.Ledger, bob, m.balance(bob).Free-3_000*tao.TAO, true, 0))
	m.Recycle(10_000*tao.TAO - m.balance(bob).Reserved - 3_000*tao.TAO)
	m.run(ledger.NotEnoughBalanceToStake, Register{Hotkey: bobHot}, bob)
}

func TestRegisterNetworkKeepsTheAccountAlive(t *testing.T) {
	m := newSquare(t)
	m.ok(account.Debit(m.Ledger, alice, 9000*tao.TAO-499, true, 0))
	m.Recycle(9000*tao.TAO - 499)
	m.run(ledger.ExistentialDeposit, Register{Hotkey: aliceHot}, alice)
	if _, ok, err := subnet.Get(m, 1); ok || err != nil {
		t.Error("a refused registration left a subnet", err)
	}
}

// Past immunity the subnet that earns least makes room: its owner has the lock back, its pending emission is recycled,
// no key of it is left, root weights toward it are gone, and its netuid begins anew.
func TestSubnetThatEarnsLeastMakesRoom(t *testing.T) {
	m := newSquare(t)
	m.run(0, Register{Hotkey: aliceHot}, alice)
	m.to(20)
	m.run(0, Register{Hotkey: bobHot}, bob)
	old, err := subnet.Must(m, 1)
	m.ok(err)
	fill(m, &old)
	root, err := subnet.Must(m, 0)
	m.ok(err)
	m.ok(subnet.PutRow(m.Ledger, root.ID, subnet.FieldWeights, 0, yuma.Row{{UID: 1, Value: 5}, {UID: 2, Value: 6}}))
	m.to(30)
	old, err = subnet.Must(m, 1)
	m.ok(err)
	recycled, reserved := m.Totals.Recycled, m.balance(bob).Reserved
	m.run(0, Register{Hotkey: bobHot}, bob) // subnet 1 is 20 blocks old, subnet 2 isn't
	if b := m.balance(alice); b.Reserved != 0 || b.Free != 10_000*tao.TAO {
		t.Errorf("the owner has %+v", b)
	}
	if got := m.Totals.Recycled - recycled; got != old.Pending || got == 0 {
		t.Errorf("%d were recycled, %d were pending", got, old.Pending)
	}
	if m.balance(bob).Reserved <= reserved {
		t.Error("the new lock isn't reserved")
	}
	row, err := subnet.ReadRow(m, root.ID, subnet.FieldWeights, 0)
	if m.ok(err); len(row) != 1 || row[0].UID != 2 {
		t.Errorf("root weights %v", row)
	}
	m.to(31)
	if n := m.keysOf(old.ID); n != 0 {
		t.Errorf("%d keys of the old subnet are left", n)
	}
	s, err := subnet.Must(m, 1)
	m.ok(err)
	p, err := subnet.ReadParams(m, s.ID)
	m.ok(err)
	identity, err := subnet.ReadIdentity(m, s.ID)
	m.ok(err)
	if s.ID == old.ID || s.Owner != bob || s.Uids != 1 || p != hyper.Defaults() || identity != (subnet.Identity{}) {
		t.Errorf("%+v, %+v", s, identity)
	}
	if _, ok, err := subnet.UIDOf(m, s.ID, aliceHot); ok || err != nil {
		t.Error("a member of the old subnet is in the new one", err)
	}
}

// fill gives a subnet something under every field that there is.
func fill(m *square, s *subnet.Entry) {
	p, err := subnet.ReadParams(m, s.ID)
	m.ok(err)
	p.Kappa = 1
	m.ok(subnet.PutParams(m.Ledger, s.ID, p))
	m.ok(subnet.Name(m.Ledger, s.ID, "old"))
	for f := subnet.FieldSubnet; f <= subnet.FieldParents+8; f++ {
		if m.has(s.ID, f) {
			continue
		}
		for uid := range uint16(100) {
			m.ok(m.Put(subnet.Key(s.ID, f).U16(uid), []byte{1}))
			if f == subnet.FieldWeights || f == subnet.FieldBonds || f == subnet.FieldCommits {
				break // only of uids that are there
			}
		}
	}
	m.ok(subnet.PutRow(m.Ledger, s.ID, subnet.FieldWeights, 0, yuma.Row{{UID: 0, Value: 1}}))
	m.ok(subnet.PutRow(m.Ledger, s.ID, subnet.FieldBonds, 0, yuma.Row{{UID: 0, Value: 1}}))
	m.ok(m.Delete(subnet.Key(s.ID, subnet.FieldCommits).U16(0)))
}

func (m *square) has(id uint64, f subnet.Field) bool {
	for range m.Iterate(subnet.Key(id, f), nil) {
		return true
	}
	return false
}

// A large subnet is gone at once and deleted bit by bit.
func TestRemovalIsBounded(t *testing.T) {
	m := newSquare(t)
	m.run(0, Register{Hotkey: aliceHot}, alice)
	s, err := subnet.Must(m, 1)
	m.ok(err)
	for i := range 5000 {
		m.ok(m.Put(subnet.Key(s.ID, subnet.FieldParents).U16(uint16(i)), []byte{1}))
	}
	m.run(0, Dissolve{Netuid: 1}, alice)
	if _, ok, err := subnet.Get(m, 1); ok || err != nil {
		t.Error("the subnet is still there", err)
	}
	before, blocks := m.keysOf(s.ID), 0
	for m.keysOf(s.ID) > 0 {
		m.to(m.Height + 1)
		now := m.keysOf(s.ID)
		if before-now > 2048 || before == now {
			t.Fatalf("a block deleted %d of %d keys", before-now, before)
		}
		before = now
		blocks++
	}
	if blocks != 3 {
		t.Errorf("%d blocks", blocks)
	}
	if raw, err := m.Get(ledger.TableGlobal.Key().Byte(ledger.FieldRemoved)); raw != nil || err != nil {
		t.Errorf("%x, %v", raw, err)
	}
}

func TestDissolveNetwork(t *testing.T) {
	m := newSquare(t)
	m.run(ledger.NetworkDoesNotExist, Dissolve{Netuid: 1}, alice)
	m.run(ledger.NotSubnetOwner, Dissolve{Netuid: 0}, keys.Account{})
	m.run(0, Register{Hotkey: aliceHot}, alice)
	m.run(ledger.NotSubnetOwner, Dissolve{Netuid: 1}, bob)
	m.to(12)
	m.run(0, Dissolve{Netuid: 1}, alice)
	if b := m.balance(alice); b.Reserved != 0 || b.Free != 10_000*tao.TAO || m.Totals.Pending != 0 || m.Totals.Reserved != 0 {
		t.Errorf("%+v, %+v", b, m.Totals)
	}
	m.to(13)
	m.Params.NetworkRateLimit = 0
	m.run(0, Register{Hotkey: bobHot}, bob)
}

// A subnet that is handed over takes its lock along; the old owner's hotkey loses what it had as the owner's.
func TestNewOwner(t *testing.T) {
	m := newSquare(t)
	m.run(0, Register{Hotkey: aliceHot}, alice)
	m.run(ledger.NotSubnetOwner, subnet.TransferOwnership{Netuid: 1, NewOwner: bob}, bob)
	m.run(ledger.SameOwner, subnet.TransferOwnership{Netuid: 1, NewOwner: alice}, alice)
	m.run(ledger.NetworkDoesNotExist, subnet.TransferOwnership{Netuid: 2, NewOwner: alice}, alice)
	m.run(0, subnet.TransferOwnership{Netuid: 1, NewOwner: bob}, alice)
	s, err := subnet.Must(m, 1)
	m.ok(err)
	if s.Owner != bob || s.Hotkey != (keys.Account{}) || m.balance(alice).Reserved != 0 || m.balance(bob).Reserved != 1000*tao.TAO {
		t.Errorf("%+v, %+v, %+v", s, m.balance(alice), m.balance(bob))
	}
	m.run(ledger.NotSubnetOwner, SetHotkey{Netuid: 1, Hotkey: aliceHot}, alice)
	m.run(ledger.NonAssociatedColdKey, SetHotkey{Netuid: 1, Hotkey: aliceHot}, bob)
	m.run(ledger.HotKeyNotRegisteredInSubNet, SetHotkey{Netuid: 1, Hotkey: bobHot}, bob)
	_, err = subnet.Append(m.Ledger, &s, bobHot)
	m.ok(err)
	m.run(0, SetHotkey{Netuid: 1, Hotkey: bobHot}, bob)
	m.run(0, Dissolve{Netuid: 1}, bob)
	if b := m.balance(bob); b.Reserved != 0 || b.Free != 11_000*tao.TAO {
		t.Errorf("%+v", b)
	}
}
