package main

import (
	"context"
	"slices"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
)

// callSpec is a command that makes one call. Its flags are the fields of the call's arguments, in kebab-case.
type callSpec struct {
	path    string            // of the command, such as "stake add"
	also    []string          // where else it is found; help doesn't list these
	call    string            // name in chain.Calls
	args    string            // fields that may be given without their flag, in this order
	flags   map[string]string // names of flags where users know another than the field's
	fixed   map[string]string // fields that the command itself settles
	extra   []extraFlag       // flags that are no field; shape makes fields of them
	verb    string            // what happens to the amount, in one word
	short   string            // one sentence for lists; the call's own where there is none
	long    string
	example string

	cosigner string // field with a hotkey whose wallet signs, too, into the fields scheme and signature
	spends   bool   // the amount leaves the free balance
	gains    bool   // the amount comes to it

	shape   func(in *callInput) error
	check   func(signer keys.Account, args any) error // before any relay is asked
	filled  string                                    // fields that fill knows when they are left out
	fill    func(ctx context.Context, s *session, in *callInput) error
	figures func(ctx context.Context, s *session, args any) (figures, error)      // what the chain says about it now
	effect  func(signer keys.Account, args any) (program string, programArgs any) // what shows that it worked

	// choose says which of two calls that take the same arguments is meant, by what the chain says now.
	choose func(ctx context.Context, s *session, args any) (call string, err error)
}

// extraFlag is a flag that is no field of the call.
type extraFlag struct{ name, value, usage string }

// figures are what the chain's state says about a call before it is sent.
type figures struct {
	lines [][2]string
	cost  tao.Amount // leaves the free balance beside the amount and the fee
}

func (f *figures) add(name, text string) { f.lines = append(f.lines, [2]string{name, text}) }

// callCommands are all commands that make a call. Those of their own code are in register.go.
var callCommands = slices.Concat(accountCalls(), familyCalls(), severalCalls(), marketCalls(), neuronCalls(), relayCalls())

// accountCalls are about money and keys.
func accountCalls() []callSpec {
	return []callSpec{
		{
			path: "transfer", also: []string{"wallet transfer"}, call: "transfer", args: "to amount", verb: "send", spends: true, check: checkTransfer,
			long: "The recipient's address, the amount and the fee are shown before anything is signed. With --all the account ends.",
			example: `  taolight transfer --from savings 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY 1.5
  taolight transfer --from //Alice savings 5 --json
  taolight transfer --from savings --all 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY`,
		},
		{
			path: "stake add", call: "add_stake", args: "hotkey amount", verb: "stake", spends: true,
			long: "The hotkey is your own or a delegate's. A new one is made yours with \"hotkey associate\".",
			example: `  taolight stake add --from savings worker 10
  taolight stake add --from //Alice //Alice//hotkey 10`,
		},
		{
			path: "stake remove", call: "remove_stake", args: "hotkey amount", verb: "unstake", gains: true,
			example: `  taolight stake remove --from savings worker 2.5
  taolight stake remove --from savings worker --all`,
		},
		{
			path: "stake unstake-all", call: "unstake_all", long: "One call ends up to 64 positions; who has more calls again.",
			example: "  taolight stake unstake-all --from savings",
		},
		{
			path: "stake move", call: "move_stake", args: "from_hotkey to_hotkey amount", verb: "move",
			flags:   map[string]string{"from_hotkey": "origin", "to_hotkey": "destination"},
			example: "  taolight stake move --from savings worker other 2.5\n  taolight stake move --from savings --origin worker --destination other --all",
		},
		{
			path: "stake transfer", call: "transfer_stake", args: "to_coldkey hotkey amount", verb: "give", flags: map[string]string{"to_coldkey": "to"},
			example: "  taolight stake transfer --from savings //Bob worker 2.5",
		},
		{
			path: "hotkey associate", also: []string{"stake associate", "wallet associate-hotkey"}, call: "associate_hotkey", args: "hotkey", cosigner: "hotkey",
			long:    "HOTKEY is a wallet or a development name: the hotkey has to sign that it belongs to the coldkey, for good.",
			example: "  taolight wallet new worker\n  taolight hotkey associate --from savings worker",
		},
		{
			path: "hotkey swap", also: []string{"wallet swap-hotkey"}, call: "swap_hotkey", args: "old new", cosigner: "new", figures: swapHotkeyCost,
			long:    "NEW is a wallet or a development name: the new hotkey signs that it belongs to the coldkey. Stake, uids, weights and children come along.",
			example: "  taolight hotkey swap --from savings worker fresh",
		},
		{
			path: "coldkey swap announce", also: []string{"wallet swap-coldkey announce"}, call: "announce_coldkey_swap", args: "new", shape: hashNewColdkey, figures: swapColdkeyCost,
			extra:   []extraFlag{{"new", "ADDRESS", "the new coldkey; only its hash is told"}},
			long:    "Only the hash of the new coldkey is told. The swap itself is allowed some days later; until then it can be disputed.",
			example: "  taolight coldkey swap announce --from savings fresh",
		},
		{
			path: "coldkey swap execute", also: []string{"wallet swap-coldkey execute"}, call: "swap_coldkey", args: "new",
			long:    "Allowed once the delay after the announcement is over. Who has very much calls again until everything has moved.",
			example: "  taolight coldkey swap execute --from savings fresh",
		},
		{
			path: "coldkey swap dispute", also: []string{"wallet swap-coldkey dispute"}, call: "dispute_coldkey_swap",
			long:    "For who finds a swap that he did not announce: it can't be executed any more until governance has looked at it.",
			example: "  taolight coldkey swap dispute --from savings",
		},
	}
}

