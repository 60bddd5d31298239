package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
)

// verified is what came of all files.
type verified struct {
	Verdict string        `json:"verdict"` // the worst: accept, inconclusive, reject
	Files   []checkedFile `json:"files"`
}

// checkedFile is what came of one.
type checkedFile struct {
	path string
	why  *explanation // of a neuron in an epoch of a block; nil: nobody asked, or it is unexplained
	*bundle.Report

	unexplained error // why there is no explanation that was asked for
}

// MarshalJSON writes the report; what the file says is a claim unless the verdict is accept.
func (f checkedFile) MarshalJSON() ([]byte, error) {
	r := f.Report
	type step struct {
		Name    string         `json:"name"`
		Title   string         `json:"title"`
		Detail  string         `json:"detail"`
		Outcome bundle.Outcome `json:"outcome"`
		Micros  int64          `json:"micros"`
	}
	steps := []step{}
	for _, s := range r.Steps {
		steps = append(steps, step{s.Name, s.Title, s.Detail, s.Outcome, s.Took.Microseconds()})
	}
	out := object{{"file", f.path}, {"verdict", verdictWord(r.Verdict)}, {"level", r.Level}}
	if r.Err != nil {
		out = append(out, member{"error", oneLine(r.Err.Error())}, member{"code", code(r.Err)})
	}
	out = append(out, member{"bytes", r.Bytes}, member{"steps", steps})
	if f.unexplained != nil {
		out = append(out, member{"unexplained", oneLine(f.unexplained.Error())})
	}
	if r.Body == nil {
		return out.MarshalJSON()
	}
	out = append(out, object{
		{"kind", r.Kind}, {"chain_id", r.ChainID}, {"trust", r.Root.String()}, {"standing", r.Standing}, {"hops", r.Hops}, {"links", r.Links},
		{"signers", r.Signers}, {"producers", r.Of}, {"signed_power", r.Power}, {"total_power", r.OfPower},
		{"height", r.Height}, {"time", r.Time.UTC()}, {"app_hash", r.State.String()}, {"witness_nodes", r.Nodes},
		{"says", f.says()}, {"does_not_say", r.Silent},
	}...)
	return out.MarshalJSON()
}

func (v verified) human(w io.Writer) {
	for i, f := range v.Files {
		if i > 0 {
			fmt.Fprintf(w, "\n")
		}
		f.human(w)
	}
}

func (f checkedFile) human(w io.Writer) {
	r := f.Report
	switch r.Verdict {
	case light.Accept:
		fmt.Fprintf(w, "%s: this proof holds\n", oneLine(f.path))
	case light.Blame:
		fmt.Fprintf(w, "%s: this proof is false: %s\n", oneLine(f.path), oneLine(r.Err.Error()))
	default:
		fmt.Fprintf(w, "%s: nothing is shown: %s\n", oneLine(f.path), oneLine(r.Err.Error()))
	}
	fmt.Fprintf(w, "\n")
	for _, s := range r.Steps {
		fmt.Fprintf(w, "%s\t%s\t%s\n", stepWords[s.Outcome], s.Title, oneLine(s.Detail))
	}
	if f.unexplained != nil {
		fmt.Fprintf(w, "not explained\t%s\n", oneLine(f.unexplained.Error()))
	}
	if r.Body == nil {
		return
	}
	says := f.says()
	fmt.Fprintf(w, "\n")
	switch {
	case r.Verdict == light.Blame:
		fmt.Fprintf(w, "it says, and that is false:\n\n")
	case r.Level == level.Claimed:
		fmt.Fprintf(w, "it says, and nothing shows that it is true:\n\n")
	}
	says.human(w)
	fmt.Fprintf(w, "\n%s\tat block %d, %s\n", r.Level, r.Height, r.Time.UTC().Format(time.DateTime))
	for _, s := range r.Silent {
		fmt.Fprintf(w, "not said\t%s\n", s)
	}
}

var stepWords = map[bundle.Outcome]string{bundle.Held: "ok", bundle.Failed: "FALSE", bundle.Unsure: "unsure", bundle.Open: "-"}

// says is what a file says: for programs, and how it is shown to people.
type says struct {
	object
	show func(io.Writer)
}

func (s says) human(w io.Writer) { s.show(w) }

