package registration

import (
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration/work"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

func TestBurnIsRecycled(t *testing.T) {
	m := newMarket(t, nil)
	before := m.Totals
	m.want(m.burn(3), 0)
	if m.uid(1, 3) != 0 || m.subnet(1).Uids != 1 {
		t.Errorf("uid %d of %d", m.uid(1, 3), m.subnet(1).Uids)
	}
	if m.Totals.Recycled != before.Recycled+tao.TAO || m.Totals.Issuance != before.Issuance-tao.TAO || m.Totals.Free != before.Free-tao.TAO {
		t.Errorf("%+v, before %+v", m.Totals, before)
	}
	want := NeuronRegistered{Netuid: 1, UID: 0, Hotkey: hot(3), Coldkey: coldkey, How: ByBurn, Burnt: tao.TAO}
	if e := lastEvent[NeuronRegistered](m, "NeuronRegistered"); e != want {
		t.Errorf("%+v, want %+v", e, want)
	}
	if rec := m.record(1); rec.Block != 1 || rec.Interval != 1 || rec.ByBurn != 1 || rec.ByWork != 0 {
		t.Errorf("%+v", rec)
	}
}

func TestBurnRefusals(t *testing.T) {
	poor, squatter := keys.Account{0xc0, 3}, keys.Account{0xc0, 4}
	register := BurnedRegister{Netuid: 1, Hotkey: hot(0)}
	for _, c := range []struct {
		name   string
		change func(*hyper.Params)
		call   BurnedRegister
		signer keys.Account
		want   ledger.Code
	}{
		{"fine", nil, register, coldkey, 0},
		{"root", nil, BurnedRegister{Netuid: 0, Hotkey: hot(0)}, coldkey, ledger.OperationNotPermittedOnRootSubnet},
		{"no subnet", nil, BurnedRegister{Netuid: 2, Hotkey: hot(0)}, coldkey, ledger.NetworkDoesNotExist},
		{"closed", func(p *hyper.Params) { p.RegistrationAllowed = false }, register, coldkey, ledger.RegistrationDisabled},
		{"work closed only", func(p *hyper.Params) { p.PowAllowed = false }, register, coldkey, 0},
		{"too poor", nil, register, poor, ledger.NotEnoughBalanceToStake},
		{"all it has", func(p *hyper.Params) { p.MinBurn = 1000 * tao.TAO; p.MaxBurn = p.MinBurn }, register, coldkey, ledger.ExistentialDeposit},
		{"another's hotkey", nil, register, squatter, ledger.NonAssociatedColdKey},
		{"nobody's hotkey", nil, BurnedRegister{Netuid: 1, Hotkey: hot(100)}, coldkey, ledger.HotKeyAccountNotExists},
		{"again", nil, BurnedRegister{Netuid: 1, Hotkey: hot(11)}, coldkey, ledger.AlreadyRegistered},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMarket(t, c.change)
			m.ok(account.Endow(m.Ledger, poor, tao.TAO-1))
			m.ok(account.Endow(m.Ledger, squatter, 2*tao.TAO))
			if c.want == ledger.AlreadyRegistered {
				m.want(m.burn(11), 0)
			}
			totals, record := m.Totals, m.record(1)
			m.want(m.run(c.call, c.signer), c.want)
			if c.want != 0 && (m.Totals != totals || m.record(1) != record) {
				t.Errorf("a refusal changed %+v to %+v, %+v to %+v", totals, m.Totals, record, m.record(1))
			}
		})
	}
}

func TestRegistrationsAreLimited(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) { easy(p); p.MaxRegsPerBlock, p.TargetRegs, p.AdjustmentInterval = 2, 1, 4 })
	m.want(m.burn(0), 0)
	m.want(m.burn(1), 0)
	m.want(m.burn(2), ledger.TooManyRegistrationsThisBlock)
	m.want(m.run(m.mine(2, m.Height-1), hot(2)), ledger.TooManyRegistrationsThisBlock)
	m.next()
	m.want(m.burn(2), 0)
	m.want(m.burn(3), ledger.TooManyRegistrationsThisInterval)
	m.want(m.run(m.mine(3, m.Height-1), hot(3)), ledger.TooManyRegistrationsThisInterval)
	m.want(m.burn(0), ledger.TooManyRegistrationsThisInterval) // before AlreadyRegistered
	for m.Height < 14 {
		m.next()
		m.want(m.burn(3), ledger.TooManyRegistrationsThisInterval)
	}
	m.next()
	m.want(m.burn(3), 0)
}

