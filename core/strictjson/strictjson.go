// Package strictjson reads JSON that has to be right: a field that is unknown, repeated or missing, a number beyond its
// range and anything behind the end are errors, each with the path inside the document and the byte.
//
// Make a [Reader], describe the document with [Reader.Object], [Reader.Array], [Reader.Tuple] and the methods for single
// values, and finish with [Reader.End]. Underneath is the decoder of encoding/json, token by token: nothing is held of a
// document but the value being read, so that its size doesn't matter.
package strictjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Limits, whatever a document holds.
const (
	MaxDepth  = 64      // objects and lists inside each other, in a value that is skipped
	MaxString = 1 << 20 // bytes of one string, as it is written
)

// An Error says where a document is wrong, and why.
type Error struct {
	Path   string // such as $.vectors[3].init.kappa
	Offset int64  // in bytes from the beginning: behind a value that is wrong, where one begins that has no place or is no JSON; negative where it isn't known
	Reason string
	Err    error // of the underlying reader, where that is the reason
}

// Error returns path, offset where it is known, and reason in one line.
func (e *Error) Error() string {
	if e.Offset < 0 {
		return e.Path + ": " + e.Reason
	}
	return fmt.Sprintf("%s (byte %d): %s", e.Path, e.Offset, e.Reason)
}

// Unwrap returns the underlying reader's error, if any.
func (e *Error) Unwrap() error { return e.Err }

// Reader reads one document. Its methods return an [*Error], or what the functions they are given return; after an error
// it is of no more use.
type Reader struct {
	tokens tokens
	path   []segment
	record bytes.Buffer
	limit  int // of bytes in the record; 0: none is being made
}

// segment is a step of a path: an object's field, the key of a map, or a list's index.
type segment struct {
	name  string
	key   bool
	index int // -1 for a name
}

// NewReader returns a reader of the document in src.
func NewReader(src io.Reader) *Reader {
	r := &Reader{}
	r.tokens.begin(src)
	return r
}

// Path returns where in the document the reader is.
func (r *Reader) Path() string {
	path := []byte("$")
	for _, s := range r.path {
		switch {
		case s.index >= 0:
			path = append(strconv.AppendInt(append(path, '['), int64(s.index), 10), ']')
		case s.key:
			path = fmt.Appendf(path, "[%.64q]", s.name)
		default:
			path = append(path, Below(s.name)...)
		}
	}
	return string(path)
}

// Below is the step of a path to an object's field: .name, or ["a name"] where the name isn't plain.
func Below(name string) string {
	if !plain(name) {
		return fmt.Sprintf("[%.64q]", name)
	}
	return "." + name
}

// plain says that a name can stand in a path as it is.
func plain(name string) bool {
	return name != "" && len(name) <= 64 && strings.IndexFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-'
	}) < 0
}

// Offset returns how many bytes of the document are read.
func (r *Reader) Offset() int64 { return r.tokens.end }

// Fail returns an [*Error] at the reader's place.
func (r *Reader) Fail(format string, args ...any) error { return r.FailAt("", format, args...) }

// FailAt is [Reader.Fail] at a place below the reader's, such as ".power" or "[3]".
func (r *Reader) FailAt(below, format string, args ...any) error {
	return &Error{Path: r.Path() + below, Offset: r.Offset(), Reason: fmt.Sprintf(format, args...)}
}

// next returns the next token.
func (r *Reader) next() (json.Token, error) {
	t, err := r.tokens.next()
	if err != nil {
		return nil, r.tokens.explain(err, r.Path())
	}
	return t, r.inRecord()
}

// inRecord refuses what makes the record too long.
func (r *Reader) inRecord() error {
	if r.limit > 0 && r.tokens.recorded() > r.limit {
		return r.Fail("more than %d bytes", r.limit)
	}
	return nil
}

// found refuses the token read last.
func (r *Reader) found(want string, t json.Token) error {
	return &Error{Path: r.Path(), Offset: r.tokens.start, Reason: "want " + want + ", found " + kind(t)}
}

// kind names what begins with a token, or is one.
func kind(t json.Token) string {
	switch t {
	case json.Delim('{'):
		return "an object"
	case json.Delim('['):
		return "a list"
	case nil:
		return "null"
	}
	switch t.(type) {
	case string:
		return "a string"
	case json.Number:
		return "a number"
	}
	return "true or false"
}

// Field is how to read the value of an object's field.
type Field struct {
	Required bool
	Read     func() error
}

// Fields are all fields that an object may have.
type Fields map[string]Field

