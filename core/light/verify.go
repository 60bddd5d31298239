package light

import (
	"bytes"
	"fmt"
	"math/bits"
	"time"
)

// Fraction is a share of voting power.
type Fraction struct{ Num, Den uint64 }

// of returns floor(power * Num / Den) for a fraction of at most 1.
func (f Fraction) of(power int64) int64 {
	hi, lo := bits.Mul64(uint64(power), f.Num)
	q, _ := bits.Div64(hi, lo, f.Den)
	return int64(q)
}

// Params are the assumptions under which blocks are verified. The zero value of a field stands for its default.
type Params struct {
	TrustingPeriod time.Duration // how long a block's producers are held to their signatures; default 14 days
	MaxClockDrift  time.Duration // how far ahead of our clock a block may be dated; default 10 s
	TrustLevel     Fraction      // share of trusted power that a skipped-to block needs, 1/3 to 1; default 1/3
}

// DefaultParams returns the chain's own: evidence stays punishable for 21 days, so 14 leave a week to act.
func DefaultParams() Params {
	return Params{TrustingPeriod: 14 * 24 * time.Hour, MaxClockDrift: 10 * time.Second, TrustLevel: Fraction{1, 3}}
}

// filled returns p with defaults, or an error for values that make verification meaningless.
func (p Params) filled() (Params, error) {
	d := DefaultParams()
	if p.TrustingPeriod == 0 {
		p.TrustingPeriod = d.TrustingPeriod
	}
	if p.MaxClockDrift == 0 {
		p.MaxClockDrift = d.MaxClockDrift
	}
	if p.TrustLevel == (Fraction{}) {
		p.TrustLevel = d.TrustLevel
	}
	f := p.TrustLevel
	if p.TrustingPeriod < 0 || p.MaxClockDrift < 0 || f.Den == 0 || f.Num > f.Den || f.Num < f.Den/3 || f.Num == f.Den/3 && f.Den%3 != 0 {
		return p, fmt.Errorf("light: trusting period and clock drift must be positive, the trust level between 1/3 and 1")
	}
	return p, nil
}

// Verify is [VerifyAdjacent] for the block after trusted, and [VerifyNonAdjacent] for a later one.
func Verify(trusted, next *LightBlock, now time.Time, p Params) error {
	return verify(trusted, next, now, p, new(checked))
}

// VerifyAdjacent verifies the block right after a trusted one. If it returns nil,
//
//	a) trusted is younger than the trusting period (else [ExpiredError]),
//	b) next is well-formed, of the same chain, one higher, later, and its commit is for its header (else [InvalidError]),
//	c) next is not dated ahead of now by the clock drift or more (else [FutureError]),
//	d) its producers are those that trusted announced, and its validator set is theirs (else [InvalidError]),
//	e) more than 2/3 of them, by power, signed it (else [InvalidError] around [PowerError] or [SignatureError]).
//
// Trusted is taken as it is: it must come from a trust root or an earlier verification. Producers announced by a
// trusted block number as many as that block's own signers let them, so e) has no price that a stranger sets.
func VerifyAdjacent(trusted, next *LightBlock, now time.Time, p Params) error {
	if next.Height() != trusted.Height()+1 {
		return fmt.Errorf("light: block %d is not right after %d", next.Height(), trusted.Height())
	}
	return verify(trusted, next, now, p, new(checked))
}

// VerifyNonAdjacent verifies a block any distance above a trusted one. If it returns nil, a), b), c) of
// [VerifyAdjacent] hold, and
//
//	d) its validator set is the one that its header names (else [InvalidError]),
//	e) more than the trust level of trusted's producers, by power, signed it (else [TrustError]: verify a block between
//	   first; a false or double signature among those counted is an [InvalidError]),
//	f) more than 2/3 of its own producers, by power, signed it (else [InvalidError]).
//
// f) is the last, as whoever made the block chose how many producers it names; e) costs at most one signature for each
// trusted producer.
func VerifyNonAdjacent(trusted, next *LightBlock, now time.Time, p Params) error {
	if next.Height() == trusted.Height()+1 {
		return fmt.Errorf("light: block %d is right after %d", next.Height(), trusted.Height())
	}
	return verify(trusted, next, now, p, new(checked))
}