// mine makes hotkey n's work on a block for the difficulty of subnet 1.
func (m *market) mine(n int, block uint64) Register {
	m.t.Helper()
	return m.mineOn(n, block, hashOf(block))
}

func (m *market) mineOn(n int, block uint64, hash [32]byte) Register {
	m.t.Helper()
	return m.mineAt(n, block, hash, m.params(1).Difficulty)
}

// mineFor makes hotkey n's work on a block for another difficulty.
func (m *market) mineFor(n int, block, difficulty uint64) Register {
	m.t.Helper()
	return m.mineAt(n, block, hashOf(block), difficulty)
}

func (m *market) mineAt(n int, block uint64, hash [32]byte, difficulty uint64) Register {
	m.t.Helper()
	nonce, ok := work.Search(hash, hot(n), difficulty, 0, 1<<20)
	if !ok {
		m.t.Fatal("no work found")
	}
	return Register{Netuid: 1, Block: block, Nonce: nonce, Work: work.Seal(hash, hot(n), nonce), Hotkey: hot(n), Coldkey: coldkey}
}

func easy(p *hyper.Params) { p.MinDifficulty, p.MaxDifficulty = 1, 100 }

func TestWorkRegisters(t *testing.T) {
	m := newMarket(t, easy)
	before := m.Totals
	m.want(m.run(m.mine(50, m.Height-1), hot(50)), 0) // nobody's hotkey until now
	if m.uid(1, 50) != 0 {
		t.Errorf("uid %d", m.uid(1, 50))
	}
	if got, ok, err := stake.Owner(m, hot(50)); got != coldkey || !ok || err != nil {
		t.Errorf("the hotkey belongs to %s (%t, %v)", got, ok, err)
	}
	if m.Totals != before {
		t.Errorf("work cost money: %+v, before %+v", m.Totals, before)
	}
	m.want(m.run(m.mine(1, m.Height-2), hot(1)), 0)
	want := NeuronRegistered{Netuid: 1, UID: 1, Hotkey: hot(1), Coldkey: coldkey, How: ByWork}
	if e := lastEvent[NeuronRegistered](m, "NeuronRegistered"); e != want {
		t.Errorf("%+v, want %+v", e, want)
	}
	if rec := m.record(1); rec.Block != 2 || rec.Interval != 2 || rec.ByBurn != 0 || rec.ByWork != 2 {
		t.Errorf("%+v", rec)
	}
}

