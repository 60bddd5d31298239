package registration

import (
	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
)

// BurnedRegister registers a hotkey of the signer's on a subnet for the subnet's burn, which is recycled. What it costs
// now is in the [Record].
type BurnedRegister struct {
	_      struct{}     `cbor:",toarray"`
	Netuid uint16       `json:"netuid"`
	Hotkey keys.Account `json:"hotkey"`
}

// BurnedRegisterCost is what the call costs beyond its bytes: mostly reading the rows of a full subnet of the usual 256
// neurons, out of which a replaced uid is taken. The limits on registrations in a block bound it for larger ones.
var BurnedRegisterCost = ledger.Cost{Keys: 2*256 + 40}

// Run executes the call for signer. Refusals, in this order: OperationNotPermittedOnRootSubnet, NetworkDoesNotExist,
// RegistrationDisabled, TooManyRegistrationsThisBlock, TooManyRegistrationsThisInterval, AlreadyRegistered,
// NotEnoughBalanceToStake, ExistentialDeposit, HotKeyAccountNotExists, NonAssociatedColdKey, NoNeuronIdAvailable.
func (c BurnedRegister) Run(l *ledger.Ledger, signer keys.Account) error {
	p, err := placeAt(l, c.Netuid)
	if err != nil {
		return err
	}
	if !p.params.RegistrationAllowed {
		return ledger.Refuse(ledger.RegistrationDisabled, "subnet %d takes no registration by burning: registration_allowed is 0", c.Netuid)
	}
	if err := p.limits(l, c.Hotkey); err != nil {
		return err
	}
	burn := p.record.Burn
	if err := account.Debit(l, signer, burn, false, ledger.NotEnoughBalanceToStake); err != nil {
		return err
	}
	l.Recycle(burn)
	if err := stake.Own(l, c.Hotkey, signer); err != nil {
		return err
	}
	return p.enter(l, c.Hotkey, signer, ByBurn, burn)
}
