package chain

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
)

// GenesisError says where a genesis file or a snapshot is wrong, and why.
type GenesisError struct {
	Path   string // such as $.balances["5Grw…"]
	Offset int64  // in bytes from the beginning of the file, behind the value at fault
	Reason string
}

// Error returns path, offset and reason in one line.
func (e *GenesisError) Error() string {
	return fmt.Sprintf("genesis: %s (byte %d): %s", e.Path, e.Offset, e.Reason)
}

// jsonReader reads JSON strictly: unknown, repeated and missing fields are errors with path and offset.
type jsonReader struct{ dec *json.Decoder }

func newJSONReader(file []byte) *jsonReader {
	dec := json.NewDecoder(bytes.NewReader(file))
	dec.UseNumber()
	return &jsonReader{dec}
}

func (r *jsonReader) fail(path, format string, args ...any) error {
	return &GenesisError{Path: path, Offset: r.dec.InputOffset(), Reason: fmt.Sprintf(format, args...)}
}

func (r *jsonReader) token(path string) (json.Token, error) {
	t, err := r.dec.Token()
	if errors.Is(err, io.EOF) {
		return nil, r.fail(path, "the file ends here")
	}
	if err != nil {
		return nil, r.fail(path, "not JSON: %v", err)
	}
	return t, nil
}

func (r *jsonReader) open(path string, d json.Delim, what string) error {
	t, err := r.token(path)
	if err == nil && t != d {
		err = r.fail(path, "want %s", what)
	}
	return err
}

// end refuses anything behind the value.
func (r *jsonReader) end() error {
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return r.fail("$", "something follows the end")
	}
	return nil
}

// field is how to read one member of an object.
type field struct {
	required bool
	read     func(path string) error
}

func (r *jsonReader) object(path string, fields map[string]field) error {
	if err := r.open(path, '{', "an object"); err != nil {
		return err
	}
	seen := map[string]bool{}
	for r.dec.More() {
		name, err := r.key(path)
		if err != nil {
			return err
		}
		at := path + "." + name
		f, known := fields[name]
		if !known {
			return r.fail(at, "unknown field")
		}
		if seen[name] {
			return r.fail(at, "repeated field")
		}
		seen[name] = true
		if err := f.read(at); err != nil {
			return err
		}
	}
	if err := r.open(path, '}', "the object's end"); err != nil {
		return err
	}
	missing := ""
	for name, f := range fields {
		if f.required && !seen[name] && (missing == "" || name < missing) {
			missing = name
		}
	}
	if missing != "" {
		return r.fail(path, "field %q is missing", missing)
	}
	return nil
}

func (r *jsonReader) key(path string) (string, error) {
	t, err := r.token(path)
	if err != nil {
		return "", err
	}
	name, ok := t.(string)
	if !ok {
		return "", r.fail(path, "want a field name")
	}
	return name, nil
}

// pairs reads an object whose keys are addresses, each once.
func (r *jsonReader) pairs(path string, read func(path string, address keys.Account) error) error {
	if err := r.open(path, '{', "an object of addresses"); err != nil {
		return err
	}
	seen := map[keys.Account]bool{}
	for r.dec.More() {
		text, err := r.key(path)
		if err != nil {
			return err
		}
		at := fmt.Sprintf("%s[%.64q]", path, text)
		address, err := keys.Parse(text)
		if err != nil {
			return r.fail(at, "%v", err)
		}
		if seen[address] {
			return r.fail(at, "the same address twice")
		}
		seen[address] = true
		if err := read(at, address); err != nil {
			return err
		}
	}
	return r.open(path, '}', "the object's end")
}

func (r *jsonReader) array(path string, max int, read func(path string) error) error {
	if err := r.open(path, '[', "a list"); err != nil {
		return err
	}
	for i := 0; r.dec.More(); i++ {
		if i == max {
			return r.fail(path, "more than %d entries", max)
		}
		if err := read(path + "[" + strconv.Itoa(i) + "]"); err != nil {
			return err
		}
	}
	return r.open(path, ']', "the list's end")
}

func (r *jsonReader) string(path string) (string, error) {
	t, err := r.token(path)
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", r.fail(path, "want a string, found %v", t)
	}
	return s, nil
}

func (r *jsonReader) text(path string, max int, out *string) (err error) {
	if *out, err = r.string(path); err == nil && len(*out) > max {
		err = r.fail(path, "%d bytes; at most %d are allowed", len(*out), max)
	}
	return err
}

func (r *jsonReader) hex(path string, out []byte) error {
	s, err := r.string(path)
	if err != nil {
		return err
	}
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(out) {
		return r.fail(path, "%.80q: want %d hex digits", s, 2*len(out))
	}
	copy(out, b)
	return nil
}

func (r *jsonReader) account(path string, out *keys.Account) error {
	s, err := r.string(path)
	if err != nil {
		return err
	}
	if *out, err = keys.Parse(s); err != nil {
		return r.fail(path, "%v", err)
	}
	return nil
}

// amount reads rao, a decimal string.
func (r *jsonReader) amount(path string, out *tao.Amount) error {
	s, err := r.string(path)
	if err != nil {
		return err
	}
	if err := out.UnmarshalText([]byte(s)); err != nil {
		return r.fail(path, "%v", err)
	}
	return nil
}

// uint reads a whole number from 0 to max.
func (r *jsonReader) uint(path string, max uint64, out *uint64) error {
	t, err := r.token(path)
	if err != nil {
		return err
	}
	n, ok := t.(json.Number)
	v, err := strconv.ParseUint(string(n), 10, 64)
	if !ok || err != nil || v > max {
		return r.fail(path, "%v: want a whole number from 0 to %d", t, max)
	}
	*out = v
	return nil
}
