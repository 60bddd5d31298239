package chain

import (
	"cmp"
	"reflect"
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

	zero Runner
}

func call(name, doc string, cost ledger.Cost, zero Runner) Call {
	return Call{Name: name, Doc: doc, Cost: cost, zero: zero}
}

// feeless is a call of a hotkey that nobody pays for.
func feeless(name, doc string, cost ledger.Cost, zero Runner) Call {
	return Call{Name: name, Doc: doc, Cost: cost, zero: zero, Feeless: true}
}

// worked is a feeless call that carries proof of work.
func worked(name, doc string, cost ledger.Cost, zero Runner) Call {
	return Call{Name: name, Doc: doc, Cost: cost, zero: zero, Feeless: true, Worked: true}
}

// Calls are all calls of this version, by name.
var Calls = func() []Call {
	all := []Call{
		call("transfer", "Send TAO to another address.", account.TransferCost, account.Transfer{}),
		call("add_stake", "Stake TAO on a hotkey of yours or on a delegate.", stake.AddCost, stake.Add{}),
		call("remove_stake", "Take staked TAO back.", stake.RemoveCost, stake.Remove{}),
		call("associate_hotkey", "Become the owner of a hotkey that signed for it.", stake.AssociateHotkeyCost, stake.AssociateHotkey{}),
		call("move_stake", "Take stake from one hotkey to another, without unstaking.", stake.MoveCost, stake.Move{}),
		call("transfer_stake", "Give stake on a hotkey to another coldkey.", stake.TransferCost, stake.Transfer{}),
		call("unstake_all", "Take your stake back from all hotkeys.", stake.UnstakeAllCost, stake.UnstakeAll{}),
		call("become_delegate", "Let others stake on a hotkey of yours.", stake.DelegateCost, stake.BecomeDelegate{}),
		call("increase_take", "Keep more of what a delegate of yours earns.", stake.DelegateCost, stake.IncreaseTake{}),
		call("decrease_take", "Keep less of what a delegate of yours earns.", stake.DelegateCost, stake.DecreaseTake{}),
		call("set_children", "Let other hotkeys work with the stake of one of yours on a subnet.", stake.SetChildrenCost, stake.SetChildren{}),
		call("set_childkey_take", "Say what a hotkey of yours keeps of what it earns for its parents.", stake.SetChildkeyTakeCost, stake.SetChildkeyTake{}),
		call("swap_hotkey", "Put a new hotkey in the place of one of yours.", stake.SwapHotkeyCost, stake.SwapHotkey{}),
		call("announce_coldkey_swap", "Announce that you will move everything to another coldkey.", stake.AnnounceColdkeySwapCost, stake.AnnounceColdkeySwap{}),
		call("swap_coldkey", "Move everything to the coldkey that you have announced.", stake.SwapColdkeyCost, stake.SwapColdkey{}),
		call("dispute_coldkey_swap", "Stop a swap of your coldkey that you did not announce.", stake.DisputeColdkeySwapCost, stake.DisputeColdkeySwap{}),
		call("burned_register", "Register a hotkey of yours on a subnet for its burn.", registration.BurnedRegisterCost, registration.BurnedRegister{}),
		worked("register", "Register as a hotkey on a subnet for proof of work.", registration.RegisterCost, registration.Register{}),
		call("root_register", "Take a seat on the root network with a hotkey of yours.", registration.RootRegisterCost, registration.RootRegister{}),
		call("register_network", "Make a subnet; its cost stays locked until it ends.", market.RegisterCost, market.Register{}),
		call("dissolve_network", "End a subnet of yours and get its lock back.", market.DissolveCost, market.Dissolve{}),
		call("set_subnet_hotkey", "Name the hotkey that is the owner's on a subnet of yours.", market.SetHotkeyCost, market.SetHotkey{}),
		call("set_hyperparameter", "Change a hyperparameter of a subnet of yours.", subnet.SetHyperparameterCost, subnet.SetHyperparameter{}),
		call("set_subnet_identity", "Say what a subnet of yours is.", subnet.SetIdentityCost, subnet.SetIdentity{}),
		call("transfer_subnet_ownership", "Give a subnet of yours and its lock to another coldkey.", subnet.TransferOwnershipCost, subnet.TransferOwnership{}),
		call("register_relay", "List a relay of yours for light nodes to find, or renew it.", relays.RegisterCost, relays.Register{}),
		call("unregister_relay", "Take a relay of yours off the list and get its deposit back.", relays.UnregisterCost, relays.Unregister{}),
		call("batch", "Several calls, all or none.", batch.Cost, batch.Batch{}),
		call("batch_each", "Several calls, whichever succeed.", batch.Cost, batch.Each{}),
		call("add_proxy", "Let another account make calls of a kind as yours.", proxy.AddCost, proxy.Add{}),
		call("remove_proxy", "End a proxy of yours.", proxy.RemoveCost, proxy.Remove{}),
		call("proxy", "Make a call as the account whose proxy you are.", proxy.CallCost, proxy.Call{}),
		call("multisig_propose", "Propose a call of a group of accounts.", multisig.ProposeCost, multisig.Propose{}),
		call("multisig_approve", "Approve a call of a group; the last approval runs it.", multisig.ApproveCost, multisig.Approve{}),
		call("multisig_cancel", "End a proposal of yours.", multisig.CancelCost, multisig.Cancel{}),
		feeless("set_weights", "Say how good the miners of a subnet are.", weights.SetCost, weights.Set{}),
		feeless("batch_set_weights", "Set weights on several subnets, all or none.", weights.BatchCost, weights.Batch{}),
		feeless("commit_weights", "Commit to weights that you reveal later.", weights.CommitCost, weights.Commit{}),
		feeless("reveal_weights", "Reveal weights that you have committed to.", weights.RevealCost, weights.Reveal{}),
		feeless("batch_reveal_weights", "Reveal several commits, all or none.", weights.BatchRevealCost, weights.BatchReveal{}),
		feeless("serve_axon", "Announce where your axon answers, or withdraw it.", serving.Cost, serving.ServeAxon{}),
		feeless("serve_prometheus", "Announce where your metrics are.", serving.Cost, serving.ServePrometheus{}),
		feeless("set_commitment", "Publish up to three short fields about your neuron.", commitment.Cost, commitment.Set{}),
	}
	return sorted(all, func(c Call) string { return c.Name })
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
func (c Call) Decode(raw []byte) (Runner, error) {
	args := reflect.New(reflect.TypeOf(c.zero))
	if err := codec.Decode(raw, args.Interface()); err != nil {
		return nil, err
	}
	return args.Elem().Interface().(Runner), nil
}

// Estimate is the cost of a transaction of so many bytes with this call: its payer and its signature count, too.
func (c Call) Estimate(size int) ledger.Cost {
	cost := c.Cost
	cost.Bytes += uint64(size)
	cost.Keys++
	cost.Signatures++
	return cost
}
