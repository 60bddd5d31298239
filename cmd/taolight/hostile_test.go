package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

// askRelay runs a query against a relay and returns what it printed.
func askRelay(t *testing.T, relay string, flags ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	args := append([]string{"query", "account", "//Alice", "--home", t.TempDir(), "--relay", relay}, flags...)
	status = run(t.Context(), args, iotest.ErrReader(errors.New("nobody types here")), &o, &e)
	return status, o.String(), e.String()
}

// TestUnhelpfulRelays: whatever a relay's address answers, the error is one line without control characters, nothing is
// printed as an answer, and it ends.
func TestUnhelpfulRelays(t *testing.T) {
	bootstrap := func(body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) }))
		t.Cleanup(s.Close)
		return s.URL
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()

	for name, c := range map[string]struct{ relay, want string }{
		"silent":        {"http://" + silent.Addr().String(), "no answer within 300ms: try another relay, or a longer --timeout"},
		"silent stream": {"/ip4/127.0.0.1/tcp/" + strings.Split(silent.Addr().String(), ":")[1] + "/ws/p2p/12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA", "no answer within 300ms"},
		"not a relay":   {gone.URL, "404 Not Found"},
		"not JSON":      {bootstrap("<html>"), "/bootstrap.json is not what it should be"},
		"endless":       {bootstrap(strings.Repeat(" ", 1<<20)), "/bootstrap.json is not what it should be"},
		"no relays":     {bootstrap(`{"chain_id": "x"}`), "names no relays"},
		"bad address":   {bootstrap(`{"chain_id": "x", "relays": ["/ip4/\u001b[31m/tcp/1"]}`), "/ip4/"},
		"escape codes":  {bootstrap(`{"chain_id": "x", "relays": ["\u001b]0;gotcha\u0007\n\u009b31m"]}`), "gotcha"},
	} {
		t.Run(name, func(t *testing.T) {
			timeout := "1m"
			if strings.HasPrefix(name, "silent") {
				timeout = "300ms"
			}
			status, out, errOut := askRelay(t, c.relay, "--timeout", timeout)
			if status != 1 || out != "" || !strings.Contains(errOut, c.want) {
				t.Errorf("status %d, printed %q, error %q, want %q", status, out, errOut, c.want)
			}
			if strings.ContainsFunc(strings.TrimSuffix(errOut, "\n"), func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
				t.Errorf("control characters: %q", errOut)
			}
		})
	}
}

// TestInterrupt: an interrupted command says so in one word.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var e bytes.Buffer
	if s := run(ctx, []string{"query", "supply", "--home", t.TempDir()}, nil, &e, &e); s != 1 || e.String() != "taolight: interrupted\n" {
		t.Errorf("status %d: %q", s, e.String())
	}
}
