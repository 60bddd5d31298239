package sign_test

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/ChainSafe/go-schnorrkel"
	"github.com/tyler-smith/go-bip39"
	"github.com/tyler-smith/go-bip39/wordlists"
	"golang.org/x/crypto/blake2b"
	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
)

func TestDevelopmentAccounts(t *testing.T) {
	for _, c := range []struct {
		scheme    sign.Scheme
		uri, want string
	}{
		{sign.Sr25519, "", "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV"},
		{sign.Sr25519, "//Alice", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},
		{sign.Sr25519, "//Bob", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"},
		{sign.Sr25519, "//Charlie", "5FLSigC9HGRKVhB9FiEo4Y3koPsNmBmLJbpXg2mp1hXcS59Y"},
		{sign.Sr25519, "//Dave", "5DAAnrj7VHTznn2AWBemMuyBwZWs6FNFjdyVXUeYum3PTXFy"},
		{sign.Sr25519, "//Eve", "5HGjWAeFDfFCWPsjFQdVV2Msvz2XtMktvgocEZcCj68kUMaw"},
		{sign.Sr25519, "//Ferdie", "5CiPPseXPECbkjWCa6MnjNokrgYjMqmKndv2rSnekmSK2DjL"},
		{sign.Sr25519, "//Alice//stash", "5GNJqTPyNqANBkUVMN1LPPrxXnFouWXoe2wNSmmEoLctxiZY"},
		{sign.Sr25519, sign.DevPhrase + "//Alice", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},
		{sign.Sr25519, "0xe5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},
		{sign.Sr25519, "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e//Bob", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"},
		{sign.Ed25519, "//Alice", "5FA9nQDVg267DEd8m1ZypXLBnvN7SFxYwV7ndqSYGiN9TTpu"},
		{sign.Ed25519, "//Bob", "5GoNkf6WdbxCFnPdAnYYQyCjAKPJgLNxXwPjwTh6DGg6gN3E"},
	} {
		k, err := sign.FromURIScheme(c.scheme, c.uri)
		if err != nil {
			t.Errorf("%v %q: %v", c.scheme, c.uri, err)
			continue
		}
		if got := k.Account().String(); got != c.want {
			t.Errorf("%v %q: got %s, want %s", c.scheme, c.uri, got, c.want)
		}
	}
}

func TestBadURI(t *testing.T) {
	secret := "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479"
	for _, uri := range []string{
		secret, "0x", "0xzz", "Alice", "//", "//Alice/", "//Alice//", "bottom drive", strings.Repeat("/a", 600),
		"bottom drive obey lake curtain smoke basket hold race lonely fit fit",
		"bottom drive obey lake curtain smoke basket hold race lonely fit Walk", secret + "e///password",
	} {
		k, err := sign.FromURI(uri)
		if err == nil {
			t.Errorf("%q makes the key %v", uri, k)
			continue
		}
		if !errors.Is(err, sign.ErrURI) && !errors.Is(err, sign.ErrMnemonic) {
			t.Errorf("%q: untyped error %v", uri, err)
		}
		if strings.Contains(err.Error(), "fac7959") || strings.Contains(err.Error(), "lonely fit") {
			t.Errorf("%q: the error quotes the secret: %v", uri, err)
		}
	}
	if _, err := sign.FromURIScheme(sign.Ed25519, "/soft"); err == nil {
		t.Error("ed25519 derives softly")
	}
}

// TestPathsAgainstSchnorrkel derives random paths here and with an independent implementation.
func TestPathsAgainstSchnorrkel(t *testing.T) {
	name := rapid.StringMatching(`[a-zA-Z0-9 _-]{1,50}`)
	rapid.Check(t, func(r *rapid.T) {
		seed := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(r, "seed"))
		mini, err := schnorrkel.NewMiniSecretKeyFromRaw(seed)
		if err != nil {
			r.Fatal(err)
		}
		theirs := mini.ExpandEd25519()
		uri := "0x" + hex.EncodeToString(seed[:])
		for range rapid.IntRange(0, 4).Draw(r, "junctions") {
			n := rapid.OneOf(name, rapid.Just("0"), rapid.Just("18446744073709551615"), rapid.Just("18446744073709551616")).Draw(r, "name")
			var child *schnorrkel.ExtendedKey
			if rapid.Bool().Draw(r, "hard") {
				uri += "//" + n
				child, err = schnorrkel.DeriveKeyHard(theirs, nil, chainCode(n))
			} else {
				uri += "/" + n
				child, err = schnorrkel.DeriveKeySoft(theirs, nil, chainCode(n))
			}
			if err == nil {
				theirs, err = child.Secret()
			}
			if err != nil {
				r.Fatal(err)
			}
		}
		public, err := theirs.Public()
		if err != nil {
			r.Fatal(err)
		}
		k, err := sign.FromURI(uri)
		if err != nil {
			r.Fatalf("%s: %v", uri, err)
		}
		if want := keys.Account(public.Encode()); k.Account() != want {
			r.Fatalf("%s: %s, theirs %s", uri, k.Account(), want)
		}
		if !sign.Verify(signed(t, k, []byte("derived"))) {
			r.Fatalf("%s: a derived key does not sign", uri)
		}
		again, err := sign.FromSecret(k.Scheme(), k.Secret())
		if err != nil || again.Account() != k.Account() {
			r.Fatalf("the secret does not bring back the key: %v", err)
		}
	})
}

// chainCode writes a junction's name as SCALE does, by another way than the code under test.
func chainCode(name string) (cc [32]byte) {
	if n, ok := new(big.Int).SetString(name, 10); ok && n.IsUint64() && name[0] != '-' {
		slices.Reverse(n.FillBytes(cc[:8]))
		return cc
	}
	raw := append([]byte{byte(len(name) * 4)}, name...)
	if len(raw) > 32 {
		return blake2b.Sum256(raw)
	}
	copy(cc[:], raw)
	return cc
}

func TestMnemonicAgainstBIP39(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		entropy := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(r, "entropy")[:4*rapid.IntRange(4, 8).Draw(r, "words")]
		want, err := bip39.NewMnemonic(entropy)
		if err != nil {
			r.Fatal(err)
		}
		got, err := sign.NewMnemonic(entropy)
		if err != nil || got != want {
			r.Fatalf("%q, %v, want %q", got, err, want)
		}
		back, err := sign.EntropyOfMnemonic(got)
		if err != nil || string(back) != string(entropy) {
			r.Fatalf("%x, %v, want %x", back, err, entropy)
		}
		words := strings.Fields(got)
		words[rapid.IntRange(0, len(words)-1).Draw(r, "at")] = rapid.SampledFrom(wordlists.English).Draw(r, "word")
		changed := strings.Join(words, " ")
		if _, err := sign.EntropyOfMnemonic(changed); (err == nil) != bip39.IsMnemonicValid(changed) {
			r.Fatalf("%q: %v, the other implementation disagrees", changed, err)
		}
	})
}

// TestSubstrateVariant takes vectors of substrate-bip39: entropy and password in, seed out.
func TestSubstrateVariant(t *testing.T) {
	phrase, err := sign.NewMnemonic(make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	seed, err := sign.SeedOfMnemonic(phrase, "Substrate")
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(seed[:]); got != "44e9d125f037ac1d51f0a7d3649689d422c2af8b1ec8e00d71db4d7bf6d127e3" {
		t.Errorf("got %s", got)
	}
}

func TestKeyDoesNotPrintItsSecret(t *testing.T) {
	k, err := sign.FromURI("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	secret := hex.EncodeToString(k.Secret()[:8])
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		for _, v := range []any{k, struct{ K *sign.Key }{k}} {
			if out := fmt.Sprintf(verb, v); strings.Contains(out, secret) || strings.Contains(out, "33 166 244") {
				t.Errorf("%s prints %s", verb, out)
			}
		}
	}
}
