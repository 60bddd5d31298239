package chain

import (
	"cmp"
	"slices"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/batch"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/commitment"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/market"
	"github.com/taolight/taolight/core/multisig"
	"github.com/taolight/taolight/core/proxy"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/relays"
	"github.com/taolight/taolight/core/serving"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/weights"
)

// Runner is the arguments of a call. Run changes the ledger on behalf of signer, or returns a [ledger.Refusal], upon
// which everything it did is undone.
type Runner interface {
	Run(l *ledger.Ledger, signer keys.Account) error
}

// Call is something that a transaction can ask for.
type Call struct {
	Name string
	Doc  string      // one sentence for help texts
	Cost ledger.Cost // worst case, beyond the transaction's own bytes, payer and signature

	Feeless bool // signed by a hotkey; invalid instead of failed
	Worked  bool // feeless, and paid by proof of work instead of counted by a nonce

	decode func([]byte) (Runner, error)
	zero   Runner
}

func call[A Runner](name, doc string, cost ledger.Cost) Call {
	return Call{
		Name: name, Doc: doc, Cost: cost, zero: *new(A),
		decode: func(raw []byte) (Runner, error) {
			var args A
			err := codec.Decode(raw, &args)
			return args, err
		},
	}
}

// feeless is a call of a hotkey that nobody pays for.
func feeless[A Runner](name, doc string, cost ledger.Cost) Call {
	c := call[A](name, doc, cost)
	c.Feeless = true
	return c
}

// worked is a feeless call that carries proof of work.
func worked[A Runner](name, doc string, cost ledger.Cost) Call {
	c := feeless[A](name, doc, cost)
	c.Worked = true
	return c
}

