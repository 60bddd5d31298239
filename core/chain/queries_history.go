package chain

import (
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// The programs that core/light/series asks of one state after the other. They touch little, and say of which block's state
// they speak and where the one before it is to be found.
var (
	// Epoch tells what a subnet's last epoch gave. All uids come at once: a column is one value of the state, so that one
	// uid costs as much as all.
	Epoch = program("epoch", 1, "What a subnet's last epoch gave its neurons, by column.", queryEpoch)
	// Shares tells how emission is split over subnets.
	Shares = program("shares", 1, "How the last block's emission was split over subnets.", queryShares)
	// Totals tells where all TAO is.
	Totals = program("totals", 1, "How much TAO is issued, free, reserved, staked and pending.", queryTotals)
)

func queryEpoch(r state.Reader, args *Netuid) (*view.Epoch, error) {
	out := &view.Epoch{Netuid: args.Netuid}
	block, err := ledger.ReadBlock(r)
	if err != nil {
		return out, err
	}
	out.Height, out.Time = block.Height, block.Time
	s, ok, err := subnet.Get(r, args.Netuid)
	if err != nil || !ok {
		return out, err
	}
	schedule, err := subnet.ReadSchedule(r, s.ID)
	if err != nil {
		return out, err
	}
	out.Exists, out.ID, out.Since, out.Uids = true, s.ID, s.Since, s.Uids
	out.Epochs, out.Last, out.Before, out.Next = schedule.Index, schedule.Last, schedule.Before, schedule.Next
	if out.RegisteredAt, err = columnOf[uint64](r, s, subnet.RegisteredAt); err != nil {
		return out, err
	}
	emission, err := columnOf[uint64](r, s, subnet.Emission)
	if err != nil {
		return out, err
	}
	for _, e := range emission {
		out.Emission = append(out.Emission, tao.Amount(e))
	}
	for _, c := range []struct {
		column subnet.Column
		at     *[]uint16
	}{
		{subnet.Incentive, &out.Incentive}, {subnet.Dividends, &out.Dividends}, {subnet.Consensus, &out.Consensus},
		{subnet.ValidatorTrust, &out.ValidatorTrust}, {subnet.StakeWeight, &out.StakeWeight},
	} {
		if *c.at, err = columnOf[uint16](r, s, c.column); err != nil {
			return out, err
		}
	}
	return out, nil
}

func queryShares(r state.Reader, _ *None) (*view.Shares, error) {
	out := new(view.Shares)
	block, err := ledger.ReadBlock(r)
	if err != nil {
		return out, err
	}
	out.Height, out.Time = block.Height, block.Time
	root, ok, err := subnet.Get(r, subnet.RootNetuid)
	if err != nil {
		return out, err
	}
	if ok {
		schedule, err := subnet.ReadSchedule(r, root.ID)
		if err != nil {
			return out, err
		}
		out.Epochs, out.Last, out.Before, out.Next = schedule.Index, schedule.Last, schedule.Before, schedule.Next
	}
	all, err := subnet.All(r)
	for _, s := range all {
		out.Shares = append(out.Shares, view.Share{Netuid: s.Netuid, ID: s.ID, Emission: s.Emission})
		out.Emission += s.Emission
	}
	return out, err
}

func queryTotals(r state.Reader, _ *None) (*view.Totals, error) {
	block, err := ledger.ReadBlock(r)
	if err != nil {
		return &view.Totals{}, err
	}
	t, err := ledger.ReadTotals(r)
	return &view.Totals{
		Height: block.Height, Time: block.Time, Issuance: t.Issuance, Free: t.Free, Reserved: t.Reserved, Staked: t.Staked,
		Pending: t.Pending, Recycled: t.Recycled, Accounts: t.Accounts,
	}, err
}
