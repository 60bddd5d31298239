package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
)

// Names are what calls, queries and their arguments are called elsewhere, such as on a command line, besides the chain's
// own names. Upper and lower case, dashes, underscores and spaces make no difference in any of them.
type Names struct {
	Calls, Queries []Alias
	Defaults       map[string]string                            // of arguments that may be left out
	Values         map[string]func(text string) (string, error) // further ways to write an argument, by its name
}

// Alias is a call or a query under further names.
type Alias struct {
	Of    string            // the chain's name
	Names []string          // such as "stake add"
	Args  map[string]string // further names of arguments, and which they mean
	Fixed map[string]string // arguments that these names settle

	// Extra are arguments that the chain doesn't have. Shape makes those of them that it has. Lists in texts are separated
	// by commas; what else has no simple text is JSON. Where the error is about one argument it is a [*forms.Error].
	Extra []string
	Shape func(signer keys.Account, texts map[string]string) error
}

// entry is a call or a query of the chain, as one of its names means it.
type entry struct {
	name  string // the chain's
	zero  any    // its arguments
	fixed map[string]string
}

// dictionary finds calls, or queries.
type dictionary struct {
	kind     string             // call or query
	entries  map[string][]entry // by plain name
	aliases  map[string][]Alias // by the chain's name
	defaults map[string]string
	values   map[string]func(text string) (string, error)
}

// plain is what names are compared by.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("-", "_", " ", "_").Replace(strings.TrimSpace(name)))
}

func (n Names) dictionary(kind string, aliases []Alias) *dictionary {
	d := &dictionary{kind: kind, entries: map[string][]entry{}, aliases: map[string][]Alias{}, defaults: n.Defaults, values: n.Values}
	for _, a := range aliases {
		d.aliases[a.Of] = append(d.aliases[a.Of], a)
	}
	return d
}

func (d *dictionary) add(name string, e entry) {
	name = plain(name)
	d.entries[name] = append(d.entries[name], e)
}

// addAliases adds the further names of what is called name by the chain.
func (d *dictionary) addAliases(name string, zero any) {
	for _, a := range d.aliases[name] {
		for _, further := range a.Names {
			if plain(further) != plain(name) || a.Fixed != nil {
				d.add(further, entry{name, zero, a.Fixed})
			}
		}
	}
}

func (n Names) calls() *dictionary {
	d := n.dictionary("call", n.Calls)
	for _, c := range chain.Calls {
		d.add(c.Name, entry{c.Name, c.Args(), nil})
	}
	for _, c := range chain.Calls {
		d.addAliases(c.Name, c.Args())
	}
	return d
}

func (n Names) queries() *dictionary {
	d := n.dictionary("query", n.Queries)
	for _, p := range chain.Queries {
		d.add(p.ID(), entry{p.ID(), p.Args(), nil})
		if newest, _ := chain.Latest(p.Name); newest.Version != p.Version {
			continue
		}
		d.add(p.Name, entry{p.ID(), p.Args(), nil})
		for _, a := range d.aliases[p.Name] {
			a.Of = p.ID()
			d.aliases[p.ID()] = append(d.aliases[p.ID()], a)
		}
		d.addAliases(p.ID(), p.Args())
	}
	return d
}

// noSuch says that a name means nothing.
func (d *dictionary) noSuch(name string) string {
	own := map[string]bool{}
	for _, all := range d.entries {
		chains, _, _ := strings.Cut(all[0].name, "@")
		own[chains] = true
	}
	return fmt.Sprintf("no %s %.64q; there are %s", d.kind, name, strings.Join(slices.Sorted(maps.Keys(own)), ", "))
}

// find returns what a name means. A few mean several calls: of these it is the one that takes the arguments and lacks
// none of its own.
func (d *dictionary) find(name string, args object) (entry, bool) {
	all := d.entries[plain(name)]
	if len(all) == 0 {
		return entry{}, false
	}
	best, found := all[0], len(all) == 1
	for _, e := range all {
		if found {
			break
		}
		takes, lacks := d.suits(e, args)
		if takes {
			best, found = e, !lacks
		}
	}
	return best, true
}

// suits says whether a call or query takes all of the arguments, and whether it lacks any.
func (d *dictionary) suits(e entry, args object) (takes, lacks bool) {
	given := map[string]bool{}
	for name := range args {
		a, known := d.argument(e, name)
		if !known {
			return false, true
		}
		given[a] = true
	}
	for _, f := range forms.Fields(e.zero) {
		_, settled := e.fixed[f.Name]
		_, defaulted := d.defaults[f.Name]
		if !f.Optional && !given[f.Name] && !settled && !defaulted && !slices.Contains(filled[e.name], f.Name) {
			return true, true
		}
	}
	return true, false
}

// argument returns which argument a name means: a field, or one that a shape knows.
func (d *dictionary) argument(e entry, name string) (string, bool) {
	want := plain(name)
	for _, f := range forms.Fields(e.zero) {
		if plain(f.Name) == want {
			return f.Name, true
		}
	}
	for _, a := range d.aliases[e.name] {
		for further, means := range a.Args {
			if plain(further) == want {
				return means, true
			}
		}
		for _, extra := range a.Extra {
			if plain(extra) == want {
				return extra, true
			}
		}
	}
	return "", false
}

// shape returns who makes fields of arguments of which some are none, nil where all are.
func (d *dictionary) shape(e entry, given map[string]bool) *Alias {
	for i, a := range d.aliases[e.name] {
		for _, extra := range a.Extra {
			if given[extra] && !hasField(e.zero, extra) {
				return &d.aliases[e.name][i]
			}
		}
	}
	return nil
}

func hasField(zero any, name string) bool {
	return slices.ContainsFunc(forms.Fields(zero), func(f forms.Field) bool { return f.Name == name })
}
