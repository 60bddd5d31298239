package commitment

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/ledger/ledgertest"
	"github.com/taolight/taolight/core/subnet"
	"pgregory.net/rapid"
)

var member, stranger = keys.Account{1}, keys.Account{9}

func market(t testing.TB) (*ledger.Ledger, uint64) {
	t.Helper()
	l := ledgertest.New(t)
	s, err := subnet.Create(l, subnet.Subnet{Netuid: 1}, hyper.Defaults())
	if err == nil {
		_, err = subnet.Append(l, &s, member)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l, s.ID
}

func fields(sizes ...int) (f []Field) {
	for _, n := range sizes {
		f = append(f, bytes.Repeat([]byte{'x'}, n))
	}
	return f
}

func TestGuards(t *testing.T) {
	for name, c := range map[string]struct {
		who  keys.Account
		set  Set
		want ledger.Code
	}{
		"as much as goes":   {member, Set{Netuid: 1, Fields: fields(128, 128, 128)}, 0},
		"nothing":           {member, Set{Netuid: 1}, 0},
		"four fields":       {member, Set{Netuid: 1, Fields: fields(1, 1, 1, 1)}, ledger.TooManyFieldsInCommitmentInfo},
		"a long field":      {member, Set{Netuid: 1, Fields: fields(1, 129)}, ledger.CommitmentFieldTooLong},
		"of a stranger":     {stranger, Set{Netuid: 1, Fields: fields(1)}, ledger.NotRegistered},
		"without a network": {member, Set{Netuid: 2, Fields: fields(1)}, ledger.NetworkDoesNotExist},
	} {
		l, _ := market(t)
		if got := ledgertest.Code(t, c.set.Run(l, c.who)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// 3100 bytes fit into a tempo: eight full commitments, or thirty-one short ones.
func TestSpace(t *testing.T) {
	for _, c := range []struct {
		fields []Field
		times  int
	}{{fields(128, 128, 128), 8}, {fields(1), 31}, {nil, 31}} {
		l, _ := market(t)
		l.Height = 5
		for i := range c.times {
			if got := ledgertest.Code(t, Set{Netuid: 1, Fields: c.fields}.Run(l, member)); got != 0 {
				t.Fatalf("%d: %s", i, got)
			}
			l.Height++
		}
		l.Height = 5 + 359
		if got := ledgertest.Code(t, Set{Netuid: 1, Fields: c.fields}.Run(l, member)); got != ledger.SpaceLimitExceeded {
			t.Errorf("one more: %s", got)
		}
		l.Height = 5 + 360
		if got := ledgertest.Code(t, Set{Netuid: 1, Fields: c.fields}.Run(l, member)); got != 0 {
			t.Errorf("a tempo later: %s", got)
		}
	}
}

func TestGet(t *testing.T) {
	l, id := market(t)
	read := func(want bool, text string) {
		t.Helper()
		c, ok, err := Get(l, id, 0)
		if err != nil || ok != want || ok && c.Fields[0].String() != text {
			t.Errorf("got %+v, %v, %v", c, ok, err)
		}
	}
	read(false, "")
	for _, step := range []struct {
		fields []Field
		want   bool
		text   string
	}{{[]Field{Field("model v1")}, true, "model v1"}, {[]Field{{0, 1}}, true, "0x0001"}, {nil, false, ""}} {
		if err := (Set{Netuid: 1, Fields: step.fields}).Run(l, member); err != nil {
			t.Fatal(err)
		}
		read(step.want, step.text)
	}
	if got := len(l.Events()); got != 3 || l.Events()[0].Name != "CommitmentSet" {
		t.Errorf("%d events", got)
	}
}

// Every field has one text, which reads back as the field.
func TestFieldText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.OneOf(rapid.Just(Field("0x")), rapid.Custom(func(t *rapid.T) Field { return rapid.SliceOfN(rapid.Byte(), 0, 8).Draw(t, "raw") }),
			rapid.Custom(func(t *rapid.T) Field { return Field(rapid.String().Draw(t, "text")) })).Draw(t, "field")
		b, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var back Field
		if err := json.Unmarshal(b, &back); err != nil || !bytes.Equal(back, f) {
			t.Fatalf("%x became %s and %x (%v)", []byte(f), b, []byte(back), err)
		}
	})
	var f Field
	if err := f.UnmarshalText([]byte("0x0")); err == nil {
		t.Errorf("half a byte was read as %x", []byte(f))
	}
}
