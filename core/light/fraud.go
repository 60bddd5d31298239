package light

import (
	"fmt"

	"github.com/taolight/taolight/core/state"
)

// Basis is all that a block is executed again from. Whoever believes the two headers needs nobody's word for the rest:
// [Basis.Check] finds a fraud again.
type Basis struct {
	Before   *LightBlock // the block
	Next     *LightBlock // the block after it, whose header says what came out
	Contents Contents
	Witness  state.Witness // of the state before the block
}

// FraudError says that a block was executed here and something else came out than the next header says, which more than
// two thirds of the producers signed. No relay can make this up: contents and witness fit the headers. Blame, of the
// producers; it is final for a client, which shows nothing as proven any more.
type FraudError struct {
	What     string // that differs, such as "state root"
	Computed [32]byte
	Signed   []byte
	Err      error // why the block can't be executed at all; Computed and Signed are then empty
	Evidence Basis

	Execution *Execution // what came out here; nil if the block can't be executed
}

// Height is that of the block.
func (e *FraudError) Height() uint64 { return e.Evidence.Before.Height() }

func (e *FraudError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("block %d can't be executed, and yet two thirds of the producers signed what came of it: %v", e.Height(), e.Err)
	}
	return fmt.Sprintf("block %d does not lead to what two thirds of the producers signed: the %s is %x… when the block is executed, they signed %x…",
		e.Height(), e.What, e.Computed[:6], e.Signed[:min(6, len(e.Signed))])
}
func (e *FraudError) Unwrap() error    { return e.Err }
func (e *FraudError) Verdict() Verdict { return Blame }
func (e *FraudError) Code() string     { return "fraud" }

// Check executes the block again. It returns nil if that gives what was signed, so that there is no fraud, and else what
// [Execute] returns: [FraudError] if there is one. The headers are taken as they are.
func (b Basis) Check() error {
	_, err := Execute(b.Before, b.Next, b.Contents, b.Witness)
	return err
}

// Signers returns the addresses of the producers who signed the false header, as its commit says.
func (b Basis) Signers() [][20]byte {
	var out [][20]byte
	for _, s := range b.Next.Commit.Signatures {
		if s.Flag == FlagCommit && len(s.Address) == 20 {
			out = append(out, [20]byte(s.Address))
		}
	}
	return out
}
