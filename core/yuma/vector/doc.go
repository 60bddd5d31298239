// Package vector reads and writes test vectors and what-if documents in the format yuma-oracle-v1: the inputs of an
// epoch as JSON, what changes before each of the epochs that follow, and what comes out.
//
// [Eval] reads a document and writes it with all results computed. [Walk] gives every epoch's inputs to a function, and
// [Read] those of the first epoch. All of them take one vector or a bundle of many, plain or packed by gzip:
//
//	{"name": "…", "note": "…", "init": {…}, "steps": [{"patch": {…}, "out": {…}, "trace": {…}}, …]}
//	{"format": "yuma-oracle-v1", "vectors": [{"name": "…", "init": {…}, "steps": […]}, …]}
//
// An epoch runs for each step, after its patch; bonds and permits that come out go into the next. A vector without steps
// has one epoch, with nothing changed. Results that a document holds already are skipped. Documents are read as a stream:
// one vector's inputs and one patch are in memory at a time. Whatever is wrong is a [*strictjson.Error].
package vector

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"

	"github.com/taolight/taolight/core/strictjson"
	"github.com/taolight/taolight/core/yuma"
)

// Format is the name of the format, as bundles give it.
const Format = "yuma-oracle-v1"

// Limits of a document.
const (
	MaxInputs  = 256 << 20 // bytes of JSON of one init or patch, as it is written
	MaxText    = 64 << 10  // bytes of a name or a note
	MaxChanges = 1 << 16   // elements of one replace_neuron or set_weights
)

// ErrStop, returned by the function that [Walk] calls, ends the walk without error.
var ErrStop = errors.New("stop")

// A Step is one epoch of a document.
type Step struct {
	Vector string       // the name of its vector
	Number int          // of the step in its vector, from 0
	Inputs *yuma.Inputs // after the patch. They change with the next step.

	out, trace []byte // as the document has them, for tests
}

// Walk calls visit for each epoch of the document in src. What visit returns, the epoch's outputs, goes into the inputs
// of the next step; nil leaves them as they are. When visit returns [ErrStop] the rest isn't read.
func Walk(src io.Reader, visit func(*Step) (*yuma.Outputs, error)) error {
	r, err := open(src)
	if err != nil {
		return err
	}
	w := &walker{Reader: r, echo: newWriter(io.Discard), visit: visit}
	if err := w.document(); err != ErrStop {
		return err
	}
	return nil
}

// Read returns the inputs of the first epoch in src.
func Read(src io.Reader) (*yuma.Inputs, error) {
	var in *yuma.Inputs
	err := Walk(src, func(s *Step) (*yuma.Outputs, error) {
		in = s.Inputs
		return nil, ErrStop
	})
	if err == nil && in == nil {
		err = &strictjson.Error{Path: "$", Reason: "no epoch in it"}
	}
	return in, err
}

// open unpacks src if it is packed.
func open(src io.Reader) (*strictjson.Reader, error) {
	ahead := bufio.NewReaderSize(src, 64<<10)
	if magic, _ := ahead.Peek(2); string(magic) != "\x1f\x8b" {
		return strictjson.NewReader(ahead), nil
	}
	unpacked, err := gzip.NewReader(ahead)
	if err != nil {
		return nil, &strictjson.Error{Path: "$", Reason: "not gzip: " + err.Error(), Err: err}
	}
	return strictjson.NewReader(unpacked), nil
}
