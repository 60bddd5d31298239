// Package base58 is the number base of SS58 addresses and libp2p peer ids, in Bitcoin's alphabet.
//
// Both directions take time quadratic in the length of their input: [Decode]'s callers bound it first.
package base58

import (
	"errors"
	"slices"
	"strings"
)

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// ErrAlphabet says that a text holds a character that is not one of the 58.
var ErrAlphabet = errors.New("a character outside base58")

// Encode writes raw, read as one big-endian number, in base 58; each leading zero byte becomes a leading '1'.
func Encode(raw []byte) string {
	digits := rebase(raw, 256, 58)
	for i, d := range digits {
		digits[i] = alphabet[d]
	}
	return string(digits)
}

// Decode undoes [Encode]. Every text over the alphabet stands for exactly one byte string.
func Decode(text string) ([]byte, error) {
	digits := make([]byte, len(text))
	for i := range len(text) {
		d := strings.IndexByte(alphabet, text[i])
		if d < 0 {
			return nil, ErrAlphabet
		}
		digits[i] = byte(d)
	}
	return rebase(digits, 58, 256), nil
}

// rebase turns the digits of a number in one base into those in another, most significant first, and keeps the count
// of leading zeros.
func rebase(in []byte, from, to int) []byte {
	var out []byte // least significant first until the end
	for _, digit := range in {
		carry := int(digit)
		for i := range out {
			carry += int(out[i]) * from
			out[i], carry = byte(carry%to), carry/to
		}
		for ; carry > 0; carry /= to {
			out = append(out, byte(carry%to))
		}
	}
	for i := 0; i < len(in) && in[i] == 0; i++ {
		out = append(out, 0)
	}
	slices.Reverse(out)
	return out
}
