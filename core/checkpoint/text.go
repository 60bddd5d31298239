package checkpoint

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
)

// Domain is what every checkpoint's text, and all that is signed about one, begins with.
const Domain = "taolight-checkpoint:"

const (
	layout  = "20060102T150405Z"
	lastDay = 253402300799 // the end of the year 9999, after which a date has more digits
)

// base64url is strict: one text for each signature.
var base64url = base64.RawURLEncoding.Strict()

// Date writes a checkpoint's date.
func Date(seconds uint64) string {
	return time.Unix(int64(min(seconds, lastDay)), 0).UTC().Format(layout)
}

// Is says whether a text means to be a checkpoint, and not the short form HEIGHT:HASH of a trust root.
func Is(text string) bool { return strings.HasPrefix(strings.TrimLeft(text, spaces), Domain) }

// String returns the checkpoint's first line.
func (b Block) String() string {
	return Domain + b.ChainID + ":" + strconv.FormatUint(b.Height, 10) + ":" + hex.EncodeToString(b.Hash[:]) + ":" + Date(b.Time)
}

// String returns the signature's line.
func (s Signature) String() string {
	return "+" + s.Party.String() + ":" + s.Scheme.String() + ":" + base64url.EncodeToString(s.Signature[:])
}

// String returns the checkpoint in one line, as it stands in the address of a page.
func (c Checkpoint) String() string { return c.join("") }

// Lines returns the checkpoint as it stands in a file: a line for the block and one for each signature.
func (c Checkpoint) Lines() string { return c.join("\n") + "\n" }

func (c Checkpoint) join(between string) string {
	var b strings.Builder
	b.WriteString(c.Block.String())
	for _, s := range c.Signatures {
		b.WriteString(between)
		b.WriteString(s.String())
	}
	return b.String()
}

const spaces = " \t\r\n"

// Parse reads a checkpoint's text, with white space anywhere. It checks the form and no signature. Errors are
// [FormError].
func Parse(text string) (Checkpoint, error) {
	var c Checkpoint
	if len(text) > MaxText {
		return c, &FormError{Part: "length", Value: strconv.Itoa(len(text)), Want: fmt.Sprintf("at most %d bytes", MaxText)}
	}
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(spaces, r) {
			return -1
		}
		return r
	}, text)
	parts := strings.Split(text, "+")
	if n := len(parts) - 1; n > MaxSignatures {
		return c, &FormError{Part: "signatures", Value: strconv.Itoa(n), Want: fmt.Sprintf("at most %d", MaxSignatures)}
	}
	if err := c.Block.parse(parts[0]); err != nil {
		return Checkpoint{}, err
	}
	for _, part := range parts[1:] {
		s, err := parseSignature(part)
		if err != nil {
			return Checkpoint{}, err
		}
		c.Signatures = append(c.Signatures, s)
	}
	if again := c.String(); again != text {
		return Checkpoint{}, &FormError{Part: "text", Value: text, Want: "the one way to write it, " + again}
	}
	return c, nil
}

func (b *Block) parse(line string) error {
	rest, ok := strings.CutPrefix(line, Domain)
	fields := strings.Split(rest, ":")
	if !ok || len(fields) != 4 {
		return &FormError{Part: "block", Value: line, Want: Domain + "CHAIN:HEIGHT:HASH:DATE"}
	}
	height, err := strconv.ParseUint(fields[1], 10, 63)
	if err != nil || height == 0 {
		return &FormError{Part: "height", Value: fields[1], Want: "a number from 1"}
	}
	hash, err := hex.DecodeString(fields[2])
	if err != nil || len(hash) != len(b.Hash) {
		return &FormError{Part: "hash", Value: fields[2], Want: fmt.Sprintf("64 lower-case hex digits, this has %d characters", len(fields[2]))}
	}
	date, err := time.Parse(layout, fields[3])
	if err != nil || date.Unix() < 0 {
		return &FormError{Part: "date", Value: fields[3], Want: "one such as 20261129T004911Z"}
	}
	*b = Block{ChainID: fields[0], Height: height, Hash: [32]byte(hash), Time: uint64(date.Unix())}
	return b.check()
}

// check says whether the block can be written so that it can be read again.
func (b Block) check() error {
	plain := func(r rune) bool { return r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' }
	if n := len(b.ChainID); n == 0 || n > MaxChainID || strings.ContainsFunc(b.ChainID, func(r rune) bool { return !plain(r) }) {
		return &FormError{Part: "chain", Value: b.ChainID, Want: fmt.Sprintf("1 to %d lower-case letters, digits and dashes", MaxChainID)}
	}
	if b.Height == 0 || b.Height > math.MaxInt64 {
		return &FormError{Part: "height", Value: strconv.FormatUint(b.Height, 10), Want: "a number from 1"}
	}
	if b.Hash == ([32]byte{}) {
		return &FormError{Part: "hash", Value: "0…0", Want: "one that a block can have"}
	}
	if b.Time > lastDay {
		return &FormError{Part: "date", Value: strconv.FormatUint(b.Time, 10), Want: "one before the year 10000"}
	}
	return nil
}

func parseSignature(line string) (s Signature, err error) {
	fields := strings.Split(line, ":")
	if len(fields) != 3 {
		return s, &FormError{Part: "signature", Value: "+" + line, Want: "+ADDRESS:SCHEME:SIGNATURE"}
	}
	if s.Party, err = keys.Parse(fields[0]); err != nil {
		return s, &FormError{Part: "address", Value: fields[0], Want: "one of this network (" + err.Error() + ")"}
	}
	switch fields[1] {
	case sign.Sr25519.String():
		s.Scheme = sign.Sr25519
	case sign.Ed25519.String():
		s.Scheme = sign.Ed25519
	default:
		return s, &FormError{Part: "scheme", Value: fields[1], Want: "sr25519 or ed25519"}
	}
	raw, err := base64url.DecodeString(fields[2])
	if err != nil || len(raw) != sign.Size {
		return s, &FormError{Part: "signature", Value: fields[2], Want: fmt.Sprintf("%d bytes in base64, 86 characters", sign.Size)}
	}
	s.Signature = [sign.Size]byte(raw)
	return s, nil
}
