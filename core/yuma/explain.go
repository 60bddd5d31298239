package yuma

import (
	"fmt"

	"github.com/taolight/taolight/core/fixed"
)

// Explanation says why one uid earned what it did in an epoch: what validators said of it, what it said of others, and
// what came of both. Fractions are I32F32, raw in JSON: divide by 2^32.
type Explanation struct {
	UID   uint16 `json:"uid"`
	Yuma3 bool   `json:"yuma3"`

	// Standing as a validator.
	Stake        uint64       `json:"stake"`           // rao, before the threshold
	StakeCounts  bool         `json:"stake_counts"`    // it reaches the threshold, or is the owner's
	StakeShare   fixed.I32F32 `json:"stake_share"`     // S, of all stake that counts
	Active       bool         `json:"active"`          // has set weights lately
	PermitBefore bool         `json:"permit_before"`   // and so takes part in this epoch
	PermitAfter  bool         `json:"permit_after"`    // may take part in the next
	ActiveShare  fixed.I32F32 `json:"active_share"`    // S', of active stake with a permit
	Trust        fixed.I32F32 `json:"validator_trust"` // the part of its weights that consensus left standing

	// As a miner: consensus is the largest weight that validators with at least kappa of active stake give.
	Kappa     fixed.I32F32 `json:"kappa"`
	Consensus fixed.I32F32 `json:"consensus"`
	Support   fixed.I32F32 `json:"support"` // active stake that gives at least the consensus
	Rank      fixed.I32F32 `json:"rank"`    // the sum of what each vote contributes
	Incentive fixed.I32F32 `json:"incentive"`
	Votes     []Vote       `json:"votes"` // by uid; of everybody with active stake, a weight toward it or a bond in it

	// As a validator.
	Dividends fixed.I32F32 `json:"dividends"`
	Holdings  []Holding    `json:"holdings"` // by uid; everybody whom it gives a weight or in whom it has a bond

	// What it earned, in rao. ByStake says that nobody had incentive or dividends, and stake took their place.
	ByStake           bool   `json:"by_stake"`
	ServerEmission    uint64 `json:"server_emission"`
	ValidatorEmission uint64 `json:"validator_emission"`
	Emission          uint64 `json:"emission"`
}

// Vote is what one validator says of the uid explained.
type Vote struct {
	Validator uint16       `json:"validator"`
	Stake     fixed.I32F32 `json:"stake"` // S'
	Pair
	SetsConsensus bool         `json:"sets_consensus"` // its weight is the consensus, which is not 0
	Contributes   fixed.I32F32 `json:"contributes"`    // to the rank: S'·W̄
}

// Holding is what the uid explained says of one miner, and what that brings it.
type Holding struct {
	Miner     uint16       `json:"miner"`
	Consensus fixed.I32F32 `json:"consensus"`
	Incentive fixed.I32F32 `json:"incentive"`
	Pair
	Dividend fixed.I32F32 `json:"dividend"` // B̂·I, and by S' in Yuma 3: its part of D before that is divided by its sum
}

// Pair is what stands between one validator and one miner.
type Pair struct {
	Weight     fixed.I32F32 `json:"weight"`      // W
	Clipped    fixed.I32F32 `json:"clipped"`     // W̄
	BondBefore fixed.I32F32 `json:"bond_before"` // as it enters the moving average
	Alpha      fixed.I32F32 `json:"alpha"`       // how fast the bond moves
	BondAfter  fixed.I32F32 `json:"bond_after"`  // as it is kept; Yuma 2: the largest of a miner is 1
	BondShare  fixed.I32F32 `json:"bond_share"`  // B̂: of all bonds in the miner
}

