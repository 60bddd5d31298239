package forms

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
)

// decoder fills values of any type that arguments are made of.
type decoder struct{ names Names }

func fail(path, format string, args ...any) error {
	return &Error{Path: path, Reason: fmt.Sprintf(format, args...)}
}

// below is the path of a member.
func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (d decoder) value(path string, v reflect.Value, raw json.RawMessage) error {
	t := v.Type()
	switch {
	case t == accountType:
		text, err := scalar(path, raw)
		if err != nil {
			return err
		}
		account, err := d.names(text)
		if err != nil {
			return fail(path, "%v", err)
		}
		v.Set(reflect.ValueOf(account))
		return nil
	case t == nestedType:
		return d.nested(path, v, raw)
	case reflect.PointerTo(t).Implements(textType):
		text, err := scalar(path, raw)
		if err != nil {
			return err
		}
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
			return fail(path, "%v", err)
		}
		return nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return d.object(path, v, raw)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return hexInto(path, v, raw)
		}
		return d.list(path, v, raw)
	case reflect.Array:
		return hexInto(path, v, raw)
	}
	return simple(path, v, raw)
}

// object fills a struct, whose fields are all those with a json tag.
func (d decoder) object(path string, v reflect.Value, raw json.RawMessage) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		return fail(path, "want an object of %s", sortedNames(v.Type()))
	}
	for i := range v.NumField() {
		name, optional := tag(v.Type().Field(i))
		if name == "" {
			continue
		}
		member, given := members[name]
		if !given {
			if !optional {
				return fail(below(path, name), "is missing")
			}
			continue
		}
		delete(members, name)
		if err := d.value(below(path, name), v.Field(i), member); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		return fail(below(path, name), "unknown; there are %s", sortedNames(v.Type()))
	}
	return nil
}

func (d decoder) list(path string, v reflect.Value, raw json.RawMessage) error {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil || items == nil {
		return fail(path, "want a list")
	}
	v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
	for i, item := range items {
		if err := d.value(path+"["+strconv.Itoa(i)+"]", v.Index(i), item); err != nil {
			return err
		}
	}
	return nil
}

// nested reads {"call": NAME, "args": {…}} and encodes the arguments.
func (d decoder) nested(path string, v reflect.Value, raw json.RawMessage) error {
	var n struct {
		Call string          `json:"call"`
		Args json.RawMessage `json:"args"`
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&n); err != nil {
		return fail(path, `want {"call": NAME, "args": {…}}`)
	}
	call, ok := chain.LookupCall(n.Call)
	if !ok {
		return fail(below(path, "call"), "no call %.40q; there are %s", n.Call, callNames())
	}
	args, err := d.encode(below(path, "args"), call.Args(), n.Args)
	if err != nil {
		return err
	}
	v.Set(reflect.ValueOf(ledger.Nested{Call: n.Call, Args: args}))
	return nil
}

func callNames() string {
	all := make([]string, len(chain.Calls))
	for i, c := range chain.Calls {
		all[i] = c.Name
	}
	return strings.Join(all, ", ")
}

// encode reads arguments of the type of zero and encodes them.
func (d decoder) encode(path string, zero any, raw json.RawMessage) (codec.Raw, error) {
	args := reflect.New(reflect.TypeOf(zero)).Elem()
	if err := d.value(path, args, raw); err != nil {
		return nil, err
	}
	encoded, err := codec.Encode(args.Interface())
	if err != nil {
		return nil, fail(path, "%v", err)
	}
	return encoded, nil
}

// Encode reads arguments of the type of zero, which is a call's or a query's Args, from a JSON object and encodes them as
// transactions and relays take them. The error is an [*Error].
func Encode(zero any, raw []byte, names Names) (codec.Raw, error) {
	return decoder{names}.encode("", zero, raw)
}

// scalar returns the text of a string or a number.
func scalar(path string, raw json.RawMessage) (string, error) {
	var text string
	if err := json.Unmarshal(raw, &text); err == nil && string(raw) != "null" {
		return text, nil
	}
	var number json.Number
	if err := json.Unmarshal(raw, &number); err != nil || number == "" {
		return "", fail(path, "want a text or a number")
	}
	return number.String(), nil
}

func hexInto(path string, v reflect.Value, raw json.RawMessage) error {
	text, err := scalar(path, raw)
	if err != nil {
		return err
	}
	b, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	switch {
	case err != nil:
		return fail(path, "%.40q is not hex", text)
	case v.Kind() == reflect.Slice:
		v.SetBytes(b)
		return nil
	case v.Type().Elem().Kind() != reflect.Uint8 || len(b) != v.Len():
		return fail(path, "want %d hex digits, found %d", 2*v.Len(), len(text))
	}
	reflect.Copy(v, reflect.ValueOf(b))
	return nil
}

// simple fills numbers, texts and switches.
func simple(path string, v reflect.Value, raw json.RawMessage) error {
	if v.Kind() == reflect.Bool {
		var yes bool
		if err := json.Unmarshal(raw, &yes); err != nil || string(raw) == "null" {
			return fail(path, "want true or false")
		}
		v.SetBool(yes)
		return nil
	}
	text, err := scalar(path, raw)
	if err != nil {
		return err
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n, err := strconv.ParseUint(text, 10, v.Type().Bits())
		if err != nil {
			return fail(path, "%.40q: want a whole number from 0 to %d", text, uint64(1)<<(v.Type().Bits()-1)*2-1)
		}
		v.SetUint(n)
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return fail(path, "%.40q: want a whole number of %d bits", text, v.Type().Bits())
		}
		v.SetInt(n)
	default:
		return fail(path, "%s can't be given here", v.Type())
	}
	return nil
}
