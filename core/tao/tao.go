// Package tao holds amounts of the chain's token, counted in rao.
//
// One TAO is 1e9 rao and at most 21 million TAO ever exist, so every amount fits a uint64. Start with [Parse] to read
// what a person typed and [Amount.String] to write what a program reads: rao as a plain decimal.
package tao

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Amount is a number of rao, 1e-9 TAO each.
type Amount uint64

const (
	// Rao is the smallest amount.
	Rao Amount = 1
	// TAO is one whole token.
	TAO Amount = 1_000_000_000
	// Cap is the most that can ever be issued: 21 million TAO.
	Cap Amount = 21_000_000 * TAO
)

// ErrRange says that an amount left what the type or the rule allows.
var ErrRange = errors.New("amount out of range")

// Add returns a+b, or [ErrRange] when the sum does not fit.
func (a Amount) Add(b Amount) (Amount, error) {
	sum, carry := bits.Add64(uint64(a), uint64(b), 0)
	if carry != 0 {
		return 0, fmt.Errorf("%d + %d rao: %w", a, b, ErrRange)
	}
	return Amount(sum), nil
}

// Sub returns a-b, or [ErrRange] when b is larger than a.
func (a Amount) Sub(b Amount) (Amount, error) {
	if b > a {
		return 0, fmt.Errorf("%d - %d rao: %w", a, b, ErrRange)
	}
	return a - b, nil
}

// String returns the number of rao in decimal.
func (a Amount) String() string { return strconv.FormatUint(uint64(a), 10) }

// TAOString returns the amount in TAO with all nine decimals that are not trailing zeros, such as "1284.5003".
func (a Amount) TAOString() string {
	whole, frac := a/TAO, a%TAO
	if frac == 0 {
		return strconv.FormatUint(uint64(whole), 10)
	}
	return fmt.Sprintf("%d.%s", whole, strings.TrimRight(fmt.Sprintf("%09d", frac), "0"))
}

// MarshalText writes rao in decimal, so that JSON carries amounts as strings that no reader rounds.
func (a Amount) MarshalText() ([]byte, error) { return strconv.AppendUint(nil, uint64(a), 10), nil }

// UnmarshalText reads rao in decimal.
func (a *Amount) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not an amount in rao: want a whole number from 0 to 18446744073709551615", b)
	}
	*a = Amount(n)
	return nil
}

// Parse reads an amount of TAO as a person writes it: "1.5", "0.000000500", "12tao" or "500rao".
func Parse(s string) (Amount, error) {
	text, unit := strings.TrimSpace(s), TAO
	if t, ok := strings.CutSuffix(text, "rao"); ok {
		text, unit = strings.TrimSpace(t), Rao
	} else if t, ok := strings.CutSuffix(text, "tao"); ok {
		text = strings.TrimSpace(t)
	}
	whole, frac, point := strings.Cut(text, ".")
	if !digits(whole) || point && (!digits(frac) || len(frac) > 9 || unit == Rao) {
		return 0, fmt.Errorf("%q is not an amount: write TAO with up to nine decimals, such as 1.5, or rao such as 500rao", s)
	}
	w, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q: %w: at most %s TAO exist", s, ErrRange, Cap.TAOString())
	}
	f := uint64(0)
	if point {
		f, _ = strconv.ParseUint(frac+strings.Repeat("0", 9-len(frac)), 10, 64)
	}
	hi, lo := bits.Mul64(w, uint64(unit))
	sum, carry := bits.Add64(lo, f, 0)
	if hi != 0 || carry != 0 || Amount(sum) > Cap {
		return 0, fmt.Errorf("%q: %w: at most %s TAO exist", s, ErrRange, Cap.TAOString())
	}
	return Amount(sum), nil
}

func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
