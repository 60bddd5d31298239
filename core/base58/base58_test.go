package base58_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/base58"
)

func ExampleEncode() {
	fmt.Println(base58.Encode([]byte("Hello World!")))
	// Output: 2NEpo7TZRRrLZSi2U
}

func TestVectors(t *testing.T) {
	for raw, text := range map[string]string{ // from the base58 internet draft
		"": "", "\x00": "1", "\x00\x00\x28\x7f\xb4\xcd": "11233QC4",
		"The quick brown fox jumps over the lazy dog.": "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
	} {
		if got := base58.Encode([]byte(raw)); got != text {
			t.Errorf("Encode(%q) = %q, want %q", raw, got, text)
		}
		if got, err := base58.Decode(text); err != nil || string(got) != raw {
			t.Errorf("Decode(%q) = %q, %v", text, got, err)
		}
	}
	for _, bad := range []string{"0", "O", "I", "l", "1 1", "é"} {
		if _, err := base58.Decode(bad); !errors.Is(err, base58.ErrAlphabet) {
			t.Errorf("Decode(%q): %v", bad, err)
		}
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 0, 80).Draw(t, "raw")
		text := base58.Encode(raw)
		back, err := base58.Decode(text)
		if err != nil || !bytes.Equal(back, raw) {
			t.Fatalf("%x came back from %q as %x, %v", raw, text, back, err)
		}
		value := new(big.Int)
		for _, c := range []byte(text) {
			d := bytes.IndexByte([]byte("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"), c)
			value.Add(value.Mul(value, big.NewInt(58)), big.NewInt(int64(d)))
		}
		if value.Cmp(new(big.Int).SetBytes(raw)) != 0 {
			t.Fatalf("%q is another number than %x", text, raw)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add("11233QC4")
	f.Add("l0")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 200 {
			return
		}
		if raw, err := base58.Decode(text); err == nil && base58.Encode(raw) != text {
			t.Fatalf("%q decodes to %x, which encodes as %q", text, raw, base58.Encode(raw))
		}
	})
}