// familyCalls are about delegates and children.
func familyCalls() []callSpec {
	return []callSpec{
		{
			path: "delegate become", also: []string{"root nominate"}, call: "become_delegate", args: "hotkey",
			example: "  taolight delegate become --from savings worker",
		},
		{
			path: "delegate set-take", also: []string{"sudo set-take"}, call: "increase_take", choose: chooseTake, args: "hotkey take", short: "Keep more or less of what a delegate of yours earns",
			long:    "An increase is allowed once in some days, a decrease at any time; \"delegate get-take\" shows the take now.",
			example: "  taolight delegate set-take --from savings worker 9%",
		},
		{
			path: "delegate increase-take", call: "increase_take", args: "hotkey take",
			example: "  taolight delegate increase-take --from savings worker 12%",
		},
		{
			path: "delegate decrease-take", call: "decrease_take", args: "hotkey take",
			example: "  taolight delegate decrease-take --from savings worker 9%",
		},
		{
			path: "childkey set", also: []string{"stake child set"}, call: "set_children", args: "netuid hotkey", shape: shapeChildren, figures: childrenCost,
			long: "Each child that is new costs what a record does, which is recycled; those that stay cost nothing.",
			extra: []extraFlag{
				{"children", "LIST", "hotkeys, separated by commas; empty: none any more"},
				{"proportions", "LIST", "of the stake that each child gets: shares such as 25%, or of 2^64-1, separated by commas"},
			},
			example: "  taolight childkey set --from savings --netuid 1 --hotkey worker --children //Bob//hotkey --proportions 25%\n  taolight childkey set --from savings 1 worker --children ''",
		},
		{
			path: "childkey revoke", also: []string{"stake child revoke"}, call: "set_children", args: "netuid hotkey", fixed: map[string]string{"children": "[]"},
			short: "Take your stake back from all children of a hotkey on a subnet", example: "  taolight childkey revoke --from savings 1 worker",
		},
		{
			path: "childkey take", also: []string{"stake child take"}, call: "set_childkey_take", args: "netuid hotkey take",
			example: "  taolight childkey take --from savings 1 worker 9%",
		},
	}
}

