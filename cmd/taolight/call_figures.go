package main

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

func netuidArgs(netuid uint16) chain.Netuid { return chain.Netuid{Netuid: netuid} }

// unsureCalls are those behind which only running them shows what is free: they bring back deposits, stake or locks, or
// carry other calls.
var unsureCalls = []string{
	"unstake_all", "batch", "batch_each", "proxy", "remove_proxy", "multisig_approve", "multisig_cancel", "dissolve_network", "swap_coldkey", "unregister_relay",
}

// orderOf describes a call for the person who signs, with what the chain says about it now.
func orderOf(ctx context.Context, s *session, sp callSpec, call chain.Call, signer keys.Account, args any, note [][2]string) (order, error) {
	o := order{call: call, args: args, effect: sp.effect, note: note, unsure: slices.Contains(unsureCalls, call.Name)}
	o.lines = append(o.lines, [2]string{"call", call.Doc})
	o.describe(sp, plain(args, true).(object))
	if f := reflect.ValueOf(args).FieldByName("Amount"); f.IsValid() {
		sum, all := f.Interface().(tao.Amount), reflect.ValueOf(args).FieldByName("All")
		everything := all.IsValid() && all.Bool()
		switch {
		case sp.spends:
			o.outgoing, o.all = sum, everything
		case sp.gains:
			o.incoming, o.unsure = sum, everything
		}
	}
	if call.Feeless && !call.Worked {
		if err := o.seat(ctx, s, signer); err != nil {
			return o, err
		}
	}
	if sp.figures == nil {
		return o, nil
	}
	f, err := sp.figures(ctx, s, args)
	o.figures = append(o.figures, f.lines...)
	o.outgoing += f.cost // both are below what was ever issued
	return o, err
}

// describe lists the arguments.
func (o *order) describe(sp callSpec, args object) {
	everything := false
	for _, m := range args {
		everything = everything || m.name == "all" && m.value == true
	}
	for _, m := range args {
		label, value := sp.flagOf(m.name), text(m.value)
		switch m.name {
		case "all", "scheme", "signature", "proof":
			continue
		case "amount":
			label = sp.verb
			if everything {
				value = "everything"
			}
			if everything && sp.spends {
				value = "everything, the account ends"
			}
		case "take":
			if n, err := strconv.ParseUint(value, 10, 16); err == nil {
				value = fmt.Sprintf("%s (%s/65535)", shareText(uint16(n)), value)
			}
		}
		o.lines = append(o.lines, [2]string{label, value})
	}
}

// seat says which uid a hotkey has where it calls without a fee.
func (o *order) seat(ctx context.Context, s *session, hotkey keys.Account) error {
	f := reflect.ValueOf(o.args).FieldByName("Netuid")
	if !f.IsValid() {
		return nil
	}
	h, err := ask[view.Hotkey](ctx, s, "hotkey@1", chain.HotkeyArgs{Hotkey: hotkey})
	if err != nil {
		return err
	}
	found := "not registered there"
	for _, r := range h.Value().Registrations {
		if uint64(r.Netuid) == f.Uint() {
			found = fmt.Sprintf("uid %d, %s", r.UID, permit(r.Permit))
		}
	}
	o.figures = append(o.figures, [2]string{"hotkey", found})
	return nil
}

func permit(has bool) string {
	if has {
		return "may validate"
	}
	return "no validator permit"
}

func askParams(ctx context.Context, s *session) (ledger.Params, error) {
	p, err := ask[ledger.Params](ctx, s, chain.ParamsQuery, chain.None{})
	return p.Value(), err
}

// costOf makes figures of one cost that is a parameter of the chain.
func costOf(label string, of func(ledger.Params) tao.Amount) func(ctx context.Context, s *session, args any) (figures, error) {
	return func(ctx context.Context, s *session, _ any) (f figures, err error) {
		p, err := askParams(ctx, s)
		f.cost = of(p)
		f.add(label, amount(f.cost))
		return f, err
	}
}

var (
	swapHotkeyCost  = costOf("recycled", func(p ledger.Params) tao.Amount { return p.HotkeySwapCost })
	swapColdkeyCost = costOf("recycled", func(p ledger.Params) tao.Amount { return p.ColdkeySwapCost })
	deposit         = costOf("deposit", func(p ledger.Params) tao.Amount { return p.RecordDeposit })
)

