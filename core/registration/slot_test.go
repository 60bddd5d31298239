package registration

import (
	"math"
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
	"pgregory.net/rapid"
)

// Root is the root of all that the market holds.
func (m *market) Root(t testing.TB) state.Root {
	t.Helper()
	tree, ok := m.Writer.(*state.Tree)
	if !ok {
		t.Fatal("the ledger is not over a tree")
	}
	return tree.Root()
}

func TestLowestScore(t *testing.T) {
	const most = math.MaxUint16
	for _, c := range []struct {
		name   string
		scores []uint16
		who    []standing
		uid    uint16
		ok     bool
	}{
		{"the least", []uint16{5, 3, 4}, []standing{open, open, open}, 1, true},
		{"the later of equal ones", []uint16{3, 5, 3}, []standing{open, open, open}, 2, true},
		{"immune ones stay", []uint16{1, 5, 3}, []standing{immune, open, open}, 2, true},
		{"the first of equal immune ones", []uint16{9, 2, 2}, []standing{immune, immune, immune}, 1, true},
		{"immune ones when the others are at the top", []uint16{most, 2, 4}, []standing{open, immune, immune}, 1, true},
		{"just replaced", []uint16{most, 2, 4}, []standing{open, open, open}, 1, true},
		{"the owner's", []uint16{0, 7, 4}, []standing{safe, open, open}, 2, true},
		{"nobody below the top", []uint16{most, most, 0}, []standing{open, immune, safe}, 0, false},
		{"nobody", nil, nil, 0, false},
	} {
		if uid, ok := lowest(c.scores, func(uid uint16) standing { return c.who[uid] }); uid != c.uid || ok != c.ok {
			t.Errorf("%s: uid %d (%t), want %d (%t)", c.name, uid, ok, c.uid, c.ok)
		}
	}
}

// The rule as the reference chain's loop has it, but for who is safe and for finding nobody.
func referenceLowest(scores []uint16, immune []bool) (uint16, bool) {
	least, leastImmune := uint16(math.MaxUint16), uint16(math.MaxUint16)
	var at, atImmune uint16
	for i, score := range scores {
		switch {
		case score > least:
		case immune[i] && leastImmune > score:
			leastImmune, atImmune = score, uint16(i)
		case !immune[i]:
			least, at = score, uint16(i)
		}
	}
	if least == math.MaxUint16 {
		return atImmune, leastImmune < math.MaxUint16
	}
	return at, true
}

func TestLowestScoreIsTheReferences(t *testing.T) {
	scores := rapid.OneOf(rapid.Uint16Range(0, 3), rapid.Just(uint16(math.MaxUint16)), rapid.Uint16())
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SliceOfN(scores, 1, 12).Draw(t, "scores")
		young := rapid.SliceOfN(rapid.Bool(), len(s), len(s)).Draw(t, "immune")
		uid, ok := lowest(s, func(uid uint16) standing {
			if young[uid] {
				return immune
			}
			return open
		})
		want, wantOK := referenceLowest(s, young)
		if ok != wantOK || ok && uid != want {
			t.Fatalf("uid %d (%t), the reference has %d (%t)", uid, ok, want, wantOK)
		}
	})
}

// full is a market whose subnet 1 has three neurons past immunity with the pruning scores given, and of which the owner
// has the hotkey ownerN, if that is one of theirs.
func full(t *testing.T, ownerN int, scores ...uint16) *market {
	m := newMarket(t, func(p *hyper.Params) { p.MaxUIDs, p.MaxValidators, p.ImmunityPeriod = 3, 3, 5 })
	for n := range 3 {
		m.want(m.burn(n), 0)
	}
	s := m.subnet(1)
	if ownerN >= 0 {
		s.Hotkey = hot(ownerN)
		m.ok(m.Put(subnet.Key(s.ID, subnet.FieldSubnet), s.Subnet))
	}
	m.ok(subnet.PutColumn(m.Ledger, s.ID, subnet.PruningScore, scores))
	for range 5 {
		m.next()
	}
	return m
}