func TestP22WorkRefusals(t *testing.T) {
	m := newMarket(t, easy)
	now := m.Height
	good := m.mine(0, now-1)
	with := func(change func(*Register)) Register {
		c := good
		change(&c)
		return c
	}
	weak := good
	for weak.Work = work.Seal(hashOf(now-1), hot(0), weak.Nonce); work.Meets(weak.Work, 100); weak.Nonce++ {
		weak.Work = work.Seal(hashOf(now-1), hot(0), weak.Nonce+1)
	}
	foreign := m.mine(20, now-1)
	foreign.Coldkey = owner
	m.ok(stake.SetOwner(m.Ledger, hot(20), coldkey))
	m.want(m.burn(5), 0)
	for _, c := range []struct {
		name   string
		call   Register
		signer keys.Account
		want   ledger.Code
	}{
		{"P22 the next block", m.mine(0, now+1), hot(0), ledger.InvalidWorkBlock},
		{"P22 this block", m.mine(0, now), hot(0), ledger.InvalidWorkBlock},
		{"this block, hash not known yet", m.mineOn(0, now, [32]byte{}), hot(0), ledger.InvalidWorkBlock},
		{"P22 three blocks ago", m.mine(0, now-3), hot(0), ledger.InvalidWorkBlock},
		{"block 0", m.mineOn(0, 0, [32]byte{}), hot(0), ledger.InvalidWorkBlock},
		{"far ahead", with(func(c *Register) { c.Block = 1<<64 - 1 }), hot(0), ledger.InvalidWorkBlock},
		{"P22 another signer", good, hot(1), ledger.HotkeyOriginMismatch},
		{"another signer on a subnet that there isn't", with(func(c *Register) { c.Netuid = 9 }), hot(1), ledger.HotkeyOriginMismatch},
		{"root", with(func(c *Register) { c.Netuid = 0 }), hot(0), ledger.OperationNotPermittedOnRootSubnet},
		{"no subnet", with(func(c *Register) { c.Netuid = 9 }), hot(0), ledger.NetworkDoesNotExist},
		{"too little work", weak, hot(0), ledger.InvalidDifficulty},
		{"another nonce", with(func(c *Register) { c.Nonce++ }), hot(0), ledger.InvalidSeal},
		{"the hash of another block", with(func(c *Register) { c.Block-- }), hot(0), ledger.InvalidSeal},
		{"work made up", with(func(c *Register) { c.Work = [32]byte{} }), hot(0), ledger.InvalidSeal},
		{"registered", m.mine(5, now-1), hot(5), ledger.AlreadyRegistered},
		{"another's hotkey", foreign, hot(20), ledger.NonAssociatedColdKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := m.Root(t)
			m.want(m.run(c.call, c.signer), c.want)
			if m.Root(t) != before {
				t.Error("a refusal changed the state")
			}
			refusal, err := m.Scope(func() error { return c.call.Precheck(m.Ledger, c.signer) })
			m.ok(err)
			limits := c.want == ledger.AlreadyRegistered || c.want == ledger.NonAssociatedColdKey // need more than the work
			if limits != (refusal == nil) || refusal != nil && refusal.Code != c.want {
				t.Errorf("the check beforehand says %v", refusal)
			}
		})
	}
	closed := newMarket(t, func(p *hyper.Params) { easy(p); p.PowAllowed = false })
	closed.want(closed.run(good, hot(0)), ledger.RegistrationDisabled)
	open := newMarket(t, func(p *hyper.Params) { easy(p); p.RegistrationAllowed = false })
	open.want(open.run(good, hot(0)), 0)
}

// Work is bound to a hotkey and a block, not to a subnet: once used it is used everywhere, as long as a block could hold
// it, and it is kept no longer than that.
func TestWorkIsSpentOnce(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) { easy(p); p.MaxUIDs, p.MaxValidators, p.ImmunityPeriod = 1, 1, 0 })
	second := hyper.Defaults()
	second.PowAllowed, second.MinDifficulty, second.MaxDifficulty = true, 1, 100
	m.open(subnet.Subnet{Netuid: 2, Owner: owner}, second)
	used := m.mine(0, m.Height-1)
	m.want(m.run(used, hot(0)), 0)
	elsewhere := used
	elsewhere.Netuid = 2
	m.want(m.run(elsewhere, hot(0)), ledger.WorkSpent)
	if err := elsewhere.Precheck(m.Ledger, hot(0)); err == nil {
		t.Error("the check beforehand takes used work")
	}
	m.want(m.burn(1), 0) // takes the only uid, so that the hotkey could come again
	if m.uid(1, 0) != -1 {
		t.Fatalf("the hotkey has still uid %d", m.uid(1, 0))
	}
	for range 2 {
		m.want(m.run(used, hot(0)), ledger.WorkSpent)
		if m.spent() != 1 {
			t.Errorf("%d spent works are kept in block %d", m.spent(), m.Height)
		}
		m.next()
		if m.Height > used.Block+oldest {
			break
		}
	}
	m.want(m.run(used, hot(0)), ledger.InvalidWorkBlock)
	if m.spent() != 0 {
		t.Errorf("%d spent works are kept in block %d, in which none of them is good", m.spent(), m.Height)
	}
}

func (m *market) spent() (n int) {
	m.t.Helper()
	for _, err := range m.Iterate(ledger.TableGlobal.Key().Byte(ledger.FieldWork), nil) {
		m.ok(err)
		n++
	}
	return n
}
