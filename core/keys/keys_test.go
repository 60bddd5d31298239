package keys_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
)

func TestKnownAddresses(t *testing.T) {
	for _, c := range []struct{ public, address string }{
		{strings.Repeat("00", 32), "5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM"},
		{"d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"},
		{"8eaf04151687736326c9fea17e25fc5287613693c912909cb226aa4794f26a48", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"},
	} {
		raw, err := hex.DecodeString(c.public)
		if err != nil {
			t.Fatal(err)
		}
		if got := keys.Account(raw).String(); got != c.address {
			t.Errorf("%s: got %s, want %s", c.public, got, c.address)
		}
		if got, err := keys.Parse(c.address); err != nil || got != keys.Account(raw) {
			t.Errorf("%s: %x, %v", c.address, got[:], err)
		}
	}
}

func TestBadAddresses(t *testing.T) {
	const alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	for _, c := range []struct {
		in   string
		want error
	}{
		{"", keys.ErrLength},
		{alice[:30], keys.ErrLength},
		{alice + alice, keys.ErrLength},
		{strings.Repeat("1", 1<<20), keys.ErrLength},
		{strings.Repeat("1", 48), keys.ErrLength},
		{strings.Repeat("z", 50), keys.ErrLength},
		{strings.Replace(alice, "G", "0", 1), keys.ErrAlphabet},
		{strings.Replace(alice, "G", "é", 1), keys.ErrAlphabet},
		{" " + alice, keys.ErrAlphabet},
		{strings.Replace(alice, "wva", "vwa", 1), keys.ErrChecksum},
		{alice[:47] + "Z", keys.ErrChecksum},
		{"15oF4uVJwmo4TdGW7VfQxNLavjCXviqxT9S1MgbjMNHr6Sp5", keys.ErrPrefix}, // Alice on Polkadot, prefix 0
	} {
		_, err := keys.Parse(c.in)
		if !errors.Is(err, c.want) {
			t.Errorf("%.60q: got %v, want %v", c.in, err, c.want)
		}
		if err != nil && len(err.Error()) > 300 {
			t.Errorf("%.60q: the error has %d characters", c.in, len(err.Error()))
		}
	}
}

func TestAddressRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		a := keys.Account(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(r, "account"))
		s := a.String()
		back, err := keys.Parse(s)
		if err != nil || back != a {
			r.Fatalf("%s: %v, %v", s, back, err)
		}
		text, err := json.Marshal(a)
		if err != nil || string(text) != `"`+s+`"` {
			r.Fatalf("JSON: %s, %v", text, err)
		}
		if b := codec.MustEncode(a); len(b) != 34 || b[0] != 0x58 || b[1] != 32 {
			r.Fatalf("encodes as %x, want a byte string of 32", b)
		}

		at := rapid.IntRange(0, len(s)-1).Draw(r, "at")
		c := rapid.SampledFrom([]byte("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")).Draw(r, "character")
		mistyped := s[:at] + string(c) + s[at+1:]
		if got, err := keys.Parse(mistyped); err == nil && got == a && mistyped != s {
			r.Fatalf("%s and %s are the same account", s, mistyped)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")
	f.Add("5C4hrfjw9DjXZTzV3MwzrrAr9P1MJhSrvWGWqi1eSuyUpnhM")
	f.Add(strings.Repeat("1", 48))
	f.Fuzz(func(t *testing.T, s string) {
		if a, err := keys.Parse(s); err == nil && a.String() != s {
			t.Errorf("%q parses to the account of %q", s, a)
		}
	})
}