func TestNewcomerReplacesTheLowestScore(t *testing.T) {
	m := full(t, -1, 30, 10, 20)
	s := m.subnet(1)
	m.ok(subnet.SetElement(m.Ledger, s.ID, subnet.ValidatorPermit, 1, true))
	m.ok(subnet.SetElement(m.Ledger, s.ID, subnet.Incentive, 1, uint16(7)))
	m.ok(subnet.PutRow(m.Ledger, s.ID, subnet.FieldWeights, 1, yuma.Row{{UID: 0, Value: 9}}))
	m.ok(subnet.PutRow(m.Ledger, s.ID, subnet.FieldWeights, 0, yuma.Row{{UID: 1, Value: 9}, {UID: 2, Value: 8}}))
	m.want(m.burn(5), 0)
	if m.uid(1, 5) != 1 || m.uid(1, 1) != -1 || m.subnet(1).Uids != 3 {
		t.Fatalf("the newcomer has uid %d, the old one %d", m.uid(1, 5), m.uid(1, 1))
	}
	events := m.Events()
	if e := events[len(events)-2]; e.Name != "NeuronReplaced" {
		t.Errorf("the event before is %s", e.Name)
	}
	scores, err := subnet.ReadColumn[uint16](m, s.ID, subnet.PruningScore)
	m.ok(err)
	permits, err := subnet.ReadColumn[bool](m, s.ID, subnet.ValidatorPermit)
	m.ok(err)
	incentive, err := subnet.ReadColumn[uint16](m, s.ID, subnet.Incentive)
	m.ok(err)
	since, err := subnet.ReadColumn[uint64](m, s.ID, subnet.RegisteredAt)
	m.ok(err)
	if scores[1] != math.MaxUint16 || permits[1] || incentive[1] != 0 || since[1] != m.Height {
		t.Errorf("the newcomer has score %d, permit %t, incentive %d, since %d", scores[1], permits[1], incentive[1], since[1])
	}
	rows, err := subnet.ReadRows(m, s.ID, subnet.FieldWeights, 3)
	m.ok(err)
	if len(rows[1]) != 0 || len(rows[0]) != 1 || rows[0][0].UID != 2 {
		t.Errorf("rows of weights are %v", rows)
	}
	// Others take other uids before the next epoch, the last one finds none.
	m.want(m.burn(6), 0)
	m.want(m.burn(7), 0)
	if m.uid(1, 6) != 2 || m.uid(1, 7) != 0 {
		t.Errorf("the next newcomers have the uids %d and %d", m.uid(1, 6), m.uid(1, 7))
	}
	totals := m.Totals
	m.want(m.burn(8), ledger.NoNeuronIdAvailable)
	if m.Totals != totals {
		t.Error("a registration that failed cost its burn")
	}
}

func TestOwnersHotkeyStays(t *testing.T) {
	m := full(t, 1, 30, 10, 20)
	m.want(m.burn(5), 0)
	m.want(m.burn(6), 0)
	if m.uid(1, 1) != 1 || m.uid(1, 5) != 2 || m.uid(1, 6) != 0 {
		t.Errorf("uids: owner %d, newcomers %d and %d", m.uid(1, 1), m.uid(1, 5), m.uid(1, 6))
	}
	m.want(m.burn(7), ledger.NoNeuronIdAvailable)
}

func TestImmunityEndsAfterItsBlocks(t *testing.T) {
	m := newMarket(t, func(p *hyper.Params) { p.MaxUIDs, p.MaxValidators, p.ImmunityPeriod = 2, 2, 3 })
	m.want(m.burn(0), 0)
	m.next()
	m.want(m.burn(1), 0)
	s := m.subnet(1)
	m.ok(subnet.PutColumn(m.Ledger, s.ID, subnet.PruningScore, []uint16{9, 1}))
	m.next()
	m.next() // uid 0 is past immunity, uid 1 in its last immune block
	m.want(m.burn(2), 0)
	if m.uid(1, 2) != 0 {
		t.Errorf("the newcomer has uid %d", m.uid(1, 2))
	}
}

