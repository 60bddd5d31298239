// Package strictjson reads JSON that has to be right: a field that is unknown, repeated or missing, a number beyond its
// range and anything behind the end are errors, each with the path inside the document and the byte.
//
// Make a [Reader], describe the document with [Reader.Object], [Reader.Array], [Reader.Tuple] and the methods for single
// values, and finish with [Reader.End]. Nothing is held of a document but the value being read, so that its size doesn't
// matter.
package strictjson

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Limits, whatever a document holds.
const (
	MaxDepth  = 64      // objects and lists inside each other, in a value that is skipped
	MaxString = 1 << 20 // bytes of one string
)

// An Error says where a document is wrong, and why.
type Error struct {
	Path   string // such as $.vectors[3].init.kappa
	Offset int64  // in bytes from the beginning of the document, behind the value at fault
	Reason string
	Err    error // of the underlying reader, where that is the reason
}

// Error returns path, offset and reason in one line.
func (e *Error) Error() string { return fmt.Sprintf("%s (byte %d): %s", e.Path, e.Offset, e.Reason) }

// Unwrap returns the underlying reader's error, if any.
func (e *Error) Unwrap() error { return e.Err }

// Reader reads one document. Its methods return an [*Error], or what the functions they are given return; after an error
// it is of no more use.
type Reader struct {
	src      io.Reader
	buf      []byte
	pos, end int   // what of buf is read ahead
	base     int64 // the offset of buf[0] in the document
	err      error // of src; io.EOF at the end

	path []segment
	text []byte // the string or number read last, as it stands

	recording bool
	record    []byte
	limit     int // of record
}

// segment is a step of a path: an object's field, the key of a map, or a list's index.
type segment struct {
	name  string
	key   bool
	index int // -1 for a name
}

// NewReader returns a reader of the document in src.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, buf: make([]byte, 64<<10)}
}

// Path returns where in the document the reader is.
func (r *Reader) Path() string {
	path := []byte("$")
	for _, s := range r.path {
		switch {
		case s.index >= 0:
			path = append(strconv.AppendInt(append(path, '['), int64(s.index), 10), ']')
		case s.key || !plain(s.name):
			path = fmt.Appendf(path, "[%.64q]", s.name)
		default:
			path = append(append(path, '.'), s.name...)
		}
	}
	return string(path)
}

// plain says that a name can stand in a path as it is.
func plain(name string) bool {
	return name != "" && len(name) <= 64 && strings.IndexFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-'
	}) < 0
}

// Offset returns how many bytes of the document are read.
func (r *Reader) Offset() int64 { return r.base + int64(r.pos) }

// Fail returns an [*Error] at the reader's place.
func (r *Reader) Fail(format string, args ...any) error { return r.FailAt("", format, args...) }

// FailAt is [Reader.Fail] at a place below the reader's, such as ".power" or "[3]".
func (r *Reader) FailAt(below, format string, args ...any) error {
	return &Error{Path: r.Path() + below, Offset: r.Offset(), Reason: fmt.Sprintf(format, args...)}
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
			return r.Fail("unknown field")
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

// Array reads a list of at most max elements.
func (r *Reader) Array(max int, read func(i int) error) error {
	return r.elements("a list", func(i int) error {
		if i == max {
			r.path = r.path[:len(r.path)-1]
			return r.Fail("more than %d entries", max)
		}
		return read(i)
	})
}

// Tuple reads a list with exactly as many elements as there are functions to read them. The words say what is wanted,
// such as "[uid, block]".
func (r *Reader) Tuple(words string, read ...func() error) error {
	n := 0
	err := r.elements(words, func(i int) error {
		if n++; n > len(read) {
			r.path = r.path[:len(r.path)-1]
			return r.Fail("want %s", words)
		}
		return read[i]()
	})
	if err == nil && n < len(read) {
		err = r.Fail("want %s", words)
	}
	return err
}

// String reads a string of at most max bytes.
func (r *Reader) String(max int) (string, error) {
	if err := r.want('"', "a string"); err != nil {
		return "", err
	}
	s, err := r.quoted()
	if err == nil && len(s) > max {
		err = r.Fail("%d bytes; at most %d are allowed", len(s), max)
	}
	return s, err
}

// quoted reads the string that begins here.
func (r *Reader) quoted() (string, error) {
	escaped, err := r.str(true)
	if err != nil {
		return "", err
	}
	if !escaped {
		return string(r.text[1 : len(r.text)-1]), nil
	}
	s := ""
	if err := json.Unmarshal(r.text, &s); err != nil {
		return "", r.Fail("not JSON: %v", err)
	}
	return s, nil
}

// Uint reads a whole number from 0 to max.
func (r *Reader) Uint(max uint64) (uint64, error) {
	found, err := r.wantNumber()
	if err != nil {
		return 0, err
	}
	if found != "" {
		return 0, r.Fail("want a whole number from 0 to %d, found %s", max, found)
	}
	v, ok := parseUint(r.text)
	if !ok || v > max {
		return 0, r.Fail("%s: want a whole number from 0 to %d", r.text, max)
	}
	return v, nil
}

// Int reads a whole number from min to max.
func (r *Reader) Int(min, max int64) (int64, error) {
	found, err := r.wantNumber()
	if err != nil {
		return 0, err
	}
	if found != "" {
		return 0, r.Fail("want a whole number from %d to %d, found %s", min, max, found)
	}
	v, err := strconv.ParseInt(string(r.text), 10, 64)
	if err != nil || v < min || v > max {
		return 0, r.Fail("%s: want a whole number from %d to %d", r.text, min, max)
	}
	return v, nil
}

// Bool reads true or false.
func (r *Reader) Bool() (bool, error) {
	switch c, err := r.next(); {
	case err != nil:
		return false, err
	case c == 't':
		return true, r.literal("true")
	case c == 'f':
		return false, r.literal("false")
	default:
		return false, r.Fail("want true or false, found %s", kind(c))
	}
}

// Null reads null if that is what comes, and says whether it was.
func (r *Reader) Null() (bool, error) {
	c, err := r.next()
	if err != nil || c != 'n' {
		return false, err
	}
	return true, r.literal("null")
}

// Skip reads any value and drops it.
func (r *Reader) Skip() error { return r.skip(0) }

// End refuses anything behind the document, and an input that fails where it should end.
func (r *Reader) End() error {
	switch c, err := r.next(); {
	case err == nil:
		return r.Fail("%s follows the end", kind(c))
	case r.err != io.EOF:
		return err
	}
	return nil
}

// Record keeps what read reads, as it stands but without space between tokens. It refuses more than max bytes. What it
// returns is valid until the next Record.
func (r *Reader) Record(max int, read func() error) ([]byte, error) {
	if _, err := r.next(); err != nil {
		return nil, err
	}
	r.record, r.limit, r.recording = r.record[:0], max, true
	err := read()
	r.recording = false
	return r.record, err
}
