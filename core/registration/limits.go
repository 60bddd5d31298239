package registration

import (
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
)

// burst is how many times its target an interval's registrations may be.
const burst = 3

// place is a subnet that somebody wants to come in to.
type place struct {
	subnet.Entry
	params hyper.Params
	record Record
}

// placeAt reads a subnet other than the root network. Refusals: OperationNotPermittedOnRootSubnet, NetworkDoesNotExist.
func placeAt(r state.Reader, netuid uint16) (p place, err error) {
	if netuid == subnet.RootNetuid {
		return p, ledger.Refuse(ledger.OperationNotPermittedOnRootSubnet, "netuid 0 is the root network; root_register is the way in")
	}
	return p, p.read(r, netuid)
}

func (p *place) read(r state.Reader, netuid uint16) (err error) {
	if p.Entry, err = subnet.Must(r, netuid); err != nil {
		return err
	}
	if p.params, err = subnet.ReadParams(r, p.ID); err != nil {
		return err
	}
	p.record, err = Read(r, p.ID)
	return err
}

// limits refuses when the place takes nobody any more for now, or has the hotkey already. Refusals:
// TooManyRegistrationsThisBlock, TooManyRegistrationsThisInterval, AlreadyRegistered.
func (p *place) limits(l *ledger.Ledger, hotkey keys.Account) error {
	if most := uint32(p.params.MaxRegsPerBlock); p.record.Block >= most {
		return ledger.Refuse(ledger.TooManyRegistrationsThisBlock,
			"subnet %d had %d registrations in this block and takes %d; the next is allowed in block %d", p.Netuid, p.record.Block, most, l.Height+1)
	}
	if most := burst * uint32(p.params.TargetRegs); p.record.Interval >= most {
		return ledger.Refuse(ledger.TooManyRegistrationsThisInterval,
			"subnet %d had %d registrations in this interval and takes %d; the next is allowed in block %d", p.Netuid, p.record.Interval, most, p.record.Next+1)
	}
	uid, ok, err := subnet.UIDOf(l, p.ID, hotkey)
	if err == nil && ok {
		err = ledger.Refuse(ledger.AlreadyRegistered, "the hotkey %s has uid %d on subnet %d", hotkey, uid, p.Netuid)
	}
	return err
}
