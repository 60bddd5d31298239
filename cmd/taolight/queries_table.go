package main

import (
	"fmt"
	"io"
	"reflect"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/view"
)

// querySpec is a query's commands. Each query is found under "query" by its own name, too.
type querySpec struct {
	program string   // name in chain.Queries; the newest version is asked
	paths   []string // of commands, such as "subnet list"; those behind the first aren't listed in help
	long    string
	example string
	human   func(w io.Writer, value any)
	rename  map[string]string // members of the answer that the proof has by the same name
}

// queryCommands are all queries.
var queryCommands = []querySpec{
	{
		program: "account", paths: []string{"wallet balance"}, human: show(printAccount),
		long:    "ADDRESS is an SS58 address, the name of a wallet, or a development name such as //Alice.",
		example: "  taolight query account 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --json\n  taolight wallet balance savings",
	},
	{
		program: "account", paths: []string{"stake list"}, human: show(printStakes),
		long: "ADDRESS is the coldkey.", example: "  taolight stake list savings",
	},
	{program: "bonds", paths: []string{"bonds show"}, human: show(printRow), example: "  taolight bonds show 1 0"},
	{program: "costs", paths: []string{"subnet costs"}, human: show(printCosts), example: "  taolight subnet costs"},
	{
		program: "delegates", paths: []string{"delegate list", "root list-delegates"}, human: show(printDelegates),
		long:    "Returns are a day's at the pace of the last epochs.",
		example: "  taolight delegate list",
	},
	{
		program: "past_block", human: printFields, rename: map[string]string{"height": "block"},
		long: "For programs that check a block or its events as a relay shows them.", example: "  taolight query past-block 120",
	},
	{
		program: "epoch", human: printFields, long: "Columns as in the metagraph; taolight history neuron follows them over time.",
		example: "  taolight query epoch 1 --json",
	},
	{
		program: "hotkey", paths: []string{"hotkey"}, human: show(printHotkey), example: "  taolight hotkey //Alice//hotkey",
	},
	{
		program: "hyperparameters", paths: []string{"subnet hyperparameters", "sudo get"}, human: show(printHyperparameters),
		long:    "With what each may be, who sets it, and after how many tempos the owner may change it again. Shares are of 65535.",
		example: "  taolight subnet hyperparameters 1",
	},
	{
		program: "metagraph", paths: []string{"metagraph", "subnet metagraph"}, human: show(printMetagraph),
		example: "  taolight metagraph 1\n  taolight metagraph 1 --select hotkeys,stake,emission\n  taolight metagraph 1 --full --json",
	},
	{program: "neuron", paths: []string{"neuron"}, human: show(printNeuron), example: "  taolight neuron 1 //Alice//hotkey"},
	{program: "nominators", paths: []string{"delegate show"}, human: show(printNominators), example: "  taolight delegate show //Alice//hotkey"},
	{program: "params", human: show(printParams), example: "  taolight query params"},
	{
		program: "producers", paths: []string{"producer list"}, human: show(printProducers),
		long:    "Who signed two chains, or a header that the rules forbid, is removed once a block holds the evidence.",
		example: "  taolight producer list",
	},
	{
		program: "relays", paths: []string{"relay list"}, human: show(printRelays),
		long:    "Who holds a relay's key has agreed to its address; that it is listed says nothing of what it does.",
		example: "  taolight relay list\n  taolight relay list --json",
	},
	{
		program: "shares", human: printFields, long: "taolight history shares follows them over time.",
		example: "  taolight query shares --json",
	},
	{program: "subnet", paths: []string{"subnet show"}, human: show(printSubnetDetail), example: "  taolight subnet show 1"},
	{program: "subnets", paths: []string{"subnet list"}, human: show(printSubnets), example: "  taolight subnet list\n  taolight query subnets --json"},
	{program: "supply", human: show(printSupply), example: "  taolight query supply\n  taolight query supply --json"},
	{program: "totals", human: printFields, long: "taolight history supply follows them over time.", example: "  taolight query totals --json"},
	{program: "weights", paths: []string{"weights show"}, human: show(printRow), example: "  taolight weights show 1 0"},
}

// show makes a printer of answers of a printer of one type.
func show[T any](print func(w io.Writer, v *T)) func(io.Writer, any) {
	return func(w io.Writer, v any) {
		if t, ok := v.(*T); ok {
			print(w, t)
			return
		}
		fmt.Fprintf(w, "%v\t\n", v)
	}
}

// printerOf finds the printer of a type of answers, for those that are part of something else.
func printerOf(value any) func(io.Writer, any) {
	switch value.(type) {
	case *view.Neuron:
		return show(printNeuron)
	case *view.Account:
		return show(printAccount)
	}
	return printFields
}

// printFields writes any answer, a field a line.
func printFields(w io.Writer, value any) {
	for _, m := range plainFields(reflect.ValueOf(value).Elem(), true) {
		fmt.Fprintf(w, "%s\t%s\n", m.name, oneLine(text(m.value)))
	}
}

func printParams(w io.Writer, p *ledger.Params) { printFields(w, p) }

// addPage adds a further page of a list to the first.
func addPage(whole, page any) (err error) {
	switch w := whole.(type) {
	case *view.Account:
		p := page.(*view.Account)
		w.Stakes = append(w.Stakes, p.Stakes...)
		w.Staked, err = w.Staked.Add(p.Staked)
	case *view.Delegates:
		w.Delegates = append(w.Delegates, page.(*view.Delegates).Delegates...)
	case *view.Nominators:
		w.Nominators = append(w.Nominators, page.(*view.Nominators).Nominators...)
	case *view.Relays:
		w.Relays = append(w.Relays, page.(*view.Relays).Relays...)
	default:
		err = fmt.Errorf("%T has pages that this version doesn't put together", whole)
	}
	return err
}
