package yuma

import "github.com/taolight/taolight/core/fixed"

// shareEmission divides the epoch's emission: incentive to miners and dividends to validators, each divided by the sum of
// both. When there are neither, stake takes their place: the active one, or all of it when nobody is active.
func (w *Workspace) shareEmission() {
	copy(w.serverShare, w.incentive)
	copy(w.validatorShare, w.dividends)
	for i, x := range w.incentive {
		w.combined[i] = x.Add(w.dividends[i])
	}
	sum := fixed.Sum(w.combined)
	w.scalars[0] = sum
	w.tell(StepEmissionSum, w.scalars[:1])

	for _, share := range [][]fixed.I32F32{w.serverShare, w.validatorShare, w.combined} {
		fixed.NormalizeBy(share, sum)
	}
	if sum == 0 {
		stake := w.activeStake
		if fixed.Sum(stake) == 0 {
			stake = w.stake
		}
		copy(w.validatorShare, stake)
		copy(w.combined, stake)
	}
	w.tell(StepServerShare, w.serverShare)
	w.tell(StepValidatorShare, w.validatorShare)
	w.tell(StepCombinedShare, w.combined)
}

// report writes the outputs: shares as u16, amounts in rao, all rounded down.
func (w *Workspace) report(bonds *matrix) {
	o, rao := &w.out, w.in.Emission
	for i := range w.stake {
		o.StakeWeight[i] = w.stake[i].ToShare()
		o.Consensus[i] = w.consensus[i].ToShare()
		o.Incentive[i] = w.incentive[i].ToShare()
		o.Dividends[i] = w.dividends[i].ToShare()
		o.ValidatorTrust[i] = w.trust[i].ToShare()
		o.ServerEmission[i] = w.serverShare[i].Of(rao)
		o.ValidatorEmission[i] = w.validatorShare[i].Of(rao)
		o.Emission[i] = w.combined[i].Of(rao)
		o.Stake[i] = w.total[i].U64()
	}
	fixed.MaxUpscale(o.PruningScore, w.combined)

	w.entries = sized(w.entries, len(bonds.col))
	for k, j := range bonds.col {
		w.entries[k] = Entry{j, bonds.val[k].ToShare()}
	}
	for i, permit := range o.ValidatorPermit {
		o.Bonds[i] = nil
		if permit {
			from, to := bonds.start[i], bonds.start[i+1]
			o.Bonds[i] = Row(w.entries[from:to:to])
		}
	}
}
