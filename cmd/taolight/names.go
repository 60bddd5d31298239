package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/scenario"
)

// scenarioNames are the names of commands and flags, for scenarios.
func scenarioNames() scenario.Names {
	n := scenario.Names{Defaults: callDefaults, Values: map[string]func(string) (string, error){
		"take": func(text string) (string, error) { return shareOf(text, share16) },
	}}
	for _, sp := range callCommands {
		if sp.inScenarios() {
			n.Calls = append(n.Calls, sp.alias())
		}
	}
	for _, q := range queryCommands {
		n.Queries = append(n.Queries, q.alias())
	}
	return n
}

// inScenarios says whether the command's name means one call there by itself: not where the state decides which.
// Such a name is refused with the calls that there are, rather than taken for one of them.
func (sp *callSpec) inScenarios() bool { return sp.choose == nil }

// alias is a call as its command names it.
func (sp *callSpec) alias() scenario.Alias {
	a := scenario.Alias{Of: sp.call, Names: append([]string{sp.path}, sp.also...), Fixed: sp.fixed, Args: map[string]string{}}
	if sp.path == powPath {
		// The command is burned_register's, and what is given for it says which of the two calls is meant.
		above, _ := cutLast(powPath)
		a.Names, a.Extra = []string{powPath, above}, []string{"pow", "threads"}
		for _, burning := range callCommands {
			if burning.path == above {
				a.Names = append(a.Names, burning.also...)
			}
		}
	}
	a.Names = groupNames(a.Names)
	for field, flag := range sp.flags {
		a.Args[flag] = field
	}
	for _, e := range sp.extra {
		if e.name == "node" {
			return a // its shape reads this computer's files
		}
		a.Extra = append(a.Extra, e.name)
	}
	for field, flag := range asWeights {
		if slices.Contains(a.Extra, flag) {
			a.Args[field] = flag
		}
	}
	if len(a.Extra) > 0 {
		a.Shape = sp.shapeTexts
	}
	return a
}

// groupNames adds to paths those by the further names of their groups.
func groupNames(paths []string) []string {
	all := slices.Clone(paths)
	for _, path := range paths {
		for _, g := range groups {
			if rest, inside := strings.CutPrefix(path, g.path+" "); inside {
				for _, further := range strings.Fields(g.aliases) {
					all = append(all, further+" "+rest)
				}
			}
		}
	}
	return all
}

// shapeTexts makes fields of extra flags as the command does.
func (sp *callSpec) shapeTexts(signer keys.Account, texts map[string]string) error {
	if sp.shape == nil {
		return nil
	}
	err := sp.shape(&callInput{names: developmentKey, signer: signer, texts: texts})
	var no *missing
	if errors.As(err, &no) {
		return &forms.Error{Path: no.name, Reason: "is missing"}
	}
	return err
}

// developmentKey finds an account without any wallet.
func developmentKey(text string) (keys.Account, error) {
	if !strings.HasPrefix(text, "//") {
		return keys.Parse(text)
	}
	k, err := sign.FromURI(text)
	if err != nil {
		return keys.Account{}, err
	}
	return k.Account(), nil
}

// alias is a query as its commands name it.
func (q *querySpec) alias() scenario.Alias {
	a := scenario.Alias{Of: q.program, Names: groupNames(q.paths), Fixed: q.fixed}
	if q.fixed == nil { // else only the command's own name settles arguments
		a.Names = append(a.Names, "query "+q.program)
	}
	if p, _ := chain.Latest(q.program); fieldOf(forms.Fields(p.Args()), "select") != nil {
		a.Extra = []string{"full"}
		a.Shape = func(_ keys.Account, texts map[string]string) error {
			switch texts["full"] {
			case "true":
				if texts["select"] != "" {
					return &forms.Error{Path: "full", Reason: "which columns is said by select already"}
				}
				texts["select"] = "full"
			case "false":
			default:
				return &forms.Error{Path: "full", Reason: "want true or false"}
			}
			return nil
		}
	}
	return a
}
