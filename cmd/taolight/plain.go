package main

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// member is one field of an object, whose order is kept.
type member struct {
	name  string
	value any
}

type object []member

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plain turns a call's arguments into what core/forms reads: texts, numbers, lists and objects by the names of fields; a
// call inside becomes its name and arguments. For people amounts are TAO.
func plain(args any, people bool) any { return plainValue(reflect.ValueOf(args), people) }

func plainValue(v reflect.Value, people bool) any {
	switch x := v.Interface().(type) {
	case tao.Amount:
		if people {
			return amount(x)
		}
		return x.String()
	case ledger.Nested:
		return plainCall(x, people)
	case encoding.TextMarshaler:
		text, err := x.MarshalText()
		if err != nil {
			return err.Error()
		}
		return string(text)
	}
	switch v.Kind() {
	case reflect.Struct:
		return plainFields(v, people)
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			b := make([]byte, v.Len())
			reflect.Copy(reflect.ValueOf(b), v)
			return hex.EncodeToString(b)
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = plainValue(v.Index(i), people)
		}
		return list
	case reflect.Uint64:
		if v.Uint() > 1<<53 { // more than a JSON number keeps everywhere
			return strconv.FormatUint(v.Uint(), 10)
		}
	}
	return v.Interface()
}

func plainFields(v reflect.Value, people bool) object {
	o := object{}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name != "" {
			o = append(o, member{name, plainValue(v.Field(i), people)})
		}
	}
	return o
}

func plainCall(n ledger.Nested, people bool) any {
	o := object{{"call", n.Call}}
	call, ok := chain.LookupCall(n.Call)
	if !ok {
		return append(o, member{"args", hex.EncodeToString(n.Args)})
	}
	args, err := call.Decode(n.Args)
	if err != nil {
		return append(o, member{"args", hex.EncodeToString(n.Args)})
	}
	return append(o, member{"args", plain(args, people)})
}

// text writes a plain value in one line.
func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
