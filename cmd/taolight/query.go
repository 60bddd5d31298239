package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/view"
)

const queryLong = `Asks a relay and verifies the answer with the light client of the browser tab: block headers from a trusted block on, and
the state nodes behind every figure. Each answer says how far it was checked: claimed (a relay says so, there was no
trusted block to begin with) or proven.

The trusted block is given once with --trust and then remembered under --home. Take it from somewhere else than the
relay you ask: a person you trust, a second relay, your own node.`

const queryExample = `  taolight query account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY
  taolight query account savings --trust 1200:5f0c… --relay http://127.0.0.1:8080 --json
  taolight query supply
  taolight query subnets --json`

// askCommand makes the command of one query. Its flags are the query's arguments; in the order of their fields they may
// stand without them.
func (a *app) askCommand(q querySpec, name string) *cobra.Command {
	program, ok := chain.Latest(q.program)
	if !ok {
		panic("taolight: a command for no query " + q.program) // the table is wrong; a test reads it all
	}
	sp := callSpec{args: strings.Join(q.positional(program), " ")}
	given := strings.Fields(sp.args)
	full := fieldOf(q.flagFields(program), "select") != nil
	short := strings.TrimSuffix(program.Doc, ".")
	if q.short != "" {
		short = q.short
	}
	var n network
	var asked asking
	c := &cobra.Command{
		Use: name, Short: short, Example: q.example,
		Args: func(cmd *cobra.Command, args []string) error {
			if free := len(sp.open(cmd, given)); len(args) > free {
				return usage(cmd, "%q is one argument too many", args[free])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("at") && asked.at == 0 {
				return usage(cmd, "--at 0: heights begin at 1; without --at the newest state is asked")
			}
			texts := map[string]string{}
			for field, text := range q.fixed {
				texts[field] = text
			}
			for i, field := range sp.open(cmd, given)[:len(args)] {
				texts[field] = args[i]
			}
			for _, f := range q.flagFields(program) {
				if fl := cmd.Flags().Lookup(sp.flagOf(f.Name)); fl.Changed {
					texts[f.Name] = fl.Value.String()
				}
			}
			if full {
				all, _ := cmd.Flags().GetBool("full")
				switch {
				case all:
					texts["select"] = "full"
				case texts["select"] == "" && !a.json:
					texts["select"] = usualColumns
				}
			}
			// A wrong argument is refused before any relay is asked.
			dst := reflect.New(reflect.TypeOf(program.Args()))
			if err := forms.Parse(dst.Interface(), texts, a.address); err != nil {
				return sp.explain(cmd, err)
			}
			if args, ok := dst.Elem().Interface().(interface{ Check() error }); ok {
				if err := args.Check(); err != nil {
					return fmt.Errorf("--select: %w", err)
				}
			}
			return a.runQuery(cmd.Context(), &n, program.ID(), dst.Elem().Interface(), q, asked)
		},
	}
	c.Long = strings.TrimSpace(c.Short + ". " + q.long)
	for _, field := range given {
		c.Use += " " + sp.argument(field)
	}
	for _, f := range q.flagFields(program) {
		value, known := kindValue[f.Kind]
		if !known {
			value = "LIST"
		}
		what := fieldHelp[f.Name]
		if f.Name == "select" {
			what = "names of columns, separated by commas: those of --json, lite or full"
		}
		c.Flags().Var(newText(value, ""), sp.flagOf(f.Name), what)
	}
	if full {
		c.Flags().Bool("full", false, "with axons, weights and bonds")
	}
	n.flags(c.Flags())
	c.Flags().Uint64Var(&asked.at, "at", 0, "`HEIGHT` of the block after which to ask (default: the newest)")
	c.Flags().StringVar(&asked.save, "save", "", saveHelp)
	c.ValidArgsFunction = a.completeArgs(given)
	return c
}

// positional are the fields that stand without a flag; from is a place in a list, which is read to its end.
func (q querySpec) positional(p chain.Program) (names []string) {
	for _, f := range forms.Fields(p.Args()) {
		if _, settled := q.fixed[f.Name]; !settled && f.Name != "from" && f.Name != "select" {
			names = append(names, f.Name)
		}
	}
	return names
}

func (q querySpec) flagFields(p chain.Program) []forms.Field {
	return slices.DeleteFunc(forms.Fields(p.Args()), func(f forms.Field) bool {
		_, settled := q.fixed[f.Name]
		return settled || f.Name == "from"
	})
}

// asking is what a query is told beside its arguments.
type asking struct {
	at   uint64 // block of the state; 0: the newest
	save string // file for the proof
}

func (a *app) runQuery(ctx context.Context, n *network, id string, args any, q querySpec, asked asking) error {
	return a.asking(ctx, n, func(ctx context.Context, s *session) (any, func(io.Writer), error) {
		head := s.head
		if asked.at > 0 {
			newest := head.Block.Height() - 1 // whose state the head names
			if asked.at > newest {
				return nil, nil, fmt.Errorf("--at %d: the newest block whose state can be asked is %d", asked.at, newest)
			}
			var err error
			if head, err = s.client.At(ctx, asked.at+1); err != nil {
				return nil, nil, err
			}
		}
		r, err := s.answerAt(ctx, head, id, args)
		if err != nil {
			return nil, nil, err
		}
		r.show, r.rename = q.human, q.rename
		if asked.at == 0 {
			a.warnStale(r.Time)
		}
		if asked.save != "" {
			b, err := bundle.ForFigure(ctx, s.client, r.pages...)
			if err == nil {
				err = a.saveProof(asked.save, b)
			}
			if err != nil {
				return nil, nil, err
			}
		}
		return r, r.human, nil
	})
}

// asking asks something with a light client at the newest block, and prints it.
func (a *app) asking(ctx context.Context, n *network, what func(ctx context.Context, s *session) (any, func(io.Writer), error)) error {
	return a.withSession(ctx, n, func(ctx context.Context, s *session, p *progress) error {
		p.step("asking")
		value, human, err := what(ctx, s)
		p.done()
		if err != nil {
			return err
		}
		return a.print(value, human)
	})
}

// answer is what a query said, all of its pages, and how far that was checked.
type answer struct {
	value  any // pointer to the program's result
	show   func(io.Writer, any)
	rename map[string]string
	pages  []light.Proven[[]byte]
	proof
}

// MarshalJSON writes the members of the value and then those of the proof, which win over members of the same name.
func (r *answer) MarshalJSON() ([]byte, error) {
	var of object
	proven := fieldsOf(reflect.ValueOf(r.proof))
	for _, m := range fieldsOf(reflect.ValueOf(described(r.value)).Elem()) {
		if name, ok := r.rename[m.name]; ok {
			m.name = name
		}
		if !slices.ContainsFunc(proven, func(p member) bool { return p.name == m.name }) {
			of = append(of, m)
		}
	}
	return json.Marshal(append(of, proven...))
}

// fieldsOf are the members that a struct has in JSON; lists that are empty are lists.
func fieldsOf(v reflect.Value) (of object) {
	for i := range v.NumField() {
		name, options, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		f := v.Field(i)
		empty := f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0
		switch {
		case v.Type().Field(i).Anonymous && name == "":
			of = append(of, fieldsOf(f)...)
		case name == "", name == "next", name == "owner" && f.IsZero(), options == "omitempty" && empty:
		case f.Kind() == reflect.Slice && f.IsNil():
			of = append(of, member{name, []struct{}{}})
		default:
			of = append(of, member{name, f.Interface()})
		}
	}
	return of
}

func (r *answer) human(w io.Writer) {
	if r.show == nil {
		r.show = printerOf(r.value)
	}
	r.show(w, r.value)
	r.proof.human(w)
}

// maxPages bounds how long a list of a lying relay may become.
const maxPages = 4096

// answer asks a query at the session's head.
func (s *session) answer(ctx context.Context, id string, args any) (*answer, error) {
	return s.answerAt(ctx, s.head, id, args)
}

// answerAt asks a query of the state that a header names. A list is read page by page under that root.
func (s *session) answerAt(ctx context.Context, head *light.Head, id string, args any) (*answer, error) {
	program, ok := chain.Lookup(id)
	if !ok {
		return nil, &unknownQuery{id}
	}
	var r *answer
	raw, err := codec.Encode(args)
	if err != nil {
		return nil, err
	}
	for range maxPages {
		page, err := s.client.QueryAt(ctx, head, program, raw)
		if err != nil {
			return nil, err
		}
		value := program.NewResult()
		if err := codec.Decode(page.Value(), value); err != nil {
			return nil, err
		}
		if r == nil {
			r = &answer{value: value, proof: proofOf(s, page)}
		} else {
			r.WitnessBytes += page.Bytes()
			r.WitnessNodes += page.Nodes()
			if err := view.AddPage(r.value, value); err != nil {
				return nil, err
			}
		}
		r.pages = append(r.pages, page)
		if _, raw, err = program.Page(raw, page.Value()); err != nil || raw == nil {
			return r, err
		}
	}
	return r, nil
}

type unknownQuery struct{ id string }

func (e *unknownQuery) Error() string { return "this version has no query " + e.id }

// usualColumns are what a metagraph shows to people who don't say what they want; they fit a wide terminal.
const usualColumns = "hotkeys,stake,validator_permit,active,incentive,consensus,dividends,validator_trust,emission,last_update"
