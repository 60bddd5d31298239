package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/strictjson"
)

// object is the arguments of a call or a query by name, each as JSON.
type object map[string]json.RawMessage

// text returns an argument that is a text, "" where it isn't.
func (o object) text(name string) (s string) {
	if json.Unmarshal(o[name], &s) != nil {
		return ""
	}
	return s
}

func (o object) put(name string, v any) error {
	raw, err := json.Marshal(v)
	o[name] = raw
	return err
}

// members reads the members of an object; there are none in anything else.
func members(raw json.RawMessage) (o object, isObject bool) {
	return o, json.Unmarshal(raw, &o) == nil && o != nil
}

// writing is one call's or query's arguments as a script has them. It makes the chain's of them, and knows of each of the
// chain's where it stands in the script.
type writing struct {
	calls  *dictionary
	signer keys.Account
	whole  string            // path in the script of all arguments
	from   map[string]string // path in the chain's arguments → in the script
	made   map[string]string // the same for what was made of several arguments
}

func newWriting(calls *dictionary, signer keys.Account, path string) *writing {
	return &writing{calls: calls, signer: signer, whole: path, from: map[string]string{}, made: map[string]string{}}
}

// fault is an error at a path in the script.
func fault(path, format string, args ...any) error {
	return &strictjson.Error{Path: path, Offset: -1, Reason: fmt.Sprintf(format, args...)}
}

// place gives an error about the chain's arguments its path in the script.
func (w *writing) place(err error) error {
	var bad *forms.Error
	var placed *strictjson.Error
	switch {
	case errors.As(err, &placed):
		return placed
	case !errors.As(err, &bad):
		return fault(w.whole, "%v", err)
	}
	for p := bad.Path; p != ""; p = p[:max(strings.LastIndexAny(p, ".["), 0)] {
		if at, ok := w.made[p]; ok {
			return fault(at, "%s", bad.Reason)
		}
		if at, ok := w.from[p]; ok {
			return fault(at+bad.Path[len(p):], "%s", bad.Reason)
		}
	}
	if bad.Path == "" {
		return fault(w.whole, "%s", bad.Reason)
	}
	return fault(w.whole+"."+bad.Path, "%s", bad.Reason)
}

// below is the path of a member of the chain's arguments, as core/forms writes it.
func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// read makes the chain's arguments of those written at a path of the script; in is where they belong in the chain's.
func (w *writing) read(d *dictionary, e entry, raw json.RawMessage, in, path string) (object, error) {
	given, isObject := members(raw)
	if !isObject {
		return nil, fault(path, "want an object; the arguments are: %s", argumentsOf(e))
	}
	args, names := object{}, map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		at := path + strictjson.Below(key)
		name, known := d.argument(e, key)
		switch _, settled := e.fixed[name]; {
		case !known:
			return nil, fault(at, "unknown; the arguments are: %s", argumentsOf(e))
		case names[name]:
			return nil, fault(at, "repeated, under another name")
		case settled:
			return nil, fault(at, "%s by the name of the call", e.fixed[name])
		}
		names[name], args[name] = true, given[key]
		w.from[below(in, name)] = at
	}
	settled, err := forms.Members(e.zero, e.fixed)
	if err != nil {
		return nil, w.place(err)
	}
	maps.Copy(args, settled)
	if a := d.shape(e, names); a != nil {
		if err := w.shape(a, e, args, in, path); err != nil {
			return nil, err
		}
	}
	for name, text := range d.defaults {
		if args[name] == nil && hasField(e.zero, name) {
			if err := args.put(name, text); err != nil {
				return nil, err
			}
		}
	}
	return args, w.adapt(d, e, args, in)
}

