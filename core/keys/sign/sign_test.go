package sign_test

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/ChainSafe/go-schnorrkel"
	cmted "github.com/cometbft/cometbft/crypto/ed25519"
	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
)

func mustHex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func signed(t testing.TB, k sign.Signer, message []byte) sign.Check {
	t.Helper()
	sig, err := k.Sign(message)
	if err != nil {
		t.Fatal(err)
	}
	return sign.Check{Scheme: k.Scheme(), Account: k.Account(), Message: message, Signature: sig}
}

func drawKey(t *rapid.T, scheme sign.Scheme) *sign.Key {
	seed := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed")
	k, err := sign.FromSeed(scheme, [32]byte(seed))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestWalletExtension checks a signature made by the polkadot.js extension over wrapped text.
func TestWalletExtension(t *testing.T) {
	c := sign.Check{
		Account:   keys.Account(mustHex(t, "f84d048da2ddae2d9d8fd6763f469566e8817a26114f39408de15547f6d47805")),
		Message:   []byte("<Bytes>message to sign</Bytes>"),
		Signature: [64]byte(mustHex(t, "48ce2c90e08651adfc8ecef84e916f6d1bb51ebebd16150ee12df247841a5437951ea0f9d632ca165e6ab391532e75e701be6a1caa88c8a6bcca3511f55b4183")),
	}
	if !sign.Verify(c) {
		t.Error("a wallet extension's signature is refused")
	}
	c.Message = []byte("message to sign")
	if sign.Verify(c) {
		t.Error("it also verifies without the wrapping")
	}
}

func TestPayload(t *testing.T) {
	got := string(sign.Payload(sign.DomainTx, [32]byte{0xAB, 31: 0x01}))
	want := "<Bytes>taolight-tx:ab" + fmt.Sprintf("%062d", 1) + "</Bytes>"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSignVerify(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		scheme := rapid.SampledFrom([]sign.Scheme{sign.Sr25519, sign.Ed25519}).Draw(r, "scheme")
		message := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(r, "message")
		c := signed(t, drawKey(r, scheme), message)
		if !sign.Verify(c) || !sign.VerifyAll([]sign.Check{c})[0] {
			r.Fatal("own signature refused")
		}
		bad := c
		bit := rapid.IntRange(0, 64*8-1).Draw(r, "bit")
		bad.Signature[bit/8] ^= 1 << (bit % 8)
		if sign.Verify(bad) {
			r.Fatalf("signature with bit %d flipped passes", bit)
		}
		bad = c
		bad.Message = append(slices.Clone(message), 0)
		if sign.Verify(bad) {
			r.Fatal("signature of another message passes")
		}
		bad = c
		bad.Scheme = 1 - c.Scheme
		if sign.Verify(bad) {
			r.Fatal("signature passes under the other scheme")
		}
		bad.Scheme = 2
		if sign.Verify(bad) {
			r.Fatal("signature passes under an unknown scheme")
		}
	})
}

// TestAgainstSchnorrkel holds sr25519 to an independent implementation, in both directions.
func TestAgainstSchnorrkel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		seed := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(r, "seed"))
		message := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(r, "message")
		ours, err := sign.FromSeed(sign.Sr25519, seed)
		if err != nil {
			r.Fatal(err)
		}
		mini, err := schnorrkel.NewMiniSecretKeyFromRaw(seed)
		if err != nil {
			r.Fatal(err)
		}
		theirs := mini.ExpandEd25519()
		public, err := theirs.Public()
		if err != nil {
			r.Fatal(err)
		}
		if public.Encode() != ours.Account() {
			r.Fatalf("public keys differ: %x, theirs %x", ours.Account(), public.Encode())
		}

		sig, err := theirs.Sign(schnorrkel.NewSigningContext([]byte("substrate"), message))
		if err != nil {
			r.Fatal(err)
		}
		c := sign.Check{Account: ours.Account(), Message: message, Signature: sig.Encode()}
		if !sign.Verify(c) {
			r.Fatal("their signature is refused here")
		}

		own := signed(t, ours, message)
		back := new(schnorrkel.Signature)
		if err := back.Decode(own.Signature); err != nil {
			r.Fatal(err)
		}
		ok, err := public.Verify(back, schnorrkel.NewSigningContext([]byte("substrate"), message))
		if err != nil || !ok {
			r.Fatalf("our signature is refused there: %v %v", ok, err)
		}
	})
}

