package strictjson_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/taolight/taolight/core/strictjson"
)

// sample is a document with one value of each kind.
type sample struct {
	name    string
	count   uint64
	change  int64
	on      bool
	owner   string
	null    bool
	list    []uint64
	pair    [2]uint64
	map_    map[string]uint64
	skipped bool
}

func parse(src io.Reader) (s sample, err error) {
	r := strictjson.NewReader(src)
	uint := func(v *uint64, max uint64) func() error {
		return func() (err error) { *v, err = r.Uint(max); return err }
	}
	err = r.Object(strictjson.Fields{
		"name":   {Required: true, Read: func() (err error) { s.name, err = r.String(8); return err }},
		"count":  {Required: true, Read: uint(&s.count, 1<<64-1)},
		"change": {Read: func() (err error) { s.change, err = r.Int(-5, 5); return err }},
		"on":     {Read: func() (err error) { s.on, err = r.Bool(); return err }},
		"owner": {Read: func() (err error) {
			if s.null, err = r.Null(); err == nil && !s.null {
				s.owner, err = r.String(8)
			}
			return err
		}},
		"list": {Read: func() error {
			return r.Array(3, func(i int) error {
				s.list = append(s.list, 0)
				return uint(&s.list[i], 9)()
			})
		}},
		"pair": {Read: func() error { return r.Tuple("[a, b]", uint(&s.pair[0], 9), uint(&s.pair[1], 9)) }},
		"map": {Read: func() error {
			s.map_ = map[string]uint64{}
			return r.Map("an object of numbers", func(key string) error {
				v, err := r.Uint(9)
				s.map_[key] = v
				return err
			})
		}},
		"any": {Read: func() error { s.skipped = true; return r.Skip() }},
	})
	if err == nil {
		err = r.End()
	}
	return s, err
}

const good = ` { "name":"a\u00e9\"é", "count" : 18446744073709551615, "change":-5,"on":true,"owner":null,"list":[1,2,3],
	"pair":[4,5], "map":{"x y":1,"":2}, "any":[{"a":[],"b":{}, "c":-0.5e+10},"\ud83d\ude00é",true,false,null,0,1E5] } `

