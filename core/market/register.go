package market

import (
	"math"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// Register makes a subnet of the signer's. [LockCost] is reserved of its balance until the subnet ends. The hotkey, the
// signer's own, gets uid 0 and stays the owner's there: it always validates. Where there is no room, the subnet that earns
// least makes it.
type Register struct {
	_      struct{}     `cbor:",toarray"`
	Hotkey keys.Account `json:"hotkey"`
}

// Dissolve ends a subnet of the signer's: its lock is paid back, what was pending is recycled.
type Dissolve struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16   `json:"netuid"`
}

// SetHotkey names the hotkey that is the owner's on a subnet of the signer's. It must be the signer's own and have a uid
// there.
type SetHotkey struct {
	_      struct{}     `cbor:",toarray"`
	Netuid uint16       `json:"netuid"`
	Hotkey keys.Account `json:"hotkey"`
}

// What the calls cost beyond their bytes. Making a subnet looks at all of them; removing one takes it out of the rows of
// the root network's members. What a removed subnet owned is deleted later, a bounded part a block.
var (
	RegisterCost  = ledger.Cost{Keys: 512}
	DissolveCost  = ledger.Cost{Keys: 256}
	SetHotkeyCost = ledger.Cost{Keys: 5}
)

// NetworkAdded is the event of a [Register].
type NetworkAdded struct {
	_             struct{} `cbor:",toarray"`
	Netuid        uint16
	Owner, Hotkey keys.Account
	Lock          tao.Amount
}

// HotkeySet is the event SubnetHotkeySet.
type HotkeySet struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	Hotkey keys.Account
}

// ByNetwork is how the owner's hotkey came in, in its NeuronRegistered event: with the subnet.
const ByNetwork = "network"

// Run executes the call for signer. Refusals: HotKeyAccountNotExists, NonAssociatedColdKey, NetworkTxRateLimitExceeded,
// AllNetworksInImmunity, NotEnoughBalanceToStake, ExistentialDeposit.
func (c Register) Run(l *ledger.Ledger, signer keys.Account) error {
	if err := stake.Own(l, c.Hotkey, signer); err != nil {
		return err
	}
	network, err := ReadNetwork(l, l.Params)
	if err != nil {
		return err
	}
	if from := network.Last + l.Params.NetworkRateLimit; l.Height < from {
		return ledger.Refuse(ledger.NetworkTxRateLimitExceeded,
			"the last subnet was registered at block %d; the next one can be from block %d", network.Last, from)
	}
	cost := network.Cost(l.Params, l.Height)
	a, _, err := account.Get(l, signer)
	if err != nil {
		return err
	}
	if a.Free < cost { // before a subnet that ends pays its lock back
		return ledger.Refuse(ledger.NotEnoughBalanceToStake, "%d rao are free; a subnet locks %d now", a.Free, cost)
	}
	netuid, err := makeRoom(l)
	if err != nil {
		return err
	}
	if err := account.Reserve(l, signer, cost, ledger.NotEnoughBalanceToStake); err != nil {
		return err
	}
	if err := c.create(l, signer, netuid, cost); err != nil {
		return err
	}
	return l.Put(networkKey(), Network{Lock: cost, Last: l.Height})
}

// create writes the subnet with its one member.
func (c Register) create(l *ledger.Ledger, signer keys.Account, netuid uint16, cost tao.Amount) error {
	params := hyper.Defaults()
	s, err := subnet.Create(l, subnet.Subnet{Netuid: netuid, Owner: signer, Hotkey: c.Hotkey, Lock: cost}, params)
	if err != nil {
		return err
	}
	if err := registration.Open(l, s.ID, params); err != nil {
		return err
	}
	if _, err := subnet.Append(l, &s, c.Hotkey); err != nil {
		return err
	}
	if err := l.Emit("NetworkAdded", NetworkAdded{Netuid: netuid, Owner: signer, Hotkey: c.Hotkey, Lock: cost}); err != nil {
		return err
	}
	return l.Emit("NeuronRegistered", registration.NeuronRegistered{Netuid: netuid, Hotkey: c.Hotkey, Coldkey: signer, How: ByNetwork})
}

// makeRoom returns the lowest free netuid, after removing a subnet if there are as many as may be.
func makeRoom(l *ledger.Ledger) (uint16, error) {
	all, err := subnet.All(l)
	if err != nil {
		return 0, err
	}
	if uint64(len(all)) >= l.Params.SubnetLimit {
		i, ok := Prune(all, l.Height, l.Params.NetworkImmunity)
		if !ok {
			return 0, ledger.Refuse(ledger.AllNetworksInImmunity,
				"there are %d subnets of at most %d, and none is %d blocks old; the first one will be in block %d",
				len(all), l.Params.SubnetLimit, l.Params.NetworkImmunity, immuneUntil(all, l.Params.NetworkImmunity))
		}
		if err := subnet.Remove(l, &all[i]); err != nil {
			return 0, err
		}
		all = append(all[:i], all[i+1:]...)
	}
	free := uint16(1)
	for _, s := range all { // by netuid; a chain has far fewer than there are netuids
		if s.Netuid == free {
			free++
		}
	}
	return free, nil
}

// Prune returns the index of the subnet that makes room for another: of those that have been there for immunity blocks
// the one whose emission of the last block is the lowest, of equal ones the one that was registered first.
func Prune(all []subnet.Entry, height, immunity uint64) (index int, ok bool) {
	for i, s := range all {
		if s.Since+immunity > height {
			continue
		}
		if least := &all[index]; !ok || s.Emission < least.Emission || s.Emission == least.Emission && s.Since < least.Since {
			index, ok = i, true
		}
	}
	return index, ok
}

// immuneUntil returns the block in which the first of the subnets can be replaced.
func immuneUntil(all []subnet.Entry, immunity uint64) uint64 {
	first := uint64(math.MaxUint64)
	for _, s := range all {
		first = min(first, s.Since+immunity)
	}
	return first
}

// Run executes the call for signer. Refusals: NetworkDoesNotExist, NotSubnetOwner.
func (c Dissolve) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := subnet.MustOwn(l, c.Netuid, signer)
	if err != nil {
		return err
	}
	return subnet.Remove(l, &s)
}

// Run executes the call for signer. Refusals: NetworkDoesNotExist, NotSubnetOwner, HotKeyAccountNotExists,
// NonAssociatedColdKey, HotKeyNotRegisteredInSubNet, AdminActionProhibitedDuringWeightsWindow.
func (c SetHotkey) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := subnet.MustOwn(l, c.Netuid, signer)
	if err != nil {
		return err
	}
	if err := stake.Own(l, c.Hotkey, signer); err != nil {
		return err
	}
	_, ok, err := subnet.UIDOf(l, s.ID, c.Hotkey)
	if err != nil {
		return err
	}
	if !ok {
		return ledger.Refuse(ledger.HotKeyNotRegisteredInSubNet, "%s has no uid on subnet %d", c.Hotkey, c.Netuid)
	}
	p, err := subnet.ReadParams(l, s.ID)
	if err != nil {
		return err
	}
	if err := subnet.Frozen(l, &s, p); err != nil {
		return err
	}
	s.Hotkey = c.Hotkey
	if err := subnet.PutSubnet(l, &s); err != nil {
		return err
	}
	return l.Emit("SubnetHotkeySet", HotkeySet{Netuid: c.Netuid, Hotkey: c.Hotkey})
}
