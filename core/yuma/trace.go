package yuma

import "github.com/taolight/taolight/core/fixed"

// A Step names an intermediate result, as test vectors and traces do.
type Step string

// The steps in the order in which an epoch takes them. N values for a vector, N rows for a matrix unless said otherwise.
const (
	StepFilteredStake   Step = "filtered_stake"            // rao with fractions, after the threshold
	StepStake           Step = "stake"                     // S, sums to 1
	StepActiveStake     Step = "active_stake"              // S', of active validators with a permit, sums to 1
	StepWeights         Step = "weights_norm"              // W, rows sum to 1
	StepParams          Step = "params"                    // kappa and bonds penalty, two values
	StepConsensus       Step = "consensus"                 // C, the weighted median of each column
	StepClipped         Step = "clipped_weights"           // W̄ = min(W, C)
	StepTrust           Step = "validator_trust"           // the row sums of W̄
	StepRanks           Step = "ranks_unnormalized"        // R = W̄ᵀS'
	StepIncentive       Step = "incentive"                 // I, R made to sum to 1
	StepWeightsForBonds Step = "weights_for_bonds"         // W + penalty·(W̄ − W)
	StepBondsIn         Step = "bonds_in"                  // B of the epoch before, without those of replaced uids
	StepBondsDeltaRaw   Step = "bonds_delta_raw"           // ΔB = W∘S', Yuma 2
	StepBondsDelta      Step = "bonds_delta"               // columns sum to 1, Yuma 2
	StepEMARaw          Step = "ema_bonds_raw"             // α·ΔB + (1−α)·B, Yuma 2
	StepAlphas          Step = "alphas"                    // α of each pair, liquid alpha; N×N
	StepEMA             Step = "ema_bonds"                 // the new bonds
	StepEMANorm         Step = "ema_bonds_norm"            // columns sum to 1
	StepTotalBonds      Step = "total_bonds_per_validator" // the row sums of B∘I, Yuma 3
	StepDividends       Step = "dividends"                 // D, sums to 1
	StepEmissionSum     Step = "emission_sum"              // ΣI + ΣD, one value
	StepServerShare     Step = "norm_server_emission"      // of the epoch's emission
	StepValidatorShare  Step = "norm_validator_emission"   // of the epoch's emission
	StepCombinedShare   Step = "norm_combined_emission"    // of the epoch's emission
)

// A Tracer is told every intermediate result of an epoch, in order. What it is given belongs to the epoch: it is to be
// read before the method returns, and not kept.
type Tracer interface {
	Stakes(s Step, v []fixed.I64F64)
	Vector(s Step, v []fixed.I32F32)
	Matrix(s Step, m Matrix)
}

// Matrix is a read-only view of N sparse rows.
type Matrix interface {
	Rows() int
	// Row returns row i: columns and values, in stored order. They are valid until the next call.
	Row(i int) (cols []uint16, vals []fixed.I32F32)
}
