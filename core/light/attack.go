package light

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"
)

// Kind is how producers attacked those who verify headers only.
type Kind string

// The kinds. There are no others.
const (
	// Lunatic: they signed a header that the rules forbid, say with a state that no block led to.
	Lunatic Kind = "lunatic"
	// Equivocation: they signed two blocks of one height in one round, each allowed for itself.
	Equivocation Kind = "equivocation"
	// Amnesia: the two blocks are of different rounds. Who forgot what it had voted for doesn't show.
	Amnesia Kind = "amnesia"
)

// Attack is CometBFT's LightClientAttackEvidence: what convicts the producers behind a block before those who hold
// another one for right. [NewAttack] makes it, [DecodeAttack] reads it.
type Attack struct {
	Conflicting  *LightBlock
	CommonHeight uint64      // from where on it is judged: at or below the conflicting block's height
	Byzantine    []Validator // by falling power, then address; none for [Amnesia]
	TotalPower   int64       // of all producers at CommonHeight
	Time         time.Time   // of the block at CommonHeight
}

// NewAttack returns the evidence against a block, for somebody who holds trusted for right at its height, and common for
// the last block before on which both agree. Where the chain of trusted has not come so far, trusted is its newest, which
// is not dated before the conflicting block. All three have been verified. It is CometBFT's newLightClientAttackEvidence.
func NewAttack(conflicting, trusted, common *LightBlock) *Attack {
	from := trusted
	if kindOf(conflicting, trusted) == Lunatic {
		from = common
	}
	return &Attack{
		Conflicting: conflicting, CommonHeight: from.Height(), Byzantine: byzantine(conflicting, trusted, common),
		TotalPower: from.Validators.Power(), Time: from.Header.Time,
	}
}

// kindOf compares what a header must say by the rules, given the block before it.
func kindOf(conflicting, trusted *LightBlock) Kind {
	a, b := &conflicting.Header, &trusted.Header
	switch {
	case !bytes.Equal(a.ValidatorsHash, b.ValidatorsHash), !bytes.Equal(a.NextValidatorsHash, b.NextValidatorsHash),
		!bytes.Equal(a.ConsensusHash, b.ConsensusHash), !bytes.Equal(a.AppHash, b.AppHash), !bytes.Equal(a.LastResultsHash, b.LastResultsHash):
		return Lunatic
	case conflicting.Commit.Round == trusted.Commit.Round:
		return Equivocation
	}
	return Amnesia
}

// byzantine is CometBFT's GetByzantineValidators: of a lunatic header those signers who were in office at the common
// block, of an equivocation those who signed both.
func byzantine(conflicting, trusted, common *LightBlock) (guilty []Validator) {
	set, kind := &common.Validators, kindOf(conflicting, trusted)
	switch kind {
	case Amnesia:
		return nil
	case Equivocation:
		set = &conflicting.Validators
	}
	for i := range conflicting.Commit.Signatures {
		s := &conflicting.Commit.Signatures[i]
		if s.Flag != FlagCommit {
			continue
		}
		if theirs := trusted.Commit.Signatures; kind == Equivocation && (i >= len(theirs) || theirs[i].Flag != FlagCommit) {
			continue
		}
		if v := set.find(s.Address); v != nil {
			guilty = append(guilty, *v)
		}
	}
	slices.SortFunc(guilty, byPower)
	return guilty
}

// byPower is CometBFT's order of validators.
func byPower(a, b Validator) int {
	return cmp.Or(cmp.Compare(b.Power, a.Power), bytes.Compare(a.Address[:], b.Address[:]))
}

func (s *ValidatorSet) find(address []byte) *Validator {
	for i := range s.List {
		if bytes.Equal(s.List[i].Address[:], address) {
			return &s.List[i]
		}
	}
	return nil
}

// Kind tells the attack's kind from what the evidence says.
func (a *Attack) Kind() Kind {
	switch {
	case a.CommonHeight != a.Conflicting.Height():
		return Lunatic
	case len(a.Byzantine) > 0:
		return Equivocation
	}
	return Amnesia
}

// Hash names the evidence as CometBFT does: the same for one block and common height whoever signed, so that it stands
// in one block only.
func (a *Attack) Hash() [32]byte {
	block := a.Conflicting.Hash()
	var height [binary.MaxVarintLen64]byte
	n := binary.PutVarint(height[:], int64(a.CommonHeight))
	buf := make([]byte, 32+n)
	copy(buf[:31], block[:]) // not 32: CometBFT leaves the last byte out
	copy(buf[32:], height[:n])
	return sha256.Sum256(buf)
}

// cleaned returns the block without the signatures that are not valid ones of its producers. Verification stops at two
// thirds and doesn't mind what follows, but evidence with a false signature is refused: whoever shows the block could
// make it useless by adding one.
func cleaned(b *LightBlock) *LightBlock {
	valid := b.signers(new(checked))
	out := *b
	out.Commit.Signatures = slices.Clone(b.Commit.Signatures)
	for i := range out.Commit.Signatures {
		if s := &out.Commit.Signatures[i]; s.Flag == FlagCommit && (i >= len(valid) || !valid[i]) {
			*s = CommitSig{Flag: FlagAbsent}
		}
	}
	return &out
}
