package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/forms"
)

// missing says that an argument is needed; its text is a field's or an extra flag's name.
type missing struct{ name string }

func (e *missing) Error() string { return e.name + " is missing" }

// callDefaults are what fields have that nobody needs to give.
var callDefaults = map[string]string{"version": "0", "protocol": "0", "placeholder1": "0", "placeholder2": "0"}

// fieldHelp says what a field is, beyond its kind.
var fieldHelp = map[string]string{
	"addr":       "multiaddr under which visitors reach the relay",
	"all":        "everything there is, in place of an amount",
	"amount":     "in TAO such as 1.5, or in rao such as 500rao",
	"call":       `{"call": NAME, "args": {…}}, or @FILE; amounts in it are rao`,
	"calls":      `list of {"call": NAME, "args": {…}}, or @FILE; amounts in it are rao`,
	"coldkey":    "coldkey that owns the hotkey, or will",
	"delegate":   "account that may act",
	"fields":     "texts, separated by commas",
	"hash":       "64 hex digits",
	"height":     "of the block that holds the proposal",
	"hotkey":     "the hotkey",
	"index":      "of the proposal in its block, from 0",
	"items":      "rows, or @FILE",
	"name":       "its name",
	"netuid":     "number of the subnet",
	"new_owner":  "coldkey that gets the subnet and its lock",
	"peer":       "peer id of the relay, 12D3Koo…",
	"proof":      "signature of the relay's key, from taolight relay prove",
	"proxy_type": "any, non_transfer, transfer, small_transfer, staking, registration, owner or child_keys",
	"real":       "account that acts",
	"salt":       "numbers under which the row was committed to",
	"take":       "share of dividends that is kept: 9%, or of 65535",
	"uids":       "uids, separated by commas",
	"until":      "block until which the proof is good",
	"values":     "of each uid, of any scale, separated by commas",
	"value":      "whole number; true or false for switches",
	"version":    "key of the program, 0 for none",
}

var kindValue = map[string]string{"address": "ADDRESS", "rao": "AMOUNT", "number": "N", "text": "TEXT", "hex": "HEX", "call": "JSON", "JSON": "JSON"}

// flagOf is the name of a field's flag.
func (sp *callSpec) flagOf(field string) string {
	if name, ok := sp.flags[field]; ok {
		return name
	}
	return strings.ReplaceAll(field, "_", "-")
}

// fields are what the person gives: neither what the command settles nor what is signed.
func (sp *callSpec) fields(c chain.Call) []forms.Field {
	return slices.DeleteFunc(forms.Fields(c.Args()), func(f forms.Field) bool {
		_, settled := sp.fixed[f.Name]
		signed := sp.cosigner != "" && (f.Name == "scheme" || f.Name == "signature")
		group := f.Name == "group" || f.Name == "children" // made of extra flags
		return settled || signed || group
	})
}

// command makes the command of a call.
func (a *app) command(sp callSpec, name string) *cobra.Command {
	call, ok := chain.LookupCall(sp.call)
	if !ok {
		panic("taolight: a command for no call " + sp.call) // the table is wrong; a test reads it all
	}
	var sg signing
	given := strings.Fields(sp.args)
	short := sp.short
	if short == "" {
		short = strings.TrimSuffix(call.Doc, ".")
	}
	c := &cobra.Command{
		Use: name + " --from WALLET", Short: short, Example: sp.example,
		Args: func(cmd *cobra.Command, args []string) error {
			if free := len(sp.open(cmd, given)); len(args) > free {
				return usage(cmd, "%q is one argument too many", args[free])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.runCall(cmd, sp, call, &sg, sp.texts(cmd, call, given, args))
		},
	}
	c.Long = strings.TrimSpace(c.Short + ". " + sp.long)
	for _, field := range given {
		c.Use += " " + sp.argument(field)
	}
	a.signingFlags(c, &sg, call.Feeless)
	f := c.Flags()
	for _, field := range sp.fields(call) {
		what := fieldHelp[field.Name]
		if what == "" {
			what = strings.ReplaceAll(field.Name, "_", " ")
		}
		if field.Kind == "yes or no" {
			f.Bool(sp.flagOf(field.Name), false, what)
			continue
		}
		value, known := kindValue[field.Kind]
		if !known {
			value = "LIST"
		}
		f.Var(newText(value, callDefaults[field.Name]), sp.flagOf(field.Name), what)
		if field.Kind == "address" {
			c.RegisterFlagCompletionFunc(sp.flagOf(field.Name), a.completeWallets)
		}
	}
	for _, e := range sp.extra {
		if f.Lookup(e.name) == nil {
			f.Var(newText(e.value, ""), e.name, e.usage)
		}
	}
	if f.Lookup("netuid") != nil {
		c.RegisterFlagCompletionFunc("netuid", a.completeNetuids)
	}
	c.ValidArgsFunction = a.completeArgs(given)
	return c
}

// textFlag is a flag whose text is read later; help calls it by its kind.
type textFlag struct{ text, kind string }

func newText(kind, text string) *textFlag { return &textFlag{text, kind} }

// String returns the text.
func (t *textFlag) String() string { return t.text }

// Set takes any text.
func (t *textFlag) Set(text string) error { t.text = text; return nil }

// Type is what help writes behind the flag.
func (t *textFlag) Type() string { return t.kind }

// argument is how a positional argument is called in usage and errors.
func (sp *callSpec) argument(field string) string {
	return strings.ToUpper(strings.ReplaceAll(sp.flagOf(field), "-", "_"))
}

// open are the positional arguments that no flag gives.
func (sp *callSpec) open(cmd *cobra.Command, given []string) []string {
	return slices.DeleteFunc(slices.Clone(given), func(field string) bool {
		f := cmd.Flags().Lookup(sp.flagOf(field))
		all := cmd.Flags().Lookup("all")
		return f != nil && f.Changed || field == "amount" && all != nil && all.Changed
	})
}

// texts are what was given, by field.
func (sp *callSpec) texts(cmd *cobra.Command, call chain.Call, given, args []string) map[string]string {
	texts := map[string]string{}
	for field, text := range sp.fixed {
		texts[field] = text
	}
	for i, field := range sp.open(cmd, given)[:len(args)] {
		texts[field] = args[i]
	}
	for _, field := range sp.fields(call) {
		if f := cmd.Flags().Lookup(sp.flagOf(field.Name)); f.Changed || callDefaults[field.Name] != "" && texts[field.Name] == "" {
			texts[field.Name] = f.Value.String()
		}
	}
	for _, e := range sp.extra {
		if f := cmd.Flags().Lookup(e.name); f.Changed {
			texts[e.name] = f.Value.String()
		}
	}
	return texts
}
