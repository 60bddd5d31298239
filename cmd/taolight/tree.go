package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// groupSpec is a command that holds others.
type groupSpec struct{ path, short, aliases string }

// groups are the commands that the tables of calls and queries put theirs into.
var groups = []groupSpec{
	{"axon", "Say where your neuron answers", ""},
	{"batch", "Several calls in one transaction", ""},
	{"bonds", "What validators have invested in miners", ""},
	{"childkey", "Let other hotkeys work with your stake", "child"},
	{"coldkey", "Exchange your coldkey for a new one", ""},
	{"coldkey swap", "Exchange your coldkey: announce, execute, dispute", ""},
	{"commitment", "Publish something about your neuron", ""},
	{"delegate", "Hotkeys on which others stake: list, become one, take", "delegates"},
	{"multisig", "Act as one account of several members", ""},
	{"producer", "Who makes the blocks", "producers"},
	{"proxy", "Let another account act for yours, within limits", ""},
	{"query", "Look something up and verify the answer", ""},
	{"relay", "The relays on chain: list, register yours", "relays"},
	{"root", "The root network, which divides emission among subnets", ""},
	{"stake", "Stake TAO on a hotkey, move it, take it back", "st"},
	{"stake child", "Let other hotkeys work with your stake", ""},
	{"subnet", "Subnets: list, create, settings, registration costs", "subnets s"},
	{"sudo", "Settings of a subnet of yours", "su"},
	{"wallet swap-coldkey", "Exchange your coldkey: announce, execute, dispute", ""},
	{"weights", "Say how good miners are: set, or commit and reveal", "wt"},
}

// hiddenGroups are there for those who know them from elsewhere.
const hiddenGroups = "|sudo|stake child|wallet swap-coldkey|"

// tree puts commands where their paths say.
type tree struct {
	root *cobra.Command
	at   map[string]*cobra.Command
}

func newTree(root *cobra.Command) *tree {
	t := &tree{root: root, at: map[string]*cobra.Command{"": root}}
	for _, c := range root.Commands() {
		t.at[c.Name()] = c
	}
	return t
}

// put adds a command at a path. The groups above it are made where they don't exist.
func (t *tree) put(path string, c *cobra.Command, hidden bool) {
	above, _ := cutLast(path)
	parent := t.parent(above)
	c.Hidden = hidden && !parent.Hidden
	parent.AddCommand(c)
	t.at[path] = c
}

func (t *tree) parent(path string) *cobra.Command {
	if c, ok := t.at[path]; ok {
		return c
	}
	above, name := cutLast(path)
	c := group(name, "")
	for _, g := range groups {
		if g.path == path {
			c.Short, c.Aliases = g.short, strings.Fields(g.aliases)
		}
	}
	c.Hidden = strings.Contains(hiddenGroups, "|"+path+"|")
	t.parent(above).AddCommand(c)
	t.at[path] = c
	return c
}

func cutLast(path string) (above, name string) {
	i := strings.LastIndexByte(path, ' ')
	return path[:max(i, 0)], path[i+1:]
}

// addTables adds the commands of all calls and queries.
func (a *app) addTables(root *cobra.Command) {
	t := newTree(root)
	known := map[string]bool{}
	for _, q := range queryCommands {
		paths := q.paths
		if !known[q.program] {
			paths = append(paths[:len(paths):len(paths)], "query "+strings.ReplaceAll(q.program, "_", "-"))
			known[q.program] = true
		}
		for i, path := range paths {
			_, name := cutLast(path)
			t.put(path, a.askCommand(q, name), i > 0 && !strings.HasPrefix(path, "query "))
		}
	}
	var burning callSpec
	for _, sp := range callCommands {
		switch sp.path {
		case "register":
			burning = sp
		case powPath:
			for _, path := range sp.also {
				_, name := cutLast(path)
				t.put(path, a.powCommand(burning, name), true)
			}
			continue
		}
		for i, path := range append([]string{sp.path}, sp.also...) {
			_, name := cutLast(path)
			c := a.command(sp, name)
			if sp.path == "register" {
				a.addPow(c)
			}
			t.put(path, c, i > 0)
		}
	}
	t.put("wallet overview", a.overviewCommand(), false)
	t.put("multisig address", a.multisigAddressCommand(), false)
	t.put("relay prove", a.relayProveCommand(), false)
	t.put("query events", a.eventsCommand(), false)
	t.at["query"].Long, t.at["query"].Example = queryLong, queryExample
	t.at["subnet hyperparameters"].Aliases = []string{"hyperparams"}
	for path, c := range t.at {
		if c.HasSubCommands() && c.Example == "" && path != "" {
			c.Example = examplesOf(c)
		}
	}
}

// examplesOf are the first examples of a group's commands.
func examplesOf(c *cobra.Command) string {
	var lines []string
	for _, sub := range c.Commands() {
		switch {
		case sub.Hidden:
		case sub.Example != "":
			lines = append(lines, firstLine(sub.Example))
		default:
			lines = append(lines, examplesOf(sub))
		}
	}
	return strings.Join(lines, "\n")
}
