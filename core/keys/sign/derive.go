package sign

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/oasisprotocol/curve25519-voi/curve/scalar"
	"github.com/oasisprotocol/curve25519-voi/primitives/merlin"
	"github.com/oasisprotocol/curve25519-voi/primitives/sr25519"
	"golang.org/x/crypto/blake2b"
)

// junction is one step of a derivation path: //NAME is hard, /NAME is soft.
type junction struct {
	hard bool
	code [32]byte
}

// newJunction encodes a name as substrate does: a decimal number as 8 little-endian bytes, anything else as a string
// with its length in front; what is longer than 32 bytes then is hashed, what is shorter padded with zeros.
func newJunction(name string, hard bool) junction {
	var raw []byte
	if n, err := strconv.ParseUint(strings.TrimPrefix(name, "+"), 10, 64); err == nil {
		raw = binary.LittleEndian.AppendUint64(nil, n)
	} else {
		raw = append(compactLength(len(name)), name...)
	}
	j := junction{hard: hard}
	if len(raw) > len(j.code) {
		j.code = blake2b.Sum256(raw)
	} else {
		copy(j.code[:], raw)
	}
	return j
}

// compactLength is SCALE's compact encoding of lengths below 2^30, more than a path may have.
func compactLength(n int) []byte {
	switch {
	case n < 1<<6:
		return []byte{byte(n << 2)}
	case n < 1<<14:
		return binary.LittleEndian.AppendUint16(nil, uint16(n<<2|1))
	}
	return binary.LittleEndian.AppendUint32(nil, uint32(n<<2|2))
}

// derive returns the key at the end of one junction.
func (k *Key) derive(j junction) (*Key, error) {
	switch {
	case k.scheme == Ed25519 && j.hard:
		text := append([]byte{11 << 2}, "Ed25519HDKD"...)
		return FromSeed(Ed25519, blake2b.Sum256(append(append(text, k.ed.Seed()...), j.code[:]...)))
	case k.scheme == Ed25519:
		return nil, fmt.Errorf("ed25519 keys have no soft derivation: write //NAME instead of /NAME")
	case j.hard:
		return k.deriveHard(j.code)
	}
	return k.deriveSoft(j.code)
}

// deriveHard makes a new mini-secret that only who has the secret can compute.
func (k *Key) deriveHard(code [32]byte) (*Key, error) {
	t := derivation(code)
	t.AppendMessage("secret-key", k.Secret()[:sr25519.SecretKeyScalarSize])
	var mini [32]byte
	t.ExtractBytes(mini[:], "HDKD-hard")
	return FromSeed(Sr25519, mini)
}

// deriveSoft adds a scalar that follows from the public key, so that who has the public key can derive it, too.
func (k *Key) deriveSoft(code [32]byte) (*Key, error) {
	secret := k.Secret()
	t := derivation(code)
	t.AppendMessage("public-key", k.account[:])
	var wide [64]byte
	t.ExtractBytes(wide[:], "HDKD-scalar")

	offset, err := scalar.NewFromBytesModOrderWide(wide[:])
	if err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	sum, err := scalar.NewFromCanonicalBytes(secret[:32])
	if err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	sum.Add(sum, offset)

	// The nonce seed is no part of the public key, so any secret value does. It is derived and not drawn, for the
	// same path to give the same secret bytes.
	t.AppendMessage("nonce", secret)
	child := make([]byte, sr25519.SecretKeySize)
	if err := sum.ToBytes(child[:32]); err != nil {
		return nil, fmt.Errorf("derive: %w", err)
	}
	t.ExtractBytes(child[32:], "HDKD-nonce")
	return FromSecret(Sr25519, child)
}

func derivation(code [32]byte) *merlin.Transcript {
	t := merlin.NewTranscript("SchnorrRistrettoHDKD")
	t.AppendMessage("sign-bytes", nil)
	t.AppendMessage("chain-code", code[:])
	return t
}
