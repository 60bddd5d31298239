//go:build !js

package p2p_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/taolight/taolight/core/p2p"
)

const pingBackProtocol = "/test/ping-back/1" // one byte in; "pong" out once the host has pinged this end

// jsHost starts js-libp2p. Its packages are fetched by npm, as its lock file says, the first time.
func jsHost(t *testing.T) string {
	t.Helper()
	missing := func(format string, args ...any) {
		if os.Getenv("CI") != "" {
			t.Fatalf(format, args...)
		}
		t.Skipf(format, args...)
	}
	if testing.Short() {
		t.Skip("js-libp2p is left out of short tests")
	}
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			missing("interop with js-libp2p needs %s: %v", program, err)
		}
	}
	folder := filepath.Join("testdata", "interop")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "libp2p")); err != nil {
		if os.Getenv("CI") == "" && os.Getenv("TAOLIGHT_NPM") == "" {
			t.Skip("interop with js-libp2p needs its packages: run `npm ci` in core/p2p/testdata/interop, or set TAOLIGHT_NPM=1")
		}
		install := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
		install.Dir = folder
		if out, err := install.CombinedOutput(); err != nil {
			missing("npm ci: %v\n%s", err, out)
		}
	}
	host := exec.Command("node", "server.mjs")
	host.Dir, host.Stderr = folder, os.Stderr
	in, err := host.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // upon which it ends
		host.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if addr, ok := strings.CutPrefix(lines.Text(), "READY "); ok {
			return addr
		}
	}
	t.Fatal("js-libp2p did not start")
	return ""
}

func TestJSLibp2p(t *testing.T) {
	addr := jsHost(t)
	for _, late := range []bool{false, true} {
		c := dial(t, addr, p2p.LateMuxer(late))
		for _, n := range []int{1, 65519, 1 << 20} {
			b := make([]byte, n)
			rand.Read(b)
			// js-libp2p 3.3.11 forgets the end of a stream that comes with its negotiation: end it after the answer.
			s := open(t, c, echoProtocol)
			go s.Write(b)
			got := make([]byte, n)
			if _, err := io.ReadFull(s, got); err != nil || string(got) != string(b) {
				t.Fatalf("late muxer %t, %d bytes: %v", late, n, err)
			}
			s.Close()
		}
		s := open(t, c, bulkProtocol)
		binary.Write(s, binary.BigEndian, uint32(32<<20))
		if n, err := io.Copy(io.Discard, s); n != 32<<20 || err != nil {
			t.Fatal("bulk: ", n, err)
		}
		s = open(t, c, pingBackProtocol)
		s.Write([]byte{1})
		if answer, err := io.ReadAll(s); err != nil || string(answer) != "pong" {
			t.Fatalf("it pinged this end: %q, %v", answer, err)
		}
		if rtt, err := c.Ping(); err != nil || rtt <= 0 {
			t.Fatal(rtt, err)
		}
		unknown := open(t, c, "/test/unknown")
		unknown.Write([]byte{1})
		if _, err := io.ReadAll(unknown); err == nil {
			t.Fatal("it speaks an unknown protocol")
		}
	}
	other, err := p2p.NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	wrong := addr[:strings.LastIndex(addr, "/")+1] + other.Public.String()
	if _, err := p2p.Dial(ctx, wrong, p2p.Options{}); !errors.As(err, new(*p2p.PeerIDMismatchError)) {
		t.Fatal(err)
	}
}
