package main

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/forms"
)

// Each call and each query of the chain has a command, and each line of the tables names one that there is.
func TestEverythingHasACommand(t *testing.T) {
	calls, queries := map[string]bool{}, map[string]bool{}
	for _, sp := range callCommands {
		if _, ok := chain.LookupCall(sp.call); !ok {
			t.Errorf("%s: there is no call %s", sp.path, sp.call)
		}
		calls[sp.call] = true
	}
	for _, c := range chain.Calls {
		if !calls[c.Name] {
			t.Errorf("the call %s has no command", c.Name)
		}
	}
	for _, q := range queryCommands {
		queries[q.program] = true
	}
	queries["predict"] = true // what --dry-run asks
	for _, q := range chain.Queries {
		if !queries[q.Name] {
			t.Errorf("the query %s has no command", q.Name)
		}
	}
}

// Every field of a call can be given: as a flag, as a place on the command line, by the command itself, or by what makes
// it of other flags.
func TestEveryFieldCanBeGiven(t *testing.T) {
	made := map[string]string{"group": "signatories", "children": "children", "scheme": "", "signature": ""}
	for _, sp := range callCommands {
		if sp.path == powPath {
			continue
		}
		c := commandAt(t, sp.path)
		call, _ := chain.LookupCall(sp.call)
		fields := forms.Fields(call.Args())
		for _, f := range fields {
			_, settled := sp.fixed[f.Name]
			other, derived := made[f.Name]
			signed := other == "" && sp.cosigner != ""
			if flag := c.Flags().Lookup(sp.flagOf(f.Name)); flag == nil && !settled && !signed && !(derived && c.Flags().Lookup(other) != nil) {
				t.Errorf("%s: no way to give %s", sp.path, f.Name)
			}
		}
		for _, name := range strings.Fields(sp.args) {
			if fieldOf(fields, name) == nil && c.Flags().Lookup(name) == nil {
				t.Errorf("%s: %s is no field of %s", sp.path, name, sp.call)
			}
		}
		for name := range sp.flags {
			if fieldOf(fields, name) == nil {
				t.Errorf("%s: %s is no field of %s", sp.path, name, sp.call)
			}
		}
	}
}

func commandAt(t *testing.T, path string) *cobra.Command {
	t.Helper()
	a := &app{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
	c, rest, err := a.root().Find(strings.Fields(path))
	if err != nil || len(rest) > 0 {
		t.Fatalf("%s: %v, left %q", path, err, rest)
	}
	return c
}

// Every example is a command that there is.
func TestExamplesAreCommands(t *testing.T) {
	a := &app{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if c.Name() == "help" || c.Name() == "completion" {
			return
		}
		for line := range strings.Lines(c.Example) {
			words, ok := strings.CutPrefix(strings.TrimSpace(line), "taolight ")
			if !ok {
				continue
			}
			if found, _, err := a.root().Find(strings.Fields(words)); err != nil || !found.Runnable() {
				t.Errorf("%s: the example %q is no command", c.CommandPath(), line)
			}
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(a.root())
}