// Explain runs an epoch and says why uid earned what it did. Errors are [*InputError]s.
func Explain(in *Inputs, uid uint16) (*Explanation, error) {
	if uid >= in.N {
		return nil, &InputError{"uid", fmt.Sprintf("%d, the subnet has %d neurons", uid, in.N)}
	}
	w, x := new(Workspace), &examiner{uid: int(uid), sections: map[Step]section{}}
	out, err := w.Epoch(in, x)
	if err != nil {
		return nil, err
	}
	i := int(uid)
	e := &Explanation{
		UID: uid, Yuma3: in.Yuma3,
		Stake: out.Stake[i], StakeCounts: i == in.Owner || out.Stake[i] >= in.StakeThreshold, StakeShare: w.stake[i],
		Active: out.Active[i], PermitBefore: w.permitted(i), PermitAfter: out.ValidatorPermit[i],
		ActiveShare: w.activeStake[i], Trust: w.trust[i],
		Kappa: fixed.Share(in.Kappa), Consensus: w.consensus[i], Rank: w.ranks[i], Incentive: w.incentive[i],
		Dividends:      w.dividends[i],
		ByStake:        fixed.Sum(w.incentive) == 0 && fixed.Sum(w.dividends) == 0,
		ServerEmission: out.ServerEmission[i], ValidatorEmission: out.ValidatorEmission[i], Emission: out.Emission[i],
	}
	e.Votes, e.Holdings = []Vote{}, []Holding{}
	for k := range int(in.N) {
		x.vote(w, e, k)
		x.holding(w, e, k)
	}
	return e, nil
}

// vote adds what validator i says, where it has a say or a bond.
func (x *examiner) vote(w *Workspace, e *Explanation, i int) {
	v := Vote{Validator: uint16(i), Stake: w.activeStake[i], Pair: x.pair(w, section.above, i)}
	voter := v.Stake > 0
	if !voter && v.Weight == 0 && v.BondBefore == 0 && v.BondAfter == 0 {
		return
	}
	if voter && v.Weight >= e.Consensus {
		e.Support = e.Support.Add(v.Stake)
		v.SetsConsensus = v.Weight == e.Consensus && e.Consensus > 0
	}
	v.Contributes = v.Stake.Mul(v.Clipped)
	e.Votes = append(e.Votes, v)
}

// holding adds what the uid says of miner j, where it says something or has a bond.
func (x *examiner) holding(w *Workspace, e *Explanation, j int) {
	h := Holding{
		Miner: uint16(j), Consensus: w.consensus[j], Incentive: w.incentive[j], Pair: x.pair(w, section.along, j),
	}
	if h.Weight == 0 && h.BondBefore == 0 && h.BondAfter == 0 {
		return
	}
	h.Dividend = h.BondShare.Mul(h.Incentive)
	if e.Yuma3 {
		h.Dividend = h.Dividend.Mul(e.ActiveShare)
	}
	e.Holdings = append(e.Holdings, h)
}

// pair collects what the steps say of one pair: at k of the column above the uid, or of the row along it.
func (x *examiner) pair(w *Workspace, side func(section) []fixed.I32F32, k int) Pair {
	at := func(s Step) fixed.I32F32 {
		if v := side(x.sections[s]); k < len(v) {
			return v[k]
		}
		return 0
	}
	p := Pair{
		Weight: at(StepWeights), Clipped: at(StepClipped), BondBefore: at(StepBondsIn),
		Alpha: w.in.alpha(), BondAfter: at(StepEMA), BondShare: at(StepEMANorm),
	}
	if _, free := x.sections[StepAlphas]; free {
		p.Alpha = at(StepAlphas)
	}
	return p
}

// examiner is a tracer that keeps what concerns one uid.
type examiner struct {
	uid      int
	sections map[Step]section
}

// section is a uid's column and row of a matrix, dense.
type section struct{ column, row []fixed.I32F32 }

func (s section) above() []fixed.I32F32 { return s.column }
func (s section) along() []fixed.I32F32 { return s.row }

func (x *examiner) Stakes(Step, []fixed.I64F64) {}
func (x *examiner) Vector(Step, []fixed.I32F32) {}

func (x *examiner) Matrix(s Step, m Matrix) {
	n := m.Rows()
	sec := section{column: make([]fixed.I32F32, n), row: make([]fixed.I32F32, n)}
	x.sections[s] = sec
	if rates, ok := m.(*alphas); ok { // they are dense: of a large subnet all would take minutes
		for i := range sec.column {
			sec.column[i] = rates.at(i, uint16(x.uid))
		}
		_, vals := rates.Row(x.uid)
		copy(sec.row, vals)
		return
	}
	for i := range n {
		cols, vals := m.Row(i)
		for k, j := range cols {
			if int(j) == x.uid {
				sec.column[i] = vals[k]
			}
			if i == x.uid && int(j) < n {
				sec.row[j] = vals[k]
			}
		}
	}
}
