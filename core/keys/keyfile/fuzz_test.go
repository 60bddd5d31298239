package keyfile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/keys/keyfile"
	"github.com/taolight/taolight/core/keys/sign"
)

// FuzzOpen: a file is read, and opened where that is cheap, or refused with one of two errors.
func FuzzOpen(f *testing.F) {
	_, file := sealed(f, sign.Sr25519, quick)
	f.Add([]byte(file))
	f.Add([]byte(repair(strings.Replace(file, `"passes": 1`, `"passes": 9`, 1))))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		info, err := keyfile.Inspect(b)
		var bad *keyfile.FormatError
		if err != nil {
			if !errors.As(err, &bad) {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		if info.Scheme.String() == "" {
			t.Error("no scheme")
		}
		if string(b) != file { // another file may ask for a gigabyte
			return
		}
		if _, err := keyfile.Open(b, []byte("wrong")); !errors.Is(err, keyfile.ErrPassphrase) {
			t.Error(err)
		}
	})
}

// FuzzOpenBittensor: plain files of Bittensor's wallets. A key that comes out signs; the encrypted form, which takes half a
// gigabyte to open, is left alone.
func FuzzOpenBittensor(f *testing.F) {
	f.Add([]byte(`{"secretPhrase": "bottom drive obey lake curtain smoke basket hold race lonely fit walk"}`))
	f.Add([]byte(`{"secretSeed": "0xfac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e", "ss58Address": "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV"}`))
	f.Add([]byte(`{"privateKey": "0x` + strings.Repeat("01", 64) + `"}`))
	f.Add([]byte(`{"privateKey": "0x` + strings.Repeat("01", 64) + `", "ss58Address": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"}`))
	f.Add([]byte(`$ANSIBLE_VAULT;1.1`))
	f.Add([]byte(`{"ss58Address": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if keyfile.IsBittensorEncrypted(b) {
			return
		}
		k, err := keyfile.OpenBittensor(b, nil)
		var bad *keyfile.FormatError
		if err != nil {
			if !errors.As(err, &bad) {
				t.Fatalf("%T %v", err, err)
			}
			return
		}
		signature, err := k.Sign([]byte("m"))
		if err != nil || !sign.Verify(sign.Check{Scheme: k.Scheme(), Account: k.Account(), Message: []byte("m"), Signature: signature}) {
			t.Errorf("the key does not sign: %v", err)
		}
	})
}
