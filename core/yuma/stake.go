package yuma

import (
	"cmp"
	"slices"

	"github.com/taolight/taolight/core/fixed"
)

// weighStakes computes S: alpha_i + tao_i·weight in rao, those below the threshold taken as 0 (the owner's hotkey is
// exempt), divided by the sum.
func (w *Workspace) weighStakes() {
	in := w.in
	weight := fixed.Weight(in.TaoWeight)
	var sum fixed.I64F64
	for i := range w.total {
		s := fixed.FromU64(in.AlphaStake[i]).Add(fixed.FromU64(in.TaoStake[i]).Mul(weight))
		w.total[i], w.counts[i] = s, s
		if i != in.Owner && s.U64() < in.StakeThreshold {
			w.counts[i] = fixed.I64F64{}
		}
		sum = sum.AddWrapped(w.counts[i])
	}
	w.tellStakes(StepFilteredStake, w.counts)
	for i, s := range w.counts {
		if !sum.IsZero() {
			s = s.Div(sum)
		}
		w.stake[i] = s.I32F32()
	}
	w.tell(StepStake, w.stake)
}

// grantPermits gives the next epoch's permits to the MaxValidators uids of the largest stake, of equal ones to the higher
// uids, as long as they have any. The owner's hotkey always has one, now and then.
func (w *Workspace) grantPermits() {
	in, n := w.in, int(w.in.N)
	w.permit = append(w.permit[:0], in.ValidatorPermit...) // first: the inputs may be the outputs of the epoch before
	next := sized(w.out.ValidatorPermit, n)
	for i, s := range w.stake {
		next[i] = s != 0
	}
	if k := int(in.MaxValidators); k < n {
		for i := range w.order {
			w.order[i] = uint16(i)
		}
		slices.SortFunc(w.order, func(a, b uint16) int {
			return cmp.Or(cmp.Compare(w.stake[a], w.stake[b]), cmp.Compare(a, b))
		})
		for _, i := range w.order[:n-k] {
			next[i] = false
		}
	}
	for _, permits := range [][]bool{w.permit, next} {
		if in.Owner >= 0 && in.Owner < len(permits) {
			permits[in.Owner] = true
		}
	}
	w.out.ValidatorPermit = next
}

// permitted says whether uid i has had a permit since the epoch before.
func (w *Workspace) permitted(i int) bool { return i < len(w.permit) && w.permit[i] }

// lastUpdate returns the block in which uid i last set weights.
func (w *Workspace) lastUpdate(i int) uint64 {
	if i < len(w.in.LastUpdate) {
		return w.in.LastUpdate[i]
	}
	return 0
}

// activateStake computes S': S of the uids that have a permit and have set weights within the activity cutoff, divided
// by its sum. Where no permits are known at all they mask nothing, as in the reference.
func (w *Workspace) activateStake() {
	cutoff := w.in.ActivityCutoff()
	for i, s := range w.stake {
		due := w.lastUpdate(i) + cutoff
		active := due >= w.in.Block || due < cutoff // a sum beyond 2^64 is later than any block
		w.out.Active[i] = active
		if !active || len(w.permit) > 0 && !w.permitted(i) {
			s = 0
		}
		w.activeStake[i] = s
	}
	fixed.Normalize(w.activeStake)
	w.tell(StepActiveStake, w.activeStake)
}
