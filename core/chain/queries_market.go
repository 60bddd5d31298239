package chain

import (
	"github.com/taolight/taolight/core/commitment"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/market"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/serving"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/view"
)

// Netuid asks for one subnet.
type Netuid struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16   `json:"netuid"`
}

// UID asks for one uid of a subnet.
type UID struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16   `json:"netuid"`
	UID    uint16   `json:"uid"`
}

// NeuronArgs asks for the neuron of a hotkey on a subnet.
type NeuronArgs struct {
	_      struct{}     `cbor:",toarray"`
	Netuid uint16       `json:"netuid"`
	Hotkey keys.Account `json:"hotkey"`
}

func querySubnets(r state.Reader, _ *None) (*view.Subnets, error) {
	out := new(view.Subnets)
	all, err := subnet.All(r)
	if err != nil {
		return out, err
	}
	for _, s := range all {
		v, _, _, err := describe(r, s)
		if err != nil {
			return out, err
		}
		out.Subnets = append(out.Subnets, v)
	}
	return out, nil
}

// describe collects what a list says of a subnet.
func describe(r state.Reader, s subnet.Entry) (view.Subnet, subnet.Identity, hyper.Params, error) {
	var out view.Subnet
	params, err := subnet.ReadParams(r, s.ID)
	if err != nil {
		return out, subnet.Identity{}, params, err
	}
	identity, err := subnet.ReadIdentity(r, s.ID)
	if err != nil {
		return out, identity, params, err
	}
	schedule, err := subnet.ReadSchedule(r, s.ID)
	return view.Subnet{
		Netuid: s.Netuid, ID: s.ID, Name: identity.Name, Owner: s.Owner, Hotkey: s.Hotkey, Since: s.Since, Lock: s.Lock,
		Tempo: params.Tempo, Uids: s.Uids, MaxUids: params.MaxUIDs, Pending: s.Pending, Emission: s.Emission,
		Epochs: schedule.Index, Last: schedule.Last, Next: schedule.Next,
	}, identity, params, err
}

func querySubnet(r state.Reader, args *Netuid) (*view.SubnetDetail, error) {
	out := new(view.SubnetDetail)
	s, ok, err := subnet.Get(r, args.Netuid)
	if err != nil || !ok {
		return out, err
	}
	v, identity, params, err := describe(r, s)
	return &view.SubnetDetail{
		Exists: true, Subnet: v, URL: identity.URL, Contact: identity.Contact, Description: identity.Description, Hyperparameters: settings(params),
	}, err
}

func settings(p hyper.Params) []view.Hyperparameter {
	all := make([]view.Hyperparameter, len(hyper.Table))
	for i, spec := range hyper.Table {
		all[i] = view.Hyperparameter{Name: spec.Name, Value: spec.Format(spec.Get(&p))}
	}
	return all
}

func queryHyperparameters(r state.Reader, args *Netuid) (*view.Hyperparameters, error) {
	out := &view.Hyperparameters{Netuid: args.Netuid}
	s, ok, err := subnet.Get(r, args.Netuid)
	if err != nil || !ok {
		return out, err
	}
	params, err := subnet.ReadParams(r, s.ID)
	out.Exists, out.Values = true, settings(params)
	return out, err
}

func queryCosts(r state.Reader, _ *None) (*view.Costs, error) {
	out := new(view.Costs)
	p, err := ledger.ReadParams(r)
	if err != nil {
		return out, err
	}
	last, err := ledger.ReadBlock(r)
	if err != nil {
		return out, err
	}
	network, err := market.ReadNetwork(r, p)
	if err != nil {
		return out, err
	}
	out.Subnet = network.Cost(p, last.Height+1)
	all, err := subnet.All(r)
	if err != nil {
		return out, err
	}
	for _, s := range all {
		v, _, params, err := describe(r, s)
		if err != nil {
			return out, err
		}
		rec, err := registration.Read(r, s.ID)
		if err != nil {
			return out, err
		}
		out.Costs = append(out.Costs, view.Cost{
			Netuid: s.Netuid, Name: v.Name, Uids: s.Uids, MaxUids: v.MaxUids,
			Burning: params.RegistrationAllowed, Burn: rec.Burn, Work: params.PowAllowed, Difficulty: params.Difficulty, Adjusted: rec.Next,
		})
	}
	return out, nil
}

// queryRow makes the query of one row of weights or bonds.
func queryRow(f subnet.Field) func(r state.Reader, args *UID) (*view.Row, error) {
	return func(r state.Reader, args *UID) (*view.Row, error) {
		out := &view.Row{Netuid: args.Netuid, UID: args.UID}
		s, ok, err := subnet.Get(r, args.Netuid)
		if err != nil || !ok || args.UID >= s.Uids {
			return out, err
		}
		row, err := subnet.ReadRow(r, s.ID, f, args.UID)
		out.Exists, out.Row = true, flat(row)
		return out, err
	}
}

func queryNeuron(r state.Reader, args *NeuronArgs) (*view.Neuron, error) {
	out := &view.Neuron{Netuid: args.Netuid, Hotkey: args.Hotkey}
	s, uid, ok, err := neuronOf(r, args)
	if err != nil || !ok {
		return out, err
	}
	var m view.Metagraph
	for _, p := range metagraphParts {
		if p.full || p.name == "hotkeys" || p.name == "coldkeys" || p.name == "stake" {
			continue
		}
		if err := p.read(r, s, &m); err != nil {
			return out, err
		}
	}
	out = &view.Neuron{
		Netuid: args.Netuid, Exists: true, UID: uid, Hotkey: args.Hotkey, RegisteredAt: m.RegisteredAt[uid], LastUpdate: m.LastUpdate[uid],
		Active: m.Active[uid], ValidatorPermit: m.ValidatorPermit[uid], Consensus: m.Consensus[uid], Incentive: m.Incentive[uid],
		Dividends: m.Dividends[uid], ValidatorTrust: m.ValidatorTrust[uid], PruningScore: m.PruningScore[uid],
		Emission: m.Emission[uid], ServerEmission: m.ServerEmission[uid], ValidatorEmission: m.ValidatorEmission[uid],
	}
	if out.Coldkey, _, err = stake.Owner(r, args.Hotkey); err != nil {
		return out, err
	}
	if out.Stake, err = stake.Weight(r, args.Hotkey, s.ID); err != nil {
		return out, err
	}
	if out.Axon, err = axonOf(r, s.ID, uid); err != nil {
		return out, err
	}
	prometheus, ok, err := serving.Prometheus(r, s.ID, uid)
	if err != nil {
		return out, err
	}
	if ok {
		out.Prometheus = prometheus.Address.String()
	}
	published, _, err := commitment.Get(r, s.ID, uid)
	for _, f := range published.Fields {
		out.Commitment = append(out.Commitment, f.String())
	}
	return out, err
}
