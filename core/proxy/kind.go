package proxy

import (
	"slices"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// Kind says what a proxy may do.
type Kind uint8

// The kinds. Their names are those of the reference chain.
const (
	Any           Kind = iota // everything
	NonTransfer               // everything that leaves free balance and stake with their owner
	Transfer                  // send free balance
	SmallTransfer             // send less than SmallLimit at a time
	Staking                   // stake and take back
	Registration              // register hotkeys
	Owner                     // look after subnets; giving one away would give its lock away
	ChildKeys                 // set children and their take
	kinds
)

// SmallLimit is what a SmallTransfer stays below, in rao.
const SmallLimit = tao.TAO / 2

var kindNames = [kinds]string{"any", "non_transfer", "transfer", "small_transfer", "staking", "registration", "owner", "child_keys"}

// String returns the kind's name.
func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return "unknown"
}

// MarshalText writes the name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a name; the error is a refusal with [ledger.UnknownProxyType].
func (k *Kind) UnmarshalText(text []byte) error {
	i := slices.Index(kindNames[:], string(text))
	if i < 0 {
		return ledger.Refuse(ledger.UnknownProxyType, "%.40q is no type of proxy; there are %q", text, kindNames)
	}
	*k = Kind(i)
	return nil
}

// carriers may be called by every proxy: what they carry is held to the kind by itself.
var carriers = []string{"batch", "batch_each"}

// allowed lists, by kind, the calls that it may make beside carriers.
var allowed = map[Kind][]string{
	Transfer:      {"transfer"},
	SmallTransfer: {"transfer"},
	Staking:       {"add_stake", "remove_stake", "unstake_all", "move_stake", "become_delegate", "increase_take", "decrease_take"},
	Registration:  {"burned_register", "root_register", "associate_hotkey"},
	Owner: {
		"set_hyperparameter", "set_subnet_identity", "dissolve_network", "register_network", "set_subnet_hotkey",
	},
	ChildKeys: {"set_children", "set_childkey_take"},
}

// moving are the calls that hand free balance, stake or the account itself to somebody else.
var moving = []string{
	"transfer", "transfer_stake", "swap_hotkey", "announce_coldkey_swap", "swap_coldkey", "dispute_coldkey_swap",
	"transfer_subnet_ownership",
	"add_proxy", "remove_proxy", "proxy", "multisig_propose", "multisig_approve",
}

// Check returns a refusal with [ledger.CallFiltered] for a call that the kind doesn't allow.
func (k Kind) Check(n ledger.Nested) error {
	ok := false
	switch k {
	case Any:
		ok = true
	case NonTransfer:
		ok = !slices.Contains(moving, n.Call)
	default:
		ok = slices.Contains(carriers, n.Call) || slices.Contains(allowed[k], n.Call)
	}
	if ok && k == SmallTransfer && n.Call == "transfer" {
		var t account.Transfer
		if err := codec.Decode(n.Args, &t); err != nil {
			return err
		}
		ok = !t.All && t.Amount < SmallLimit
	}
	if !ok {
		return ledger.Refuse(ledger.CallFiltered, "a %s proxy can't call %s", k, n.Call)
	}
	return nil
}
