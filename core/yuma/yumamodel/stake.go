package yumamodel

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/taolight/taolight/core/yuma"
)

// Wide is a number with 64 bits before the point and 64 behind it: x is stored as x·2^64.
type Wide = *big.Int

// saturateWide returns the nearest number that a Wide may be.
func saturateWide(x *big.Int) Wide {
	limit := new(big.Int).Lsh(big.NewInt(1), 127)
	if x.Cmp(limit) >= 0 {
		return limit.Sub(limit, big.NewInt(1))
	}
	if low := new(big.Int).Neg(limit); x.Cmp(low) < 0 {
		return low
	}
	return x
}

func wideFromU64(x uint64) Wide {
	w := new(big.Int).SetUint64(x)
	return saturateWide(w.Lsh(w, 64))
}

// wideDiv rounds toward zero, and is 0 when the quotient doesn't fit.
func wideDiv(a, b Wide) Wide {
	q := new(big.Int).Lsh(a, 64)
	q.Quo(q, b)
	if saturateWide(q).Cmp(q) != 0 {
		return new(big.Int)
	}
	return q
}

func narrow(x Wide) Real { return saturate(new(big.Int).Rsh(x, 32)) }

// totalStake is alpha + tao·w, with w to 32 bits behind the point.
func (m *model) totalStake(i int) Wide {
	w := new(big.Int).SetUint64(m.in.TaoWeight)
	w.Lsh(w, 32).Quo(w, new(big.Int).SetUint64(1<<64-1)).Lsh(w, 32)
	tao := new(big.Int).Mul(wideFromU64(m.in.TaoStake[i]), w)
	tao = saturateWide(tao.Rsh(tao, 64))
	return saturateWide(tao.Add(tao, wideFromU64(m.in.AlphaStake[i])))
}

// stake is each uid's part of all stake that counts.
func (m *model) stake() []Real {
	filtered := make([]Wide, m.n)
	total := new(big.Int)
	m.Outputs.Stake = make([]uint64, m.n)
	for i := range filtered {
		filtered[i] = m.totalStake(i)
		whole := floorToU64(new(big.Int).Rsh(filtered[i], 64))
		m.Outputs.Stake[i] = whole
		if whole < m.in.StakeThreshold && i != m.in.Owner {
			filtered[i] = new(big.Int)
		}
		total.Add(total, filtered[i])
	}
	m.Stakes[yuma.StepFilteredStake] = filtered
	total = wrap(total, 128)
	stake := make([]Real, m.n)
	for i, x := range filtered {
		if total.Sign() != 0 {
			x = wideDiv(x, total)
		}
		stake[i] = narrow(x)
	}
	return m.vector(yuma.StepStake, stake)
}

// lastUpdate is 0 where nothing is known.
func (m *model) lastUpdate(i int) uint64 {
	if i < len(m.in.LastUpdate) {
		return m.in.LastUpdate[i]
	}
	return 0
}

func (m *model) active(i int) bool {
	updated, cutoff := m.lastUpdate(i), m.in.ActivityCutoff()
	return updated > 1<<64-1-cutoff || updated+cutoff >= m.in.Block
}

// permit is that of the epoch before. The owner has one wherever the list reaches to him.
func (m *model) permit(i int) bool {
	return i < len(m.in.ValidatorPermit) && (m.in.ValidatorPermit[i] || i == m.in.Owner)
}

// activeStake is the stake of active validators, made to sum to 1. A list of permits without entries masks nobody.
func (m *model) activeStake(stake []Real) []Real {
	v := slices.Clone(stake)
	for i := range v {
		if !m.active(i) || len(m.in.ValidatorPermit) > 0 && !m.permit(i) {
			v[i] = 0
		}
	}
	return m.vector(yuma.StepActiveStake, normalize(v))
}

// newPermits go to those with most stake, of equal ones to the higher uid, and to the owner.
func (m *model) newPermits(stake []Real) []bool {
	permits := make([]bool, m.n)
	uids := make([]int, m.n)
	for i := range uids {
		uids[i], permits[i] = i, stake[i] != 0
	}
	slices.SortStableFunc(uids, func(a, b int) int { return cmp.Compare(stake[a], stake[b]) })
	for place, i := range uids {
		if place < m.n-int(m.in.MaxValidators) {
			permits[i] = false
		}
	}
	if m.in.Owner >= 0 && m.in.Owner < m.n {
		permits[m.in.Owner] = true
	}
	return permits
}
