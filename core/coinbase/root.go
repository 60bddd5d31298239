package coinbase

import (
	"math/bits"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/yuma"
)

// Shares are how emission is split over subnets since the last root epoch. Without parts it is split equally.
type Shares struct {
	_      struct{} `cbor:",toarray"`
	Height uint64   // block of the root epoch; 0: there was none
	Parts  []Part   // of those subnets that had members and a share then, by netuid
}

// Part is what one subnet gets of each TAO.
type Part struct {
	_     struct{}   `cbor:",toarray"`
	ID    uint64     // of the subnet
	Share tao.Amount // rao; all together are at most a TAO, what is missing is shared out in the same proportion
}

// RootEpochEnded is the event of a root epoch. Without parts, emission is split equally: too little stake has weighed.
type RootEpochEnded struct {
	_     struct{} `cbor:",toarray"`
	Index uint64
	Stake tao.Amount // of those who weigh subnets
	Parts []Part
}

// ReadShares returns how emission is split over subnets.
func ReadShares(r state.Reader) (s Shares, err error) {
	_, err = ledger.Load(r, sharesKey(), &s)
	return s, err
}

func sharesKey() ledger.Key { return ledger.TableGlobal.Key().Byte(ledger.FieldShares) }

// rootEpoch decides how emission is split over the subnets until the next root epoch, if one is due.
func rootEpoch(l *ledger.Ledger, root *subnet.Entry, all []subnet.Entry) error {
	schedule, err := subnet.ReadSchedule(l, root.ID)
	if err != nil || schedule.Next > l.Height {
		return err
	}
	stakes, rows, err := votes(l, root)
	if err != nil {
		return err
	}
	voted := tao.Amount(0)
	for _, s := range stakes {
		voted += s
	}
	var parts []Part
	if quorum(l, voted) {
		p, err := subnet.ReadParams(l, root.ID)
		if err != nil {
			return err
		}
		shares := RootShares(stakes, rows, p.Rho, p.Kappa, false, tao.TAO)
		for _, s := range all {
			if s.Uids > 0 && int(s.Netuid) < len(shares) && shares[s.Netuid] > 0 {
				parts = append(parts, Part{ID: s.ID, Share: shares[s.Netuid]})
			}
		}
	}
	if err := l.Put(sharesKey(), Shares{Height: l.Height, Parts: parts}); err != nil {
		return err
	}
	if err := l.Emit("RootEpochEnded", RootEpochEnded{Index: schedule.Index, Stake: voted, Parts: parts}); err != nil {
		return err
	}
	schedule.Index++
	schedule.Before, schedule.Last = schedule.Last, l.Height
	schedule.Next += l.Params.RootTempo
	return subnet.PutSchedule(l, root.ID, schedule)
}

// votes returns the stakes and rows of those members of the root network who weigh subnets.
func votes(l *ledger.Ledger, root *subnet.Entry) (stakes []tao.Amount, rows []yuma.Row, err error) {
	hotkeys, err := subnet.Hotkeys(l, root.ID, root.Uids)
	if err != nil {
		return nil, nil, err
	}
	all, err := subnet.ReadRows(l, root.ID, subnet.FieldWeights, root.Uids)
	if err != nil {
		return nil, nil, err
	}
	for uid, row := range all {
		if len(row) == 0 {
			continue
		}
		total, err := stake.Total(l, hotkeys[uid])
		if err != nil {
			return nil, nil, err
		}
		stakes, rows = append(stakes, total), append(rows, row)
	}
	return stakes, rows, nil
}

// quorum says whether so much stake is enough to split emission: RootQuorum/65535 of all.
func quorum(l *ledger.Ledger, voted tao.Amount) bool {
	hi, lo := bits.Mul64(uint64(voted), 65535)
	needHi, needLo := bits.Mul64(uint64(l.Totals.Staked), l.Params.RootQuorum)
	return voted > 0 && (hi > needHi || hi == needHi && lo >= needLo)
}
