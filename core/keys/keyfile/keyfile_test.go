package keyfile_test

import (
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/blake2b"

	"github.com/taolight/taolight/core/keys/keyfile"
	"github.com/taolight/taolight/core/keys/sign"
)

// quick is the cheapest that files may ask for.
var quick = keyfile.Params{MemoryKiB: 8 << 10, Passes: 1, Lanes: 1}

func sealed(t testing.TB, scheme sign.Scheme, p keyfile.Params) (*sign.Key, string) {
	t.Helper()
	key, err := sign.FromURIScheme(scheme, "//Alice")
	if err != nil {
		t.Fatal(err)
	}
	file, err := keyfile.Seal(key, []byte("correct horse"), p)
	if err != nil {
		t.Fatal(err)
	}
	return key, string(file)
}

func TestSealOpen(t *testing.T) {
	for _, scheme := range []sign.Scheme{sign.Sr25519, sign.Ed25519} {
		for _, p := range []keyfile.Params{{}, quick} {
			key, file := sealed(t, scheme, p)
			back, err := keyfile.Open([]byte(file), []byte("correct horse"))
			if err != nil {
				t.Fatal(err)
			}
			if back.Account() != key.Account() || back.Scheme() != scheme || string(back.Secret()) != string(key.Secret()) {
				t.Errorf("%v: another key came back", scheme)
			}
			if p == (keyfile.Params{}) {
				continue // the rest is the same, and stretching is slow on purpose
			}
			for _, wrong := range []string{"", "correct horsf", "correct horse "} {
				if _, err := keyfile.Open([]byte(file), []byte(wrong)); !errors.Is(err, keyfile.ErrPassphrase) || err.Error() != "wrong passphrase" {
					t.Errorf("%v with passphrase %q: %v", scheme, wrong, err)
				}
			}
			info, err := keyfile.Inspect([]byte(file))
			if err != nil || info != (keyfile.Info{Address: key.Account(), Scheme: scheme}) {
				t.Errorf("inspect: %v, %v", info, err)
			}
			if strings.Contains(file, hex.EncodeToString(key.Secret()[:8])) {
				t.Error("the secret stands in the file")
			}
		}
	}
	key, _ := sealed(t, sign.Sr25519, quick)
	if _, err := keyfile.Seal(key, nil, quick); !errors.Is(err, keyfile.ErrEmpty) {
		t.Errorf("empty passphrase: %v", err)
	}
}

// TestFreshSecretsPerFile: salt and nonce are never used twice.
func TestFreshSecretsPerFile(t *testing.T) {
	_, a := sealed(t, sign.Sr25519, quick)
	_, b := sealed(t, sign.Sr25519, quick)
	for _, field := range []string{"salt", "nonce", "box"} {
		re := regexp.MustCompile(`"` + field + `": "[0-9a-f]+"`)
		if x, y := re.FindString(a), re.FindString(b); x == "" || x == y {
			t.Errorf("two files with %q and %q", x, y)
		}
	}
}

func wantFormatError(t *testing.T, file, what string) {
	t.Helper()
	key, err := keyfile.Open([]byte(file), []byte("correct horse"))
	var format *keyfile.FormatError
	if key != nil || !errors.As(err, &format) {
		t.Errorf("%s: %v, %v", what, key, err)
	}
}

func TestEveryBitFlip(t *testing.T) {
	_, file := sealed(t, sign.Sr25519, quick)
	for i := range len(file) * 8 {
		flipped := []byte(file)
		flipped[i/8] ^= 1 << (i % 8)
		wantFormatError(t, string(flipped), "bit "+string(rune('0'+i%8))+" of "+file[i/8:i/8+1])
	}
	for i := range len(file) {
		wantFormatError(t, file[:i], "cut off")
	}
	wantFormatError(t, file+" ", "a blank at the end")
	wantFormatError(t, file+file, "twice")
}

// repair replaces the checksum by the right one, as somebody who changes a file on purpose does.
func repair(file string) string {
	re := regexp.MustCompile(`,\n  "checksum": "[0-9a-f]+"`)
	sum := blake2b.Sum256([]byte(re.ReplaceAllString(file, "")))
	return re.ReplaceAllString(file, `,`+"\n"+`  "checksum": "`+hex.EncodeToString(sum[:8])+`"`)
}

// TestForgedFields changes fields and repairs the checksum: the box authenticates all of them.
func TestForgedFields(t *testing.T) {
	_, file := sealed(t, sign.Sr25519, quick)
	if repair(file) != file {
		t.Fatal("repair changes an undamaged file")
	}
	bob, err := sign.FromURI("//Bob")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, pattern, with string }{
		{"address", `"address": "\w+"`, `"address": "` + bob.Account().String() + `"`},
		{"scheme", `"sr25519"`, `"ed25519"`},
		{"passes", `"passes": 1`, `"passes": 2`},
		{"lanes", `"lanes": 1`, `"lanes": 2`},
		{"memory", `"memory_kib": 8192`, `"memory_kib": 8193`},
		{"salt", `"salt": "\w{4}`, `"salt": "0000`},
		{"nonce", `"nonce": "\w{4}`, `"nonce": "0000`},
		{"box", `"box": "\w{4}`, `"box": "0000`},
		{"tag", `\w{4}",\n  "checksum"`, "0000\",\n  \"checksum\""},
	} {
		forged := repair(regexp.MustCompile(c.pattern).ReplaceAllString(file, c.with))
		if forged == file {
			t.Fatalf("%s was not changed", c.name)
		}
		if _, err := keyfile.Open([]byte(forged), []byte("correct horse")); !errors.Is(err, keyfile.ErrPassphrase) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestHostileParameters: a file can't make its reader stretch for hours or gigabytes.
func TestHostileParameters(t *testing.T) {
	_, file := sealed(t, sign.Sr25519, quick)
	for _, c := range []struct{ pattern, with string }{
		{`"memory_kib": 8192`, `"memory_kib": 4294967295`},
		{`"memory_kib": 8192`, `"memory_kib": 0`},
		{`"passes": 1`, `"passes": 4294967295`},
		{`"passes": 1`, `"passes": 0`},
		{`"lanes": 1`, `"lanes": 255`},
		{`"lanes": 1`, `"lanes": 0`},
		{`"lanes": 1`, `"lanes": 256`},
		{`"version": 1`, `"version": 2`},
		{`"kdf": "argon2id"`, `"kdf": "none"`},
		{`"sr25519"`, `"rsa"`},
		{`"salt": "\w+"`, `"salt": ""`},
		{`"nonce": "\w+"`, `"nonce": "00"`},
		{`"format": "`, `"extra": 1, "format": "`},
		{`"box": "`, `"box": "` + strings.Repeat("00", 4096)},
	} {
		wantFormatError(t, repair(regexp.MustCompile(c.pattern).ReplaceAllString(file, c.with)), c.with)
	}
	if _, err := keyfile.Seal(nil, []byte("x"), keyfile.Params{MemoryKiB: 1, Passes: 1, Lanes: 1}); err == nil {
		t.Error("too little memory is accepted")
	}
}
