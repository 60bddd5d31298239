package sign

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// DevPhrase is the public mnemonic that development accounts such as //Alice derive from. Everybody can spend what
// they hold.
const DevPhrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk"

// maxURI bounds the text that [FromURI] reads.
const maxURI = 1 << 10

// ErrURI says that a secret URI is not well formed. The error never quotes the URI, which may be a secret.
var ErrURI = errors.New("bad secret: want a mnemonic, 0x and 64 hex digits, or a development name such as //Alice")

// FromURI returns the sr25519 key of a secret URI, written as substrate tools do: a mnemonic or 0x-prefixed 32-byte
// seed (left out: [DevPhrase]), then a path of //hard and /soft junctions, then ///password of a mnemonic.
func FromURI(uri string) (*Key, error) { return FromURIScheme(Sr25519, uri) }

// FromURIScheme is [FromURI] for either scheme.
func FromURIScheme(scheme Scheme, uri string) (*Key, error) {
	if len(uri) > maxURI {
		return nil, ErrURI
	}
	rest, password, _ := strings.Cut(uri, "///")
	phrase, path := rest, ""
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		phrase, path = rest[:i], rest[i:]
	}
	seed, err := seedOf(strings.TrimSpace(phrase), password)
	if err != nil {
		return nil, err
	}
	key, err := FromSeed(scheme, seed)
	for err == nil && path != "" {
		var j junction
		if j, path, err = nextJunction(path); err == nil {
			key, err = key.derive(j)
		}
	}
	if err != nil {
		return nil, err
	}
	return key, nil
}

func seedOf(phrase, password string) (seed [32]byte, err error) {
	if digits, ok := strings.CutPrefix(phrase, "0x"); ok {
		raw, err := hex.DecodeString(digits)
		if err != nil || len(raw) != len(seed) || password != "" {
			return seed, ErrURI
		}
		return [32]byte(raw), nil
	}
	switch {
	case phrase == "" && password == "":
		dev.once.Do(func() { dev.seed, dev.err = SeedOfMnemonic(DevPhrase, "") })
		return dev.seed, dev.err
	case phrase == "":
		phrase = DevPhrase
	}
	return SeedOfMnemonic(phrase, password)
}

// dev is the seed of [DevPhrase], computed once: a mnemonic's seed is made to be slow, and scripts name development keys by
// the thousand. It needs no initializer, which would keep the list of words in every program.
var dev struct {
	once sync.Once
	seed [32]byte
	err  error
}

// nextJunction reads the first junction of a path that begins with a slash.
func nextJunction(path string) (j junction, rest string, err error) {
	name, hard := strings.CutPrefix(path, "//")
	if !hard {
		name = path[1:]
	}
	if i := strings.IndexByte(name, '/'); i >= 0 {
		name, rest = name[:i], name[i:]
	}
	if name == "" {
		return junction{}, "", fmt.Errorf("%w: a junction of the path is empty", ErrURI)
	}
	return newJunction(name, hard), rest, nil
}