// Object reads an object, whose fields may come in any order.
func (r *Reader) Object(fields Fields) error {
	seen := make(map[string]bool, len(fields))
	err := r.members("an object", false, func(name string) error {
		f, known := fields[name]
		if !known {
			return r.Fail("unknown field; there are %s", strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		}
		if seen[name] {
			return r.Fail("repeated field")
		}
		seen[name] = true
		return f.Read()
	})
	if err != nil {
		return err
	}
	var missing []string
	for name, f := range fields {
		if f.Required && !seen[name] {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return r.Fail("field %q is missing", slices.Min(missing))
	}
	return nil
}

// Map reads an object whose keys are data; what they are and that they don't repeat is for read to check. The words say
// what is wanted, such as "an object of addresses".
func (r *Reader) Map(words string, read func(key string) error) error {
	return r.members(words, true, read)
}

func (r *Reader) members(words string, keys bool, read func(name string) error) error {
	return r.inside('{', words, func(int) error {
		t, err := r.next()
		if err != nil {
			return err
		}
		name, _ := t.(string) // the decoder takes nothing else
		r.path = append(r.path, segment{name: name, key: keys, index: -1})
		return read(name)
	})
}

// Array reads a list of at most max elements.
func (r *Reader) Array(max int, read func(i int) error) error {
	return r.inside('[', "a list", func(i int) error {
		if i == max {
			return r.Fail("more than %d entries", max)
		}
		r.path = append(r.path, segment{index: i})
		return read(i)
	})
}

// Tuple reads a list with exactly as many elements as there are functions to read them. The words say what is wanted,
// such as "[uid, block]".
func (r *Reader) Tuple(words string, read ...func() error) error {
	n := 0
	err := r.inside('[', words, func(i int) error {
		if n++; n > len(read) {
			return r.Fail("want %s", words)
		}
		r.path = append(r.path, segment{index: i})
		return read[i]()
	})
	if err == nil && n < len(read) {
		err = r.Fail("want %s", words)
	}
	return err
}

// inside reads what stands between brackets, each element at a path of its own.
func (r *Reader) inside(bracket json.Delim, words string, read func(i int) error) error {
	t, err := r.next()
	if err != nil {
		return err
	}
	if t != bracket {
		return r.found(words, t)
	}
	depth := len(r.path)
	for i := 0; r.tokens.More(); i++ {
		if err := read(i); err != nil {
			return err
		}
		r.path = r.path[:depth]
	}
	_, err = r.next() // the bracket that closes, or what there is instead
	return err
}

// Skip reads any value and drops it.
func (r *Reader) Skip() error {
	for depth := 0; ; {
		t, err := r.next()
		if err != nil {
			return err
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		switch {
		case depth > MaxDepth:
			return r.Fail("more than %d levels deep", MaxDepth)
		case depth == 0:
			return nil
		}
	}
}

// SkipDistinct is [Reader.Skip] that refuses a field which is repeated in its object.
func (r *Reader) SkipDistinct() error { return r.skipDistinct(0) }

func (r *Reader) skipDistinct(depth int) error {
	t, err := r.next()
	if err != nil {
		return err
	}
	if depth++; depth > MaxDepth && (t == json.Delim('{') || t == json.Delim('[')) {
		return r.Fail("more than %d levels deep", MaxDepth)
	}
	switch t {
	case json.Delim('{'):
		r.tokens.putBack(t)
		seen := map[string]bool{}
		return r.members("an object", false, func(name string) error {
			if seen[name] {
				return r.Fail("repeated field")
			}
			seen[name] = true
			return r.skipDistinct(depth)
		})
	case json.Delim('['):
		r.tokens.putBack(t)
		return r.Array(math.MaxInt, func(int) error { return r.skipDistinct(depth) })
	}
	return nil
}

// End refuses anything behind the document, and an input that fails where it should end.
func (r *Reader) End() error {
	switch t, err := r.tokens.next(); {
	case err == nil:
		return &Error{Path: r.Path(), Offset: r.tokens.start, Reason: kind(t) + " follows the end"}
	case err != io.EOF:
		return r.tokens.explain(err, r.Path())
	}
	return nil
}

// Record keeps what read reads, one value, as it stands but without space between tokens. It refuses more than max bytes,
// space included. What it returns is valid until the next Record.
func (r *Reader) Record(max int, read func() error) ([]byte, error) {
	r.limit = max
	r.tokens.keep()
	err := read()
	r.limit = 0
	raw := r.tokens.kept()
	if err != nil {
		return nil, err
	}
	r.record.Reset()
	if err := json.Compact(&r.record, raw); err != nil {
		return nil, r.Fail("not one value: %v", err)
	}
	return r.record.Bytes(), nil
}
