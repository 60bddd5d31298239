// Package sign signs for accounts and checks their signatures, sr25519 and ed25519.
//
// Start with [Verify] for one signature and [VerifyAll] for the signatures of a block. To sign, make a [Key] with
// [FromURI] (a mnemonic, a seed or a development name such as //Alice) or [FromSeed]. What is signed is never a bare
// hash: [Payload] wraps it with the name of its use, in the form that wallet extensions sign, so that a signature
// for one use says nothing in another.
//
// # Weak keys
//
// There are public keys for which anyone can make signatures: the sr25519 identity, which is the all-zero account, and
// the ed25519 points of small order. No signature of theirs is ever valid here, under either scheme.
package sign

import (
	"encoding/hex"
	"fmt"

	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519"
	"github.com/oasisprotocol/curve25519-voi/primitives/sr25519"

	"github.com/taolight/taolight/core/keys"
)

// Scheme is a signature algorithm. The zero value is Sr25519, what wallets of this network create.
type Scheme uint8

// The schemes. Their numbers are part of the transaction encoding.
const (
	Sr25519 Scheme = 0 // Schnorr over ristretto255, in the signing context "substrate"
	Ed25519 Scheme = 1 // as in ZIP-215, except that public keys of small order are refused
)

// String returns the scheme's name.
func (s Scheme) String() string {
	switch s {
	case Sr25519:
		return "sr25519"
	case Ed25519:
		return "ed25519"
	}
	return fmt.Sprintf("scheme(%d)", uint8(s))
}

// Size is the length of a signature of either scheme in bytes.
const Size = 64

// Check is one signature to check: did Account sign Message?
type Check struct {
	Scheme    Scheme
	Account   keys.Account
	Message   []byte
	Signature [Size]byte
}

// Verifier checks many signatures; element i of the answer is about checks[i]. [VerifyAll] is one. Whoever gives
// another one, such as one that remembers what it has seen, promises the same answers.
type Verifier func(checks []Check) []bool

// Signer signs for one account.
type Signer interface {
	Account() keys.Account
	Scheme() Scheme
	Sign(message []byte) ([Size]byte, error)
}

// Domains of [Payload]: each use of a signature has its own.
const (
	DomainTx = "taolight-tx" // a transaction's hash
)

// Payload returns the bytes that are signed for a hash within a domain: <Bytes>DOMAIN:HEX</Bytes>, with the hash in
// lower-case hexadecimal. Wallet extensions put text that a page asks them to sign between the same marks.
func Payload(domain string, hash [32]byte) []byte {
	return []byte("<Bytes>" + domain + ":" + hex.EncodeToString(hash[:]) + "</Bytes>")
}

// substrate is the signing context of every sr25519 signature on substrate chains.
var substrate = []byte("substrate")

// zip215 accepts what CometBFT accepts, so that batches and single checks agree on every input, but refuses public
// keys of small order: those sign anything.
var zip215 = &ed25519.Options{Verify: &ed25519.VerifyOptions{
	AllowSmallOrderA:   false,
	AllowSmallOrderR:   true,
	AllowNonCanonicalA: true,
	AllowNonCanonicalR: true,
}}

// Verify reports whether c's signature is valid. Malformed keys and signatures, weak keys and unknown schemes are
// simply not valid.
func Verify(c Check) bool {
	if weak(c.Account) {
		return false
	}
	switch c.Scheme {
	case Sr25519:
		key, sig, ok := parseSr25519(&c)
		return ok && key.Verify(sr25519.NewSigningContext(substrate).NewTranscriptBytes(c.Message), sig)
	case Ed25519:
		return ed25519.VerifyWithOptions(c.Account[:], c.Message, c.Signature[:], zip215)
	}
	return false
}

// weak reports whether a is refused before its scheme is looked at. The all-zero account is the identity of ristretto255
// and a point of order four on edwards25519. The other small-order ed25519 points are found once they are decoded.
func weak(a keys.Account) bool { return a == keys.Account{} }

func parseSr25519(c *Check) (*sr25519.PublicKey, *sr25519.Signature, bool) {
	key, err := sr25519.NewPublicKeyFromBytes(c.Account[:])
	if err != nil {
		return nil, nil, false
	}
	sig, err := sr25519.NewSignatureFromBytes(c.Signature[:])
	return key, sig, err == nil
}
