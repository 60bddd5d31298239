package registration

import (
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/subnet"
	"pgregory.net/rapid"
)

// Whoever comes in however: every uid has one hotkey and every hotkey one uid, there are no more than allowed, the
// counters say what happened within their limits, and money leaves only by burning.
func TestRandomRegistrations(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newMarket(t, func(p *hyper.Params) {
			easy(p)
			p.MaxUIDs, p.MaxValidators = 4, 4
			p.ImmunityPeriod = rapid.Uint16Range(0, 3).Draw(rt, "immunity")
			p.MaxRegsPerBlock = rapid.Uint16Range(1, 3).Draw(rt, "per block")
			p.TargetRegs = rapid.Uint16Range(1, 2).Draw(rt, "target")
			p.AdjustmentInterval = rapid.Uint16Range(1, 4).Draw(rt, "interval")
			p.AdjustmentAlpha = 0
		})
		s := m.subnet(1)
		s.Hotkey = hot(0)
		m.ok(m.Put(subnet.Key(s.ID, subnet.FieldSubnet), s.Subnet))
		p, err := subnet.ReadParams(m, s.ID)
		m.ok(err)
		ownerIn := false
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			n := rapid.IntRange(0, 9).Draw(rt, "hotkey")
			issued, burn := m.Totals.Issuance, m.record(1).Burn
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				if m.burn(n) == 0 {
					issued -= burn
				}
			case 1:
				m.run(m.mine(n, m.Height-1), hot(n))
			case 2:
				m.next()
			case 3: // an epoch
				scores := rapid.SliceOfN(rapid.Uint16Range(0, 3), int(m.subnet(1).Uids), int(m.subnet(1).Uids))
				m.ok(subnet.PutColumn(m.Ledger, s.ID, subnet.PruningScore, scores.Draw(rt, "scores")))
			}
			if m.Totals.Issuance != issued {
				rt.Fatalf("the issuance is %d, want %d", m.Totals.Issuance, issued)
			}
			ownerIn = ownerIn || m.uid(1, 0) >= 0
			checkMembers(rt, m, p, ownerIn)
		}
	})
}

func checkMembers(t *rapid.T, m *market, p hyper.Params, ownerIn bool) {
	s, rec := m.subnet(1), m.record(1)
	hotkeys, err := subnet.Hotkeys(m, s.ID, s.Uids)
	m.ok(err)
	for uid, hotkey := range hotkeys {
		if back, ok, err := subnet.UIDOf(m, s.ID, hotkey); int(back) != uid || !ok || err != nil {
			t.Fatalf("uid %d has %s, which has uid %d (%t, %v)", uid, hotkey, back, ok, err)
		}
	}
	in := 0
	for n := range 10 {
		if m.uid(1, n) >= 0 {
			in++
		}
	}
	if in != int(s.Uids) || s.Uids > p.MaxUIDs || ownerIn && m.uid(1, 0) < 0 {
		t.Fatalf("%d hotkeys have %d uids; the owner's has %d", in, s.Uids, m.uid(1, 0))
	}
	for _, c := range subnet.Columns {
		if v, err := subnet.ReadColumn[uint64](m, s.ID, c); err != nil || len(v) != int(s.Uids) {
			t.Fatalf("column %d has %d elements for %d uids (%v)", c, len(v), s.Uids, err)
		}
	}
	if rec.Interval != rec.ByBurn+rec.ByWork || rec.Block > rec.Interval || rec.Block > uint32(p.MaxRegsPerBlock) ||
		rec.Interval > burst*uint32(p.TargetRegs) || rec.Next < m.Height || rec.Burn < p.MinBurn || p.Difficulty < p.MinDifficulty {
		t.Fatalf("%+v in block %d", rec, m.Height)
	}
}
