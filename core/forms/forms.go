// Package forms reads the arguments of calls and queries from JSON and from command lines, by the names of their fields.
//
// [Fields] lists what a type of arguments takes, for help texts and forms; [Decode] fills one from JSON, [Parse] from the
// text of flags. Numbers may stand as such or as decimal strings, amounts are rao, accounts whatever the caller's [Names]
// knows, bytes are hex. A field may be left out when its tag says omitempty, and when it is a yes or no.
package forms

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// Names finds the account that a text names: an address, or what else the caller knows.
type Names func(text string) (keys.Account, error)

// Error says which field of the arguments is wrong, and why.
type Error struct {
	Path   string // such as calls[2].args.amount
	Reason string
}

// Error returns path and reason in one line.
func (e *Error) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// Field is one argument.
type Field struct {
	Name     string
	Kind     string // how it is written: address, rao, number, yes or no, text, hex, list of …, call, or JSON
	Optional bool
}

// Fields lists the fields of a struct of arguments.
func Fields(args any) []Field {
	var all []Field
	t := reflect.TypeOf(args)
	for i := range t.NumField() {
		if name, optional := tag(t.Field(i)); name != "" {
			all = append(all, Field{Name: name, Kind: kind(t.Field(i).Type), Optional: optional})
		}
	}
	return all
}

// tag returns a field's name, "" when it has none, and whether it may be left out.
func tag(f reflect.StructField) (name string, optional bool) {
	name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name, options == "omitempty" || f.Type.Kind() == reflect.Bool
}

var (
	accountType = reflect.TypeFor[keys.Account]()
	amountType  = reflect.TypeFor[tao.Amount]()
	nestedType  = reflect.TypeFor[ledger.Nested]()
	textType    = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func kind(t reflect.Type) string {
	switch {
	case t == accountType:
		return "address"
	case t == amountType:
		return "rao"
	case t == nestedType:
		return "call"
	case reflect.PointerTo(t).Implements(textType):
		return "text"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "yes or no"
	case reflect.String:
		return "text"
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Int16:
		return "number"
	case reflect.Array:
		return "hex"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "hex"
		}
		return "list of " + kind(t.Elem())
	}
	return "JSON"
}

// Parse fills the struct that dst points to from texts by field name. Lists are separated by commas; what has no simple
// text is JSON.
func Parse(dst any, texts map[string]string, names Names) error {
	raw, err := Members(reflect.ValueOf(dst).Elem().Interface(), texts)
	if err != nil {
		return err
	}
	return Decode(dst, quote(raw), names)
}

// Members are the members of the object that [Decode] reads, of texts as [Parse] takes them, for fields of args.
func Members(args any, texts map[string]string) (map[string]json.RawMessage, error) {
	raw := map[string]json.RawMessage{}
	for _, f := range Fields(args) {
		text, given := texts[f.Name]
		if !given {
			continue
		}
		switch element, isList := strings.CutPrefix(f.Kind, "list of "); {
		case f.Kind == "JSON", f.Kind == "call", isList && (element == "JSON" || element == "call"):
			if !json.Valid([]byte(text)) {
				return nil, &Error{f.Name, fmt.Sprintf("%.40q is no JSON: want a %s", text, f.Kind)}
			}
			raw[f.Name] = json.RawMessage(text)
		case f.Kind == "yes or no":
			raw[f.Name] = json.RawMessage(strings.ToLower(text))
		case isList:
			items := []string{}
			if text != "" {
				items = strings.Split(text, ",")
			}
			raw[f.Name] = quote(items)
		default:
			raw[f.Name] = quote(text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if raw[name] == nil {
			return nil, &Error{name, "unknown argument"}
		}
	}
	return raw, nil
}

func quote(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage(fmt.Sprintf("%q", err)) // a text that is no JSON; it is refused where it is read
	}
	return b
}

// Decode fills the struct that dst points to from a JSON object. The error is an [*Error].
func Decode(dst any, raw []byte, names Names) error {
	return decoder{names}.value("", reflect.ValueOf(dst).Elem(), raw)
}

// sortedNames returns the names of a struct's fields, for messages.
func sortedNames(t reflect.Type) string {
	var all []string
	for i := range t.NumField() {
		if name, _ := tag(t.Field(i)); name != "" {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
