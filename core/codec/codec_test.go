package codec_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/codec"
)

type pair struct {
	_ struct{} `cbor:",toarray"`
	A uint64
	B []byte
}

type record struct {
	_     struct{} `cbor:",toarray"`
	Num   uint64
	Int   int64
	Bytes []byte
	Fixed [4]byte
	Text  string
	Flag  bool
	Pairs []pair
	Maybe *pair
}

func drawPair(r *rapid.T) pair {
	return pair{A: rapid.Uint64().Draw(r, "a"), B: rapid.SliceOf(rapid.Byte()).Draw(r, "b")}
}

func drawRecord(r *rapid.T) record {
	v := record{
		Num: rapid.Uint64().Draw(r, "num"), Int: rapid.Int64().Draw(r, "int"), Bytes: rapid.SliceOf(rapid.Byte()).Draw(r, "bytes"),
		Fixed: [4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(r, "fixed")), Text: rapid.String().Draw(r, "text"), Flag: rapid.Bool().Draw(r, "flag"),
		Pairs: []pair{},
	}
	for range rapid.IntRange(0, 4).Draw(r, "pairs") {
		v.Pairs = append(v.Pairs, drawPair(r))
	}
	if rapid.Bool().Draw(r, "maybe") {
		p := drawPair(r)
		v.Maybe = &p
	}
	return v
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		v := drawRecord(r)
		b := codec.MustEncode(v)
		var back record
		if err := codec.Decode(b, &back); err != nil {
			r.Fatal(err)
		}
		if !reflect.DeepEqual(v, back) {
			r.Fatalf("%+v came back as %+v", v, back)
		}
		flipped := bytes.Clone(b)
		bit := rapid.IntRange(0, len(b)*8-1).Draw(r, "bit")
		flipped[bit/8] ^= 1 << (bit % 8)
		var other record
		if err := codec.Decode(flipped, &other); err == nil && reflect.DeepEqual(v, other) {
			r.Fatalf("%x and %x are the same value", b, flipped)
		}
		if err := codec.Decode(append(b, 0), &other); err == nil {
			r.Fatal("a trailing byte is accepted")
		}
	})
}

func TestNilIsEmpty(t *testing.T) {
	if a, b := codec.MustEncode(pair{}), codec.MustEncode(pair{B: []byte{}}); !bytes.Equal(a, b) {
		t.Errorf("nil and empty differ: %x, %x", a, b)
	}
}

// TestOneForm lists other encodings of values that have a canonical one, and things that are no value of the type.
func TestOneForm(t *testing.T) {
	for _, c := range []struct{ name, in string }{
		{"longer integer", "82180140"},
		{"longer integer still", "821b000000000000000140"},
		{"longer length", "82015800"},
		{"indefinite array", "9f0140ff"},
		{"indefinite bytes", "82015f40ff"},
		{"array of integers for bytes", "82018101"},
		{"text for bytes", "82016161"},
		{"null for bytes", "8201f6"},
		{"null for an integer", "82f640"},
		{"undefined", "82f740"},
		{"float for an integer", "82f93c0040"},
		{"tag", "82c00140"},
		{"bignum", "82c2410140"},
		{"boolean for an integer", "82f540"},
		{"negative", "822040"},
		{"too few", "8101"},
		{"too many", "83014000"},
		{"map for the array", "a2614101614240"},
		{"empty", ""},
		{"cut", "8201"},
		{"a trailing value", "82014000"},
		{"reserved", "821c40"},
		{"deep", strings.Repeat("81", 60) + "00"},
		{"long array announced", "9b7fffffffffffffff"},
		{"long bytes announced", "82015b7fffffffffffffff"},
	} {
		b, err := hex.DecodeString(c.in)
		if err != nil {
			t.Fatal(err)
		}
		var v pair
		if err := codec.Decode(b, &v); err == nil {
			t.Errorf("%s: %s decodes to %+v", c.name, c.in, v)
		}
	}
	var v pair
	if err := codec.Decode([]byte{0x82, 0x18, 1, 0x40}, &v); !errors.Is(err, codec.ErrNotCanonical) {
		t.Errorf("not ErrNotCanonical: %v", err)
	}
	if err := codec.Decode([]byte{0x82, 1, 0x40}, &v); err != nil || v.A != 1 || len(v.B) != 0 {
		t.Errorf("the canonical form: %+v, %v", v, err)
	}
	var fixed [4]byte
	for _, in := range []string{"43010203", "450102030405", "8401020304"} {
		b, _ := hex.DecodeString(in)
		if err := codec.Decode(b, &fixed); err == nil {
			t.Errorf("%s fills four bytes", in)
		}
	}
	var text string
	if err := codec.Decode([]byte{0x61, 0xff}, &text); err == nil {
		t.Errorf("text that is not UTF-8 is read as %q", text)
	}
}

func TestNoFloats(t *testing.T) {
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if b, err := codec.Encode(f); err == nil {
			t.Errorf("%v encodes as %x", f, b)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(codec.MustEncode(record{Text: "seed", Pairs: []pair{{A: 1, B: []byte{2}}}, Maybe: &pair{}}))
	f.Add([]byte{0x88, 0, 0, 0x40, 0x44, 1, 2, 3, 4, 0x60, 0xf4, 0x80, 0xf6})
	f.Fuzz(func(t *testing.T, b []byte) {
		var v record
		if codec.Decode(b, &v) != nil {
			return
		}
		if again := codec.MustEncode(v); !bytes.Equal(again, b) {
			t.Errorf("%x encodes again as %x", b, again)
		}
	})
}