// severalCalls carry other calls, or let others make them.
func severalCalls() []callSpec {
	return []callSpec{
		{
			path: "batch all", call: "batch", args: "calls",
			long:    "CALLS is a JSON list of {\"call\": NAME, \"args\": {…}}, or @FILE; amounts in it are rao. When one call fails all are undone.",
			example: `  taolight batch all --from savings '[{"call":"transfer","args":{"to":"//Bob","amount":"1000000000"}}]'` + "\n  taolight batch all --from savings @calls.json --dry-run",
		},
		{
			path: "batch each", call: "batch_each", args: "calls",
			long:    "CALLS is a JSON list of {\"call\": NAME, \"args\": {…}}, or @FILE; amounts in it are rao. Calls that fail are passed over.",
			example: "  taolight batch each --from savings @calls.json",
		},
		{
			path: "proxy add", call: "add_proxy", args: "delegate proxy_type", figures: deposit,
			example: "  taolight proxy add --from savings --delegate //Bob --proxy-type staking",
		},
		{
			path: "proxy remove", call: "remove_proxy", args: "delegate proxy_type",
			example: "  taolight proxy remove --from savings --delegate //Bob --proxy-type staking",
		},
		{
			path: "proxy execute", call: "proxy", args: "real proxy_type call",
			long:    "CALL is {\"call\": NAME, \"args\": {…}} as JSON, or @FILE; amounts in it are rao. You pay the fee, the other account acts.",
			example: `  taolight proxy execute --from //Bob --real savings --proxy-type staking --call '{"call":"unstake_all","args":{}}'`,
		},
		{
			path: "multisig propose", call: "multisig_propose", args: "call", shape: shapeGroup, extra: groupFlags, figures: deposit,
			long:    "CALL is {\"call\": NAME, \"args\": {…}} as JSON, or @FILE; amounts in it are rao.",
			example: `  taolight multisig propose --from //Alice --signatories //Alice,//Bob,//Charlie --threshold 2 --call @call.json`,
		},
		{
			path: "multisig approve", call: "multisig_approve", args: "call", shape: shapeGroup, extra: groupFlags,
			long:    "An operation is named by the block that holds its proposal and the proposal's place in it. The last approval runs CALL, which must be the one that was proposed.",
			example: `  taolight multisig approve --from //Bob --signatories //Alice,//Bob,//Charlie --threshold 2 --height 120 --index 0 --call @call.json`,
		},
		{
			path: "multisig cancel", call: "multisig_cancel", shape: shapeGroup, extra: groupFlags,
			example: `  taolight multisig cancel --from //Alice --signatories //Alice,//Bob,//Charlie --threshold 2 --height 120 --index 0`,
		},
	}
}

// asWeights are the flags of a row of weights.
var asWeights = map[string]string{"values": "weights", "version": "version-key"}

// marketCalls are about subnets and those who work on them.
func marketCalls() []callSpec {
	return []callSpec{
		{
			path: "subnet create", call: "register_network", args: "hotkey", figures: networkCost,
			long:    "The cost, see \"subnet costs\", stays locked until the subnet ends. The hotkey gets uid 0.",
			example: "  taolight subnet create --from savings worker --dry-run\n  taolight subnet create --from savings worker",
		},
		{
			path: "subnet dissolve", call: "dissolve_network", args: "netuid", example: "  taolight subnet dissolve --from savings 3",
		},
		{
			path: "subnet set", also: []string{"sudo set"}, call: "set_hyperparameter", args: "netuid name value", flags: map[string]string{"name": "param"},
			figures: hyperparameterNow, check: checkHyperparameter,
			long: "Of what the owner sets, each may change once in so many tempos, and nothing shortly before an epoch. Shares are of 65535.\n" +
				"\"subnet hyperparameters\" shows what a subnet has.\n\n" + hyperHelp(),
			example: "  taolight subnet set --from savings 1 immunity_period 7200\n  taolight subnet set --from savings --netuid 1 --param yuma3 --value true",
		},
		{
			path: "subnet set-identity", call: "set_subnet_identity", args: "netuid name", filled: "name url contact description", fill: fillIdentity,
			long:    "What is left out stays as it is; an empty text takes it away.",
			example: "  taolight subnet set-identity --from savings 1 prose --url https://prose.example --description 'Texts, judged by readers'",
		},
		{
			path: "subnet set-hotkey", call: "set_subnet_hotkey", args: "netuid hotkey", example: "  taolight subnet set-hotkey --from savings 1 worker",
		},
		{
			path: "subnet transfer-ownership", call: "transfer_subnet_ownership", args: "netuid new_owner",
			example: "  taolight subnet transfer-ownership --from savings 1 //Bob",
		},
		{
			path: "register", also: []string{"subnet register"}, call: "burned_register", args: "netuid hotkey", short: "Register on a subnet, by burning or by proof of work", figures: registrationCost, effect: neuronEffect,
			long: `By burning, which --from, the coldkey, pays; what it costs now is in "subnet costs". Or, with --pow, by proof of work: then --from is the
hotkey itself, nothing is paid, and all cores search until a nonce is found that a block holds in time. A hotkey that
nobody owns yet becomes --coldkey's.`,
			example: `  taolight register --from savings --netuid 1 --hotkey worker
  taolight register --pow --netuid 1 --from worker --coldkey savings`,
		},
		{path: powPath, also: []string{"subnet pow-register"}, call: "register"}, // in register.go
		{
			path: "root register", call: "root_register", args: "hotkey", effect: neuronEffect, example: "  taolight root register --from savings worker",
		},
		{
			path: "root set-weights", also: []string{"root weights"}, call: "set_weights", fixed: map[string]string{"netuid": "0"}, shape: scaleWeights,
			flags:   map[string]string{"uids": "netuids", "values": "weights", "version": "version-key"},
			long:    "How a member of the root network wants emission to be divided among subnets. Weights have any scale.",
			example: "  taolight root set-weights --from worker --netuids 1,2 --weights 0.7,0.3",
		},
	}
}

