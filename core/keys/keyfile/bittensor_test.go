package keyfile_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/keys/keyfile"
)

const (
	alice     = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	aliceSeed = "e5be9a5092b81bca64be81d212e7f2f9eba183bb7a90954f7b76361f6edb5c0a"
	// The same secret with its scalar as ed25519 clamps it, and divided by eight.
	aliceClamped = "98319d4ff8a9508c4bb0cf0b5a78d760a0b2082c02775e6e82370816fedfff48925a225d97aa00682d6a59b95b18780c10d7032336e88f3442b42361f4a66011"
	aliceScalar  = "33a6f3093f158a7109f679410bef1a0c54168145e0cecb4df006c1c2fffb1f09925a225d97aa00682d6a59b95b18780c10d7032336e88f3442b42361f4a66011"
)

func TestPlainBittensorFiles(t *testing.T) {
	for name, file := range map[string]string{
		"seed":                 `{"secretSeed": "0x` + aliceSeed + `", "ss58Address": "` + alice + `", "secretPhrase": null}`,
		"seed without mark":    `{"secretSeed": "` + aliceSeed + `"}`,
		"private key, clamped": `{"privateKey": "0x` + aliceClamped + `", "ss58Address": "` + alice + `"}`,
		"private key, scalar":  `{"privateKey": "` + aliceScalar + `", "ss58Address": "` + alice + `"}`,
	} {
		k, err := keyfile.OpenBittensor([]byte(file), nil)
		if err != nil || k.Account().String() != alice {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
	k, err := keyfile.OpenBittensor([]byte(`{"secretPhrase": "bottom drive obey lake curtain smoke basket hold race lonely fit walk", "secretSeed": "0x00"}`), nil)
	if err != nil || k.Account().String() != "5DfhGyQdFobKM8NsWvEeAKk5EQQgYe9AydgJ7rMB6E1EqRzV" {
		t.Errorf("phrase: %v, %v", k, err)
	}
	for name, file := range map[string]string{
		"watch only":      `{"ss58Address": "` + alice + `"}`,
		"another address": `{"secretSeed": "0x` + strings.Replace(aliceSeed, "e5", "e6", 1) + `", "ss58Address": "` + alice + `"}`,
		"seed as path":    `{"secretSeed": "//Alice"}`,
		"short seed":      `{"secretSeed": "0x` + aliceSeed[2:] + `"}`,
		"short key":       `{"privateKey": "0x` + aliceClamped[2:] + `", "ss58Address": "` + alice + `"}`,
		"bad phrase":      `{"secretPhrase": "bottom drive"}`,
		"bad address":     `{"secretSeed": "0x` + aliceSeed + `", "ss58Address": "5Grw"}`,
		"no JSON":         `bottom drive`,
		"ansible":         "$ANSIBLE_VAULT;1.1;AES256",
		"fernet":          "gAAAAABk",
		"cut":             "$NACL123",
		"long":            "$NACL" + strings.Repeat("x", 1<<20),
	} {
		k, err := keyfile.OpenBittensor([]byte(file), nil)
		var format *keyfile.FormatError
		if k != nil || !errors.As(err, &format) {
			t.Errorf("%s: %v, %v", name, k, err)
		} else if strings.Contains(err.Error(), aliceSeed[4:20]) || strings.Contains(err.Error(), aliceClamped[4:20]) {
			t.Errorf("%s: the error quotes the secret: %v", name, err)
		}
	}
}

// TestEncryptedBittensorFile opens a file that libsodium made. It takes 512 MiB and seconds, so only on request.
func TestEncryptedBittensorFile(t *testing.T) {
	if os.Getenv("TAOLIGHT_SLOW") == "" {
		t.Skip("takes 512 MiB and seconds; set TAOLIGHT_SLOW=1")
	}
	file, err := os.ReadFile("testdata/coldkey.nacl")
	if err != nil {
		t.Fatal(err)
	}
	k, err := keyfile.OpenBittensor(file, []byte("correct horse"))
	if err != nil || k.Account().String() != alice {
		t.Errorf("%v, %v", k, err)
	}
	if _, err := keyfile.OpenBittensor(file, []byte("incorrect horse")); !errors.Is(err, keyfile.ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
}