// TestAgainstComet holds ed25519 to CometBFT's verification, except for weak keys.
func TestAgainstComet(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(r, "message")
		c := signed(t, drawKey(r, sign.Ed25519), message)
		if rapid.Bool().Draw(r, "flip") {
			bit := rapid.IntRange(0, 64*8-1).Draw(r, "bit")
			c.Signature[bit/8] ^= 1 << (bit % 8)
		}
		want := cmted.PubKey(c.Account[:]).VerifySignature(message, c.Signature[:])
		if got := sign.Verify(c); got != want {
			r.Fatalf("got %v, CometBFT says %v", got, want)
		}
	})
}

// smallOrder are the encodings, canonical or not, of the eight points of small order on edwards25519.
var smallOrder = []string{
	"0100000000000000000000000000000000000000000000000000000000000000",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
	"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
	"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
	"0100000000000000000000000000000000000000000000000000000000000080",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
}

// TestWeakEd25519 makes signatures that CometBFT accepts for keys of small order, and wants them refused.
func TestWeakEd25519(t *testing.T) {
	for _, point := range smallOrder {
		c := sign.Check{Scheme: sign.Ed25519, Account: keys.Account(mustHex(t, point)), Message: []byte("take it all")}
		c.Signature[0] = 1 // R is the identity, S is zero: 8R = 8S·B - 8k·A holds for every k
		if !cmted.PubKey(c.Account[:]).VerifySignature(c.Message, c.Signature[:]) {
			t.Errorf("%s: the forgery is not one, the test shows nothing", point)
		}
		if sign.Verify(c) || sign.VerifyAll([]sign.Check{c})[0] {
			t.Errorf("%s: anyone can sign for this key, and it was accepted", point)
		}
	}
}

// TestAllZeroAccount: the snapshot funds the all-zero account, the identity of ristretto255, for which (R = s·B, s) is a valid
// Schnorr signature of every message.
func TestAllZeroAccount(t *testing.T) {
	k, err := sign.FromSeed(sign.Sr25519, [32]byte{7})
	if err != nil {
		t.Fatal(err)
	}
	account := k.Account()
	c := sign.Check{Scheme: sign.Sr25519, Message: []byte("take it all")}
	c.Signature = [64]byte(append(account[:], k.Secret()[:32]...))
	c.Signature[63] |= 128 // the mark of sr25519 signatures

	public := new(schnorrkel.PublicKey)
	if err := public.Decode([32]byte{}); err == nil {
		sig := new(schnorrkel.Signature)
		if err := sig.Decode(c.Signature); err != nil {
			t.Fatal(err)
		}
		ok, err := public.Verify(sig, schnorrkel.NewSigningContext([]byte("substrate"), c.Message))
		t.Logf("another implementation says %v, %v", ok, err)
	}
	for _, scheme := range []sign.Scheme{sign.Sr25519, sign.Ed25519} {
		c.Scheme = scheme
		if sign.Verify(c) || sign.VerifyAll([]sign.Check{c})[0] {
			t.Errorf("%v: the all-zero account signs", scheme)
		}
	}
	c.Signature = [64]byte{63: 128}
	c.Scheme = sign.Sr25519
	if sign.Verify(c) {
		t.Error("the all-zero signature of the all-zero account is accepted")
	}
	if _, err := sign.FromSecret(sign.Sr25519, make([]byte, 64)); err == nil {
		t.Error("the zero secret makes a key")
	}
}

// TestScalarRange: a scalar plus the group order is the same number, and must not be a second signature.
func TestScalarRange(t *testing.T) {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	for _, scheme := range []sign.Scheme{sign.Sr25519, sign.Ed25519} {
		k, err := sign.FromSeed(scheme, sha512.Sum512_256([]byte("range")))
		if err != nil {
			t.Fatal(err)
		}
		c := signed(t, k, []byte("once"))
		mark := c.Signature[63] & 128
		s := slices.Clone(c.Signature[32:])
		s[31] &= 127
		slices.Reverse(s)
		sum := new(big.Int).Add(new(big.Int).SetBytes(s), order).FillBytes(make([]byte, 32))
		slices.Reverse(sum)
		copy(c.Signature[32:], sum)
		c.Signature[63] |= mark
		if sign.Verify(c) {
			t.Errorf("%v: a signature has a second form", scheme)
		}
	}
}
