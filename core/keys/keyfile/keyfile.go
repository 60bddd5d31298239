// Package keyfile keeps a secret key in a file under a passphrase.
//
// [Seal] makes the file's bytes, [Open] reads them back, [Inspect] shows whose key a file holds without the passphrase.
// Nothing here touches the disk.
//
// # Format
//
// A file is JSON text, so that it survives mail and clipboards, in exactly one form: [Open] writes what it understood
// again and refuses a file that differs by one byte. The passphrase is stretched by Argon2id (RFC 9106; 64 MiB, three
// passes, four lanes by default); the key that comes out opens a box of XChaCha20-Poly1305 that holds the secret and
// authenticates every other field. A checksum over the file tells a damaged file from a wrong passphrase; it proves
// nothing else. Files of version 1 will stay readable.
package keyfile

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/chacha20poly1305"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
)

// Errors of this package.
var (
	// ErrPassphrase: the file is whole, but this passphrase does not open it.
	ErrPassphrase = errors.New("wrong passphrase")
	// ErrEmpty: an empty passphrase protects nothing.
	ErrEmpty = errors.New("the passphrase is empty")
)

// FormatError says why bytes are not a key file, or not an undamaged one.
type FormatError struct{ Reason string }

// Error names the reason.
func (e *FormatError) Error() string { return "bad key file: " + e.Reason }

// Params is what stretching a passphrase costs. The zero value stands for [Default].
type Params struct {
	MemoryKiB uint32 `json:"memory_kib"`
	Passes    uint32 `json:"passes"`
	Lanes     uint8  `json:"lanes"`
}

// Default takes about a tenth of a second: the second recommendation of RFC 9106.
var Default = Params{MemoryKiB: 64 << 10, Passes: 3, Lanes: 4}

// Bounds of what a file may ask for. Whoever hands over a file must not choose how much memory or time opening it takes.
const (
	minMemoryKiB = 8 << 10
	maxMemoryKiB = 512 << 10
	maxPasses    = 16
	maxLanes     = 16
	maxFile      = 4 << 10 // bytes
)

const (
	format     = "taolight-key"
	version    = 1
	kdfName    = "argon2id"
	cipherName = "xchacha20poly1305"
	saltSize   = 16
)

// text is a file. The order of its fields is the order in the file.
type text struct {
	Format   string       `json:"format"`
	Version  int          `json:"version"`
	Address  keys.Account `json:"address"`
	Scheme   string       `json:"scheme"`
	KDF      string       `json:"kdf"`
	Params   Params       `json:"params"`
	Salt     hexBytes     `json:"salt"`
	Cipher   string       `json:"cipher"`
	Nonce    hexBytes     `json:"nonce"`
	Box      hexBytes     `json:"box,omitempty"`
	Checksum hexBytes     `json:"checksum,omitempty"`
}

type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

// Info is what a file says about itself in the clear. It is not authenticated before the file is opened.
type Info struct {
	Address keys.Account
	Scheme  sign.Scheme
}

