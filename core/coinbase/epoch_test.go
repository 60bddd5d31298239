package coinbase

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

// More epochs due than a block may run: in the order of (due block, netuid), later blocks run the others, and each is due
// again a tempo after the block in which it was due.
func TestEpochsWaitAndNoneIsLost(t *testing.T) {
	m := newMarket(t)
	m.Params.EpochsPerBlock = 2
	for _, netuid := range []uint16{1, 2, 3, 4, 5} {
		tempo := uint16(10)
		if netuid == 1 {
			tempo = 11
		}
		s := m.subnet(netuid, someone(3, int(netuid)), func(p *hyper.Params) { p.Tempo = tempo })
		m.join(&s, someone(1, int(netuid)), 0)
	}
	type ran struct {
		height uint64
		netuid uint16
	}
	var got []ran
	for range 36 {
		before := len(m.Events())
		m.blocks(1)
		for _, e := range events[EpochEnded](m, "EpochEnded", before) {
			got = append(got, ran{m.Height, e.Netuid})
		}
	}
	want := []ran{
		{10, 2}, {10, 3}, {11, 4}, {11, 5}, {12, 1}, // 1 was due at 11, and waited
		{20, 2}, {20, 3}, {21, 4}, {21, 5}, {22, 1},
		{30, 2}, {30, 3}, {31, 4}, {31, 5}, {33, 1},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	schedule, err := subnet.ReadSchedule(m, m.at(1).ID)
	m.ok(err)
	if schedule != (subnet.Schedule{Index: 3, Last: 33, Before: 22, Next: 44}) {
		t.Errorf("%+v", schedule)
	}
}

// One validator, one miner and an owner: 18 % to the owner, the rest half and half, all of it out of what was pending.
func TestEpochPaysOwnerMinersAndValidators(t *testing.T) {
	m := newMarket(t)
	owner := someone(3, 1)
	s := m.subnet(1, owner, func(p *hyper.Params) { p.Tempo = 10 })
	m.join(&s, someone(1, 0), 100*tao.TAO)
	m.join(&s, someone(1, 1), 0)
	m.ok(subnet.SetElement(m.Ledger, s.ID, subnet.ValidatorPermit, 0, true))
	m.blocks(1)
	m.weigh(&s, 0, yuma.Row{{UID: 1, Value: 65535}})
	m.blocks(9)
	ended := events[EpochEnded](m, "EpochEnded", 0)
	cut := 10 * tao.TAO * 11796 / 65535
	if len(ended) != 1 || ended[0].OwnerCut != cut || ended[0].Index != 0 || ended[0].Emission+cut+ended[0].Pending != 10*tao.TAO {
		t.Fatalf("%+v", ended)
	}
	paid := events[EmissionPaid](m, "EmissionPaid", 0)[0]
	half := uint64((10*tao.TAO - cut) / 2)
	if !slices.Equal(paid.Server, []uint64{0, half}) || !slices.Equal(paid.Validator, []uint64{half, 0}) {
		t.Errorf("%+v, want %d each", paid, half)
	}
	a, _, err := account.Get(m, owner)
	m.ok(err)
	if a.Free != cut {
		t.Errorf("the owner has %d, want %d", a.Free, cut)
	}
	for uid, want := range []tao.Amount{100*tao.TAO + tao.Amount(half), tao.Amount(half)} {
		if got, err := stake.Total(m, someone(1, uid)); err != nil || got != want {
			t.Errorf("uid %d has %d staked, want %d; %v", uid, got, want, err)
		}
	}
	if now := m.at(1); now.Pending != ended[0].Pending || now.Pending > 1 {
		t.Errorf("pending: %d", now.Pending)
	}
	for c, want := range map[subnet.Column][]uint64{subnet.ServerEmission: {0, half}, subnet.ValidatorEmission: {half, 0}} {
		if got, err := subnet.ReadColumn[uint64](m, s.ID, c); err != nil || !slices.Equal(got, want) {
			t.Errorf("column %d: %v, %v", c, got, err)
		}
	}
	if bonds, err := subnet.ReadRow(m, s.ID, subnet.FieldBonds, 0); err != nil || !slices.Equal(bonds, yuma.Row{{UID: 1, Value: 65535}}) {
		t.Errorf("bonds %v, %v", bonds, err)
	}
}

// A subnet that nobody is in has epochs, too: its owner's parameters freeze and thaw, commits have their index.
func TestEpochOfAnEmptySubnet(t *testing.T) {
	m := newMarket(t)
	s := m.subnet(1, someone(3, 1), func(p *hyper.Params) { p.Tempo = 5 })
	m.blocks(11)
	if got, err := subnet.ReadSchedule(m, s.ID); err != nil || got != (subnet.Schedule{Index: 2, Last: 10, Before: 5, Next: 15}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// A cut that is less than an account begins with waits until it is enough.
func TestCutThatTheOwnerCannotGetStaysPending(t *testing.T) {
	m := newMarket(t)
	m.Params.OwnerCut = 1
	m.Params.ExistentialDeposit = 40_000
	s := m.subnet(1, someone(3, 1), func(p *hyper.Params) { p.Tempo = 1 })
	m.join(&s, someone(1, 0), tao.TAO)
	m.blocks(2) // 10^9/65535 = 15259 a block; the second and the third come on top of what waits
	if got := m.at(1).Pending; got < 15_259 || m.Totals.Free != 0 {
		t.Fatalf("pending %d, free %d", got, m.Totals.Free)
	}
	if paid := events[EpochEnded](m, "EpochEnded", 0); len(paid) != 2 || paid[1].OwnerCut != 0 {
		t.Fatalf("%+v", paid)
	}
	m.Params.ExistentialDeposit = 500
	m.blocks(1)
	if m.Totals.Free == 0 {
		t.Error("the owner got nothing")
	}
}

// Whatever members do, nothing is lost: after each block the entries sum up to the totals, and all that was issued is
// somewhere.
func TestRandomMarket(t *testing.T) {
	m := newMarket(t)
	m.Params.EpochsPerBlock = 3
	r := rand.New(rand.NewPCG(3, 4))
	var subnets []subnet.Entry
	for i := range 6 {
		s := m.subnet(uint16(i+1), someone(3, i), func(p *hyper.Params) {
			p.Tempo, p.Yuma3, p.LiquidAlpha, p.MaxValidators = uint16(5+i), i%2 == 1, i%4 == 3, 4
			p.ActivityCutoffFactor, p.CommitReveal = 2000, i == 2
		})
		for uid := range 1 + r.IntN(12) {
			m.join(&s, someone(1, 20*i+uid), tao.Amount(r.Uint64N(uint64(tao.TAO))))
		}
		s.Hotkey = someone(1, 20*i)
		m.ok(subnet.PutSubnet(m.Ledger, &s))
		subnets = append(subnets, s)
	}
	for i := range 5 {
		m.join(&m.root, someone(1, 20*i), 0)
	}
	for range 300 {
		s := &subnets[r.IntN(len(subnets))]
		var row yuma.Row
		for range r.IntN(8) {
			row = append(row, yuma.Entry{UID: uint16(r.IntN(int(s.Uids) + 1)), Value: uint16(r.Uint32())})
		}
		m.weigh(s, uint16(r.IntN(int(s.Uids))), row)
		if r.IntN(10) == 0 {
			m.weigh(&m.root, uint16(r.IntN(5)), yuma.Row{{UID: uint16(r.IntN(8)), Value: uint16(r.Uint32())}, {UID: 3, Value: 100}})
		}
		m.blocks(1)
	}
	if paid := m.Totals.Staked; paid < 200*tao.TAO {
		t.Errorf("only %d were paid", paid)
	}
}

// The inputs of an epoch are the subnet's: the same epochs by hand give the same.
func TestEpochIsThatOfTheState(t *testing.T) {
	m := newMarket(t)
	s := m.subnet(1, someone(3, 1), func(p *hyper.Params) { p.Tempo, p.MaxValidators = 20, 3 })
	in := &yuma.Inputs{
		Params: yuma.Params{
			Tempo: 20, ActivityCutoffFactor: 13_889, Kappa: 32767, BondsMovingAverage: 900_000, BondsPenalty: 65535,
			AlphaLow: 45875, AlphaHigh: 58982, AlphaSteepness: 1000, MaxValidators: 3,
		},
		N: 8, Block: 20, Owner: 7, Emission: uint64(20*tao.TAO - part(20*tao.TAO, 11796)),
		LastUpdate: []uint64{1, 1, 1, 1, 0, 0, 0, 1}, RegisteredAt: make([]uint64, 8), TaoStake: make([]uint64, 8),
		AlphaStake: make([]uint64, 8), ValidatorPermit: make([]bool, 8), Weights: make([]yuma.Row, 8), Bonds: make([]yuma.Row, 8),
	}
	for uid := range 8 {
		if uid < 4 || uid == 7 {
			in.AlphaStake[uid], in.ValidatorPermit[uid] = uint64(uid+1)*uint64(tao.TAO), uid < 4
			in.Weights[uid] = yuma.Row{{UID: 4, Value: 16383}, {UID: 5, Value: 32767}, {UID: 6, Value: 49149}, {UID: 7, Value: 65535}}
		}
		m.join(&s, someone(1, uid), tao.Amount(in.AlphaStake[uid]))
		m.ok(subnet.SetElement(m.Ledger, s.ID, subnet.ValidatorPermit, uint16(uid), in.ValidatorPermit[uid]))
	}
	s.Hotkey = someone(1, 7)
	m.ok(subnet.PutSubnet(m.Ledger, &s))
	in.Bonds[0] = yuma.Row{{UID: 4, Value: 9}}
	m.ok(subnet.PutRow(m.Ledger, s.ID, subnet.FieldBonds, 0, in.Bonds[0]))
	m.blocks(1)
	for uid, row := range in.Weights {
		if row != nil {
			m.weigh(&s, uint16(uid), row)
		}
	}
	m.blocks(19)
	out := m.wantEpoch(s.ID, in)
	if out.ValidatorPermit[0] || !out.ValidatorPermit[7] {
		t.Fatalf("permits %v: the case wants one to be lost, and the owner's", out.ValidatorPermit)
	}

	in.Block, in.LastEpochBlock, in.ValidatorPermit, in.Bonds = 40, 20, out.ValidatorPermit, out.Bonds
	pending := m.at(1).Pending + 20*tao.TAO
	in.Emission = uint64(pending - part(pending, 11796))
	for uid := range in.AlphaStake {
		total, err := stake.Total(m, someone(1, uid))
		m.ok(err)
		in.AlphaStake[uid] = uint64(total)
	}
	m.blocks(20)
	m.wantEpoch(s.ID, in)
}

// wantEpoch computes an epoch and holds the last one of a subnet to it.
func (m *market) wantEpoch(id uint64, in *yuma.Inputs) *yuma.Outputs {
	m.t.Helper()
	want, err := yuma.Epoch(in)
	m.ok(err)
	all := events[EmissionPaid](m, "EmissionPaid", 0)
	if paid := all[len(all)-1]; !slices.Equal(paid.Server, want.ServerEmission) || !slices.Equal(paid.Validator, want.ValidatorEmission) {
		m.t.Errorf("%+v, want %v and %v", paid, want.ServerEmission, want.ValidatorEmission)
	}
	for c, want := range map[subnet.Column][]uint16{
		subnet.Consensus: want.Consensus, subnet.Incentive: want.Incentive, subnet.Dividends: want.Dividends,
		subnet.ValidatorTrust: want.ValidatorTrust, subnet.StakeWeight: want.StakeWeight, subnet.PruningScore: want.PruningScore,
	} {
		if got, err := subnet.ReadColumn[uint16](m, id, c); err != nil || !slices.Equal(got, want) {
			m.t.Errorf("column %d: %v, want %v; %v", c, got, want, err)
		}
	}
	for c, want := range map[subnet.Column][]bool{subnet.Active: want.Active, subnet.ValidatorPermit: want.ValidatorPermit} {
		if got, err := subnet.ReadColumn[bool](m, id, c); err != nil || !slices.Equal(got, want) {
			m.t.Errorf("column %d: %v, want %v; %v", c, got, want, err)
		}
	}
	for uid, row := range want.Bonds {
		if got, err := subnet.ReadRow(m, id, subnet.FieldBonds, uint16(uid)); err != nil || !slices.Equal(got, row) {
			m.t.Errorf("bonds of %d: %v, want %v; %v", uid, got, row, err)
		}
	}
	return want
}
