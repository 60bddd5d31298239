package yuma

import "fmt"

// Limits of what an epoch takes. They bound memory and time, whatever somebody sends.
const (
	MaxUIDs    = 1<<16 - 1 // neurons of a subnet
	MaxEntries = 1 << 16   // entries of one row of weights or bonds
)

// NoCommit in [Inputs.CommitBlocks] says that a uid has no commit that could still be revealed.
const NoCommit = 1<<64 - 1

// Entry is one element of a sparse row: toward which uid, and how much (a u16 share).
type Entry struct{ UID, Value uint16 }

// Row is what one uid says of others: weights or bonds, in the order in which they are stored. Rows in any order, with
// a uid twice or beyond the subnet's size are legal and have a defined result.
type Row []Entry

// Params are a subnet's hyperparameters as the epoch uses them.
type Params struct {
	Tempo                uint16 // blocks between epochs
	ActivityCutoffFactor uint32 // thousandths of a tempo after which a uid that sets no weights is inactive
	Kappa                uint16 // share of stake that makes consensus
	BondsMovingAverage   uint64 // millionths of the old bonds kept at each epoch; at most 1,000,000 in practice
	BondsPenalty         uint16 // share: 0 bonds follow the weights as set, 65535 the clipped ones
	LiquidAlpha          bool   // bonds move faster where a validator leads consensus; Yuma 3 only
	AlphaLow, AlphaHigh  uint16 // shares between which liquid alpha moves
	AlphaSteepness       int16  // of its sigmoid, in hundredths
	Yuma3                bool   // bonds of each pair by themselves, without stake
	StakeThreshold       uint64 // rao below which a hotkey's stake doesn't count; the owner's always does
	TaoWeight            uint64 // what TAO on the root network counts beside a subnet's own stake, as x/(2^64-1)
	MaxValidators        uint16 // permits at the end of the epoch
	CommitReveal         bool   // weights are committed to before they are revealed
}

// Inputs are all that an epoch depends on. Nothing in them is changed.
type Inputs struct {
	Params
	N               uint16   // neurons: uids are 0 to N-1
	Block           uint64   // the block in which the epoch runs
	LastEpochBlock  uint64   // the block of the epoch before; 0: there was none
	Owner           int      // the uid of the subnet owner's hotkey, -1 without one; uids of N and more are nobody's
	Emission        uint64   // rao to pay out
	LastUpdate      []uint64 // the block in which each uid last set weights; missing ones are 0, more than N are ignored
	RegisteredAt    []uint64 // the block in which each uid was registered; N of them
	CommitBlocks    []uint64 // each uid's earliest commit that can be revealed yet, or NoCommit; at most N, missing ones have none
	AlphaStake      []uint64 // rao of the subnet's own stake, inherited stake included; N of them
	TaoStake        []uint64 // rao of stake on the root network, inherited stake included; N of them
	ValidatorPermit []bool   // from the epoch before; at most N, missing ones have none
	Weights         []Row    // what each uid says of others; N of them
	Bonds           []Row    // each uid's bonds from the epoch before; N of them
}

// An InputError says which part of the inputs breaks which rule.
type InputError struct {
	Field  string // as in Inputs, with an index where it has one
	Reason string
}

// Error returns field and reason in one line.
func (e *InputError) Error() string { return fmt.Sprintf("yuma: %s: %s", e.Field, e.Reason) }

// Validate returns an [*InputError] when lengths don't fit together. Every other input has a result.
func (in *Inputs) Validate() error {
	n := int(in.N)
	for _, l := range []struct {
		field    string
		got, min int
	}{
		{"RegisteredAt", len(in.RegisteredAt), n},
		{"CommitBlocks", len(in.CommitBlocks), 0},
		{"AlphaStake", len(in.AlphaStake), n},
		{"TaoStake", len(in.TaoStake), n},
		{"ValidatorPermit", len(in.ValidatorPermit), 0},
		{"Weights", len(in.Weights), n},
		{"Bonds", len(in.Bonds), n},
	} {
		switch {
		case l.got < l.min:
			return &InputError{l.field, fmt.Sprintf("%d values, want %d", l.got, n)}
		case l.got > n:
			return &InputError{l.field, fmt.Sprintf("%d values, at most %d are allowed", l.got, n)}
		}
	}
	if len(in.LastUpdate) > MaxUIDs {
		return &InputError{"LastUpdate", fmt.Sprintf("%d values, at most %d are allowed", len(in.LastUpdate), MaxUIDs)}
	}
	for _, rows := range []struct {
		field string
		rows  []Row
	}{{"Weights", in.Weights}, {"Bonds", in.Bonds}} {
		for i, row := range rows.rows {
			if len(row) > MaxEntries {
				return &InputError{fmt.Sprintf("%s[%d]", rows.field, i), fmt.Sprintf("%d entries, at most %d are allowed", len(row), MaxEntries)}
			}
		}
	}
	return nil
}

// ActivityCutoff returns the number of blocks after which a uid that sets no weights is inactive: factor·tempo/1000,
// at least 1.
func (p *Params) ActivityCutoff() uint64 {
	return max(1, uint64(p.ActivityCutoffFactor)*uint64(p.Tempo)/1000)
}