func (f checkedFile) says() says {
	r := f.Report
	switch b := r.Body.(type) {
	case *bundle.Figure:
		return figureSays(b, r.Err)
	case *bundle.Transaction:
		return transactionSays(b)
	case *bundle.Block:
		return blockSays(b, r, f.why)
	case *bundle.Fork:
		return forkSays(r)
	}
	return says{object: object{}, show: func(io.Writer) {}}
}

// figureSays puts the pages of an answer together, and beside a false one what the program answers.
func figureSays(f *bundle.Figure, failed error) says {
	out := says{object: object{{"program", f.Program}, {"args", hex.EncodeToString(f.Pages[0].Args)}}}
	value, part, err := f.Whole()
	if err != nil {
		out.object = append(out.object, member{"unreadable", err.Error()})
		out.show = func(w io.Writer) { fmt.Fprintf(w, "%s\tcan't be read: %s\n", oneLine(f.Program), oneLine(err.Error())) }
		return out
	}
	out.object = append(out.object, member{"part", part}, member{"result", fieldsOf(reflect.ValueOf(described(value)).Elem())})
	var lie *bundle.AnswerError
	var truth any
	if errors.As(failed, &lie) {
		program, _ := chain.Lookup(f.Program) // which has read the claim
		if truth = program.NewResult(); codec.Decode(lie.Computed, truth) != nil {
			truth = nil
		} else {
			out.object = append(out.object, member{"computed", fieldsOf(reflect.ValueOf(described(truth)).Elem())})
		}
	}
	out.show = func(w io.Writer) {
		if part {
			fmt.Fprint(w, "part\tof a longer list: sums are those of this part\n")
		}
		printerFor(f.Program)(w, value)
		if truth != nil {
			fmt.Fprintf(w, "\nthe signed state says:\n\n")
			printerFor(f.Program)(w, truth)
		}
	}
	return out
}

// printerFor is the printer of the query with a program's id, as the query's own command uses it.
func printerFor(id string) func(io.Writer, any) {
	for _, q := range queryCommands {
		if p, ok := chain.Latest(q.program); ok && p.ID() == id && q.human != nil {
			return q.human
		}
	}
	return printFields
}

func transactionSays(x *bundle.Transaction) says {
	hash := chain.TxHash(x.Tx)
	out := says{object: object{{"hash", hex.EncodeToString(hash[:])}, {"index", x.Index}, {"count", len(x.Hashes)}}}
	lines := [][2]string{{"transaction", hex.EncodeToString(hash[:])}}
	tx, err := chain.DecodeTx(x.Tx)
	if err == nil {
		out.object = append(out.object, member{"signer", tx.Body.Signer}, member{"nonce", tx.Body.Nonce}, member{"call", tx.Body.Call})
		lines = append(lines, [2]string{"from", tx.Body.Signer.String()}, [2]string{"call", tx.Body.Call})
		if call, ok := chain.LookupCall(tx.Body.Call); ok {
			if args, err := call.Decode(tx.Body.Args); err == nil {
				out.object = append(out.object, member{"args", plain(args, false)})
				for _, m := range plainFields(reflect.Indirect(reflect.ValueOf(args)), true) {
					lines = append(lines, [2]string{m.name, text(m.value)})
				}
			}
		}
	} else {
		out.object = append(out.object, member{"unreadable", err.Error()})
		lines = append(lines, [2]string{"call", "can't be read: " + err.Error()})
	}
	result := ledger.Code(x.Code).String()
	out.object = append(out.object, member{"code", x.Code}, member{"result", result}, member{"gas", x.Gas})
	lines = append(lines, [2]string{"result", result})
	if len(x.Effects) > 0 {
		events := []eventLine{}
		for _, e := range x.Changes() {
			line, err := lineOf(e)
			if err != nil {
				line = eventLine{Tx: e.Tx, Name: e.Name, words: err.Error()}
			}
			events = append(events, line)
			lines = append(lines, [2]string{line.Name, line.words})
		}
		out.object = append(out.object, member{"events", events})
	}
	out.show = showLines(lines)
	return out
}

// saveHelp tells of the flag with which commands save what they show.
const saveHelp = "write the proof to `FILE`, such as mine.taoproof, for taolight verify or the dashboard to check without a network"

func showLines(lines [][2]string) func(io.Writer) {
	return func(w io.Writer) {
		for _, l := range lines {
			fmt.Fprintf(w, "%s\t%s\n", oneLine(l[0]), oneLine(l[1]))
		}
	}
}
