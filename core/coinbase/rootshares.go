package coinbase

import (
	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

// RootShares splits emission over netuids as members of the root network weigh them. Member i has stakes[i] rao and says
// rows[i]: how much (any u16 scale) of which netuid (Entry.UID). The result has an element for each netuid up to the
// largest one weighed; what rounding leaves is nobody's. It is nil where nobody has stake.
//
//	s_i = stake_i / Σ stake
//	rank_j = Σ_i s_i·w_ij,  trust_j = Σ_{w_ij>0} s_i / Σ s_i
//	consensus_j = 1 / (1 + e^(-rho·(trust_j - kappa)))
//	share_j = consensus_j·rank_j / Σ
//
// This is the root epoch of the reference chain of March 2024, bit by bit, when raw is set: rows count as they are. Without
// it each row is divided by its sum first, as the reference does since May 2024, so that nobody's word counts for more
// because the numbers are larger. Rho is a number, kappa a u16 share; all is I64F64 but for kappa, which has 32 bits
// behind the point.
func RootShares(stakes []tao.Amount, rows []yuma.Row, rho, kappa uint16, raw bool, emission tao.Amount) []tao.Amount {
	share := make([]fixed.I64F64, len(stakes))
	for i, s := range stakes {
		share[i] = fixed.FromU64(uint64(s))
	}
	normalize(share)
	var stake fixed.I64F64
	for _, s := range share {
		stake = stake.Add(s)
	}
	if stake.IsZero() {
		return nil
	}
	columns := 0
	for _, row := range rows {
		for _, e := range row {
			columns = max(columns, int(e.UID)+1)
		}
	}
	score, trust := make([]fixed.I64F64, columns), make([]fixed.I64F64, columns)
	for i, row := range rows {
		weights := weigh(row, raw)
		for k, e := range row {
			if weights[k].IsZero() {
				continue
			}
			score[e.UID] = score[e.UID].Add(share[i].Mul(weights[k]))
			trust[e.UID] = trust[e.UID].Add(share[i])
		}
	}
	for j := range score {
		score[j] = sigmoid(trust[j].Div(stake), rho, kappa).Mul(score[j])
	}
	normalize(score)
	paid := make([]tao.Amount, columns)
	for j, s := range score {
		paid[j] = tao.Amount(s.Mul(fixed.FromU64(uint64(emission))).U64())
	}
	return paid
}

// sigmoid returns 1 / (1 + e^(-rho·(trust - kappa))).
func sigmoid(trust fixed.I64F64, rho, kappa uint16) fixed.I64F64 {
	x := trust.Sub(fixed.Share(kappa).Wide()).Mul(fixed.FromU64(uint64(rho)))
	one := fixed.FromU64(1)
	return one.Div(fixed.ExpWide(fixed.I64F64{}.Sub(x)).Add(one))
}

// weigh returns a row's weights, as they are or divided by their sum.
func weigh(row yuma.Row, raw bool) []fixed.I64F64 {
	w := make([]fixed.I64F64, len(row))
	for k, e := range row {
		w[k] = fixed.FromU64(uint64(e.Value))
	}
	if !raw {
		normalize(w)
	}
	return w
}

// normalize divides v by its sum, unless that is 0.
func normalize(v []fixed.I64F64) {
	var sum fixed.I64F64
	for _, x := range v {
		sum = sum.Add(x)
	}
	if sum.IsZero() {
		return
	}
	for i := range v {
		v[i] = v[i].Div(sum)
	}
}
