package chain

import (
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/serving"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/weights"
)

// neuronOf returns a subnet and the uid of a hotkey on it, and whether it has one.
func neuronOf(r state.Reader, args *NeuronArgs) (s subnet.Entry, uid uint16, ok bool, err error) {
	s, ok, err = subnet.Get(r, args.Netuid)
	if err == nil && ok {
		uid, ok, err = uidOf(r, s, args.Hotkey)
	}
	return s, uid, ok, err
}

func queryAxon(r state.Reader, args *NeuronArgs) (*view.Axon, error) {
	out := &view.Axon{Netuid: args.Netuid, Hotkey: args.Hotkey}
	s, uid, ok, err := neuronOf(r, args)
	if err != nil || !ok {
		return out, err
	}
	out.Registered, out.UID = true, uid
	a, ok, err := serving.Axon(r, s.ID, uid)
	if err != nil {
		return out, err
	}
	out.Axon = served(ok, a.Block, a.Version, a.Address)
	out.Protocol, out.Placeholder1, out.Placeholder2 = a.Protocol, a.Placeholder1, a.Placeholder2
	p, ok, err := serving.Prometheus(r, s.ID, uid)
	out.Prometheus = served(ok, p.Block, p.Version, p.Address)
	return out, err
}

func served(ok bool, block uint64, version uint32, e serving.Endpoint) view.Served {
	if !ok {
		return view.Served{Block: block}
	}
	at := e.AddrPort()
	return view.Served{Exists: true, Block: block, Version: version, IP: at.Addr().String(), Port: at.Port(), IPType: e.Type}
}

func queryCommits(r state.Reader, args *NeuronArgs) (*view.Commits, error) {
	out := &view.Commits{Netuid: args.Netuid, Hotkey: args.Hotkey}
	s, uid, ok, err := neuronOf(r, args)
	if err != nil || !ok {
		return out, err
	}
	params, err := subnet.ReadParams(r, s.ID)
	if err != nil {
		return out, err
	}
	schedule, err := subnet.ReadSchedule(r, s.ID)
	if err != nil {
		return out, err
	}
	kept, err := weights.ReadCommits(r, s.ID, uid)
	out.Registered, out.UID, out.Secret, out.Epoch, out.Last = true, uid, params.CommitReveal, schedule.Index, kept.Last
	for _, c := range kept.List {
		row := view.Commit{Hash: view.Hash(c.Hash), Block: c.Block, Epoch: c.Epoch, Reveal: c.Epoch + uint64(params.RevealPeriod)}
		if row.Expired = row.Reveal < schedule.Index; !row.Expired {
			row.From, row.Until = schedule.Blocks(row.Reveal, params.Tempo)
		}
		out.Commits = append(out.Commits, row)
	}
	return out, err
}

func queryChildren(r state.Reader, args *NeuronArgs) (*view.Family, error) {
	out := &view.Family{Netuid: args.Netuid, Hotkey: args.Hotkey}
	s, ok, err := subnet.Get(r, args.Netuid)
	if err != nil || !ok {
		return out, err
	}
	p, err := ledger.ReadParams(r)
	if err != nil {
		return out, err
	}
	children, err := stake.ReadChildren(r, s.ID, args.Hotkey)
	if err != nil {
		return out, err
	}
	parents, err := stake.ReadParents(r, s.ID, args.Hotkey)
	out.Exists, out.Take = true, parents.Take
	out.Children, out.ChildrenSet, out.ChildrenFrom = kin(children.List), children.Set, children.Again(p)
	out.Parents, out.TakeRaised, out.TakeFrom = kin(parents.List), parents.Set, parents.Again(p)
	return out, err
}

func kin(list []stake.Link) (out []view.Kin) {
	for _, k := range list {
		out = append(out, view.Kin{Hotkey: k.Hotkey, Proportion: k.Proportion})
	}
	return out
}
