package light

import (
	"testing"

	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/yuma"
)

// A unit more in any column of any uid is a difference, on whichever side it is, also where one side is longer.
func TestAuditComparesEveryColumn(t *testing.T) {
	shares := func() []uint16 { return []uint16{1, 2, 3} }
	rao := func() []uint64 { return []uint64{1, 2, 3} }
	signed := func() []tao.Amount { return []tao.Amount{1, 2, 3} }
	bools := func() []bool { return []bool{true, false, false} }
	audit := func() *Audit {
		return &Audit{
			Computed: &yuma.Outputs{Active: bools(), ValidatorPermit: bools(), Consensus: shares(), Incentive: shares(), Dividends: shares(), ValidatorTrust: shares(),
				StakeWeight: shares(), PruningScore: shares(), Emission: rao(), ServerEmission: rao(), ValidatorEmission: rao()},
			Signed: view.Metagraph{Active: bools(), ValidatorPermit: bools(), Consensus: shares(), Incentive: shares(), Dividends: shares(), ValidatorTrust: shares(),
				StakeWeight: shares(), PruningScore: shares(), Emission: signed(), ServerEmission: signed(), ValidatorEmission: signed()},
		}
	}
	a := audit()
	if a.compare(); len(a.Differences) != 0 {
		t.Fatalf("the same: %+v", a.Differences)
	}
	for column, change := range map[string]func(*Audit, int){
		"active":             func(a *Audit, i int) { a.Signed.Active[i] = !a.Signed.Active[i] },
		"validator_permit":   func(a *Audit, i int) { a.Computed.ValidatorPermit[i] = !a.Computed.ValidatorPermit[i] },
		"consensus":          func(a *Audit, i int) { a.Signed.Consensus[i]++ },
		"incentive":          func(a *Audit, i int) { a.Computed.Incentive[i]++ },
		"dividends":          func(a *Audit, i int) { a.Signed.Dividends[i]++ },
		"validator_trust":    func(a *Audit, i int) { a.Computed.ValidatorTrust[i]++ },
		"stake_weight":       func(a *Audit, i int) { a.Signed.StakeWeight[i]++ },
		"pruning_score":      func(a *Audit, i int) { a.Computed.PruningScore[i]++ },
		"emission":           func(a *Audit, i int) { a.Signed.Emission[i]++ },
		"server_emission":    func(a *Audit, i int) { a.Computed.ServerEmission[i]++ },
		"validator_emission": func(a *Audit, i int) { a.Signed.ValidatorEmission[i]++ },
	} {
		for uid := range 3 {
			a := audit()
			change(a, uid)
			a.compare()
			if len(a.Differences) != 1 || a.Differences[0].UID != uint16(uid) || a.Differences[0].Column != column || a.Differences[0].Computed == a.Differences[0].Signed {
				t.Errorf("%s of uid %d: %+v", column, uid, a.Differences)
			}
		}
	}
	a = audit()
	a.Signed.Consensus = append(a.Signed.Consensus, 9)
	a.Computed.Emission = append(a.Computed.Emission, 9)
	a.compare()
	if len(a.Differences) != 2 || a.Differences[0] != (Difference{UID: 3, Column: "consensus", Signed: 9}) || a.Differences[1] != (Difference{UID: 3, Column: "emission", Computed: 9}) {
		t.Errorf("a uid more on one side: %+v", a.Differences)
	}
}