// Seal returns a file that holds key under a passphrase of any length but zero.
func Seal(key *sign.Key, passphrase []byte, p Params) ([]byte, error) {
	if len(passphrase) == 0 {
		return nil, ErrEmpty
	}
	if p == (Params{}) {
		p = Default
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	f := text{
		Format: format, Version: version, Address: key.Account(), Scheme: key.Scheme().String(), KDF: kdfName, Params: p,
		Salt: make([]byte, saltSize), Cipher: cipherName, Nonce: make([]byte, chacha20poly1305.NonceSizeX),
	}
	rand.Read(f.Salt)
	rand.Read(f.Nonce)
	box, err := chacha20poly1305.NewX(f.stretch(passphrase))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	f.Box = box.Seal(nil, f.Nonce, key.Secret(), f.head())
	f.Checksum = f.sum()
	return f.encode(), nil
}

// Open returns the key in a file. It fails with [ErrPassphrase] or a [*FormatError].
func Open(file, passphrase []byte) (*sign.Key, error) {
	f, scheme, err := parse(file)
	if err != nil {
		return nil, err
	}
	box, err := chacha20poly1305.NewX(f.stretch(passphrase))
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	secret, err := box.Open(nil, f.Nonce, f.Box, f.head())
	if err != nil {
		return nil, ErrPassphrase
	}
	defer clear(secret)
	key, err := sign.FromSecret(scheme, secret)
	if err != nil {
		return nil, &FormatError{Reason: err.Error()}
	}
	if key.Account() != f.Address {
		return nil, &FormatError{Reason: "it holds the key of another address than it says"}
	}
	return key, nil
}

// Inspect reads whose key a file holds, without opening it.
func Inspect(file []byte) (Info, error) {
	f, scheme, err := parse(file)
	if err != nil {
		return Info{}, err
	}
	return Info{Address: f.Address, Scheme: scheme}, nil
}

// parse reads a file and checks everything that can be checked without the passphrase.
func parse(file []byte) (f text, scheme sign.Scheme, err error) {
	fail := func(reason string, args ...any) (text, sign.Scheme, error) {
		return text{}, 0, &FormatError{Reason: fmt.Sprintf(reason, args...)}
	}
	if len(file) > maxFile {
		return fail("%d bytes, at most %d", len(file), maxFile)
	}
	if err := json.Unmarshal(file, &f); err != nil {
		return fail("%v", err)
	}
	if f.Format != format {
		return fail("its format is %.32q, want %q", f.Format, format)
	}
	if f.Version != version {
		return fail("version %d, this program reads version %d", f.Version, version)
	}
	if !bytes.Equal(f.encode(), file) || !bytes.Equal(f.sum(), f.Checksum) {
		return fail("it is damaged, restore it from a copy")
	}
	if f.KDF != kdfName || f.Cipher != cipherName || len(f.Salt) != saltSize || len(f.Nonce) != chacha20poly1305.NonceSizeX {
		return fail("unknown %.32q or %.32q, or wrong length of salt or nonce", f.KDF, f.Cipher)
	}
	if err := f.Params.check(); err != nil {
		return text{}, 0, err
	}
	for _, scheme := range []sign.Scheme{sign.Sr25519, sign.Ed25519} {
		if f.Scheme == scheme.String() {
			return f, scheme, nil
		}
	}
	return fail("unknown scheme %.32q", f.Scheme)
}

func (p Params) check() error {
	if p.MemoryKiB < minMemoryKiB || p.MemoryKiB > maxMemoryKiB || p.Passes < 1 || p.Passes > maxPasses || p.Lanes < 1 || p.Lanes > maxLanes {
		return &FormatError{Reason: fmt.Sprintf("stretching with %d KiB, %d passes, %d lanes is out of bounds: %d to %d KiB, at most %d passes and %d lanes",
			p.MemoryKiB, p.Passes, p.Lanes, minMemoryKiB, maxMemoryKiB, maxPasses, maxLanes)}
	}
	return nil
}

func (f *text) stretch(passphrase []byte) []byte {
	return argon2.IDKey(passphrase, f.Salt, f.Params.Passes, f.Params.MemoryKiB, f.Params.Lanes, chacha20poly1305.KeySize)
}

// head is the file without box and checksum: what the box authenticates beside its contents.
func (f text) head() []byte {
	f.Box, f.Checksum = nil, nil
	return f.encode()
}

// sum is a checksum of the file without the checksum.
func (f text) sum() hexBytes {
	f.Checksum = nil
	sum := blake2b.Sum256(f.encode())
	return sum[:8]
}

// encode writes the one form that a file has.
func (f text) encode() []byte {
	out, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		panic("keyfile: " + err.Error()) // strings and numbers always have a form
	}
	return append(out, '\n')
}
