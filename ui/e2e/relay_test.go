//go:build !js

package e2e

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain leaves the browser alone unless it is asked for: these tests need Chromium and the built binary.
func TestMain(m *testing.M) {
	if os.Getenv("TAOLIGHT_E2E") == "" {
		os.Stdout.WriteString("end-to-end tests run with make browser\n")
		return
	}
	os.Exit(m.Run())
}

func binary(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../bin/taolight")
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("no binary: %v; run make build", err)
	}
	return path
}

// process is a real devnet in a process of its own.
type process struct {
	cmd *exec.Cmd
	url string // of the dashboard
}

var urlPattern = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// startDevnet starts bin/taolight devnet over home and waits for its address.
func startDevnet(t *testing.T, home, listen string) *process {
	t.Helper()
	cmd := exec.Command(binary(t), "devnet", "--home", home, "--listen", listen, "--block-time", "500ms")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd}
	t.Cleanup(func() { p.stop(t) })
	found := make(chan string, 1)
	var said strings.Builder
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			said.WriteString(lines.Text() + "\n")
			if u := urlPattern.FindString(lines.Text()); u != "" {
				select {
				case found <- u:
				default:
				}
			}
		}
		close(found)
	}()
	select {
	case p.url = <-found:
	case <-time.After(patience):
	}
	if p.url == "" {
		t.Fatalf("the devnet did not say where it listens:\n%s", said.String())
	}
	return p
}

// stop ends the process as Ctrl-C would and waits for it.
func (p *process) stop(t *testing.T) {
	if p.cmd.ProcessState != nil {
		return
	}
	p.cmd.Process.Signal(syscall.SIGINT)
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("the devnet ended with %v", err)
		}
	case <-time.After(patience):
		p.cmd.Process.Kill()
		t.Error("the devnet did not stop")
	}
}

func (p *process) listen() string { return strings.TrimPrefix(p.url, "http://") }
