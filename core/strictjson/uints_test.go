package strictjson_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/strictjson"
)

// inObject reads a document of one field, "list", and what follows.
func inObject(src io.Reader, read func(r *strictjson.Reader) error) error {
	r := strictjson.NewReader(src)
	err := r.Object(strictjson.Fields{"list": {Read: func() error { return read(r) }}})
	if err == nil {
		err = r.End()
	}
	return err
}

// atOnce and oneByOne are two ways of reading up to 4 numbers up to 9.
func atOnce(src io.Reader) (list []uint64, err error) {
	err = inObject(src, func(r *strictjson.Reader) error {
		list, err = r.Uints([]uint64{7, 7, 7}, 4, 9)
		return err
	})
	return list, err
}

func oneByOne(src io.Reader) (list []uint64, err error) {
	err = inObject(src, func(r *strictjson.Reader) error {
		return r.Array(4, func(int) error {
			v, err := r.Uint(9)
			list = append(list, v)
			return err
		})
	})
	return list, err
}

// A list read at once is what it is one by one, and so is what is wrong with it.
func TestUintsAreUints(t *testing.T) {
	pieces := []string{"[", "]", ",", "1", "9", "10", "-0", "1.0", "1e1", "null", `"1"`, "true", "{", "}", " ", "\n", "18446744073709551616"}
	check := func(t interface{ Fatalf(string, ...any) }, doc string) {
		got, err := atOnce(strings.NewReader(doc))
		want, fault := oneByOne(strings.NewReader(doc))
		if fmt.Sprint(err) != fmt.Sprint(fault) || err == nil && !slices.Equal(got, want) {
			t.Fatalf("%q: %v, %v; one by one %v, %v", doc, got, err, want, fault)
		}
		if _, slow := atOnce(iotest.OneByteReader(strings.NewReader(doc))); fmt.Sprint(slow) != fmt.Sprint(err) {
			t.Fatalf("%q: byte by byte %v, at once %v", doc, slow, err)
		}
	}
	for _, list := range []string{"[]", " [ 1 , 2 ]", "[1,2,3,4]", "[1,2,3,4,5]", "[1,null]", "null", "1", "{}", `"x"`, "[[1]]", "[1,]",
		"[,1]", "[1 2]", "[1", "[", "", "[10]", "[1,-1]", "[01]", "]", "[1}"} {
		check(t, `{"list":`+list+`}`)
		check(t, `{"list":`+list)
		if _, err := atOnce(strings.NewReader(`{"list" ` + list + `}`)); err == nil {
			t.Errorf("%s without a colon", list)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		inside := rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, "inside")
		check(t, `{"list":[`+strings.Join(inside, "")+`]}`)
	})
}

func TestUintsAreBounded(t *testing.T) {
	var bad *strictjson.Error
	if _, err := atOnce(strings.NewReader(`{"list":[` + strings.Repeat(" ", 1000) + `1]}`)); !errors.As(err, &bad) ||
		bad.Path != "$.list" || !strings.Contains(bad.Reason, "more than 256 bytes") {
		t.Errorf("spaces: %v", err)
	}
	broken := errors.New("broken")
	if _, err := atOnce(io.MultiReader(strings.NewReader(`{"list":[1`), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("broken: %v", err)
	}
}

// Null that isn't there takes nothing from what comes, whatever reads it.
func TestNullTakesNothing(t *testing.T) {
	for name, read := range map[string]func(r *strictjson.Reader) error{
		"list": func(r *strictjson.Reader) error {
			list, err := r.Uints(nil, 4, 9)
			if err == nil && !slices.Equal(list, []uint64{1, 2}) {
				err = fmt.Errorf("got %v", list)
			}
			return err
		},
		"record": func(r *strictjson.Reader) error {
			raw, err := r.Record(100, func() error {
				_, err := r.Uints(nil, 4, 9)
				return err
			})
			if err == nil && string(raw) != "[1,2]" {
				err = fmt.Errorf("got %q", raw)
			}
			return err
		},
	} {
		err := inObject(strings.NewReader(`{"list" : [ 1 , 2 ] }`), func(r *strictjson.Reader) error {
			if null, err := r.Null(); err != nil || null {
				return fmt.Errorf("null %v, %v", null, err)
			}
			return read(r)
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
