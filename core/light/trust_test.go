package light_test

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/light"
)

func TestParseTrust(t *testing.T) {
	hash := strings.Repeat("0123456789abcdef", 4)
	for _, text := range []string{"1:" + hash, "9223372036854775807:" + hash, " 7:" + hash + "\n"} {
		root, err := light.ParseTrust(text)
		if err != nil || root.String() != strings.TrimSpace(text) {
			t.Errorf("%q: %v %v", text, root, err)
		}
	}
	if root, err := light.ParseTrust("7:" + strings.ToUpper(hash)); err != nil || root.String() != "7:"+hash {
		t.Errorf("capitals: %v %v", root, err)
	}
	for text, want := range map[string]string{
		"":                             "no colon",
		"12":                           "no colon",
		hash:                           "no colon",
		":" + hash:                     "not a block height",
		"0:" + hash:                    "not a block height",
		"-1:" + hash:                   "not a block height",
		"+1:" + hash:                   "not a block height",
		"1 :" + hash:                   "not a block height",
		"9223372036854775808:" + hash:  "not a block height",
		"1:":                           "0 characters",
		"1:abc":                        "3 characters",
		"1:" + hash + "00":             "66 characters",
		"1:" + hash[:62] + "zz":        "not a hash",
		"1:" + strings.Repeat("0", 64): "all zeros",
		strings.Repeat("x", 1000):      "…",
	} {
		root, err := light.ParseTrust(text)
		if err == nil || !strings.Contains(err.Error(), want) || !root.IsZero() || len(err.Error()) > 300 {
			t.Errorf("%q: %v, want …%s…", text, err, want)
		}
	}
	var root light.TrustRoot
	if text, err := root.MarshalText(); err != nil || len(text) != 0 {
		t.Errorf("none: %q %v", text, err)
	}
	if err := root.UnmarshalText([]byte("5:" + hash)); err != nil || root.Height != 5 {
		t.Error(err)
	}
	if text, _ := root.MarshalText(); string(text) != "5:"+hash {
		t.Errorf("%s", text)
	}
	if err := root.UnmarshalText(nil); err != nil || !root.IsZero() {
		t.Error(err)
	}
}
