package cbor

import (
	gobytes "bytes"
	"reflect"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/view"
	"pgregory.net/rapid"
)

// types are all that the page and its worker exchange.
var types = []any{
	tab.Request{}, tab.Message{}, tab.StartParams{}, tab.QueryParams{}, tab.Figure{}, tab.BlocksParams{}, tab.BlockList{},
	tab.BodyParams{}, tab.BlockBody{}, tab.Status{}, tab.SaveParams{}, tab.ProofFile{}, tab.CheckParams{}, tab.ProofReport{}, view.Supply{}, view.Account{}, view.Subnets{},
	view.Axon{}, view.Commits{}, view.Family{}, view.Proxies{}, view.Operations{}, view.ColdkeySwap{},
}

// draw fills a value of any known type.
func draw(t *rapid.T, v reflect.Value, depth int) {
	if v.Type() == rawType {
		inner := rapid.SampledFrom(types).Draw(t, "inner")
		e := reflect.New(reflect.TypeOf(inner)).Elem()
		if depth < 3 {
			draw(t, e, depth+1)
		}
		v.SetBytes(codec.MustEncode(e.Interface()))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "set") && depth < 6 {
			v.Set(reflect.New(v.Type().Elem()))
			draw(t, v.Elem(), depth+1)
		}
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n := rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{0, 23, 24, 255, 256, 65535, 65536, 1<<32 - 1, 1 << 32})).Draw(t, "n")
		v.SetUint(n & (1<<v.Type().Bits() - 1))
	case reflect.String:
		v.SetString(rapid.String().Draw(t, "text"))
	case reflect.Array:
		for i := range v.Len() {
			draw(t, v.Index(i), depth+1)
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 3).Draw(t, "len")
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			draw(t, v.Index(i), depth+1)
		}
	case reflect.Struct:
		for i := 1; i < v.NumField(); i++ {
			draw(t, v.Field(i), depth+1)
		}
	}
}

func TestSameBytesAsCodec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := reflect.TypeOf(rapid.SampledFrom(types).Draw(t, "type"))
		v := reflect.New(kind)
		draw(t, v.Elem(), 0)
		want := codec.MustEncode(v.Interface())
		got, err := Encode(v.Interface())
		if err != nil || !gobytes.Equal(got, want) {
			t.Fatalf("%s: %x (%v), want %x", kind, got, err, want)
		}
		back := reflect.New(kind)
		if err := Decode(got, back.Interface()); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if again := codec.MustEncode(back.Interface()); !gobytes.Equal(again, want) {
			t.Fatalf("%s: %x came back as %x", kind, want, again)
		}
		bend(t, kind, got)
	})
}

// bend changes a byte, cuts or adds one, and expects both decoders to agree on what is left.
func bend(t *rapid.T, kind reflect.Type, b []byte) {
	b = append([]byte(nil), b...)
	switch at := rapid.IntRange(0, len(b)-1).Draw(t, "at"); rapid.IntRange(0, 2).Draw(t, "how") {
	case 0:
		b[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
	case 1:
		b = append(b[:at], b[at+1:]...)
	case 2:
		b = append(b[:at], append([]byte{rapid.Byte().Draw(t, "extra")}, b[at:]...)...)
	}
	agree(t, kind, b)
}

// agree fails when this decoder accepts what the other refuses. The other way round only what no message holds may
// differ: inside a carried value the other decoder looks less closely at nothing, but it knows maps, tags and floats.
func agree(t interface{ Fatalf(string, ...any) }, kind reflect.Type, b []byte) {
	mine, theirs := reflect.New(kind), reflect.New(kind)
	err, want := Decode(b, mine.Interface()), codec.Decode(b, theirs.Interface())
	if err == nil && want != nil {
		t.Fatalf("%s: %x is accepted, and refused by core/codec: %v", kind, b, want)
	}
	if err == nil {
		if x, y := codec.MustEncode(mine.Interface()), codec.MustEncode(theirs.Interface()); !gobytes.Equal(x, y) {
			t.Fatalf("%s: %x is read as %x, by core/codec as %x", kind, b, x, y)
		}
	}
	if err != nil && want == nil && !holdsRaw(kind) {
		t.Fatalf("%s: %x is refused (%v), and accepted by core/codec", kind, b, err)
	}
}

func holdsRaw(t reflect.Type) bool {
	return t == reflect.TypeFor[tab.Request]() || t == reflect.TypeFor[tab.Message]()
}

func FuzzDecode(f *testing.F) {
	for i, v := range types {
		f.Add(byte(i), codec.MustEncode(v))
	}
	f.Add(byte(1), []byte{0x83, 0xf6, 0xf6, 0xf6})
	f.Add(byte(6), []byte{0x81, 0x9a, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, kind byte, b []byte) {
		typ := reflect.TypeOf(types[int(kind)%len(types)])
		agree(t, typ, b)
		v := reflect.New(typ)
		if Decode(b, v.Interface()) != nil {
			return
		}
		if again, err := Encode(v.Interface()); err != nil || string(again) != string(b) {
			t.Fatalf("%x is written again as %x, %v", b, again, err)
		}
	})
}

func TestRefusals(t *testing.T) {
	type number struct {
		_ struct{} `cbor:",toarray"`
		N uint16
	}
	type carried struct {
		_ struct{} `cbor:",toarray"`
		V tab.Raw
	}
	for name, c := range map[string]struct {
		in   []byte
		into any
	}{
		"nothing":              {nil, new(number)},
		"a longer integer":     {[]byte{0x81, 0x18, 0x05}, new(number)},
		"too large":            {[]byte{0x81, 0x1a, 0x00, 0x01, 0x00, 0x00}, new(number)},
		"a negative":           {[]byte{0x81, 0x20}, new(number)},
		"a field too many":     {[]byte{0x82, 0x01, 0x01}, new(number)},
		"trailing bytes":       {[]byte{0x81, 0x01, 0x00}, new(number)},
		"null for a number":    {[]byte{0x81, 0xf6}, new(number)},
		"an endless list":      {[]byte{0x9f, 0x01, 0xff}, new(number)},
		"a carried map":        {[]byte{0x81, 0xa0}, new(carried)},
		"a carried float":      {[]byte{0x81, 0xf9, 0x00, 0x00}, new(carried)},
		"a carried longer int": {[]byte{0x81, 0x18, 0x05}, new(carried)},
		"a carried short list": {[]byte{0x81, 0x82, 0x01}, new(carried)},
		"a carried deep nest":  {append(gobytes.Repeat([]byte{0x81}, 40), 0x01), new(carried)},
		"a promise of 2^32 -1": {[]byte{0x81, 0x9a, 0xff, 0xff, 0xff, 0xff}, new(tab.BlockList)},
		"an account cut short": {[]byte{0x81, 0x44, 1, 2, 3, 4}, new(struct {
			_ struct{} `cbor:",toarray"`
			A [32]byte
		})},
	} {
		if err := Decode(c.in, c.into); err == nil {
			t.Errorf("%s: %x was accepted", name, c.in)
		}
	}
	if _, err := Encode(struct{ N int }{}); err == nil {
		t.Error("a struct that is not marked was encoded")
	}
}