// childrenCost is what the children that a hotkey doesn't have yet cost.
func childrenCost(ctx context.Context, s *session, args any) (f figures, err error) {
	c := args.(stake.SetChildren)
	family, err := ask[view.Family](ctx, s, "children@1", chain.NeuronArgs{Netuid: c.Netuid, Hotkey: c.Hotkey})
	if err != nil {
		return f, err
	}
	params, err := askParams(ctx, s)
	if err != nil {
		return f, err
	}
	added := 0
	for _, child := range c.Children {
		if !slices.ContainsFunc(family.Value().Children, func(k view.Kin) bool { return k.Hotkey == child.Hotkey }) {
			added++
			f.cost += params.RecordDeposit
		}
	}
	if added > 0 {
		f.add("recycled", fmt.Sprintf("%s: %s for each child that is new, %d of %d", amount(f.cost), amount(params.RecordDeposit), added, len(c.Children)))
	}
	return f, nil
}

func askCosts(ctx context.Context, s *session) (view.Costs, error) {
	v, err := ask[view.Costs](ctx, s, "costs@1", chain.None{})
	return v.Value(), err
}

func networkCost(ctx context.Context, s *session, _ any) (f figures, err error) {
	costs, err := askCosts(ctx, s)
	f.cost = costs.Subnet
	f.add("locked", amount(costs.Subnet)+" until the subnet ends")
	return f, err
}

// costOn returns what a uid of a subnet costs.
func costOn(ctx context.Context, s *session, netuid uint16) (view.Cost, error) {
	costs, err := askCosts(ctx, s)
	if err != nil {
		return view.Cost{}, err
	}
	for _, c := range costs.Costs {
		if c.Netuid == netuid {
			return c, nil
		}
	}
	var there []string
	for _, c := range costs.Costs {
		there = append(there, strconv.Itoa(int(c.Netuid)))
	}
	return view.Cost{}, fmt.Errorf("there is no subnet %d; there are %s", netuid, cmp.Or(strings.Join(there, ", "), "none"))
}

func registrationCost(ctx context.Context, s *session, args any) (f figures, err error) {
	c, err := costOn(ctx, s, args.(registration.BurnedRegister).Netuid)
	if err != nil {
		return f, err
	}
	if !c.Burning {
		return f, fmt.Errorf("subnet %d takes no registration by burning: registration_allowed is false", c.Netuid)
	}
	f.cost = c.Burn
	f.add("burn", amount(c.Burn))
	f.add("subnet", fmt.Sprintf("%s, %d of %d uids taken", oneLine(c.Name), c.Uids, c.MaxUids))
	return f, nil
}

// checkHyperparameter refuses what no subnet takes.
func checkHyperparameter(_ keys.Account, args any) error {
	c := args.(subnet.SetHyperparameter)
	_, spec, ok := hyper.Find(c.Name)
	if !ok {
		var names []string
		for i := range hyper.Table {
			names = append(names, hyper.Table[i].Name)
		}
		return fmt.Errorf("there is no hyperparameter %.64q; there are %s", c.Name, strings.Join(names, ", "))
	}
	v, err := spec.Parse(c.Value)
	if err == nil {
		err = spec.Put(new(hyper.Params), v)
	}
	return err
}

// hyperparameterNow says what a hyperparameter is before it changes, and what it may be.
func hyperparameterNow(ctx context.Context, s *session, args any) (f figures, err error) {
	c := args.(subnet.SetHyperparameter)
	_, spec, _ := hyper.Find(c.Name) // which checkHyperparameter has seen
	now, err := ask[view.Hyperparameters](ctx, s, "hyperparameters@1", netuidArgs(c.Netuid))
	if err != nil {
		return f, err
	}
	for _, v := range now.Value().Values {
		if v.Name == spec.Name {
			f.add("now", hyperText(spec.Kind, v.Value))
		}
	}
	f.add("allowed", allowed(spec))
	f.add("default", hyperDefault(spec))
	f.add("set by", setter(spec))
	if spec.Setter == hyper.Owner {
		f.add("once in", rateLimit(spec))
	}
	return f, nil
}

// neuronEffect asks for the neuron that a call is about.
func neuronEffect(signer keys.Account, args any) (string, any) {
	hotkey, v := signer, reflect.ValueOf(args)
	if f := v.FieldByName("Hotkey"); f.IsValid() {
		hotkey = f.Interface().(keys.Account)
	}
	netuid := uint16(0)
	if f := v.FieldByName("Netuid"); f.IsValid() {
		netuid = uint16(f.Uint())
	}
	return "neuron@1", chain.NeuronArgs{Netuid: netuid, Hotkey: hotkey}
}
