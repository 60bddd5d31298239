// Package codec writes and reads the chain's one encoding: CBOR in RFC 8949's core deterministic form.
//
// A value has exactly one encoding and [Decode] accepts no other, so that hashes of encoded values can't be evaded by
// writing the same value differently. Structs that enter consensus are encoded as arrays (the "toarray" tag of their
// first field): fields have an order and no names on the wire.
package codec

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// ErrNotCanonical says that bytes decode, but are not the one encoding of their value.
var ErrNotCanonical = errors.New("not the canonical encoding")

const (
	maxItems  = 1 << 17 // elements of one array
	maxPairs  = 1 << 12 // pairs of one map (no consensus value is a map)
	maxNested = 16      // containers within containers
)

var (
	enc = must(cbor.EncOptions{
		Sort: cbor.SortCoreDeterministic, NaNConvert: cbor.NaNConvertReject, InfConvert: cbor.InfConvertReject,
		BigIntConvert: cbor.BigIntConvertReject, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		NilContainers: cbor.NilContainerAsEmpty,
	}.UserBufferEncMode())
	dec = must(cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxArrayElements: maxItems, MaxMapPairs: maxPairs, MaxNestedLevels: maxNested,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField, NaN: cbor.NaNDecodeForbidden, Inf: cbor.InfDecodeForbidden,
		BigIntDec: cbor.BigIntDecodeValue, UTF8: cbor.UTF8RejectInvalid,
	}.DecMode())
)

func must[M any](mode M, err error) M {
	if err != nil {
		panic("codec: bad options: " + err.Error())
	}
	return mode
}

// Encode returns the canonical encoding of v. It fails only for a type that the encoding has no form for, which is a
// mistake in the program and not in its input.
func Encode(v any) ([]byte, error) { return enc.Marshal(v) }

// MustEncode is [Encode] for types that are known to have a form.
func MustEncode(v any) []byte {
	b, err := enc.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("codec: %T: %v", v, err))
	}
	return b
}

// Decode reads one value from all of b into the pointer v. Bytes that are not what [Encode] returns for the value they
// hold, such as a longer integer, an unknown field or trailing bytes, are refused with [ErrNotCanonical] or the
// decoder's own error; *v is then unspecified.
func Decode(b []byte, v any) error {
	if err := dec.Unmarshal(b, v); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	again := bytes.NewBuffer(make([]byte, 0, len(b))) // as long as it must be: large answers are decoded here
	if err := enc.MarshalToBuffer(v, again); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if !bytes.Equal(again.Bytes(), b) {
		return fmt.Errorf("decode: %w", ErrNotCanonical)
	}
	return nil
}

// Raw is an encoded value that is carried without being looked into.
type Raw = cbor.RawMessage
