// Package hyper holds the hyperparameters of a subnet: what they are, what they may be and who sets them.
//
// [Table] is the one place that says so; validation, the CLI's help, the query and the dashboard's forms read it. Start
// with [Defaults] and [Find]; [Spec.Set] checks a value against its range.
package hyper

import "github.com/taolight/taolight/core/tao"

// Params are the hyperparameters of one subnet. Shares are x/65535, u64 shares x/(2^64-1).
type Params struct {
	_ struct{} `cbor:",toarray"`

	// Epochs.
	Tempo                uint16 // blocks from epoch to epoch
	Rho                  uint16 // steepness of the root epoch's sigmoid
	Kappa                uint16 // share of stake that makes consensus
	ActivityCutoffFactor uint32 // thousandths of a tempo after which a uid that sets no weights is inactive
	BondsMovingAverage   uint64 // millionths of the old bonds kept at each epoch
	BondsPenalty         uint16 // share: 0 bonds follow weights as set, 65535 the clipped ones
	Yuma3                bool
	LiquidAlpha          bool
	AlphaLow             uint16 // share
	AlphaHigh            uint16 // share
	AlphaSteepness       int16  // hundredths

	// Uids.
	MaxUIDs        uint16
	MaxValidators  uint16
	ImmunityPeriod uint16 // blocks in which a new uid is not replaced

	// Weights.
	MinWeights       uint16 // entries a row has at least
	MaxWeight        uint16 // share of a row that one entry has at most
	WeightsRateLimit uint64 // blocks between two rows of a uid
	WeightsVersion   uint64 // least version key; 0: any
	CommitReveal     bool
	RevealPeriod     uint16 // epochs between commit and reveal

	// Registration.
	RegistrationAllowed bool // by burning
	PowAllowed          bool
	MaxRegsPerBlock     uint16
	TargetRegs          uint16 // per interval
	AdjustmentInterval  uint16 // blocks
	AdjustmentAlpha     uint64 // u64 share of the old burn and difficulty kept at each adjustment
	MinBurn             tao.Amount
	MaxBurn             tao.Amount
	MinDifficulty       uint64
	MaxDifficulty       uint64
	ServingRateLimit    uint64 // blocks between two announcements of an axon
	Difficulty          uint64 // of a proof of work, now; adjustments move it, too
}

// Setter says who changes a hyperparameter.
type Setter string

// The setters.
const (
	Owner Setter = "owner" // the subnet's owner, and root
	Root  Setter = "root"  // governance only
)

// Kind is how a value is written.
type Kind string

// The kinds.
const (
	Number Kind = "number"
	Blocks Kind = "blocks"
	Share  Kind = "share" // x/65535
	Rao    Kind = "rao"
	Wide   Kind = "wide"   // x/(2^64-1)
	Switch Kind = "switch" // 0 or 1
)
