package coinbase

import (
	"cmp"
	"slices"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/weights"
	"github.com/taolight/taolight/core/yuma"
)

// runDue runs the epochs that are due, as many as a block may. All of them see the stakes from before the first one paid.
func runDue(l *ledger.Ledger, all []subnet.Entry, watch Watch) error {
	type due struct {
		s        *subnet.Entry
		schedule subnet.Schedule
	}
	var list []due
	for i := range all {
		schedule, err := subnet.ReadSchedule(l, all[i].ID)
		if err != nil {
			return err
		}
		if schedule.Next <= l.Height {
			list = append(list, due{&all[i], schedule})
		}
	}
	slices.SortFunc(list, func(a, b due) int {
		return cmp.Or(cmp.Compare(a.schedule.Next, b.schedule.Next), cmp.Compare(a.s.Netuid, b.s.Netuid))
	})
	epochs := make([]epoch, min(uint64(len(list)), l.Params.EpochsPerBlock))
	for i := range epochs {
		epochs[i] = epoch{l: l, s: list[i].s, schedule: list[i].schedule}
		if err := epochs[i].read(); err != nil {
			return err
		}
	}
	var w yuma.Workspace
	for i := range epochs {
		e := &epochs[i]
		if err := e.run(&w); err != nil {
			return err
		}
		if watch != nil {
			watch(Epoch{Netuid: e.s.Netuid, Index: e.schedule.Index, Hotkeys: e.hotkeys, OwnerCut: e.cut, Inputs: &e.in})
		}
	}
	return nil
}

// epoch is one epoch of one subnet.
type epoch struct {
	l        *ledger.Ledger
	s        *subnet.Entry
	schedule subnet.Schedule // before it

	params  hyper.Params
	hotkeys []keys.Account
	cut     tao.Amount // for the owner
	in      yuma.Inputs
	out     *yuma.Outputs
}

// run computes the epoch, writes what came out and pays.
func (e *epoch) run(w *yuma.Workspace) error {
	var err error
	if e.out, err = w.Epoch(&e.in, nil); err != nil {
		return err
	}
	if err := e.write(); err != nil {
		return err
	}
	if err := e.pay(); err != nil {
		return err
	}
	next := subnet.Schedule{
		Index: e.schedule.Index + 1, Last: e.l.Height, Before: e.schedule.Last, Next: e.schedule.Next + uint64(e.params.Tempo),
	}
	return subnet.PutSchedule(e.l, e.s.ID, next)
}

// read builds the epoch's inputs from the subnet's state. Stake of all kinds goes in as the subnet's own; TAO on the root
// network counts nothing beside it.
func (e *epoch) read() error {
	l, id, n := e.l, e.s.ID, e.s.Uids
	var err error
	if e.params, err = subnet.ReadParams(l, id); err != nil {
		return err
	}
	if e.s.Owner != (keys.Account{}) {
		e.cut = part(e.s.Pending, l.Params.OwnerCut)
	}
	in := &e.in
	*in = yuma.Inputs{
		Params: yumaParams(&e.params, l.Params), N: n, Block: l.Height, LastEpochBlock: e.schedule.Last, Owner: -1,
		Emission: uint64(e.s.Pending - e.cut), AlphaStake: make([]uint64, n), TaoStake: make([]uint64, n),
	}
	if e.hotkeys, err = subnet.Hotkeys(l, id, n); err != nil {
		return err
	}
	for uid, hotkey := range e.hotkeys {
		weight, err := stake.Weight(l, hotkey, id)
		if err != nil {
			return err
		}
		in.AlphaStake[uid] = uint64(weight)
		if hotkey == e.s.Hotkey && hotkey != (keys.Account{}) {
			in.Owner = uid
		}
	}
	if in.LastUpdate, err = subnet.ReadColumn[uint64](l, id, subnet.LastUpdate); err != nil {
		return err
	}
	if in.RegisteredAt, err = subnet.ReadColumn[uint64](l, id, subnet.RegisteredAt); err != nil {
		return err
	}
	if in.ValidatorPermit, err = subnet.ReadColumn[bool](l, id, subnet.ValidatorPermit); err != nil {
		return err
	}
	if in.Weights, err = subnet.ReadRows(l, id, subnet.FieldWeights, n); err != nil {
		return err
	}
	if in.Bonds, err = subnet.ReadRows(l, id, subnet.FieldBonds, n); err != nil {
		return err
	}
	if in.CommitReveal {
		in.CommitBlocks, err = weights.CommitBlocks(l, id, n, e.schedule.Index, e.params.RevealPeriod)
	}
	return err
}

// yumaParams are the hyperparameters as the epoch takes them.
func yumaParams(p *hyper.Params, chain ledger.Params) yuma.Params {
	return yuma.Params{
		Tempo: p.Tempo, ActivityCutoffFactor: p.ActivityCutoffFactor, Kappa: p.Kappa,
		BondsMovingAverage: p.BondsMovingAverage, BondsPenalty: p.BondsPenalty,
		LiquidAlpha: p.LiquidAlpha, AlphaLow: p.AlphaLow, AlphaHigh: p.AlphaHigh, AlphaSteepness: p.AlphaSteepness,
		Yuma3: p.Yuma3, StakeThreshold: uint64(chain.StakeThreshold), MaxValidators: p.MaxValidators, CommitReveal: p.CommitReveal,
	}
}

// write writes the epoch's columns, and the rows of bonds that changed.
func (e *epoch) write() error {
	for _, c := range []struct {
		column subnet.Column
		v      []uint16
	}{
		{subnet.Consensus, e.out.Consensus}, {subnet.Incentive, e.out.Incentive}, {subnet.Dividends, e.out.Dividends},
		{subnet.ValidatorTrust, e.out.ValidatorTrust}, {subnet.StakeWeight, e.out.StakeWeight}, {subnet.PruningScore, e.out.PruningScore},
	} {
		if err := subnet.PutColumn(e.l, e.s.ID, c.column, c.v); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		column subnet.Column
		v      []uint64
	}{{subnet.Emission, e.out.Emission}, {subnet.ServerEmission, e.out.ServerEmission}, {subnet.ValidatorEmission, e.out.ValidatorEmission}} {
		if err := subnet.PutColumn(e.l, e.s.ID, c.column, c.v); err != nil {
			return err
		}
	}
	for _, c := range []struct {
		column subnet.Column
		v      []bool
	}{{subnet.Active, e.out.Active}, {subnet.ValidatorPermit, e.out.ValidatorPermit}} {
		if err := subnet.PutColumn(e.l, e.s.ID, c.column, c.v); err != nil {
			return err
		}
	}
	for uid, row := range e.out.Bonds {
		if slices.Equal(row, e.in.Bonds[uid]) {
			continue
		}
		if err := subnet.PutRow(e.l, e.s.ID, subnet.FieldBonds, uint16(uid), row); err != nil {
			return err
		}
	}
	return nil
}
