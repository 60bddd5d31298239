package registration

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// RootRegister gives a hotkey of the signer's a seat on the root network. When all are taken it is the seat of the hotkey
// with the least stake, which must be less than the newcomer's. A hotkey with a seat is a delegate. It costs nothing but
// the fee.
type RootRegister struct {
	_      struct{}     `cbor:",toarray"`
	Hotkey keys.Account `json:"hotkey"`
}

// RootRegisterCost is what the call costs beyond its bytes: each seat's hotkey and its pool.
var RootRegisterCost = ledger.Cost{Keys: 3*64 + 40}

// Run executes the call for signer. Refusals, in this order: NetworkDoesNotExist, TooManyRegistrationsThisBlock,
// TooManyRegistrationsThisInterval, AlreadyRegistered, HotKeyAccountNotExists, NonAssociatedColdKey, StakeTooLowForRoot.
func (c RootRegister) Run(l *ledger.Ledger, signer keys.Account) error {
	var p place
	if err := p.read(l, subnet.RootNetuid); err != nil {
		return err
	}
	if err := p.limits(l, c.Hotkey); err != nil {
		return err
	}
	if err := stake.Own(l, c.Hotkey, signer); err != nil {
		return err
	}
	var uid uint16
	var err error
	if uint64(p.Uids) < l.Params.RootSeats {
		uid, err = subnet.Append(l, &p.Entry, c.Hotkey)
	} else if uid, err = p.weakest(l, c.Hotkey); err == nil {
		err = p.replace(l, uid, c.Hotkey)
	}
	if err != nil {
		return err
	}
	if err := stake.MakeDelegate(l, c.Hotkey); err != nil {
		return err
	}
	return p.count(l, NeuronRegistered{Netuid: subnet.RootNetuid, UID: uid, Hotkey: c.Hotkey, Coldkey: signer, How: ByRoot})
}

// weakest returns the seat with the least stake, of equal ones the first, and refuses with StakeTooLowForRoot when the
// hotkey does not have more.
func (p *place) weakest(l *ledger.Ledger, hotkey keys.Account) (uid uint16, err error) {
	has, err := stake.Total(l, hotkey)
	if err != nil {
		return 0, err
	}
	seats, err := subnet.Hotkeys(l, p.ID, p.Uids)
	if err != nil {
		return 0, err
	}
	if len(seats) == 0 {
		return 0, ledger.Refuse(ledger.StakeTooLowForRoot, "the root network of this chain has no seats: root_seats is 0")
	}
	var least tao.Amount
	for i, seat := range seats {
		value, err := stake.Total(l, seat)
		if err != nil {
			return 0, err
		}
		if i == 0 || value < least {
			least, uid = value, uint16(i)
		}
	}
	if has <= least {
		return 0, ledger.Refuse(ledger.StakeTooLowForRoot,
			"%d rao are staked on %s; all %d seats are taken and the weakest has %d, more than that is needed", has, hotkey, p.Uids, least)
	}
	return uid, nil
}
