package light

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// TrustRoot names a block that is taken as true without proof. It must come from elsewhere than a relay: built into a
// release, from a link, typed in. The zero value is no trust root.
type TrustRoot struct {
	Height uint64
	Hash   [32]byte // of the header
}

// String returns the text form HEIGHT:HASH, the hash in hex.
func (t TrustRoot) String() string { return fmt.Sprintf("%d:%x", t.Height, t.Hash) }

// IsZero says whether t is no trust root.
func (t TrustRoot) IsZero() bool { return t == TrustRoot{} }

// ParseTrust reads the text form HEIGHT:HASH; the hash is 64 hex digits, capital or not. Spaces around it are ignored.
func ParseTrust(text string) (TrustRoot, error) {
	bad := func(format string, args ...any) (TrustRoot, error) {
		return TrustRoot{}, fmt.Errorf("trust root: "+format, args...)
	}
	height, hash, ok := strings.Cut(strings.TrimSpace(text), ":")
	if !ok {
		return bad("want HEIGHT:HASH, such as 1200:5f0c… with 64 hex digits; %s has no colon", quote(text))
	}
	h, err := strconv.ParseUint(height, 10, 64)
	if err != nil || h == 0 || h > math.MaxInt64 || height[0] == '+' {
		return bad("%s is not a block height: want a number from 1", quote(height))
	}
	if len(hash) != 64 {
		return bad("the hash has %d characters, want 64 hex digits", len(hash))
	}
	t := TrustRoot{Height: h}
	if _, err := hex.Decode(t.Hash[:], []byte(hash)); err != nil {
		return bad("%s is not a hash: want 64 hex digits", quote(hash))
	}
	if t.Hash == ([32]byte{}) {
		return bad("the hash is all zeros, which no block has")
	}
	return t, nil
}

// quote keeps what a user typed readable in an error, whatever it was.
func quote(s string) string {
	if len(s) > 80 {
		return strconv.Quote(s[:80]) + "…"
	}
	return strconv.Quote(s)
}

// MarshalText writes the text form; nothing for the zero value.
func (t TrustRoot) MarshalText() ([]byte, error) {
	if t.IsZero() {
		return nil, nil
	}
	return []byte(t.String()), nil
}

// UnmarshalText reads the text form; nothing is the zero value.
func (t *TrustRoot) UnmarshalText(text []byte) (err error) {
	*t = TrustRoot{}
	if len(text) > 0 {
		*t, err = ParseTrust(string(text))
	}
	return err
}