// Calls are all calls of this version, by name.
var Calls = func() []Call {
	all := []Call{
		call[account.Transfer]("transfer", "Send TAO to another address.", account.TransferCost),
		call[stake.Add]("add_stake", "Stake TAO on a hotkey of yours or on a delegate.", stake.AddCost),
		call[stake.Remove]("remove_stake", "Take staked TAO back.", stake.RemoveCost),
		call[stake.AssociateHotkey]("associate_hotkey", "Become the owner of a hotkey that signed for it.", stake.AssociateHotkeyCost),
		call[stake.Move]("move_stake", "Take stake from one hotkey to another, without unstaking.", stake.MoveCost),
		call[stake.Transfer]("transfer_stake", "Give stake on a hotkey to another coldkey.", stake.TransferCost),
		call[stake.UnstakeAll]("unstake_all", "Take your stake back from all hotkeys.", stake.UnstakeAllCost),
		call[stake.BecomeDelegate]("become_delegate", "Let others stake on a hotkey of yours.", stake.DelegateCost),
		call[stake.IncreaseTake]("increase_take", "Keep more of what a delegate of yours earns.", stake.DelegateCost),
		call[stake.DecreaseTake]("decrease_take", "Keep less of what a delegate of yours earns.", stake.DelegateCost),
		call[stake.SetChildren]("set_children", "Let other hotkeys work with the stake of one of yours on a subnet.", stake.SetChildrenCost),
		call[stake.SetChildkeyTake]("set_childkey_take", "Say what a hotkey of yours keeps of what it earns for its parents.", stake.SetChildkeyTakeCost),
		call[stake.SwapHotkey]("swap_hotkey", "Put a new hotkey in the place of one of yours.", stake.SwapHotkeyCost),
		call[stake.AnnounceColdkeySwap]("announce_coldkey_swap", "Announce that you will move everything to another coldkey.", stake.AnnounceColdkeySwapCost),
		call[stake.SwapColdkey]("swap_coldkey", "Move everything to the coldkey that you have announced.", stake.SwapColdkeyCost),
		call[stake.DisputeColdkeySwap]("dispute_coldkey_swap", "Stop a swap of your coldkey that you did not announce.", stake.DisputeColdkeySwapCost),
		call[registration.BurnedRegister]("burned_register", "Register a hotkey of yours on a subnet for its burn.", registration.BurnedRegisterCost),
		worked[registration.Register]("register", "Register as a hotkey on a subnet for proof of work.", registration.RegisterCost),
		call[registration.RootRegister]("root_register", "Take a seat on the root network with a hotkey of yours.", registration.RootRegisterCost),
		call[market.Register]("register_network", "Make a subnet; its cost stays locked until it ends.", market.RegisterCost),
		call[market.Dissolve]("dissolve_network", "End a subnet of yours and get its lock back.", market.DissolveCost),
		call[market.SetHotkey]("set_subnet_hotkey", "Name the hotkey that is the owner's on a subnet of yours.", market.SetHotkeyCost),
		call[subnet.SetHyperparameter]("set_hyperparameter", "Change a hyperparameter of a subnet of yours.", subnet.SetHyperparameterCost),
		call[subnet.SetIdentity]("set_subnet_identity", "Say what a subnet of yours is.", subnet.SetIdentityCost),
		call[subnet.TransferOwnership]("transfer_subnet_ownership", "Give a subnet of yours and its lock to another coldkey.", subnet.TransferOwnershipCost),
		call[relays.Register]("register_relay", "List a relay of yours for light nodes to find, or renew it.", relays.RegisterCost),
		call[relays.Unregister]("unregister_relay", "Take a relay of yours off the list and get its deposit back.", relays.UnregisterCost),
		call[batch.Batch]("batch", "Several calls, all or none.", batch.Cost),
		call[batch.Each]("batch_each", "Several calls, whichever succeed.", batch.Cost),
		call[proxy.Add]("add_proxy", "Let another account make calls of a kind as yours.", proxy.AddCost),
		call[proxy.Remove]("remove_proxy", "End a proxy of yours.", proxy.RemoveCost),
		call[proxy.Call]("proxy", "Make a call as the account whose proxy you are.", proxy.CallCost),
		call[multisig.Propose]("multisig_propose", "Propose a call of a group of accounts.", multisig.ProposeCost),
		call[multisig.Approve]("multisig_approve", "Approve a call of a group; the last approval runs it.", multisig.ApproveCost),
		call[multisig.Cancel]("multisig_cancel", "End a proposal of yours.", multisig.CancelCost),
		feeless[weights.Set]("set_weights", "Say how good the miners of a subnet are.", weights.SetCost),
		feeless[weights.Batch]("batch_set_weights", "Set weights on several subnets, all or none.", weights.BatchCost),
		feeless[weights.Commit]("commit_weights", "Commit to weights that you reveal later.", weights.CommitCost),
		feeless[weights.Reveal]("reveal_weights", "Reveal weights that you have committed to.", weights.RevealCost),
		feeless[weights.BatchReveal]("batch_reveal_weights", "Reveal several commits, all or none.", weights.BatchRevealCost),
		feeless[serving.ServeAxon]("serve_axon", "Announce where your axon answers, or withdraw it.", serving.Cost),
		feeless[serving.ServePrometheus]("serve_prometheus", "Announce where your metrics are.", serving.Cost),
		feeless[commitment.Set]("set_commitment", "Publish up to three short fields about your neuron.", commitment.Cost),
	}
	slices.SortFunc(all, func(a, b Call) int { return cmp.Compare(a.Name, b.Name) })
	return all
}()

// LookupCall returns the call with a name.
func LookupCall(name string) (Call, bool) {
	i, ok := slices.BinarySearchFunc(Calls, name, func(c Call, name string) int { return cmp.Compare(c.Name, name) })
	if !ok {
		return Call{}, false
	}
	return Calls[i], true
}

// Args returns the call's arguments with nothing in them, for those who fill in their fields by name.
func (c Call) Args() Runner { return c.zero }

// Decode reads a call's arguments from canonical CBOR.
func (c Call) Decode(raw []byte) (Runner, error) { return c.decode(raw) }

// Estimate is the cost of a transaction of so many bytes with this call: its payer and its signature count, too.
func (c Call) Estimate(size int) ledger.Cost {
	cost := c.Cost
	cost.Bytes += uint64(size)
	cost.Keys++
	cost.Signatures++
	return cost
}