func verify(trusted, next *LightBlock, now time.Time, p Params, done *checked) error {
	p, err := p.filled()
	if err != nil {
		return err
	}
	if err := checkFresh(trusted, now, p); err != nil {
		return err
	}
	invalid := func(format string, args ...any) error {
		return &InvalidError{Height: next.Height(), Reason: fmt.Sprintf(format, args...)}
	}
	if err := checkSelf(next, trusted.Header.ChainID); err != nil {
		return err
	}
	if next.Height() <= trusted.Height() {
		return invalid("it is not higher than the trusted block %d", trusted.Height())
	}
	if !next.Header.Time.After(trusted.Header.Time) {
		return invalid("it is not dated after the trusted block %d", trusted.Height())
	}
	if err := checkClock(next, now, p); err != nil {
		return err
	}
	adjacent := next.Height() == trusted.Height()+1
	if adjacent && !bytes.Equal(next.Header.ValidatorsHash, trusted.Header.NextValidatorsHash) {
		return invalid("its producers are not the ones that block %d announced", trusted.Height())
	}
	if err := checkValidators(next); err != nil {
		return err
	}
	if !adjacent {
		if err := trusted.Validators.verifyTrusting(trusted.Header.ChainID, &next.Commit, p.TrustLevel, done); err != nil {
			return asInvalid(next.Height(), err)
		}
	}
	return asInvalid(next.Height(), next.Validators.verifyOwn(trusted.Header.ChainID, &next.Commit, done))
}

// checkFresh: a block is relied on until, not at, the end of the trusting period.
func checkFresh(trusted *LightBlock, now time.Time, p Params) error {
	if end := trusted.Header.Time.Add(p.TrustingPeriod); !end.After(now) {
		return &ExpiredError{Height: trusted.Height(), At: end, Now: now}
	}
	return nil
}

func checkClock(b *LightBlock, now time.Time, p Params) error {
	if !b.Header.Time.Before(now.Add(p.MaxClockDrift)) {
		return &FutureError{Height: b.Height(), Time: b.Header.Time, Now: now}
	}
	return nil
}

// checkSelf checks header and commit for themselves and against each other, without signatures.
func checkSelf(b *LightBlock, chainID string) error {
	if err := b.Header.checkShape(); err != nil {
		return &InvalidError{Height: b.Height(), Err: err}
	}
	if err := b.Commit.checkShape(); err != nil {
		return &InvalidError{Height: b.Height(), Err: err}
	}
	if b.Header.ChainID != chainID {
		return &InvalidError{Height: b.Height(), Err: &ChainError{Got: b.Header.ChainID, Want: chainID}}
	}
	if b.Commit.Height != b.Height() {
		return &InvalidError{Height: b.Height(), Reason: fmt.Sprintf("its commit is for height %d", b.Commit.Height)}
	}
	if hash := b.Hash(); !bytes.Equal(hash[:], b.Commit.BlockID.Hash) {
		return &InvalidError{Height: b.Height(), Err: &HashError{What: "header", Got: hash, Want: [32]byte(b.Commit.BlockID.Hash)}}
	}
	return nil
}

func checkValidators(b *LightBlock) error {
	if err := b.Validators.checkShape(); err != nil {
		return &InvalidError{Height: b.Height(), Err: err}
	}
	if hash := b.Validators.Hash(); !bytes.Equal(hash[:], b.Header.ValidatorsHash) {
		return &InvalidError{Height: b.Height(), Err: &HashError{What: "validator set", Got: hash, Want: [32]byte(b.Header.ValidatorsHash)}}
	}
	return nil
}

// verifyAlone checks all that a block shows without a trusted one: shape, chain, hashes, and that 2/3 of the producers
// it names signed it. For a block whose hash is trusted that is everything; for another it means little.
func verifyAlone(b *LightBlock, chainID string, done *checked) error {
	if err := checkSelf(b, chainID); err != nil {
		return err
	}
	if err := checkValidators(b); err != nil {
		return err
	}
	return asInvalid(b.Height(), b.Validators.verifyOwn(chainID, &b.Commit, done))
}

// asInvalid wraps what is wrong with a commit, except for errors that already say what to do about the block.
func asInvalid(height uint64, err error) error {
	switch err.(type) {
	case *PowerError, *SignatureError:
		return &InvalidError{Height: height, Err: err}
	}
	return err
}
