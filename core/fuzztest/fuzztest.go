// Package fuzztest is test support: properties that the fuzz targets of decoders share, and tests that every decoder has a
// target and every target a corpus.
//
// A corpus is under testdata/fuzz of the target's package, in Go's own format: encodings that a chain, a relay or a tab
// has made, and one of them cut short, with bytes behind it, and written in another than the canonical way.
//
// [Canonical] is for encodings of which each value has one; [Text] for texts that people write, where several may mean
// the same.
package fuzztest

import (
	"bytes"
	"encoding"
	"reflect"
	"testing"
)

// Canonical fuzzes a decoder: what it accepts is encoded again to the same bytes.
func Canonical[V any](f *testing.F, decode func([]byte) (V, error), encode func(V) []byte, seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		given := bytes.Clone(b)
		v, err := decode(b)
		if !bytes.Equal(b, given) {
			t.Fatalf("%x was changed to %x", given, b)
		}
		if err != nil {
			return
		}
		if again := encode(v); !bytes.Equal(again, given) {
			t.Fatalf("%x is written again as %x", given, again)
		}
	})
}

// textual is what has a text and can be read from one.
type textual[V any] interface {
	*V
	encoding.TextUnmarshaler
}

// Text fuzzes the text of a value: what is accepted is written in one way, and that reads as the same value.
func Text[V encoding.TextMarshaler, P textual[V]](f *testing.F, seeds ...string) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		var v, again V
		if P(&v).UnmarshalText([]byte(text)) != nil {
			return
		}
		written, err := v.MarshalText()
		if err != nil {
			t.Fatalf("%q is read as %v and not written: %v", text, v, err)
		}
		if err := P(&again).UnmarshalText(written); err != nil || !reflect.DeepEqual(v, again) {
			t.Fatalf("%q is written as %q, which is read as %v: %v", text, written, again, err)
		}
	})
}
