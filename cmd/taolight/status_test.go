package main

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// TestExitStatus tells a wrong command line (2) from a command that failed (1).
func TestExitStatus(t *testing.T) {
	for line, want := range map[string]int{
		"version":                         0,
		"":                                0,
		"help transfer":                   0,
		"walet":                           2,
		"wallet lst":                      2,
		"wallet new":                      2,
		"version now":                     2,
		"--colour":                        2,
		"genesis":                         2,
		"devnet --block-time fast":        2,
		"query account nobody":            1,
		"transfer --from nobody //Bob 1":  1,
		"genesis --spec nofile -o nofile": 1,
		"query supply --relay nowhere":    1,
	} {
		var out, errOut strings.Builder
		args := append(strings.Fields(line), "--home", t.TempDir())
		if got := run(t.Context(), args, strings.NewReader(""), &out, &errOut); got != want {
			t.Errorf("%q: status %d, want %d: %s", line, got, want, errOut.String())
		}
		if n := strings.Count(errOut.String(), "\n"); want != 0 && (n != 1 || out.Len() > 0) {
			t.Errorf("%q: %d lines on stderr, stdout %q", line, n, out.String())
		}
	}
}

// TestEveryCommandHasAnExample walks all commands: each has a sentence and an example, and --json is known to it.
func TestEveryCommandHasAnExample(t *testing.T) {
	var walk func(args []string)
	a := &app{out: io.Discard, err: io.Discard}
	root := a.root()
	walk = func(args []string) {
		c, _, err := root.Find(args)
		if err != nil {
			t.Fatal(err)
		}
		if c.Short == "" || c.Example == "" {
			t.Errorf("%s has no sentence or no example", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			if sub.Name() != "help" && sub.Name() != "completion" {
				walk(append(args[:len(args):len(args)], sub.Name()))
			}
		}
	}
	walk(nil)
}

func TestErrorsAsJSON(t *testing.T) {
	var errOut strings.Builder
	run(t.Context(), []string{"query", "account", "5Grwva", "--json"}, nil, io.Discard, &errOut)
	var e struct{ Error, Code string }
	if err := json.Unmarshal([]byte(errOut.String()), &e); err != nil || !strings.Contains(e.Error, "5Grwva") || e.Code == "" {
		t.Errorf("%q: %v", errOut.String(), err)
	}
}
