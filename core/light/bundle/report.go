package bundle

import (
	"time"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/state"
)

// Report says what was checked of a file and what came out. It may be shown whatever the verdict is, but what the body says
// only with the verdict [light.Accept] as more than a claim.
type Report struct {
	Verdict light.Verdict
	Level   level.Level // claimed unless the verdict is accept
	Err     error       // why not; nil for accept
	Steps   []Step      // all of them, those that were not reached too

	Kind     string
	Bytes    int // of the file; 0 if it was never one
	ChainID  string
	Root     light.TrustRoot // where the bundle begins
	RootTime time.Time
	Standing Standing        // of that to the caller
	Anchor   light.TrustRoot // the trusted block that was checked from: Root or one behind it; zero: none
	Hops     int             // blocks between it and the top whose signatures were verified, the top included
	Links    int             // headers reached by hash below the top
	Nodes    int             // state nodes whose hash was checked

	Top     light.TrustRoot // the highest block, whose signatures are counted here
	Signers int             // its producers whose valid signature the file holds
	Of      int             // its producers
	Power   int64           // of the signers
	OfPower int64           // of all its producers

	Height  uint64            // the block after which the figure was read, that holds the transaction, that was executed, or that a fork's first side ends in
	Time    time.Time         // of the header that the body stands under: of block Height+1 for a figure, of Height for the others
	State   state.Root        // that the witness hashes to; zero for none
	Body    Body              // what the file says: one of the types of [Body]; nil if it can't be read
	Part    bool              // for the kind figure: it is a part of a list, and sums are of that part
	Fork    *light.ForkError  // for the kind fork: its sides, from the block that they share; nil if they can't be read
	Finding string            // for the kind block: Follows or Fraud; empty as long as it was not executed
	Fraud   *light.FraudError // with Finding Fraud
	// Execution is what came of the block, for the kind block, with the epochs that it ran; nil where nothing did.
	Execution *light.Execution
	Silent    []string // what the file does not say, in words, to read after "It does not say"
}

// Standing is how a bundle's trust root stands to the caller's.
type Standing string

// The standings.
const (
	Yours    Standing = "yours"    // it is a block that the caller trusts
	Passes   Standing = "passes"   // it is not, but the path passes through one that is, and was checked from there
	Accepted Standing = "accepted" // the caller takes the bundle's word for it
	Foreign  Standing = "foreign"  // neither
)

// Step is one thing that is checked.
type Step struct {
	Name    string // stable: file, chain, signed, reached, and those of the kind
	Title   string // in words, as a statement
	Detail  string // what was found, or why it failed
	Outcome Outcome
	Took    time.Duration // 0 without [Options].Clock
}

// Outcome is what became of a step.
type Outcome uint8

// The outcomes.
const (
	Open   Outcome = iota // not reached
	Held                  // it is as the title says
	Failed                // it isn't, conclusively
	Unsure                // it could not be decided
)

// String returns the outcome as it stands in JSON.
func (o Outcome) String() string {
	return [...]string{"open", "held", "failed", "unsure"}[min(o, Unsure)]
}

// MarshalText writes the outcome's name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }
