package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"golang.org/x/term"

	"github.com/taolight/taolight/core/tao"
)

// print writes a command's result: as one JSON value, or as human does.
func (a *app) print(value any, human func(w io.Writer)) error {
	if a.json {
		enc := json.NewEncoder(a.out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(value)
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	human(w)
	return w.Flush()
}

// amount writes an amount for people: TAO, with commas between thousands.
func amount(a tao.Amount) string {
	whole, frac, _ := strings.Cut(a.TAOString(), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if frac != "" {
		whole += "." + frac
	}
	return whole + " TAO"
}

// isTerminal says whether a person reads or writes here.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress tells on stderr what takes long: on a terminal in one line that changes, elsewhere a line for each step. With
// --json and nobody looking it is silent.
type progress struct {
	w     io.Writer
	live  bool
	last  string
	quiet bool
}

func (a *app) progress() *progress {
	live := isTerminal(a.err)
	return &progress{w: a.err, live: live, quiet: a.json && !live}
}

// step says what is being done now; detail may change while the step lasts.
func (p *progress) step(what, detail string) {
	switch {
	case p.quiet:
	case p.live:
		fmt.Fprintf(p.w, "\r\x1b[K%s", oneLine(strings.TrimSpace(what+" "+detail)))
	case what != p.last:
		fmt.Fprintln(p.w, oneLine(strings.TrimSpace(what+" "+detail)))
	}
	p.last = what
}

// done clears the line.
func (p *progress) done() {
	if p.live && p.last != "" {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.last = ""
}
