package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
)

// Uints reads a list of at most most whole numbers from 0 to max into the memory of list. It is [Reader.Array] and
// [Reader.Uint], and four times as fast: the whole list is read at once. A number and the space around it may take 64 bytes
// on average.
func (r *Reader) Uints(list []uint64, most int, max uint64) ([]uint64, error) {
	t := &r.tokens
	if t.ahead {
		return r.uintByUint(list, most, max)
	}
	before := t.end
	list, err := decodeUints(t, list, 64*most)
	if err == nil && len(list) <= most && (len(list) == 0 || slices.Max(list) <= max) {
		return list, r.inRecord()
	}
	mistyped, noJSON := (*json.UnmarshalTypeError)(nil), (*json.SyntaxError)(nil)
	if err != nil && !errors.As(err, &mistyped) && !errors.As(err, &noJSON) && t.err != io.EOF {
		return nil, t.explain(err, r.Path())
	}
	// Something in the list is wrong. What and where is found by going through it again.
	raw := t.window[before-t.base:]
	for len(raw) > 0 && separator(raw[0]) {
		raw = raw[1:]
		before++
	}
	again := NewReader(bytes.NewReader(raw))
	again.path = slices.Clone(r.path)
	_, fault := again.uintByUint(nil, most, max)
	if bad := (*Error)(nil); errors.As(fault, &bad) {
		bad.Offset += before
		return nil, bad
	}
	return nil, t.explain(err, r.Path()) // it lies before the list
}

// decodeUints has the decoder read a list, of at most so many bytes.
func decodeUints(t *tokens, list []uint64, most int) ([]uint64, error) {
	before := t.end
	if err := t.decode(&list, most); err != nil {
		return nil, err
	}
	if i := bytes.IndexByte(t.window[before-t.base:t.end-t.base], 'n'); i >= 0 {
		return nil, &json.UnmarshalTypeError{Value: "null", Offset: before + int64(i)} // the decoder lets it be anything
	}
	return list, nil
}

func (r *Reader) uintByUint(list []uint64, most int, max uint64) ([]uint64, error) {
	list = list[:0]
	err := r.Array(most, func(int) error {
		v, err := r.Uint(max)
		list = append(list, v)
		return err
	})
	return list, err
}
