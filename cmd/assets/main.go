// Command assets makes the dashboard's built files ready to be served: it compresses each with brotli and gzip beside
// itself, leaves alone what is up to date, and prints sizes.
//
//	assets [-quality 1..11] [-budget NAME=BYTES]... FILE...
//
// A file over its budget, in brotli bytes, makes it fail. The budgets are meant for quality 11.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

type budgets map[string]int64

func (b budgets) String() string { return fmt.Sprint(map[string]int64(b)) }

func (b budgets) Set(s string) error {
	name, bytes, ok := strings.Cut(s, "=")
	n, err := strconv.ParseInt(bytes, 10, 64)
	if !ok || err != nil {
		return fmt.Errorf("%q: want NAME=BYTES", s)
	}
	b[name] = n
	return nil
}

func main() {
	quality := flag.Int("quality", 6, "brotli quality, 1 to 11")
	limit := budgets{}
	flag.Var(limit, "budget", "fail when the brotli size of file NAME exceeds BYTES; `NAME=BYTES`")
	flag.Parse()
	if err := run(flag.Args(), *quality, limit, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run(files []string, quality int, limit budgets, out io.Writer) error {
	var over []string
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		br, err := compress(file, ".br", raw, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, quality) })
		if err != nil {
			return err
		}
		gz, err := compress(file, ".gz", raw, func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
		if err != nil {
			return err
		}
		name := filepath.Base(file)
		note := ""
		if max, ok := limit[name]; ok {
			note = fmt.Sprintf("  budget %9d", max)
			if br > max {
				over = append(over, name)
			}
		}
		fmt.Fprintf(out, "%-14s raw %10d  gzip %9d  brotli(%d) %9d%s\n", name, len(raw), gz, quality, br, note)
	}
	if over != nil {
		return fmt.Errorf("over budget: %s", strings.Join(over, ", "))
	}
	return nil
}

// compress writes file+ext unless it is newer than file, and returns its size.
func compress(file, ext string, raw []byte, open func(io.Writer) io.WriteCloser) (int64, error) {
	source, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	if have, err := os.Stat(file + ext); err == nil && have.ModTime().After(source.ModTime()) {
		return have.Size(), nil
	}
	var buf bytes.Buffer
	w := open(&buf)
	if _, err := w.Write(raw); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return int64(buf.Len()), os.WriteFile(file+ext, buf.Bytes(), 0o644)
}
