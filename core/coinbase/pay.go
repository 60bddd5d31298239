package coinbase

import (
	"errors"
	"math"
	"math/bits"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// EpochEnded is the event of an epoch.
type EpochEnded struct {
	_        struct{} `cbor:",toarray"`
	Netuid   uint16
	Index    uint64     // of the epoch, from 0
	Emission tao.Amount // rao paid to hotkeys
	OwnerCut tao.Amount // rao paid to the owner
	Pending  tao.Amount // rao that stay for the next epoch
}

// EmissionPaid is the event that says what each uid earned in an epoch, in rao: as a miner and as a validator.
type EmissionPaid struct {
	_         struct{} `cbor:",toarray"`
	Netuid    uint16
	Index     uint64
	Server    []uint64 `unit:"rao"`
	Validator []uint64 `unit:"rao"`
}

// part returns floor(amount·share/65535).
func part(amount tao.Amount, share uint64) tao.Amount {
	hi, lo := bits.Mul64(uint64(amount), share)
	q, _ := bits.Div64(hi, lo, math.MaxUint16)
	return tao.Amount(q)
}

// pay pays the owner's cut and what each uid earned out of the pending emission. A cut that is too small for the owner's
// account to begin with stays pending.
func (e *epoch) pay() error {
	l, s := e.l, e.s
	ended := EpochEnded{Netuid: s.Netuid, Index: e.schedule.Index}
	if e.cut > 0 {
		var refusal *ledger.Refusal
		switch err := account.Credit(l, s.Owner, e.cut); {
		case err == nil:
			ended.OwnerCut = e.cut
		case !errors.As(err, &refusal):
			return err
		}
	}
	left := s.Pending - e.cut // whatever the epoch says, no more than this is paid
	for uid, hotkey := range e.hotkeys {
		server := min(tao.Amount(e.out.ServerEmission[uid]), left)
		validator := min(tao.Amount(e.out.ValidatorEmission[uid]), left-server)
		if server+validator == 0 {
			continue
		}
		left -= server + validator
		ended.Emission += server + validator
		if err := stake.RewardOn(l, s.ID, hotkey, server, validator); err != nil {
			return err
		}
	}
	paid := ended.OwnerCut + ended.Emission
	s.Pending -= paid
	l.Totals.Pending -= paid
	ended.Pending = s.Pending
	if err := subnet.PutIncome(l, s); err != nil {
		return err
	}
	if err := l.Emit("EpochEnded", ended); err != nil {
		return err
	}
	return l.Emit("EmissionPaid", EmissionPaid{Netuid: s.Netuid, Index: ended.Index, Server: e.out.ServerEmission, Validator: e.out.ValidatorEmission})
}
