package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"text/tabwriter"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/taolight/taolight/core/tao"
)

// print writes a command's result: as one JSON value, or as human does.
func (a *app) print(value any, human func(w io.Writer)) error {
	if a.json {
		return a.printJSON(value)
	}
	return a.printTable(human)
}

func (a *app) printJSON(value any) error {
	enc := json.NewEncoder(plainJSON{a.out})
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}

// plainJSON writes JSON with the control characters escaped that the encoder leaves as they are, which a terminal obeys:
// those from 0x7f to 0x9f. They stand in strings only. The encoder writes a value at once, so none is cut in two.
type plainJSON struct{ w io.Writer }

// Write writes all of b, or fails.
func (p plainJSON) Write(b []byte) (int, error) {
	out := make([]byte, 0, len(b))
	for rest := b; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r >= 0x7f && r <= 0x9f {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, rest[:size]...)
		}
		rest = rest[size:]
	}
	if _, err := p.w.Write(out); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (a *app) printTable(human func(w io.Writer)) error {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	human(w)
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		if _, err := fmt.Fprintln(a.out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
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

// size writes a number of bytes for people.
func size(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// isTerminal says whether a person reads or writes here.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress tells on stderr what takes long: steps on a terminal only, in one line that changes; milestones everywhere, a
// line each. With --json and nobody looking it is silent. Safe for concurrent use.
type progress struct {
	w     io.Writer
	live  bool
	quiet bool

	mu   sync.Mutex
	open bool // a step's line stands on the terminal
}

func (a *app) progress() *progress {
	live := isTerminal(a.err)
	return &progress{w: a.err, live: live, quiet: a.json && !live}
}

// step says what is being done now, until the next step or milestone.
func (p *progress) step(format string, args ...any) {
	if !p.live {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "\r\x1b[K%s", oneLine(fmt.Sprintf(format, args...)))
	p.open = true
}

// milestone says what has happened; it stays.
func (p *progress) milestone(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	if !p.quiet {
		fmt.Fprintln(p.w, oneLine(fmt.Sprintf(format, args...)))
	}
}

// done clears the step's line.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if p.open {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.open = false
}
