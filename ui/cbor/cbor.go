// Package cbor is core/codec's encoding in a hundredth of its code, for the types that the page exchanges with its
// worker.
//
// The general decoder behind core/codec would be a sixth of the dashboard's download. This one knows only what core/tab
// and core/view are made of: unsigned integers, booleans, text, byte strings and arrays, lists, pointers, encoded
// values carried along ([tab.Raw]) and structs as arrays. [Encode] writes the same bytes, and [Decode] accepts the
// same bytes and no others: tests hold both to core/codec.
package cbor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"

	"github.com/taolight/taolight/core/tab"
)

// The major types, and the simple values in use.
const (
	uints, negative, bytes, text, array = 0, 1, 2, 3, 4

	simpleFalse, simpleTrue, simpleNull = 0xf4, 0xf5, 0xf6
)

const (
	maxItems  = 1 << 17 // elements of one list
	maxNested = 16      // lists within lists
)

// Errors of [Decode].
var (
	ErrShort        = errors.New("it ends too early")
	ErrTrailing     = errors.New("bytes after its end")
	ErrNotCanonical = errors.New("not the canonical encoding")
	ErrTooLarge     = errors.New("too large or too deeply nested")
	ErrMismatch     = errors.New("not of the expected type")
)

var rawType = reflect.TypeFor[tab.Raw]()

// Encode returns the canonical encoding of v, or an error for a type that this package does not know.
func Encode(v any) ([]byte, error) { return appendValue(nil, reflect.ValueOf(v)) }

func head(b []byte, major byte, n uint64) []byte {
	major <<= 5
	switch {
	case n < 24:
		return append(b, major|byte(n))
	case n <= 0xff:
		return append(b, major|24, byte(n))
	case n <= 0xffff:
		return binary.BigEndian.AppendUint16(append(b, major|25), uint16(n))
	case n <= 0xffffffff:
		return binary.BigEndian.AppendUint32(append(b, major|26), uint32(n))
	default:
		return binary.BigEndian.AppendUint64(append(b, major|27), n)
	}
}

// Bytes appends the head of a byte string of n bytes, for who adds these later.
func Bytes(b []byte, n uint64) []byte { return head(b, bytes, n) }

func appendValue(b []byte, v reflect.Value) ([]byte, error) {
	if !v.IsValid() {
		return append(b, simpleNull), nil
	}
	if v.Type() == rawType {
		if v.Len() == 0 {
			return append(b, simpleNull), nil
		}
		return append(b, v.Bytes()...), nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return append(b, simpleNull), nil
		}
		return appendValue(b, v.Elem())
	case reflect.Bool:
		if v.Bool() {
			return append(b, simpleTrue), nil
		}
		return append(b, simpleFalse), nil
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return head(b, uints, v.Uint()), nil
	case reflect.String:
		return append(head(b, text, uint64(v.Len())), v.String()...), nil
	case reflect.Array, reflect.Slice:
		n := v.Len()
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b = head(b, bytes, uint64(n))
			if v.Kind() == reflect.Slice {
				return append(b, v.Bytes()...), nil
			}
			for i := range n {
				b = append(b, byte(v.Index(i).Uint()))
			}
			return b, nil
		}
		return appendList(head(b, array, uint64(n)), n, v.Index)
	case reflect.Struct:
		fields, err := fieldsOf(v.Type())
		if err != nil {
			return nil, err
		}
		return appendList(head(b, array, uint64(len(fields))), len(fields), func(i int) reflect.Value { return v.Field(fields[i]) })
	}
	return nil, fmt.Errorf("cbor: no form for %s", v.Type())
}

func appendList(b []byte, n int, at func(int) reflect.Value) ([]byte, error) {
	for i := range n {
		var err error
		if b, err = appendValue(b, at(i)); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// fieldsOf returns the places of a struct's fields. The struct must be marked to be an array.
func fieldsOf(t reflect.Type) ([]int, error) {
	if t.NumField() == 0 || t.Field(0).Name != "_" || t.Field(0).Tag.Get("cbor") != ",toarray" {
		return nil, fmt.Errorf("cbor: %s is not marked toarray", t)
	}
	var out []int
	for i := 1; i < t.NumField(); i++ {
		if t.Field(i).IsExported() {
			out = append(out, i)
		}
	}
	return out, nil
}
