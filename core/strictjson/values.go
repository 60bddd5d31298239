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
