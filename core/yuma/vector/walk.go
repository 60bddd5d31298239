package vector

import (
	"errors"
	"math"
	"slices"

	"github.com/taolight/taolight/core/strictjson"
	"github.com/taolight/taolight/core/yuma"
)

// walker goes through a document, has each epoch computed and writes what it reads.
type walker struct {
	*strictjson.Reader
	echo  *writer
	visit func(*Step) (*yuma.Outputs, error) // writes the results, where they are wanted
	keep  bool                               // a step's out and trace

	numbers []uint64 // of the list read last; its memory is used again
}

// document reads all there is, and writes it but for the last bracket.
func (w *walker) document() error {
	single, bundle := &vector{walker: w}, false
	fields := single.fields()
	for name, f := range fields {
		fields[name] = strictjson.Field{Read: func() error {
			if bundle {
				return w.Fail("a bundle has no such field")
			}
			return f.Read()
		}}
	}
	fields["format"] = strictjson.Field{Read: w.format}
	fields["vectors"] = strictjson.Field{Read: func() error {
		if bundle = true; single.begun {
			return w.Fail("a vector has no such field")
		}
		return w.list("vectors", w.vector)
	}}
	w.echo.open('{')
	if err := w.Object(fields); err != nil {
		return err
	}
	if !bundle {
		if !single.begun {
			return w.Fail(`field "init" or "vectors" is missing`)
		}
		if err := single.finish(); err != nil {
			return err
		}
	}
	return w.End()
}

func (w *walker) format() error {
	s, err := w.String(MaxText)
	if err == nil && s != Format {
		err = w.Fail("%.40q: want %q", s, Format)
	}
	w.echo.key("format")
	w.echo.text(s)
	return err
}

// list reads and writes a list of any length.
func (w *walker) list(key string, element func() error) error {
	w.echo.key(key)
	w.echo.open('[')
	err := w.Array(math.MaxInt, func(int) error { return element() })
	w.echo.close(']')
	return err
}

// vector reads and writes one of a bundle.
func (w *walker) vector() error {
	v := &vector{walker: w}
	w.echo.open('{')
	if err := w.Object(v.fields()); err != nil {
		return err
	}
	if err := v.finish(); err != nil {
		return err
	}
	w.echo.close('}')
	return nil
}

// vector is one being read.
type vector struct {
	*walker
	name    string
	in      *yuma.Inputs // nil until they are read
	begun   bool         // has a field
	stepped bool         // has steps
	number  int          // of the next step
	entries []yuma.Entry // of in's bonds, after the first epoch
}

func (v *vector) fields() strictjson.Fields {
	fields := strictjson.Fields{
		"name":  {Read: func() error { return v.text("name", &v.name) }},
		"note":  {Read: func() error { return v.text("note", new(string)) }},
		"init":  {Read: v.init},
		"steps": {Read: v.steps},
	}
	for name, f := range fields {
		fields[name] = strictjson.Field{Read: func() error {
			v.begun = true
			return f.Read()
		}}
	}
	return fields
}

func (v *vector) text(key string, out *string) error {
	raw, err := v.Record(MaxInputs, func() (err error) {
		*out, err = v.String(MaxText)
		return err
	})
	v.echo.key(key)
	v.echo.raw(raw)
	return err
}

func (v *vector) init() error {
	v.in = new(yuma.Inputs)
	raw, err := v.Record(MaxInputs, func() error { return v.inputs(v.in) })
	v.echo.key("init")
	v.echo.raw(raw)
	return err
}

func (v *vector) steps() error {
	if v.in == nil {
		return v.Fail("steps before init")
	}
	v.stepped = true
	return v.list("steps", v.step)
}

// finish ends a vector, with an epoch if it has no steps.
func (v *vector) finish() error {
	if v.in == nil {
		return v.Fail(`field "init" is missing`)
	}
	if v.stepped {
		return nil
	}
	v.echo.key("steps")
	v.echo.open('[')
	err := v.epoch([]byte("{}"), &Step{})
	v.echo.close(']')
	return err
}

// step reads one step and has its epoch computed.
func (v *vector) step() error {
	s := &Step{}
	var patch []byte
	result := func(out *[]byte) strictjson.Field {
		return strictjson.Field{Read: func() error {
			if !v.keep {
				return v.Skip()
			}
			raw, err := v.Record(MaxInputs, v.Skip)
			*out = slices.Clone(raw)
			return err
		}}
	}
	err := v.Object(strictjson.Fields{
		"patch": {Required: true, Read: func() error {
			raw, err := v.Record(MaxInputs, func() error { return v.patch(v.in) })
			patch = raw
			if v.keep {
				patch = slices.Clone(raw)
			}
			return err
		}},
		"out":   result(&s.out),
		"trace": result(&s.trace),
	})
	if err != nil {
		return err
	}
	return v.epoch(patch, s)
}

// epoch has an epoch computed and carries bonds and permits on.
func (v *vector) epoch(patch []byte, s *Step) error {
	s.Vector, s.Number, s.Inputs = v.name, v.number, v.in
	v.number++
	v.echo.open('{')
	v.echo.key("patch")
	v.echo.raw(patch)
	out, err := v.visit(s)
	if bad := (*yuma.InputError)(nil); errors.As(err, &bad) {
		return v.Fail("%v", bad)
	}
	if err != nil {
		return err
	}
	v.echo.close('}')
	if out != nil {
		v.carry(out)
	}
	return v.echo.err()
}

// carry makes an epoch's bonds and permits inputs of the next one, in memory of their own.
func (v *vector) carry(out *yuma.Outputs) {
	v.in.ValidatorPermit = append(v.in.ValidatorPermit[:0], out.ValidatorPermit...)
	v.entries = v.entries[:0]
	for _, row := range out.Bonds {
		v.entries = append(v.entries, row...)
	}
	v.in.Bonds = v.in.Bonds[:0]
	rest := v.entries
	for _, row := range out.Bonds {
		v.in.Bonds = append(v.in.Bonds, rest[:len(row):len(row)])
		rest = rest[len(row):]
	}
}