func argumentsOf(e entry) string {
	var all []string
	for _, f := range forms.Fields(e.zero) {
		all = append(all, f.Name)
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// shape makes fields of arguments that are none.
func (w *writing) shape(a *Alias, e entry, args object, in, path string) error {
	texts := map[string]string{}
	for name, raw := range args {
		texts[name] = textOf(raw)
	}
	for _, extra := range a.Extra {
		delete(args, extra)
	}
	if err := a.Shape(w.signer, texts); err != nil {
		var bad *forms.Error
		if errors.As(err, &bad) {
			err = &forms.Error{Path: below(in, bad.Path), Reason: bad.Reason}
		}
		return w.place(err)
	}
	for name := range texts {
		if args[name] != nil || !hasField(e.zero, name) {
			delete(texts, name)
			continue
		}
		w.made[below(in, name)] = path
	}
	made, err := forms.Members(e.zero, texts)
	maps.Copy(args, made)
	return err
}

// textOf writes a value as on a command line.
func textOf(raw json.RawMessage) string {
	var text string
	var list []json.RawMessage
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	if json.Unmarshal(raw, &list) == nil {
		all := make([]string, len(list))
		for i := range list {
			all[i] = textOf(list[i])
		}
		return strings.Join(all, ",")
	}
	return string(raw)
}

// adapt puts right what may be written in more than one way: lists, switches, and calls inside.
func (w *writing) adapt(d *dictionary, e entry, args object, in string) (err error) {
	for _, f := range forms.Fields(e.zero) {
		raw, given := args[f.Name]
		if !given {
			continue
		}
		here := below(in, f.Name)
		if as := d.values[f.Name]; as != nil {
			text, err := as(textOf(raw))
			if err != nil {
				return w.place(&forms.Error{Path: here, Reason: err.Error()})
			}
			if err := args.put(f.Name, text); err != nil {
				return err
			}
			continue
		}
		element, isList := strings.CutPrefix(f.Kind, "list of ")
		isText, yesOrNo := bytes.HasPrefix(raw, []byte(`"`)), args.text(f.Name)
		switch {
		case f.Kind == "call":
			args[f.Name], err = w.nested(raw, here)
		case element == "call" && isList:
			args[f.Name], err = w.nestedList(raw, here)
		case isList && isText && element != "JSON":
			var made object
			made, err = forms.Members(e.zero, map[string]string{f.Name: args.text(f.Name)})
			args[f.Name] = made[f.Name]
		case f.Kind == "yes or no" && (yesOrNo == "true" || yesOrNo == "false"):
			args[f.Name] = json.RawMessage(yesOrNo)
		case f.Kind == "text" && (string(raw) == "true" || string(raw) == "false"):
			err = args.put(f.Name, string(raw))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) nestedList(raw json.RawMessage, in string) (json.RawMessage, error) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return raw, nil // refused where it is read
	}
	for i := range list {
		var err error
		if list[i], err = w.nested(list[i], in+"["+strconv.Itoa(i)+"]"); err != nil {
			return nil, err
		}
	}
	return json.Marshal(list)
}

// nested reads a call inside of another.
func (w *writing) nested(raw json.RawMessage, in string) (json.RawMessage, error) {
	n, _ := members(raw)
	name := n.text("call")
	if name == "" {
		return raw, nil // refused where it is read
	}
	given, _ := members(n["args"])
	e, known := w.calls.find(name, given)
	if !known {
		return nil, w.place(&forms.Error{Path: in + ".call", Reason: w.calls.noSuch(name)})
	}
	if n["args"] == nil {
		n["args"] = json.RawMessage("{}")
	}
	args, err := w.read(w.calls, e, n["args"], in+".args", w.pathOf(in+".args"))
	if err != nil {
		return nil, err
	}
	if err := n.put("call", e.name); err != nil {
		return nil, err
	}
	if err := n.put("args", args); err != nil {
		return nil, err
	}
	return json.Marshal(n)
}

// pathOf is where something of the chain's arguments stands in the script.
func (w *writing) pathOf(in string) string {
	var placed *strictjson.Error
	errors.As(w.place(&forms.Error{Path: in}), &placed)
	return placed.Path
}
