// Package registration gives hotkeys their uids on subnets and seats on the root network, and sets what a uid costs.
//
// A hotkey comes in by [BurnedRegister], which recycles TAO, by [Register], which proves work, or by [RootRegister]. What
// a subnet counts and asks for is its [Record]; the coinbase calls [Adjust] once a block for every subnet. Miners start
// with the package work below this one.
package registration

import (
	"fmt"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// Record is what burning for a uid of a subnet costs now, and how many registrations there were. What work costs is
// [hyper.Params].Difficulty.
type Record struct {
	_        struct{}   `cbor:",toarray"`
	Burn     tao.Amount // rao that a uid costs
	Block    uint32     // registrations in this block; 0 once it has ended
	Interval uint32     // registrations since the last adjustment
	ByBurn   uint32     // those of them by burning
	ByWork   uint32     // those of them by proof of work
	Adjusted uint64     // block of the last adjustment
	Next     uint64     // block of the next one
}

// FirstBurn is what the first registration on a new subnet costs, where its hyperparameters allow it.
const FirstBurn = tao.TAO

func recordKey(id uint64) ledger.Key { return subnet.Key(id, subnet.FieldRegistration) }

// Open writes the record of a new subnet with the hyperparameters p: nothing registered, the burn 1 TAO, and the first
// adjustment an interval from now. Burn and difficulty are brought within what p allows.
func Open(l *ledger.Ledger, subnetID uint64, p hyper.Params) error {
	if within := min(max(p.Difficulty, p.MinDifficulty), p.MaxDifficulty); within != p.Difficulty {
		p.Difficulty = within
		if err := subnet.PutParams(l, subnetID, p); err != nil {
			return err
		}
	}
	return put(l, subnetID, Record{
		Burn:     min(max(FirstBurn, p.MinBurn), p.MaxBurn),
		Adjusted: l.Height,
		Next:     l.Height + uint64(p.AdjustmentInterval),
	})
}

// Read returns the record of a subnet.
func Read(r state.Reader, subnetID uint64) (rec Record, err error) {
	ok, err := ledger.Load(r, recordKey(subnetID), &rec)
	if err == nil && !ok {
		err = fmt.Errorf("registration: subnet %d has no record", subnetID)
	}
	return rec, err
}

func put(l *ledger.Ledger, subnetID uint64, rec Record) error { return l.Put(recordKey(subnetID), rec) }

// Adjust ends a block for one subnet: what counts for the block starts again at 0, and when the interval is over so does
// what counts for it, after burn and difficulty have followed. For the root network, where nothing is paid, there are
// only the counters, and work that has become too old to be used again is forgotten.
func Adjust(l *ledger.Ledger, s *subnet.Entry) error {
	if s.Netuid == subnet.RootNetuid {
		if err := forgetWork(l); err != nil {
			return err
		}
	}
	rec, err := Read(l, s.ID)
	if err != nil {
		return err
	}
	if rec.Block == 0 && l.Height < rec.Next {
		return nil
	}
	rec.Block = 0
	if l.Height >= rec.Next {
		p, err := subnet.ReadParams(l, s.ID)
		if err != nil {
			return err
		}
		if s.Netuid != subnet.RootNetuid {
			before := p.Difficulty
			if rec.adjust(&p); p.Difficulty != before {
				if err := subnet.PutParams(l, s.ID, p); err != nil {
					return err
				}
			}
		}
		rec.Interval, rec.ByBurn, rec.ByWork = 0, 0, 0
		rec.Adjusted, rec.Next = l.Height, l.Height+uint64(max(p.AdjustmentInterval, 1))
	}
	return put(l, s.ID, rec)
}

// adjust moves the price of whichever way in was asked for more when the interval had more registrations than its target,
// and of the other way when it had no more; both when they were asked for equally.
func (rec *Record) adjust(p *hyper.Params) {
	crowded := rec.Interval > uint32(p.TargetRegs)
	burn, difficulty := true, true
	if rec.ByWork != rec.ByBurn {
		difficulty = crowded == (rec.ByWork > rec.ByBurn)
		burn = !difficulty
	}
	if burn {
		rec.Burn = tao.Amount(reprice(uint64(rec.Burn), *p, rec.Interval, uint64(p.MinBurn), uint64(p.MaxBurn)))
	}
	if difficulty {
		p.Difficulty = reprice(p.Difficulty, *p, rec.Interval, p.MinDifficulty, p.MaxDifficulty)
	}
}
