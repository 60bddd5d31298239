package bundle

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
)

// Name suggests a name for the bundle's file, such as account-5DS9X-10214336.taoproof: what it is about, in letters, digits
// and hyphens, and the height of the state or block.
func (b *Bundle) Name() string {
	var r Report
	b.Body.conclude(&r, &b.Path)
	parts := []string{b.Body.Kind()}
	switch body := b.Body.(type) {
	case *Figure:
		parts = append([]string{}, nameOf(body)...)
	case *Transaction:
		parts = append(parts, short(body.Hashes[body.Index][:])[:8])
	}
	return strings.Join(append(parts, strconv.FormatUint(r.Height, 10)), "-") + Extension
}

// nameOf names a figure by its program and what stands first among its arguments.
func nameOf(f *Figure) []string {
	program, ok := chain.Lookup(f.Program)
	if !ok {
		return []string{FigureKind}
	}
	parts := []string{strings.ReplaceAll(program.Name, "_", "-")}
	args := reflect.New(reflect.TypeOf(program.Args()))
	if len(f.Pages) == 0 || codec.Decode(f.Pages[0].Args, args.Interface()) != nil {
		return parts
	}
	for i := range args.Elem().NumField() {
		field := args.Elem().Type().Field(i)
		if !field.IsExported() || strings.Contains(field.Tag.Get("json"), ",omitempty") {
			continue
		}
		switch v := args.Elem().Field(i); x := v.Interface().(type) {
		case keys.Account:
			parts = append(parts, x.String()[:5])
		default:
			if v.CanUint() {
				parts = append(parts, strconv.FormatUint(v.Uint(), 10))
			}
		}
	}
	return parts
}
