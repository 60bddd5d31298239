package sign

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// english is BIP-39's English word list: 2048 words in alphabetical order, one a line.
//
//go:embed english.txt
var english string

// ErrMnemonic says that a mnemonic is not one. The error names at most one word of it.
var ErrMnemonic = errors.New("bad mnemonic")

// NewMnemonic writes entropy of 16, 20, 24, 28 or 32 bytes as a BIP-39 mnemonic of 12 to 24 English words.
func NewMnemonic(entropy []byte) (string, error) {
	if len(entropy) < 16 || len(entropy) > 32 || len(entropy)%4 != 0 {
		return "", fmt.Errorf("%w: entropy of %d bytes, want 16, 20, 24, 28 or 32", ErrMnemonic, len(entropy))
	}
	list := strings.Fields(english)
	sum := sha256.Sum256(entropy)
	bits := append(slices.Clone(entropy), sum[0])
	words := make([]string, 0, 24)
	for at := 0; at < len(entropy)*8+len(entropy)/4; at += 11 {
		n := 0
		for i := at; i < at+11; i++ {
			n = n<<1 | int(bits[i/8]>>(7-i%8)&1)
		}
		words = append(words, list[n])
	}
	return strings.Join(words, " "), nil
}

// EntropyOfMnemonic undoes [NewMnemonic]. Words may be separated by any white space; they are lower-case.
func EntropyOfMnemonic(phrase string) ([]byte, error) {
	words := strings.Fields(phrase)
	if n := len(words); n < 12 || n > 24 || n%3 != 0 {
		return nil, fmt.Errorf("%w: it has %d words, want 12, 15, 18, 21 or 24", ErrMnemonic, n)
	}
	list := strings.Fields(english)
	size := len(words) * 4 / 3
	bits := make([]byte, size+1)
	for w, word := range words {
		n, found := slices.BinarySearch(list, word)
		if !found {
			return nil, fmt.Errorf("%w: word %d (%.16q) is not in the English word list", ErrMnemonic, w+1, word)
		}
		for b := range 11 {
			at := w*11 + b
			bits[at/8] |= byte(n>>(10-b)&1) << (7 - at%8)
		}
	}
	entropy := bits[:size:size]
	sum := sha256.Sum256(entropy)
	mask := byte(0xff) << (8 - size/4)
	if bits[size] != sum[0]&mask {
		return nil, fmt.Errorf("%w: its checksum is wrong, a word is mistyped or in the wrong place", ErrMnemonic)
	}
	return entropy, nil
}

// SeedOfMnemonic returns the 32-byte seed of a mnemonic in the substrate variant of BIP-39: the key derivation runs over
// the entropy and not over the words. The password may be empty.
func SeedOfMnemonic(phrase, password string) (seed [32]byte, err error) {
	entropy, err := EntropyOfMnemonic(phrase)
	if err != nil {
		return seed, err
	}
	wide, err := pbkdf2.Key(sha512.New, string(entropy), []byte("mnemonic"+password), 2048, 64)
	if err != nil {
		return seed, fmt.Errorf("mnemonic: %w", err)
	}
	return [32]byte(wide[:32]), nil
}
