package sign_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
)

// FuzzVerify: whatever bytes come, nothing panics and a batch answers as a single check does.
func FuzzVerify(f *testing.F) {
	for _, scheme := range []sign.Scheme{sign.Sr25519, sign.Ed25519} {
		k, err := sign.FromURIScheme(scheme, "//Alice")
		if err != nil {
			f.Fatal(err)
		}
		c := signed(f, k, []byte("message"))
		f.Add(uint8(scheme), c.Account[:], c.Message, c.Signature[:])
	}
	f.Add(uint8(0), make([]byte, 32), []byte{}, make([]byte, 64))
	f.Fuzz(func(t *testing.T, scheme uint8, account, message, signature []byte) {
		if len(account) != 32 || len(signature) != 64 {
			return
		}
		c := sign.Check{Scheme: sign.Scheme(scheme), Account: keys.Account(account), Message: message, Signature: [64]byte(signature)}
		if one, all := sign.Verify(c), sign.VerifyAll([]sign.Check{c, c}); one != all[0] || one != all[1] {
			t.Errorf("alone %v, in a batch %v", one, all)
		}
	})
}

// FuzzFromURI: every text makes a key that signs, or an error.
func FuzzFromURI(f *testing.F) {
	f.Add("//Alice")
	f.Add(sign.DevPhrase + "/soft//hard///password")
	f.Add("0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e//0")
	f.Fuzz(func(t *testing.T, uri string) {
		if k, err := sign.FromURI(uri); err == nil && !sign.Verify(signed(t, k, []byte("message"))) {
			t.Error("the key does not sign")
		}
	})
}

// FuzzFromSecret: bytes that are a secret are written as those bytes, and sign.
func FuzzFromSecret(f *testing.F) {
	for _, scheme := range []sign.Scheme{sign.Sr25519, sign.Ed25519} {
		k, err := sign.FromURIScheme(scheme, "//Alice")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(scheme), k.Secret())
	}
	f.Add(uint8(0), bytes.Repeat([]byte{0xff}, 64))
	f.Add(uint8(0), make([]byte, 64))
	f.Fuzz(func(t *testing.T, scheme uint8, secret []byte) {
		k, err := sign.FromSecret(sign.Scheme(scheme), secret)
		if err != nil {
			return
		}
		if !bytes.Equal(k.Secret(), secret) {
			t.Errorf("%x is written again as %x", secret, k.Secret())
		}
		if !sign.Verify(signed(t, k, []byte("message"))) {
			t.Error("the key does not sign")
		}
	})
}

// FuzzMnemonic: words that are read are those that their entropy is written as, capitals and spaces aside.
func FuzzMnemonic(f *testing.F) {
	f.Add(sign.DevPhrase)
	f.Add("  Bottom drive\tobey lake curtain smoke basket hold race lonely fit walk\n")
	f.Add("bottom bottom")
	f.Fuzz(func(t *testing.T, phrase string) {
		entropy, err := sign.EntropyOfMnemonic(phrase)
		if err != nil {
			return
		}
		words, err := sign.NewMnemonic(entropy)
		if err != nil || words != strings.ToLower(strings.Join(strings.Fields(phrase), " ")) {
			t.Errorf("%q is written again as %q, %v", phrase, words, err)
		}
	})
}
