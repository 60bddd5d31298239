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
	fixed   map[string]string // arguments that the command itself settles
	short   string            // one sentence for lists; the query's own where there is none
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
	{
		program: "axon", paths: []string{"axon info"}, human: show(printAxon),
		long:    "Everything that the neuron has announced with \"axon serve\" and \"axon prometheus\".",
		example: "  taolight axon info 1 worker",
	},
	{program: "bonds", paths: []string{"bonds show"}, human: show(printRow), example: "  taolight bonds show 1 0"},
	{
		program: "children", paths: []string{"childkey get", "stake child get"}, human: show(printFamily),
		long:    "With the childkey's take, and from when both can be changed again. Proportions in --json are of 2^64-1, the take of 65535.",
		example: "  taolight childkey get 1 worker",
	},
	{
		program: "coldkey_swap", paths: []string{"coldkey swap status", "wallet swap-status"}, human: show(printColdkeySwap),
		long:    "ADDRESS is the old coldkey. The new one is known by its hash alone until the swap begins.",
		example: "  taolight coldkey swap status savings",
	},
	{
		program: "commits", paths: []string{"weights commits"}, human: show(printCommits),
		long: `A commit is revealed in one epoch, no earlier and no later. The blocks of that epoch hold at the subnet's present tempo;
where many epochs fall due at once they are a little later. The first epoch of a subnet is 1; those of --json, epoch and
reveal_epoch, are indexes from 0, one less.`,
		example: "  taolight weights commits 1 worker",
	},
	{program: "costs", paths: []string{"subnet costs", "subnet burn-cost", "subnet lock-cost"}, human: show(printCosts), example: "  taolight subnet costs"},
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
		program: "hotkey", paths: []string{"hotkey", "delegate get-take", "sudo get-take"}, human: show(printHotkey), example: "  taolight hotkey //Alice//hotkey",
	},
	{
		program: "hyperparameters", paths: []string{"subnet hyperparameters", "sudo get"}, human: show(printHyperparameters),
		long:    "With type and default, what each may be, who sets it, and after how many tempos the owner may change it again. Shares are of 65535.",
		example: "  taolight subnet hyperparameters 1",
	},
	{
		program: "metagraph", paths: []string{"metagraph", "subnet metagraph"}, human: show(printMetagraph),
		example: "  taolight metagraph 1\n  taolight metagraph 1 --select hotkeys,stake,emission\n  taolight metagraph 1 --full --json",
	},
	{
		program: "metagraph", paths: []string{"root list"}, human: show(printMetagraph), short: "Who sits on the root network",
		fixed:   map[string]string{"netuid": "0", "select": "hotkeys,coldkeys,stake,last_update"},
		example: "  taolight root list",
	},
	{
		program: "metagraph", paths: []string{"root get-weights"}, human: show(printRootWeights), short: "How the root network weighs subnets",
		fixed:   map[string]string{"netuid": "0", "select": "hotkeys,stake,weights"},
		example: "  taolight root get-weights",
	},
	{program: "neuron", paths: []string{"neuron"}, human: show(printNeuron), example: "  taolight neuron 1 //Alice//hotkey"},
	{program: "nominators", paths: []string{"delegate show"}, human: show(printNominators), example: "  taolight delegate show //Alice//hotkey"},
	{
		program: "operations", paths: []string{"multisig list"}, human: show(printOperations),
		long:    "ADDRESS is the group's, see \"multisig address\". An operation's height and index are what \"multisig approve\" takes.",
		example: "  taolight multisig list 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
	},
	{program: "params", human: show(printParams), example: "  taolight query params"},
	{
		program: "producers", paths: []string{"producer list"}, human: show(printProducers),
		long:    "Who signed two chains, or a header that the rules forbid, is removed once a block holds the evidence.",
		example: "  taolight producer list",
	},
	{
		program: "proxies", paths: []string{"proxy list"}, human: show(printProxies),
		long:    "A proxy's deposit is reserved of ADDRESS until \"proxy remove\" frees it.",
		example: "  taolight proxy list savings",
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
	{program: "subnet", paths: []string{"subnet show", "subnet get-identity"}, human: show(printSubnetDetail), example: "  taolight subnet show 1"},
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
