// Package keys names accounts: 32-byte public keys and their SS58 text.
//
// An [Account] is the public key of a coldkey or a hotkey, sr25519 or ed25519; which of the two shows only in how it
// signs. Start with [Parse] to read an address and [Account.String] to write one. Signing and checking signatures is
// in core/keys/sign, key files are in core/keys/keyfile: a program that only shows addresses needs neither.
package keys

import (
	"errors"
	"fmt"

	"golang.org/x/crypto/blake2b"

	"github.com/taolight/taolight/core/base58"
)

// Account is a public key. The zero value is an account like any other, and one that nobody may sign for.
type Account [32]byte

// Prefix is the SS58 network prefix: 42, the one of generic substrate chains and of Bittensor.
const Prefix = 42

// Errors that [Parse] wraps; each says what is wrong with the address.
var (
	ErrAlphabet = base58.ErrAlphabet
	ErrLength   = errors.New("wrong length")
	ErrPrefix   = errors.New("wrong network prefix")
	ErrChecksum = errors.New("wrong checksum, a character is mistyped")
)

const ss58Len = 1 + 32 + 2

// String returns the account's SS58 address, 47 or 48 characters of base58.
func (a Account) String() string {
	raw := append([]byte{Prefix}, a[:]...)
	sum := checksum(raw)
	return base58.Encode(append(raw, sum[:2]...))
}

// MarshalText writes the SS58 address.
func (a Account) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads an SS58 address.
func (a *Account) UnmarshalText(b []byte) error {
	parsed, err := Parse(string(b))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

// Parse reads an SS58 address with [Prefix]. The error wraps one of this package's and quotes what was given.
func Parse(s string) (Account, error) {
	fail := func(err error) (Account, error) { return Account{}, fmt.Errorf("address %.64q: %w", s, err) }
	if len(s) < ss58Len || len(s) > 50 {
		return fail(fmt.Errorf("%w: an address has 47 or 48 characters, this has %d", ErrLength, len(s)))
	}
	raw, err := base58.Decode(s)
	if err != nil {
		return fail(err)
	}
	if len(raw) != ss58Len {
		return fail(fmt.Errorf("%w: %d bytes, want %d", ErrLength, len(raw), ss58Len))
	}
	if sum := checksum(raw[:33]); sum[0] != raw[33] || sum[1] != raw[34] {
		return fail(ErrChecksum)
	}
	if raw[0] != Prefix {
		return fail(fmt.Errorf("%w: %d, this chain's is %d", ErrPrefix, raw[0], Prefix))
	}
	return Account(raw[1:33]), nil
}

func checksum(raw []byte) [64]byte { return blake2b.Sum512(append([]byte("SS58PRE"), raw...)) }
