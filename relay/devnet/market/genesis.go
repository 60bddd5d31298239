package market

import (
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
)

// plan is the subnets: short tempos, so that at 2 s a block an epoch passes every 20 to 26 seconds.
var plan = []struct {
	name string
	set  func(p *hyper.Params)
}{
	{"prose", func(p *hyper.Params) { p.Tempo, p.Yuma3 = 10, true }},
	{"vision", func(p *hyper.Params) { p.Tempo, p.Yuma3, p.LiquidAlpha = 12, true, true }},
	{"folding", func(p *hyper.Params) { p.Tempo, p.Yuma3, p.CommitReveal = 11, true, true }},
	{"storage", func(p *hyper.Params) { p.Tempo = 13 }},
}

// guested is how many subnets have guests.
const guested = 2

// settings are the hyperparameters of the i-th subnet. What usually takes days takes minutes here.
func settings(i int) hyper.Params {
	p := hyper.Defaults()
	p.MaxUIDs, p.MaxValidators = 64, uint16(len(validators))
	if i < guested {
		p.MaxValidators += uint16(len(Guests))
	}
	p.WeightsRateLimit, p.ActivityCutoffFactor = rest, 6000
	p.BondsMovingAverage = 800_000
	p.ImmunityPeriod, p.AdjustmentInterval = 60, 60
	p.MinBurn = tao.TAO / 10
	plan[i].set(&p)
	return p
}

// Add puts the subnets, their members and what those have staked into a genesis. Owners own the subnets in turn.
func Add(g *chain.Genesis, owners []keys.Account) error {
	derive, err := deriver()
	if err != nil {
		return err
	}
	stake := func(coldkey keys.Account, uri string, amount tao.Amount) (keys.Account, error) {
		k, err := derive(uri)
		if err != nil {
			return keys.Account{}, err
		}
		g.Stakes = append(g.Stakes, chain.StakeOf{Coldkey: coldkey, Hotkey: k.Account(), Amount: amount})
		return k.Account(), nil
	}
	var coldkeys [2]keys.Account
	for i, uri := range []string{ValidatorsColdkey, MinersColdkey} {
		k, err := derive(uri)
		if err != nil {
			return err
		}
		coldkeys[i] = k.Account()
		g.Balances = append(g.Balances, chain.Balance{Address: k.Account(), Free: Endowment})
	}
	for i := range plan {
		n := chain.SubnetOf{Netuid: uint16(i + 1), Name: plan[i].name, Owner: owners[i%len(owners)], Params: settings(i)}
		for k, v := range validators {
			hotkey, err := stake(coldkeys[0], validatorURI(i*len(validators)+k), v.stake)
			if err != nil {
				return err
			}
			n.Hotkeys = append(n.Hotkeys, hotkey)
		}
		for k := range perSubnet {
			hotkey, err := stake(coldkeys[1], minerURI(i*perSubnet+k+1), minerStake)
			if err != nil {
				return err
			}
			n.Hotkeys = append(n.Hotkeys, hotkey)
		}
		if i < guested {
			for _, uri := range Guests {
				k, err := derive(uri)
				if err != nil {
					return err
				}
				n.Hotkeys = append(n.Hotkeys, k.Account())
			}
		}
		g.Subnets = append(g.Subnets, n)
	}
	return nil
}

// Endowment is the free balance of each of the simulation's coldkeys at genesis.
const Endowment = 1_000 * tao.TAO

// minerStake is what each miner has staked on itself at genesis: too little for a permit beside the validators.
const minerStake = tao.TAO

// Endowed is all that [Add] brings into a genesis.
func Endowed() tao.Amount {
	each := perSubnet * minerStake
	for _, v := range validators {
		each += v.stake
	}
	return 2*Endowment + tao.Amount(len(plan))*each
}
