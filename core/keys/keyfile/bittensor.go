package keyfile

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/nacl/secretbox"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
)

// Bittensor's wallets keep a key as JSON, plain or behind "$NACL": a nonce and a secretbox whose key is the passphrase
// stretched by Argon2i with parameters that the format fixes, a salt that is the same everywhere included.
const (
	naclMark   = "$NACL"
	naclPasses = 8
	naclMemory = 512 << 10 // KiB
)

var naclSalt = []byte{0x13, 0x71, 0x83, 0xdf, 0xf1, 0x5a, 0x09, 0xbc, 0x9c, 0x90, 0xb5, 0x51, 0x87, 0x39, 0xe9, 0xb1}

// IsBittensorEncrypted says whether a file is one of Bittensor's that needs a passphrase.
func IsBittensorEncrypted(file []byte) bool { return bytes.HasPrefix(file, []byte(naclMark)) }

// OpenBittensor returns the key in a file of Bittensor's wallets: a coldkey, encrypted behind $NACL, or a hotkey, plain
// JSON, for which the passphrase is not looked at. Opening an encrypted file takes seconds and 512 MiB of memory, as the
// format wants it. It fails with [ErrPassphrase], also where such a file is damaged, or a [*FormatError]. Other kinds of
// encryption that old versions used ($ANSIBLE_VAULT, gAAAAA) are refused by name.
func OpenBittensor(file, passphrase []byte) (*sign.Key, error) {
	if len(file) > maxFile {
		return nil, &FormatError{Reason: "too long for a key file of Bittensor"}
	}
	for _, mark := range []string{"$ANSIBLE_VAULT", "gAAAAA"} {
		if bytes.HasPrefix(file, []byte(mark)) {
			return nil, &FormatError{Reason: "encrypted by an old version (" + mark + "): update it with btcli, or import the mnemonic"}
		}
	}
	if !IsBittensorEncrypted(file) {
		return readBittensor(file)
	}
	box := file[len(naclMark):]
	if len(box) < 24+secretbox.Overhead {
		return nil, &FormatError{Reason: "too short for a key file of Bittensor"}
	}
	stretched := [32]byte(argon2.Key(passphrase, naclSalt, naclPasses, naclMemory, 1, 32))
	plain, ok := secretbox.Open(nil, box[24:], (*[24]byte)(box[:24]), &stretched)
	if !ok {
		return nil, ErrPassphrase
	}
	defer clear(plain)
	return readBittensor(plain)
}

// bittensorKey is the JSON of a key. Fields may be missing or null.
type bittensorKey struct {
	PrivateKey   string `json:"privateKey"` // 0x and 64 bytes
	SecretPhrase string `json:"secretPhrase"`
	SecretSeed   string `json:"secretSeed"` // 0x and 32 bytes
	Address      string `json:"ss58Address"`
}

// readBittensor takes the first secret that there is, in the order of Bittensor's own reader, and holds it against the
// address. Errors never quote a secret.
func readBittensor(plain []byte) (*sign.Key, error) {
	var j bittensorKey
	if err := json.Unmarshal(plain, &j); err != nil {
		return nil, &FormatError{Reason: "not JSON as Bittensor's wallets write it"}
	}
	var candidates []*sign.Key
	var err error
	add := func(k *sign.Key, e error) {
		if err = e; e == nil {
			candidates = append(candidates, k)
		}
	}
	switch {
	case j.SecretPhrase != "":
		var seed [32]byte
		if seed, err = sign.SeedOfMnemonic(j.SecretPhrase, ""); err == nil {
			add(sign.FromSeed(sign.Sr25519, seed))
		}
	case j.SecretSeed != "":
		add(sign.FromURI(hex0x(j.SecretSeed)))
	case j.PrivateKey != "":
		raw, _ := hex.DecodeString(strings.TrimPrefix(j.PrivateKey, "0x"))
		if len(raw) != 64 {
			return nil, &FormatError{Reason: "its privateKey is not 64 bytes of hex"}
		}
		// The scalar is written in one of two ways; the address tells which.
		add(sign.FromEd25519Style([64]byte(raw)))
		add(sign.FromSecret(sign.Sr25519, raw))
	default:
		return nil, &FormatError{Reason: "it holds an address only and no secret"}
	}
	if len(candidates) == 0 {
		return nil, &FormatError{Reason: err.Error()}
	}
	if j.Address == "" {
		if len(candidates) > 1 {
			return nil, &FormatError{Reason: "it does not name the address of its privateKey"}
		}
		return candidates[0], nil
	}
	want, err := keys.Parse(j.Address)
	if err != nil {
		return nil, &FormatError{Reason: err.Error()}
	}
	for _, k := range candidates {
		if k.Account() == want {
			return k, nil
		}
	}
	return nil, &FormatError{Reason: "its secret is not that of the address it names, " + j.Address}
}

// hex0x adds the mark of a seed where a file leaves it out, so that nothing else than a seed can be read.
func hex0x(s string) string { return "0x" + strings.TrimPrefix(s, "0x") }
