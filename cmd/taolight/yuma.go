package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/strictjson"
)

func (a *app) yumaCommand() *cobra.Command {
	c := group("yuma", "Compute epochs of Yuma consensus, and explain who earns what",
		a.yumaEvalCommand(), a.yumaExplainCommand(), a.yumaExampleCommand())
	c.Long = `Computes epochs of a subnet offline, to the last bit as the chain does, from a JSON document: the inputs of an epoch in
"init", and in "steps" what changes before each of the epochs that follow. Change a weight or a stake in it to see what
would come out. A file with many such vectors is read, too, and so is one that is packed by gzip.

  {"name": "what if", "init": {"n": 2, "kappa": 32767, "weights": [[1, 65535], []], …},
   "steps": [{"patch": {}}, {"patch": {"block": 720, "set_weights": [[0, [1, 30000]]]}}]}

Every field of "init" is needed; "taolight yuma example" prints a document to begin with. Whatever is wrong is refused by its
path in the document.`
	c.Example = `  taolight yuma example > what-if.json
  taolight yuma eval what-if.json
  taolight yuma eval --trace < vectors.json.gz > results.json
  taolight yuma explain 3 what-if.json`
	return c
}

// documentError says which document is wrong.
type documentError struct {
	file string
	err  *strictjson.Error
}

func (e *documentError) Error() string { return e.file + ": " + e.err.Error() }
func (e *documentError) Unwrap() error { return e.err }

// Code names the error for programs.
func (e *documentError) Code() string { return "bad_document" }

// withDocument opens the file that an argument names, stdin without one or with "-", and gives it to read.
func (a *app) withDocument(ctx context.Context, args []string, read func(io.Reader) error) error {
	name, src := "stdin", a.in
	if len(args) > 0 && args[0] != "-" {
		name = args[0]
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		src = f
	} else if isTerminal(a.in) {
		a.printf("reading a document from the terminal; end it with Ctrl-D, or name a file")
	}
	err := read(&interruptible{ctx: ctx, src: src})
	var bad *strictjson.Error
	if errors.As(err, &bad) && ctx.Err() == nil {
		return &documentError{name, bad}
	}
	return err
}

// interruptible is a reader that ends with its context, even while it waits for input.
type interruptible struct {
	ctx context.Context
	src io.Reader
	buf []byte
}

// Read reads from the source.
func (r *interruptible) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	// The source writes into a buffer of its own: it may do so after this method has returned.
	if len(r.buf) < len(p) {
		r.buf = make([]byte, len(p))
	}
	done := make(chan result, 1)
	go func() {
		n, err := r.src.Read(r.buf[:len(p)])
		done <- result{n, err}
	}()
	select {
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	case got := <-done:
		copy(p, r.buf[:got.n])
		return got.n, got.err
	}
}

// until is a writer that ends with its context: a large epoch's trace can take long to write.
type until struct {
	ctx context.Context
	dst io.Writer
}

// Write writes to the destination.
func (w until) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.dst.Write(p)
}
