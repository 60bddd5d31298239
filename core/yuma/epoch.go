package yuma

import "github.com/taolight/taolight/core/fixed"

// Epoch computes one epoch. Inputs whose lengths don't fit together are an [*InputError]; all others have a result.
// Whoever computes many keeps a [Workspace].
func Epoch(in *Inputs) (*Outputs, error) { return new(Workspace).Epoch(in, nil) }

// Workspace computes epochs in buffers that it keeps, so that the next one of the same size allocates nothing. The zero
// value is ready. It is not for concurrent use.
type Workspace struct {
	in    *Inputs
	trace Tracer

	total  []fixed.I64F64 // rao of stake, before the threshold
	counts []fixed.I64F64 // rao of stake that counts
	permit []bool         // from before, the owner's added

	stake, activeStake                    []fixed.I32F32
	consensus, trust, ranks, incentive    []fixed.I32F32
	totalBonds, dividends                 []fixed.I32F32
	serverShare, validatorShare, combined []fixed.I32F32

	weights, clipped, interpolated matrix
	bonds, delta, ema, emaNorm     matrix

	median     ballots
	order      []uint16 // uids by stake
	columns    columns
	rowA, rowB []fixed.I32F32 // one row, dense; all 0 between uses
	rowC       []fixed.I32F32
	scalars    [2]fixed.I32F32 // what a step tells that is no vector
	entries    []Entry         // of all rows of bonds put out
	out        Outputs
}

// Epoch computes one epoch as [Epoch] does and tells t, which may be nil, every intermediate result. The outputs belong
// to the workspace: they hold until its next epoch, whose inputs they may be.
func (w *Workspace) Epoch(in *Inputs, t Tracer) (*Outputs, error) {
	if err := in.Validate(); err != nil {
		return nil, err
	}
	w.begin(in, t)

	w.weighStakes()
	w.grantPermits()
	w.activateStake()

	w.maskWeights()
	w.findConsensus()
	clipped := w.clipWeights()
	w.rank(clipped)

	forBonds := w.weightsForBonds(clipped)
	var bonds *matrix
	if in.Yuma3 {
		bonds = w.bondsByPair(forBonds)
	} else {
		bonds = w.bondsByStake(forBonds)
	}

	w.shareEmission()
	w.report(bonds)
	return &w.out, nil
}

// begin makes room for N uids.
func (w *Workspace) begin(in *Inputs, t Tracer) {
	w.in, w.trace = in, t
	n := int(in.N)
	for _, v := range []*[]fixed.I32F32{
		&w.stake, &w.activeStake, &w.consensus, &w.trust, &w.ranks, &w.incentive, &w.totalBonds, &w.dividends,
		&w.serverShare, &w.validatorShare, &w.combined, &w.rowA, &w.rowB, &w.rowC,
	} {
		*v = sized(*v, n)
	}
	w.columns.resize(n)
	w.total, w.counts, w.order = sized(w.total, n), sized(w.counts, n), sized(w.order, n)
	o := &w.out
	for _, v := range []*[]uint16{&o.Consensus, &o.Incentive, &o.Dividends, &o.ValidatorTrust, &o.StakeWeight, &o.PruningScore} {
		*v = sized(*v, n)
	}
	for _, v := range []*[]uint64{&o.ServerEmission, &o.ValidatorEmission, &o.Emission, &o.Stake} {
		*v = sized(*v, n)
	}
	o.Active, o.Bonds = sized(o.Active, n), sized(o.Bonds, n)
}

// sized returns n elements, in s where it is large enough. What they hold is left from before.
func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

func (w *Workspace) tellStakes(s Step, v []fixed.I64F64) {
	if w.trace != nil {
		w.trace.Stakes(s, v)
	}
}

func (w *Workspace) tell(s Step, v []fixed.I32F32) {
	if w.trace != nil {
		w.trace.Vector(s, v)
	}
}

func (w *Workspace) tellMatrix(s Step, m Matrix) {
	if w.trace != nil {
		w.trace.Matrix(s, m)
	}
}
