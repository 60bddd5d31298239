package sign

import (
	"errors"
	"fmt"

	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519"
	"github.com/oasisprotocol/curve25519-voi/primitives/sr25519"

	"github.com/taolight/taolight/core/keys"
)

// ErrSecret says that a secret key's bytes are not one of the named scheme.
var ErrSecret = errors.New("not a secret key of this scheme")

// Key is a secret key; it implements [Signer]. Printing one shows its address and never the secret.
type Key struct {
	scheme  Scheme
	account keys.Account
	sr      *sr25519.KeyPair
	ed      ed25519.PrivateKey
}

// FromSeed returns the key that a 32-byte seed stands for: for sr25519 the mini-secret, expanded as wallets of
// substrate chains do ("ed25519-style"), for ed25519 the seed of RFC 8032.
func FromSeed(scheme Scheme, seed [32]byte) (*Key, error) {
	switch scheme {
	case Sr25519:
		mini := sr25519.MiniSecretKey(seed)
		return fromPair(mini.ExpandEd25519().KeyPair())
	case Ed25519:
		k := &Key{scheme: Ed25519, ed: ed25519.NewKeyFromSeed(seed[:])}
		k.account = keys.Account(k.ed[ed25519.SeedSize:])
		return k, nil
	}
	return nil, fmt.Errorf("%w: unknown %v", ErrSecret, scheme)
}

// FromSecret undoes [Key.Secret].
func FromSecret(scheme Scheme, secret []byte) (*Key, error) {
	switch {
	case scheme == Sr25519 && len(secret) == sr25519.SecretKeySize:
		sk, err := sr25519.NewSecretKeyFromBytes(secret)
		if err != nil {
			return nil, fmt.Errorf("%w: %v", ErrSecret, err)
		}
		return fromPair(sk.KeyPair())
	case scheme == Ed25519 && len(secret) == ed25519.SeedSize:
		return FromSeed(Ed25519, [32]byte(secret))
	}
	return nil, fmt.Errorf("%w: %d bytes for %v", ErrSecret, len(secret), scheme)
}

// FromEd25519Style returns the sr25519 key of a 64-byte secret as polkadot-js and older Bittensor files write it: the
// scalar times eight, as ed25519 clamps it, then the nonce.
func FromEd25519Style(secret [64]byte) (*Key, error) {
	sk, err := sr25519.NewSecretKeyFromEd25519Bytes(secret[:])
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSecret, err)
	}
	return fromPair(sk.KeyPair())
}

func fromPair(pair *sr25519.KeyPair) (*Key, error) {
	public, err := pair.PublicKey().MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSecret, err)
	}
	k := &Key{scheme: Sr25519, sr: pair, account: keys.Account(public)}
	if weak(k.account) {
		return nil, fmt.Errorf("%w: it is zero", ErrSecret)
	}
	return k, nil
}

// Account returns the public key.
func (k *Key) Account() keys.Account { return k.account }

// Scheme returns the algorithm that the key is for.
func (k *Key) Scheme() Scheme { return k.scheme }

// Secret returns the secret's bytes for storing: 64 of sr25519 (scalar and nonce), 32 of ed25519 (the seed). They are
// all that it takes to sign.
func (k *Key) Secret() []byte {
	if k.scheme == Ed25519 {
		return k.ed.Seed()
	}
	secret, err := k.sr.SecretKey().MarshalBinary()
	if err != nil {
		panic("sign: a key that signs can't be written: " + err.Error())
	}
	return secret
}

// Sign signs the message as it is; see [Payload]. sr25519 signatures differ from call to call, ed25519 ones don't.
func (k *Key) Sign(message []byte) ([Size]byte, error) {
	if k.scheme == Ed25519 {
		return [Size]byte(ed25519.Sign(k.ed, message)), nil
	}
	sig, err := k.sr.Sign(nil, sr25519.NewSigningContext(substrate).NewTranscriptBytes(message))
	if err != nil {
		return [Size]byte{}, fmt.Errorf("sign: %w", err)
	}
	raw, err := sig.MarshalBinary()
	if err != nil {
		return [Size]byte{}, fmt.Errorf("sign: %w", err)
	}
	return [Size]byte(raw), nil
}

// String returns the address.
func (k *Key) String() string { return k.account.String() }

// GoString returns the address, so that no way of printing shows the secret.
func (k *Key) GoString() string { return "sign.Key(" + k.account.String() + ")" }

// Format prints the address for every verb.
func (k *Key) Format(f fmt.State, verb rune) {
	if verb == 'v' && f.Flag('#') {
		fmt.Fprint(f, k.GoString())
		return
	}
	fmt.Fprint(f, k.String())
}
