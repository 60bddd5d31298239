//go:build !js

package light_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// The package ends up in a browser tab: what must not come with it is listed here.
func TestDependenciesInTheTab(t *testing.T) {
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command")
	}
	cmd := exec.Command(tool, "list", "-deps", ".")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range strings.Fields(string(out)) {
		for _, bad := range []string{"net/http", "crypto/tls", "google.golang.org/protobuf/proto", "google.golang.org/grpc", "github.com/cometbft/", "github.com/gogo/",
			"github.com/cosmos/", "github.com/prometheus/", "github.com/libp2p/", "testing"} {
			if dep == bad || strings.HasPrefix(dep, bad) && strings.HasSuffix(bad, "/") {
				t.Errorf("depends on %s", dep)
			}
		}
	}
}
