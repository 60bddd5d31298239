package strictjson

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// String reads a string of at most max bytes.
func (r *Reader) String(max int) (string, error) {
	t, err := r.next()
	if err != nil {
		return "", err
	}
	s, ok := t.(string)
	if !ok {
		return "", r.found("a string", t)
	}
	if len(s) > max {
		return "", r.Fail("%d bytes; at most %d are allowed", len(s), max)
	}
	return s, nil
}

// Uint reads a whole number from 0 to max.
func (r *Reader) Uint(max uint64) (uint64, error) {
	t, err := r.next()
	if err != nil {
		return 0, err
	}
	n, ok := t.(json.Number)
	v, err := strconv.ParseUint(string(n), 10, 64)
	if !ok || err != nil || v > max {
		return 0, r.notWhole(t, 0, max)
	}
	return v, nil
}

// UintOrText reads a whole number from 0 to max that stands as a number or as a string of digits.
func (r *Reader) UintOrText(max uint64) (uint64, error) {
	t, err := r.next()
	if err != nil {
		return 0, err
	}
	text, ok := t.(string)
	if n, is := t.(json.Number); is {
		text, ok = string(n), true
	}
	v, err := strconv.ParseUint(text, 10, 64)
	switch {
	case ok && (err != nil || v > max):
		return 0, r.Fail("%.40q: want a whole number from 0 to %d, in decimal digits", text, max)
	case !ok:
		return 0, r.found(fmt.Sprintf("a whole number from 0 to %d", max), t)
	}
	return v, nil
}

// Scalar reads the text of a string, a number, or true or false, of at most max bytes.
func (r *Reader) Scalar(max int) (string, error) {
	t, err := r.next()
	if err != nil {
		return "", err
	}
	text := ""
	switch t := t.(type) {
	case string:
		text = t
	case json.Number:
		text = string(t)
	case bool:
		text = strconv.FormatBool(t)
	default:
		return "", r.found("a number or a string", t)
	}
	if len(text) > max {
		return "", r.Fail("%d bytes; at most %d are allowed", len(text), max)
	}
	return text, nil
}

// Int reads a whole number from min to max.
func (r *Reader) Int(min, max int64) (int64, error) {
	t, err := r.next()
	if err != nil {
		return 0, err
	}
	n, ok := t.(json.Number)
	v, err := strconv.ParseInt(string(n), 10, 64)
	if !ok || err != nil || v < min || v > max {
		return 0, r.notWhole(t, min, max)
	}
	return v, nil
}

// notWhole refuses the token read last, where a number was wanted.
func (r *Reader) notWhole(t json.Token, min, max any) error {
	want := fmt.Sprintf("a whole number from %d to %d", min, max)
	if n, ok := t.(json.Number); ok {
		return r.Fail("%.40s: want %s", n, want)
	}
	return r.found(want, t)
}

// Bool reads true or false.
func (r *Reader) Bool() (bool, error) {
	t, err := r.next()
	if err != nil {
		return false, err
	}
	b, ok := t.(bool)
	if !ok {
		return false, r.found("true or false", t)
	}
	return b, nil
}

// Null reads null if that is what comes, and says whether it was.
func (r *Reader) Null() (bool, error) {
	t, err := r.next()
	if err == nil && t != nil {
		r.tokens.putBack(t)
	}
	return err == nil && t == nil, err
}
