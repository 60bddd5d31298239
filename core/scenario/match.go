package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/strictjson"
)

// mismatch returns where got lacks what want asks for, "" when it has all of it: of objects the fields that want names, of
// lists all elements, of anything else the same text or a number that is near.
func mismatch(path string, want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		have, ok := got.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: got %s, want an object", path, compact(got))
		}
		for _, name := range slices.Sorted(maps.Keys(want)) {
			at := path + strictjson.Below(name)
			value, ok := have[name]
			if !ok {
				return fmt.Sprintf("%s: not there; there are %s", at, strings.Join(slices.Sorted(maps.Keys(have)), ", "))
			}
			if m := mismatch(at, want[name], value); m != "" {
				return m
			}
		}
		return ""
	case []any:
		have, ok := got.([]any)
		if !ok || len(have) != len(want) {
			return fmt.Sprintf("%s: got %s, want a list of %d", path, compact(got), len(want))
		}
		for i := range want {
			if m := mismatch(path+"["+strconv.Itoa(i)+"]", want[i], have[i]); m != "" {
				return m
			}
		}
		return ""
	}
	switch got.(type) {
	case map[string]any, []any:
		return fmt.Sprintf("%s: got %s, want %s", path, compact(got), compact(want))
	}
	if a, b := fmt.Sprint(want), fmt.Sprint(got); a != b && !near(a, b) {
		return fmt.Sprintf("%s: got %s, want %s", path, b, a)
	}
	return ""
}

// expected puts what a check expects in the form of answers: keys by their addresses instead of their names. It refuses
// numbers that no answer has.
func expected(path string, v any) (_ any, err error) {
	switch v := v.(type) {
	case string:
		if !strings.HasPrefix(v, "//") {
			return v, nil
		}
		a, err := address(v)
		if err != nil {
			return nil, fault(path, "%.64q: %v", v, err)
		}
		return a.String(), nil
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return nil, fault(path, "%.40s: numbers are whole, in decimal digits", v)
		}
	case []any:
		for i := range v {
			if v[i], err = expected(path+"["+strconv.Itoa(i)+"]", v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if v[name], err = expected(path+strictjson.Below(name), v[name]); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}

// near says whether got is a number that want, such as 5000±2, takes in.
func near(want, got string) bool {
	number, off, ok := strings.Cut(want, "±")
	if !ok {
		return false
	}
	var n [3]uint64
	for i, text := range []string{number, off, got} {
		var err error
		if n[i], err = strconv.ParseUint(text, 10, 64); err != nil {
			return false
		}
	}
	return max(n[0], n[2])-min(n[0], n[2]) <= n[1]
}

func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if len(b) > 80 {
		return string(b[:80]) + "…"
	}
	return string(b)
}

// generic reads JSON as maps, lists and texts, numbers as they stand.
func generic(raw []byte) (v any, err error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	return v, dec.Decode(&v)
}