// neuronCalls are what a hotkey says on a subnet; nobody pays for them.
func neuronCalls() []callSpec {
	return []callSpec{
		{
			path: "weights set", call: "set_weights", flags: asWeights, shape: scaleWeights, effect: neuronEffect,
			long:    "Weights are numbers of any scale: 3,1 and 0.75,0.25 are the same row. --from is the validator's hotkey.",
			example: "  taolight weights set --from worker --netuid 1 --uids 0,1,2 --weights 0.5,0.3,0.2",
		},
		{
			path: "weights batch", call: "batch_set_weights", args: "items",
			long:    "ITEMS is a JSON list of {\"netuid\": N, \"uids\": […], \"values\": […], \"version\": 0}, or @FILE; values are whole numbers up to 65535.",
			example: `  taolight weights batch --from worker '[{"netuid":1,"uids":[0,1],"values":[3,1],"version":0}]'`,
		},
		{
			path: "weights commit", call: "commit_weights", shape: sealWeights,
			extra: []extraFlag{
				{"uids", "LIST", "uids, separated by commas"}, {"weights", "LIST", "of each uid, of any scale"},
				{"salt", "LIST", "at least 8 numbers up to 65535 that nobody guesses; random when left out"},
				{"version-key", "N", "key of the validator's program"},
			},
			long: `The row is given as for "weights set" and only its hash is sent; or --hash alone, of a row sealed elsewhere. What "weights
reveal" needs is printed: keep it.`,
			example: "  taolight weights commit --from worker --netuid 1 --uids 0,1,2 --weights 0.5,0.3,0.2",
		},
		{
			path: "weights reveal", call: "reveal_weights", flags: asWeights, shape: scaleWeights, effect: neuronEffect,
			example: "  taolight weights reveal --from worker --netuid 1 --uids 0,1,2 --weights 0.5,0.3,0.2 --salt 7,12,9,44,3,8,61,5",
		},
		{
			path: "weights batch-reveal", call: "batch_reveal_weights", args: "netuid items",
			long:    "ITEMS is a JSON list of {\"uids\": […], \"values\": […], \"salt\": […], \"version\": 0} in the order of their commits, or @FILE.",
			example: "  taolight weights batch-reveal --from worker 1 @rows.json",
		},
		{
			path: "axon serve", also: []string{"axon set"}, call: "serve_axon", args: "netuid address", effect: neuronEffect,
			example: "  taolight axon serve --from worker --netuid 1 --address 203.0.113.7:8091",
		},
		{
			path: "axon reset", call: "serve_axon", args: "netuid", fixed: map[string]string{"address": "0.0.0.0:0"}, effect: neuronEffect,
			long: "Nobody is told any more where the axon answers.", example: "  taolight axon reset --from worker 1",
		},
		{
			path: "axon prometheus", call: "serve_prometheus", args: "netuid address", effect: neuronEffect,
			example: "  taolight axon prometheus --from worker --netuid 1 --address 203.0.113.7:9090",
		},
		{
			path: "commitment set", call: "set_commitment", args: "netuid fields", effect: neuronEffect,
			long:    "FIELDS are up to three texts of at most 128 bytes, separated by commas; bytes are written 0x…. An empty text takes them back.",
			example: "  taolight commitment set --from worker --netuid 1 --fields https://models.example/7,0x5f0c",
		},
	}
}
