package chain

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
)

// Limits of calls that carry others.
const (
	MaxDepth  = 4  // calls inside each other; a call in a batch in a proxy's call is at depth 3
	MaxNested = 64 // calls in all that one transaction carries
)

// carrier is the arguments of a call that carries others.
type carrier interface{ Carried() []ledger.Nested }

// unfold adds the cost of all that args carry. It refuses what no block can hold: calls that are unknown, that don't take
// their arguments, that are signed by themselves only, or that are too many or too deep.
func unfold(args Runner, depth int, count *int, cost *ledger.Cost) *ledger.Refusal {
	c, ok := args.(carrier)
	if !ok {
		return nil
	}
	for _, n := range c.Carried() {
		if *count++; *count > MaxNested {
			return ledger.Refuse(ledger.TooManyCalls, "more than %d calls in one transaction", MaxNested)
		}
		if depth == MaxDepth {
			return ledger.Refuse(ledger.CallTooDeep, "calls lie more than %d deep inside each other", MaxDepth)
		}
		call, inner, refusal := decodeCall(n.Call, n.Args)
		switch {
		case refusal != nil:
			return refusal
		case call.Feeless:
			return ledger.Refuse(ledger.CallNotNestable, "%s is signed by a hotkey itself and carried by no other call", n.Call)
		}
		cost.Keys += call.Cost.Keys
		cost.Signatures += call.Cost.Signatures
		if refusal := unfold(inner, depth+1, count, cost); refusal != nil {
			return refusal
		}
	}
	return nil
}

// decodeCall reads a call's arguments.
func decodeCall(name string, raw []byte) (Call, Runner, *ledger.Refusal) {
	call, ok := LookupCall(name)
	if !ok {
		return call, nil, ledger.Refuse(ledger.UnknownCall, "no call %.64q in version %d", name, AppVersion)
	}
	args, err := call.Decode(raw)
	if err != nil {
		return call, nil, ledger.Refuse(ledger.BadArguments, "arguments of %s: %v", name, err)
	}
	return call, args, nil
}

// dispatch is the chain's [ledger.Dispatcher]. What it is given was decoded before, when the transaction was.
func dispatch(l *ledger.Ledger, n ledger.Nested, signer keys.Account) error {
	_, args, refusal := decodeCall(n.Call, n.Args)
	if refusal != nil {
		return refusal
	}
	return args.Run(l, signer)
}
