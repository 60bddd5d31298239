package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/events"
	"github.com/taolight/taolight/core/ledger"
)

// eventLine is one event. Data are its fields by name, in their order; of an event that this version doesn't know they are
// a list, with bytes and accounts in hex.
type eventLine struct {
	Tx   int64  `json:"tx"` // place of the transaction in the block, -1 for the block itself
	Name string `json:"name"`
	Data any    `json:"data"`

	words string // the same for people
}

// lineOf names the fields of an event that was proven.
func lineOf(e ledger.Event) (eventLine, error) {
	line := eventLine{Tx: e.Tx, Name: e.Name}
	if _, known := events.Lookup(e.Name); !known {
		var data any
		if err := codec.Decode(e.Data, &data); err != nil {
			return line, fmt.Errorf("event %.40q: %w", e.Name, err)
		}
		line.Data = unnamed(data)
		line.words = text(line.Data)
		return line, nil
	}
	fields, err := events.Read(e)
	if err != nil {
		return line, err
	}
	line.Data, line.words = named(fields, false), wordsOf(named(fields, true))
	return line, nil
}

// named makes an object of an event's fields; for people amounts are TAO and shares per cent.
func named(fields []events.Field, people bool) object {
	o := object{}
	for _, f := range fields {
		share, is := f.Value.(uint16)
		switch {
		case people && f.Share && is:
			o = append(o, member{f.Name, shareText(share)})
		default:
			o = append(o, member{f.Name, namedValue(f.Value, people)})
		}
	}
	return o
}

func namedValue(v any, people bool) any {
	switch x := v.(type) {
	case []events.Field:
		return named(x, people)
	case []any:
		list := make([]any, len(x))
		for i := range x {
			list[i] = namedValue(x[i], people)
		}
		return list
	}
	return plainValue(reflect.ValueOf(v), people)
}

// wordsOf writes an object in one line: names and values.
func wordsOf(o object) string {
	var all []string
	for _, m := range o {
		all = append(all, strings.ReplaceAll(m.name, "_", " ")+" "+valueWords(m.value))
	}
	return strings.Join(all, ", ")
}

// mostListed is how many entries of a list people are shown; --json has them all.
const mostListed = 8

func valueWords(v any) string {
	switch x := v.(type) {
	case object:
		return "(" + wordsOf(x) + ")"
	case []any:
		if len(x) == 0 {
			return "none"
		}
		var all []string
		for _, item := range x[:min(len(x), mostListed)] {
			all = append(all, valueWords(item))
		}
		if rest := len(x) - mostListed; rest > 0 {
			all = append(all, fmt.Sprintf("and %d more", rest))
		}
		return strings.Join(all, "; ")
	case string:
		if x == "" {
			return `""`
		}
	}
	return text(v)
}

// unnamed makes of decoded CBOR what JSON can say.
func unnamed(v any) any {
	switch x := v.(type) {
	case []byte:
		return hex.EncodeToString(x)
	case uint64:
		if x > 1<<53 { // more than a JSON number keeps everywhere
			return strconv.FormatUint(x, 10)
		}
	case []any:
		for i := range x {
			x[i] = unnamed(x[i])
		}
	case map[any]any: // no event of the chain has one
		return fmt.Sprint(x)
	}
	return v
}

// printEvents writes events, a line each.
func printEvents(w io.Writer, all []eventLine) {
	for _, e := range all {
		fmt.Fprintf(w, "%s\t%s\n", oneLine(e.Name), oneLine(e.words))
	}
}
