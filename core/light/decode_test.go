package light_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/wire"
)

// someBlocks are a first block, one before a change of producers, and one with absences.
func someBlocks() (out []*light.LightBlock) {
	c := lighttest.New(lighttest.Options{Powers: []int64{1 << 40, 7, 3, 3, 1}})
	c.Add(lighttest.Spec{Next: powers(5, 6, 7)})
	c.Add(lighttest.Spec{Silent: []int{1, 4}})
	c.Add(lighttest.Spec{})
	for h := range c.Height() {
		out = append(out, c.Block(h+1))
	}
	return out
}

func TestDecodeReadsWhatEncodeWrites(t *testing.T) {
	for _, b := range someBlocks() {
		raw := b.Encode()
		got, err := light.DecodeLightBlock(raw)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Encode(), raw) || got.Hash() != b.Hash() || got.Validators.Hash() != b.Validators.Hash() {
			t.Errorf("block %d comes back different", b.Height())
		}
		// The block owns its memory.
		hash := got.Hash()
		clear(raw)
		if got.Hash() != hash {
			t.Error("the block changes with the bytes it was read from")
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	raw := someBlocks()[1].Encode()
	// field returns the content of a nested field and a function that puts something else in its place.
	var splice func(b []byte, path []protowire.Number, edit func([]byte) []byte) []byte
	splice = func(b []byte, path []protowire.Number, edit func([]byte) []byte) []byte {
		if len(path) == 0 {
			return edit(bytes.Clone(b))
		}
		var out []byte
		for done := false; len(b) > 0; {
			n, typ, tag := protowire.ConsumeTag(b)
			size := tag + protowire.ConsumeFieldValue(n, typ, b[tag:])
			if n == path[0] && !done {
				p, _ := protowire.ConsumeBytes(b[tag:])
				out = protowire.AppendBytes(protowire.AppendTag(out, n, typ), splice(p, path[1:], edit))
				done = true
			} else {
				out = append(out, b[:size]...)
			}
			b = b[size:]
		}
		return out
	}
	if !bytes.Equal(splice(raw, []protowire.Number{1, 1}, func(b []byte) []byte { return b }), raw) {
		t.Fatal("splice changes something")
	}
	at := func(path ...protowire.Number) []protowire.Number { return path }
	appendRaw := func(more ...byte) func([]byte) []byte {
		return func(b []byte) []byte { return append(b, more...) }
	}
	prepend := func(more ...byte) func([]byte) []byte {
		return func(b []byte) []byte { return append(more, b...) }
	}
	for name, tc := range map[string]struct {
		path []protowire.Number
		edit func([]byte) []byte
		want string
	}{
		"empty":                   {nil, func([]byte) []byte { return nil }, "block version"},
		"cut":                     {nil, func(b []byte) []byte { return b[:len(b)-1] }, "cut off"},
		"a third field":           {nil, appendRaw(0x1a, 0), "unknown field 3"},
		"set twice":               {nil, appendRaw(0x12, 0), "repeated"},
		"broken tag":              {nil, appendRaw(0x80), "broken field tag"},
		"field 0":                 {nil, appendRaw(0x02, 0), "broken field tag"},
		"a group":                 {nil, appendRaw(0x13, 0x14), "repeated"},
		"header in another order": {at(1, 1), func(b []byte) []byte { n := 2 + int(b[1]); return append(b[n:len(b):len(b)], b[:n]...) }, "misplaced"},
		"unknown header field":    {at(1, 1), appendRaw(0x7a, 1, 0), "unknown field 15"},
		"header field of no type": {at(1, 1), prepend(0x08, 1), "wrong type"},
		"unknown signature field": {at(1, 2, 4), appendRaw(0x2a, 1, 0), "unknown field 5"},
		"unknown flag":            {at(1, 2, 4), func(b []byte) []byte { b[1] = 4; return b }, "unknown flag 4"},
		"no flag":                 {at(1, 2, 4), func(b []byte) []byte { return b[2:] }, "unknown flag 0"},
		"a round that is negative": {at(1, 2), func(b []byte) []byte {
			return bytes.Replace(b, b[:2], append(b[:2:2], 0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1), 1)
		}, "round out of range"},
		"a round of 0, written":      {at(1, 2), func(b []byte) []byte { return bytes.Replace(b, b[:2], append(b[:2:2], 0x10, 0), 1) }, "canonical"},
		"a padded height":            {at(1, 2), func(b []byte) []byte { return append([]byte{0x08, b[1] | 0x80, 0}, b[2:]...) }, "canonical"},
		"a total that is given":      {at(2), appendRaw(0x18, 1), "unknown field 3"},
		"no proposer":                {at(2, 2), func([]byte) []byte { return nil }, "proposer"},
		"a stranger as proposer":     {at(2, 2), func([]byte) []byte { return validator(lighttest.KeyOf("stranger", 0)) }, "not among"},
		"another address":            {at(2, 1), func(b []byte) []byte { b[5] ^= 1; return b }, "not its key's"},
		"a short address":            {at(2, 1), func(b []byte) []byte { return append([]byte{0x0a, 19}, b[3:]...) }, "20 bytes"},
		"a key of another kind":      {at(2, 1, 2), func(b []byte) []byte { b[0] = 0x12; return b }, "unknown field 2"},
		"a long key":                 {at(2, 1, 2), func(b []byte) []byte { return append([]byte{0x0a, 33, 0}, b[2:]...) }, "32 bytes"},
		"a nanosecond too many":      {at(1, 1, 4), func(b []byte) []byte { return append(b, 0x10, 0x80, 0x94, 0xeb, 0xdc, 3) }, "out of range"},
		"a time after 9999":          {at(1, 1, 4), func([]byte) []byte { return protowire.AppendVarint([]byte{8}, 253402300800) }, "out of range"},
		"a time before 1":            {at(1, 1, 4), func([]byte) []byte { return protowire.AppendVarint([]byte{8}, ^uint64(62135596800)) }, "out of range"},
		"an unfinished last block":   {at(1, 1, 5), func(b []byte) []byte { return b[:34] }, "incomplete"},
		"an unfinished signed block": {at(1, 2, 3), func(b []byte) []byte { return b[34:] }, "incomplete"},
		"parts past 32 bits":         {at(1, 2, 3, 2), func(b []byte) []byte { return append([]byte{8, 0x80, 0x80, 0x80, 0x80, 0x10}, b[2:]...) }, "out of range"},
	} {
		_, err := light.DecodeLightBlock(splice(raw, tc.path, tc.edit))
		var bad *light.DecodeError
		if !errors.As(err, &bad) || !strings.Contains(err.Error(), tc.want) || light.VerdictOf(err) != light.Blame {
			t.Errorf("%s: %v, want …%s…", name, err, tc.want)
		}
	}
	if _, err := light.DecodeLightBlock(make([]byte, wire.MaxLightBlock+1)); light.Code(err) != "malformed" {
		t.Error(err)
	}
	for n := range raw {
		if _, err := light.DecodeLightBlock(raw[:n]); err == nil {
			t.Errorf("%d bytes of %d are a block", n, len(raw))
		}
	}
}

func validator(k lighttest.Key) []byte {
	set := lighttest.Set([]lighttest.Producer{{Key: k, Power: 1}})
	b := light.LightBlock{Validators: set}
	raw := b.Encode()
	_, _, n := protowire.ConsumeField(raw) // past the signed header
	set0, _ := protowire.ConsumeBytes(raw[n+1:])
	one, _ := protowire.ConsumeBytes(set0[1:])
	return one
}

// FuzzDecodeLightBlock holds the decoder to: no panic, and nothing accepted that is not its own canonical encoding.
func FuzzDecodeLightBlock(f *testing.F) {
	for _, b := range someBlocks() {
		f.Add(b.Encode())
	}
	f.Add([]byte{})
	f.Add([]byte{0x0a, 0x00, 0x12, 0x00})
	f.Add(bytes.Repeat([]byte{0x0a, 0xff, 0xff, 0xff, 0x7f}, 40))
	trusted := someBlocks()[0]
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := light.DecodeLightBlock(raw)
		if err != nil {
			if light.VerdictOf(err) != light.Blame {
				t.Fatalf("%v", err)
			}
			return
		}
		if !bytes.Equal(b.Encode(), raw) {
			t.Fatal("accepted, and encodes differently")
		}
		light.Verify(trusted, b, trusted.Header.Time, light.Params{})
		light.EvidenceHash(raw)
	})
}

func FuzzEvidenceHash(f *testing.F) {
	f.Add([]byte{0x0a, 0x04, 0x0a, 0x02, 1, 2})
	f.Add([]byte{0x0a, 0x02, 0x12, 0x00, 0x0a, 0x02, 0x0a, 0x00})
	evidence, _ := doubleVote([20]byte{1, 2}, 7)
	f.Add(evidence)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, err := light.Convictions(raw); err != nil && light.Code(err) != "malformed" {
			t.Fatal(err)
		}
		if _, err := light.EvidenceHash(raw); err != nil && light.Code(err) != "malformed" {
			t.Fatal(err)
		}
	})
}