func TestGoodDocument(t *testing.T) {
	want := sample{name: `aé"é`, count: 1<<64 - 1, change: -5, on: true, null: true, list: []uint64{1, 2, 3},
		pair: [2]uint64{4, 5}, map_: map[string]uint64{"x y": 1, "": 2}, skipped: true}
	for name, src := range map[string]io.Reader{
		"at once": strings.NewReader(good), "byte by byte": iotest.OneByteReader(strings.NewReader(good)),
		"end with data": iotest.DataErrReader(strings.NewReader(good)),
	} {
		if got, err := parse(src); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestBadDocumentsAreRefusedWithPathOffsetAndReason(t *testing.T) {
	with := func(members string) string { return `{"name":"a","count":1` + members + `}` }
	deep := strings.Repeat("[", strictjson.MaxDepth+2) + strings.Repeat("]", strictjson.MaxDepth+2)
	for _, c := range []struct {
		doc, path string
		offset    int64 // -1 where it says nothing
		reason    string
	}{
		{``, "$", 0, "the input ends here"},
		{`{"name":"a"`, "$", 11, "the input ends here"},
		{`{"name":"a`, "$.name", 10, "the input ends here"},
		{`[]`, "$", 0, "want an object, found a list"},
		{`{"name":"a"}`, "$", 12, `field "count" is missing`},
		{`{}`, "$", 2, `field "count" is missing`},
		{with(`,`), "$", -1, "looking for beginning of object key"},
		{`{,}`, "$", 1, "not JSON: invalid character ','"},
		{`{1:2}`, "$", 1, "not JSON: invalid character '1'"},
		{`{"name" "a"}`, "$.name", 8, "not JSON"},
		{`{"name":"a";}`, "$", -1, "not JSON"},
		{with(``) + "1", "$", 22, "a number follows the end"},
		{with(`,"count":1`), "$.count", -1, "repeated field"},
		{with(`,"\u0063ount":1`), "$.count", -1, "repeated field"},
		{with(`,"colour":1`), "$.colour", -1, "unknown field"},
		{with(`,"a.b\u0007":1`), `$["a.b\a"]`, -1, "unknown field"},
		{`{"name":1}`, "$.name", 8, "want a string, found a number"},
		{`{"name":"123456789"}`, "$.name", 19, "9 bytes; at most 8 are allowed"},
		{`{"name":"` + strings.Repeat("x", 2*strictjson.MaxString) + `"}`, "$.name", 8, "more than 1048576 bytes"},
		{`{"name":"` + "\n" + `"}`, "$.name", 8, "in string literal"},
		{`{"name":"` + "\xff" + `"}`, "$.name", 8, "not UTF-8"},
		{`{"name":"\x"}`, "$.name", 8, "in string escape code"},
		{`{"name":"\u12g4"}`, "$.name", 8, "hexadecimal character escape"},
		{`{"count":18446744073709551616}`, "$.count", 29, "18446744073709551616: want a whole number from 0 to"},
		{`{"count":-1}`, "$.count", 11, "-1: want a whole number"},
		{`{"count":1.0}`, "$.count", 12, "1.0: want a whole number"},
		{`{"count":1e3}`, "$.count", 12, "1e3: want a whole number"},
		{`{"count":"1"}`, "$.count", 9, "want a whole number from 0 to 18446744073709551615, found a string"},
		{`{"count":01}`, "$", 10, "after object key:value pair"},
		{`{"count":-}`, "$.count", 9, "in numeric literal"},
		{`{"count":1.}`, "$.count", 9, "after decimal point"},
		{`{"count":1e}`, "$.count", 9, "in exponent"},
		{`{"count":+1}`, "$.count", 9, "looking for beginning of value"},
		{`{"change":-6}`, "$.change", 12, "-6: want a whole number from -5 to 5"},
		{`{"change":6}`, "$.change", 11, "6: want a whole number from -5 to 5"},
		{`{"change":null}`, "$.change", 10, "found null"},
		{`{"on":1}`, "$.on", 6, "want true or false, found a number"},
		{`{"on":tru}`, "$.on", 6, "in literal true"},
		{`{"owner":nul`, "$.owner", 12, "the input ends here"},
		{`{"list":[1,2,3,4]}`, "$.list", -1, "more than 3 entries"},
		{`{"list":[1,10]}`, "$.list[1]", 13, "10: want a whole number from 0 to 9"},
		{`{"list":[1,]}`, "$.list[1]", 11, "looking for beginning of value"},
		{`{"list":[1 2]}`, "$.list[1]", 11, "not JSON"},
		{`{"pair":[1]}`, "$.pair", 11, "want [a, b]"},
		{`{"pair":[1,2,3]}`, "$.pair", 12, "want [a, b]"},
		{`{"pair":{}}`, "$.pair", 8, "want [a, b], found an object"},
		{`{"map":{"x y":10}}`, `$.map["x y"]`, 16, "10: want"},
		{`{"any":` + deep + `}`, "$.any", -1, "more than 64 levels"},
		{`{"any":{"a"}}`, "$.any", -1, "not JSON"},
		{`{"any":{1:1}}`, "$.any", 8, "not JSON"},
		{`{"any":[1,]}`, "$.any", 10, "looking for beginning of value"},
		{`{"any":[1}`, "$.any", -1, "not JSON"},
		{`{"any":?}`, "$.any", 7, "looking for beginning of value"},
	} {
		_, err := parse(strings.NewReader(c.doc))
		var bad *strictjson.Error
		if !errors.As(err, &bad) {
			t.Errorf("%.60q: %v", c.doc, err)
			continue
		}
		if bad.Path != c.path || !strings.Contains(bad.Reason, c.reason) || c.offset >= 0 && bad.Offset != c.offset {
			t.Errorf("%.60q: %v, want %s (byte %d): %s", c.doc, err, c.path, c.offset, c.reason)
		}
		_, slow := parse(iotest.OneByteReader(strings.NewReader(c.doc)))
		if slow == nil || slow.Error() != err.Error() {
			t.Errorf("%.60q: byte by byte %v, at once %v", c.doc, slow, err)
		}
	}
}

func TestFailingInputIsTheCause(t *testing.T) {
	broken := errors.New("broken")
	for i := range len(good) {
		_, err := parse(io.MultiReader(strings.NewReader(good[:i]), iotest.ErrReader(broken)))
		var bad *strictjson.Error
		if !errors.As(err, &bad) {
			t.Fatalf("after %d bytes: %v", i, err)
		}
	}
	if _, err := parse(io.MultiReader(strings.NewReader(good), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("broken behind the end: %v", err)
	}
}

func TestRecord(t *testing.T) {
	r := strictjson.NewReader(strings.NewReader("[ { \"a b\" : [ 1 , \"x\\n y\" ] , \"c\":{ } } , 7 ]"))
	var got []string
	err := r.Array(2, func(int) error {
		raw, err := r.Record(100, r.Skip)
		got = append(got, string(raw))
		return err
	})
	if want := []string{`{"a b":[1,"x\n y"],"c":{}}`, `7`}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	r = strictjson.NewReader(strings.NewReader(`[` + strings.Repeat("1,", 100) + `1]`))
	if raw, err := r.Record(50, r.Skip); err == nil || len(raw) > 60 {
		t.Errorf("%q, %v", raw, err)
	}
}

// What a script or a person may write in more than one way, and what has no place to be repeated in.
func TestLooseValues(t *testing.T) {
	for _, c := range []struct{ doc, want string }{
		{`7`, "7"}, {`"7"`, "7"}, {`"007"`, "7"}, {`9`, "9"},
		{`10`, `$ (byte 2): "10": want a whole number from 0 to 9, in decimal digits`}, {`"10"`, "want a whole number from 0 to 9"},
		{`1.0`, `"1.0": want`}, {`"1.5"`, `"1.5": want`}, {`-1`, `"-1": want`}, {`"0x1"`, `"0x1": want`}, {`""`, `"": want`}, {`" 1"`, `" 1": want`},
		{`"99999999999999999999"`, "want a whole number"}, {`true`, "found true or false"}, {`null`, "found null"}, {`[1]`, "found a list"}, {``, "ends here"},
	} {
		v, err := strictjson.NewReader(strings.NewReader(c.doc)).UintOrText(9)
		if got := fmt.Sprint(v, err); !strings.Contains(got, c.want) || (err == nil) != (c.want == fmt.Sprint(v)) {
			t.Errorf("%s: %s", c.doc, got)
		}
	}
	for _, c := range []struct{ doc, want string }{
		{`"a"`, "a"}, {`-5`, "-5"}, {`1.0`, "1.0"}, {`true`, "true"}, {`false`, "false"},
		{`null`, "found null"}, {`{}`, "found an object"}, {`"abcdef"`, "6 bytes; at most 5"}, {``, "ends here"},
	} {
		v, err := strictjson.NewReader(strings.NewReader(c.doc)).Scalar(5)
		if err == nil && v != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v", c.doc, v, err)
		}
	}
}

func TestSkipDistinct(t *testing.T) {
	for _, c := range []struct{ doc, path string }{
		{`{"a":1,"b":{"a":2,"c":[{"a":1},{"a":1}]}}`, ""},
		{`{"a":1,"b":2,"a":3}`, "$.a"}, {`[0,{"b":{"x y":[],"x y":[]}}]`, `$[1].b["x y"]`}, {`{"a":1,"\u0061":1}`, "$.a"},
	} {
		err := strictjson.NewReader(strings.NewReader(c.doc)).SkipDistinct()
		var bad *strictjson.Error
		if c.path == "" && err != nil || c.path != "" && (!errors.As(err, &bad) || bad.Path != c.path || bad.Reason != "repeated field") {
			t.Errorf("%s: %v", c.doc, err)
		}
	}
}

func TestErrorWithoutPlace(t *testing.T) {
	e := strictjson.Error{Path: "$" + strictjson.Below("a") + strictjson.Below("b c"), Offset: -1, Reason: "why"}
	if e.Error() != `$.a["b c"]: why` {
		t.Error(e.Error())
	}
}

// Skip takes exactly what is JSON, nesting and UTF-8 aside; SkipDistinct the same without repeated fields.
func FuzzSkip(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(`[1,-0,0.1e-5,"\u12aF\\",{"":null}]`))
	f.Add([]byte(strings.Repeat("[", strictjson.MaxDepth) + "1" + strings.Repeat("]", strictjson.MaxDepth)))
	f.Add([]byte(strings.Repeat("[", strictjson.MaxDepth+1) + strings.Repeat("]", strictjson.MaxDepth+1)))
	f.Fuzz(func(t *testing.T, doc []byte) {
		run := func(src io.Reader) error {
			r := strictjson.NewReader(src)
			if err := r.Skip(); err != nil {
				return err
			}
			return r.End()
		}
		err := run(bytes.NewReader(doc))
		if err == nil && !json.Valid(doc) {
			t.Fatal("takes what is no JSON")
		}
		if err != nil && json.Valid(doc) && !strings.Contains(err.Error(), "levels") && !strings.Contains(err.Error(), "UTF-8") {
			t.Fatal(err)
		}
		if slow := run(iotest.OneByteReader(bytes.NewReader(doc))); (slow == nil) != (err == nil) {
			t.Fatalf("byte by byte %v, at once %v", slow, err)
		}
		r := strictjson.NewReader(bytes.NewReader(doc))
		distinct := r.SkipDistinct()
		if distinct == nil {
			distinct = r.End()
		}
		if (distinct == nil) != (err == nil) && !(err == nil && strings.Contains(distinct.Error(), "repeated")) {
			t.Fatalf("distinct %v, any %v", distinct, err)
		}
	})
}
