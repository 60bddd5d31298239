package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// describedSetting is a hyperparameter of a subnet with what the table says of it. Numbers stand in decimal.
type describedSetting struct {
	Name      string   `json:"name"`
	Value     string   `json:"value"`
	Type      string   `json:"type"` // u16, u32, u64, i16 or bool
	Unit      string   `json:"unit"` // number, blocks, share of 65535, wide share of 2^64-1, rao, or switch
	Default   string   `json:"default"`
	Min       string   `json:"min"`
	Max       string   `json:"max"`
	Setter    string   `json:"setter"`            // owner or root
	RateLimit uint16   `json:"rate_limit_tempos"` // tempos between two changes by the owner; 0 where he makes none
	Also      []string `json:"also"`              // other names that are taken
	Doc       string   `json:"doc"`
}

// describedSettings are the answer of hyperparameters to programs.
type describedSettings struct {
	Netuid uint16             `json:"netuid"`
	Exists bool               `json:"exists"`
	Values []describedSetting `json:"values"`
}

// described adds to an answer what stands in no state: what the table of hyperparameters says of each.
func described(value any) any {
	v, ok := value.(*view.Hyperparameters)
	if !ok {
		return value
	}
	out := &describedSettings{Netuid: v.Netuid, Exists: v.Exists}
	for _, h := range v.Values {
		d := describedSetting{Name: h.Name, Value: h.Value, Also: []string{}}
		if _, s, ok := hyper.Find(h.Name); ok {
			d.Type, d.Unit, d.Doc, d.Also = s.Type, string(s.Kind), s.Doc, append(d.Also, s.Also()...)
			d.Default, d.Min, d.Max, d.Setter = s.Format(s.Default), s.Format(s.Min), s.Format(s.Max), string(s.Setter)
			if s.Setter == hyper.Owner {
				d.RateLimit = s.RateLimit
			}
		}
		out.Values = append(out.Values, d)
	}
	return out
}

// hyperText writes a hyperparameter's value as its kind has it.
func hyperText(kind hyper.Kind, value string) string {
	n, err := strconv.ParseUint(value, 10, 64)
	switch {
	case err != nil:
		return value
	case kind == hyper.Share && n <= 65_535:
		return value + " (" + shareText(uint16(n)) + ")"
	case kind == hyper.Rao:
		return value + " (" + amount(tao.Amount(n)) + ")"
	case kind == hyper.Switch:
		return strconv.FormatBool(n == 1)
	}
	return value
}

// hyperType says of what type a hyperparameter is, and what its numbers are.
func hyperType(s *hyper.Spec) string {
	switch s.Kind {
	case hyper.Number, hyper.Switch:
		return s.Type
	case hyper.Share:
		return s.Type + " of 65535"
	case hyper.Wide:
		return s.Type + " of 2^64-1"
	}
	return s.Type + " " + string(s.Kind)
}

// hyperDefault is what a new subnet begins with.
func hyperDefault(s *hyper.Spec) string {
	if s.Kind == hyper.Switch {
		return strconv.FormatBool(s.Default == 1)
	}
	return s.Format(s.Default)
}

// allowed says what a hyperparameter may be.
func allowed(s *hyper.Spec) string {
	if s.Kind == hyper.Switch {
		return "true or false"
	}
	return s.Format(s.Min) + " to " + s.Format(s.Max)
}

// setter says who changes a hyperparameter.
func setter(s *hyper.Spec) string {
	if s.Setter == hyper.Root {
		return "governance"
	}
	return "owner"
}

// rateLimit says how often its owner changes a hyperparameter.
func rateLimit(s *hyper.Spec) string {
	if s.Setter == hyper.Root {
		return "-"
	}
	return fmt.Sprintf("%d tempos", s.RateLimit)
}

func printHyperparameters(w io.Writer, v *view.Hyperparameters) {
	if !v.Exists {
		fmt.Fprintf(w, "there is no subnet %d\n", v.Netuid)
		return
	}
	fmt.Fprintf(w, "NAME\tVALUE\tTYPE\tDEFAULT\tALLOWED\tSET BY\tONCE IN\tWHAT IT IS\n")
	for _, h := range v.Values {
		_, s, ok := hyper.Find(h.Name)
		if !ok {
			fmt.Fprintf(w, "%s\t%s\n", oneLine(h.Name), oneLine(h.Value))
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", h.Name, hyperText(s.Kind, h.Value), hyperType(s), hyperDefault(s), allowed(s), setter(s), rateLimit(s), s.Doc)
	}
}

// hyperHelp lists all hyperparameters for a help text.
func hyperHelp() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "NAME\tTYPE\tDEFAULT\tALLOWED\tSET BY\tONCE IN\tALSO CALLED\n")
	for i := range hyper.Table {
		s := &hyper.Table[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, hyperType(s), hyperDefault(s), allowed(s), setter(s), rateLimit(s), strings.Join(s.Also(), ", "))
	}
	w.Flush()
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	for i := range lines {
		lines[i] = "  " + strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