func (m *market) stake(n int, amount tao.Amount) {
	m.t.Helper()
	m.ok(stake.Endow(m.Ledger, coldkey, hot(n), amount))
}

func (m *market) seat(n int) ledger.Code {
	m.t.Helper()
	return m.run(RootRegister{Hotkey: hot(n)}, coldkey)
}

func TestRootSeats(t *testing.T) {
	m := newMarket(t, nil)
	m.Params.RootSeats = 2
	root := m.subnet(subnet.RootNetuid)
	p, err := subnet.ReadParams(m, root.ID)
	m.ok(err)
	p.MaxRegsPerBlock, p.TargetRegs = 64, 2
	m.ok(m.Put(subnet.Key(root.ID, subnet.FieldParams), p))
	for n, amount := range []tao.Amount{20, 20, 20, 21, 30} {
		m.stake(n, amount*tao.TAO)
	}
	m.want(m.run(RootRegister{Hotkey: hot(0)}, owner), ledger.NonAssociatedColdKey) // the reference takes it
	m.want(m.seat(100), ledger.HotKeyAccountNotExists)
	m.want(m.seat(0), 0)
	m.want(m.seat(0), ledger.AlreadyRegistered)
	m.want(m.seat(1), 0)
	want := NeuronRegistered{Netuid: 0, UID: 1, Hotkey: hot(1), Coldkey: coldkey, How: ByRoot}
	if e := lastEvent[NeuronRegistered](m, "NeuronRegistered"); e != want {
		t.Errorf("%+v, want %+v", e, want)
	}
	if h, _, err := stake.GetHotkey(m, hot(1)); err != nil || !h.Delegate || uint64(h.Take) != m.Params.DefaultTake {
		t.Errorf("with a seat: %+v (%v)", h, err)
	}
	m.want(m.seat(2), ledger.StakeTooLowForRoot) // as much is not more
	// Root weights are about subnets: who votes for subnet 0 or 1 is not heard less when that seat changes hands.
	m.ok(subnet.PutRow(m.Ledger, root.ID, subnet.FieldWeights, 0, yuma.Row{{UID: 1, Value: 5}}))
	m.ok(subnet.PutRow(m.Ledger, root.ID, subnet.FieldWeights, 1, yuma.Row{{UID: 0, Value: 5}, {UID: 1, Value: 4}}))
	m.want(m.seat(3), 0)
	if m.uid(0, 3) != 0 || m.uid(0, 0) != -1 || m.subnet(0).Uids != 2 {
		t.Errorf("seats: %d, %d of %d", m.uid(0, 3), m.uid(0, 0), m.subnet(0).Uids)
	}
	rows, err := subnet.ReadRows(m, root.ID, subnet.FieldWeights, 2)
	m.ok(err)
	if len(rows[0]) != 0 || len(rows[1]) != 2 {
		t.Errorf("root weights are %v", rows)
	}
	m.want(m.seat(4), 0)
	if m.uid(0, 4) != 1 {
		t.Errorf("the next newcomer has seat %d", m.uid(0, 4))
	}
	if rec := m.record(0); rec.Block != 4 || rec.Interval != 4 || rec.ByBurn != 0 || rec.ByWork != 0 {
		t.Errorf("%+v", rec)
	}
}

func TestRootIsLimited(t *testing.T) {
	m := newMarket(t, nil) // one in a block, three in 100 blocks
	m.want(m.seat(0), 0)
	m.want(m.seat(1), ledger.TooManyRegistrationsThisBlock)
	for n := 1; n < 3; n++ {
		m.next()
		m.want(m.seat(n), 0)
	}
	m.next()
	m.want(m.seat(3), ledger.TooManyRegistrationsThisInterval)
	for m.Height <= 110 {
		m.next()
	}
	m.want(m.seat(3), 0)
	if rec := m.record(0); rec.Burn != tao.TAO {
		t.Errorf("the root network's burn moved: %+v", rec)
	}
	if _, ok, _ := stake.Owner(m, keys.Account{}); ok {
		t.Error("nobody's key has an owner")
	}
}
