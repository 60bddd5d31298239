//go:build !js

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Each of these would cost every visitor between fifty kilobytes and several megabytes.
var forbidden = []string{
	"net/http", "crypto/tls", "crypto/x509", "encoding/asn1", "encoding/gob", "encoding/xml", "text/template", "html/template", "log/slog",
	"testing", "os/exec", "os/signal", "expvar", "regexp", "compress/gzip", "archive/zip",
	"github.com/cometbft/cometbft", "github.com/cosmos/gogoproto", "github.com/libp2p/go-libp2p", "github.com/multiformats/go-multiaddr",
	"github.com/prometheus/client_golang", "github.com/coder/websocket", "github.com/cockroachdb/pebble", "github.com/vugu/vugu",
	"google.golang.org/protobuf/proto", "google.golang.org/protobuf/reflect", "google.golang.org/grpc", "go.uber.org/zap",
	"github.com/taolight/taolight/relay", "github.com/taolight/taolight/ui", "github.com/taolight/taolight/core/keys/keyfile",
}

func TestPackagesInTheNode(t *testing.T) {
	list := exec.Command("go", "list", "-deps", ".")
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for p := range strings.FieldsSeq(string(out)) {
		for _, f := range forbidden {
			if p == f || strings.HasPrefix(p, f+"/") {
				t.Errorf("%s must not enter the node", p)
			}
		}
	}
	if !strings.Contains(string(out), "github.com/taolight/taolight/core/chain\n") {
		t.Error("the chain's rules are not in the node")
	}
}
