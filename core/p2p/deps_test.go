//go:build !js

package p2p_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The dialer is the largest part of the tab's program that is not Go's runtime; a package that slips in is paid for by
// every visitor.
func TestPackagesInTheTab(t *testing.T) {
	list := exec.Command("go", "list", "-deps", ".")
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	forbidden := []string{
		"net/http", "crypto/tls", "crypto/x509", "encoding/json", "encoding/asn1", "encoding/gob", "encoding/xml", "text/template",
		"html/template", "log/slog", "testing", "os/exec", "expvar", "database/sql",
	}
	allowed := []string{ // besides the standard library
		"github.com/flynn/noise", "github.com/libp2p/go-yamux/v5", "github.com/libp2p/go-buffer-pool", "github.com/multiformats/go-multistream",
		"github.com/multiformats/go-varint", "google.golang.org/protobuf/encoding/protowire", "google.golang.org/protobuf/internal/errors",
		"google.golang.org/protobuf/internal/detrand", "github.com/taolight/taolight/core/base58", "github.com/taolight/taolight/core/multiaddr", "github.com/taolight/taolight/core/p2p",
	}
	for p := range strings.FieldsSeq(string(out)) {
		first, _, _ := strings.Cut(p, "/")
		switch {
		case strings.HasPrefix(p, "golang.org/x/crypto/"), strings.HasPrefix(p, "golang.org/x/sys/cpu"), strings.HasPrefix(p, "github.com/oasisprotocol/curve25519-voi/"), strings.HasPrefix(p, "vendor/"):
		case strings.Contains(first, "."):
			if !slices.Contains(allowed, p) {
				t.Errorf("%s is not among the packages that may enter the tab", p)
			}
		default:
			for _, f := range forbidden {
				if p == f || strings.HasPrefix(p, f+"/") {
					t.Errorf("%s must not enter the tab", p)
				}
			}
		}
	}
}
