//go:build !js

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestDependencies keeps the dashboard's download small: what verifies, what hashes and what dials is the worker's.
func TestDependencies(t *testing.T) {
	cmd := exec.Command("go", "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	banned := []string{
		"net", "net/http", "net/url", "crypto/tls", "crypto/x509", "crypto/ed25519", "regexp", "text/template", "html/template", "math/big", "encoding/gob", "log/slog",
		"github.com/taolight/taolight/core/light", "github.com/taolight/taolight/core/chain", "github.com/taolight/taolight/core/state",
		"github.com/taolight/taolight/core/p2p", "github.com/taolight/taolight/core/wire", "github.com/taolight/taolight/core/keys/sign",
		"github.com/taolight/taolight/core/keys/keyfile", "github.com/vugu/html",
	}
	trees := []string{"github.com/fxamacker/", "google.golang.org/", "github.com/cometbft/", "github.com/libp2p/", "github.com/prometheus/", "github.com/oasisprotocol/", "github.com/taolight/taolight/relay"}
	for name := range strings.FieldsSeq(string(out)) {
		for _, b := range banned {
			if name == b {
				t.Errorf("%s is part of the dashboard", name)
			}
		}
		for _, tree := range trees {
			if strings.HasPrefix(name, tree) {
				t.Errorf("%s is part of the dashboard", name)
			}
		}
	}
}
