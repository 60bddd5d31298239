package chain

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/strictjson"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// Limits of a genesis file.
const (
	maxGenesisBytes   = 256 << 20
	maxGenesisSubnets = 1024
	maxTotalPower     = 1<<60 - 1 // CometBFT's own limit
	maxFeePerUnit     = tao.TAO   // no fee overflows below it
)

// ParseGenesis reads a genesis file:
//
//	{"name": "mychain", "salt": "32 hex digits", "time": 1700000000000, "source": "what the balances are",
//	 "params": {"existential_deposit": "500", …},
//	 "producers": [{"pubkey": "64 hex digits", "power": 10}],
//	 "balances": {"5Grw…": "1000000000"},
//	 "stakes": {"COLDKEY": {"HOTKEY": "1000000000"}},
//	 "subnets": [{"netuid": 1, "name": "prose", "owner": "5Grw…", "hotkey": "5Grw…", "params": {"tempo": "360"}, "hotkeys": ["5Grw…"]}]}
//
// Amounts are rao, hyperparameters whole numbers, both as decimal strings; params may be left out, in whole or in part. The error is a [*GenesisError].
func ParseGenesis(file []byte) (*Genesis, error) {
	g := &Genesis{Params: ledger.DefaultParams()}
	if err := readSpec(file, g); err != nil {
		return nil, err
	}
	if len(g.Producers) == 0 {
		return nil, &GenesisError{Path: "$.producers", Reason: "a chain needs at least one block producer"}
	}
	return g, nil
}

// readSpec reads a genesis file over what g holds already, checks the whole and sorts it.
func readSpec(file []byte, g *Genesis) error {
	if len(file) > maxGenesisBytes {
		return &GenesisError{Path: "$", Reason: fmt.Sprintf("%d bytes; at most %d are read", len(file), maxGenesisBytes)}
	}
	s := newSpecReader(file, g)
	err := s.Object(strictjson.Fields{
		"name":      {Required: true, Read: s.name},
		"salt":      {Required: true, Read: s.hex(g.Salt[:])},
		"time":      {Required: true, Read: s.uint(1<<50, &g.Time)},
		"source":    {Read: s.text(256, &g.Source)},
		"params":    {Read: s.params},
		"producers": {Read: s.list(1000, s.producer)},
		"balances":  {Read: s.pairs(s.balance)},
		"stakes":    {Read: s.pairs(s.coldkey)},
		"subnets":   {Read: s.list(maxGenesisSubnets, s.subnet)},
	})
	if err == nil {
		err = s.End()
	}
	if err != nil {
		return genesisError(err)
	}
	g.sort()
	return nil
}

// name reads the chain's name.
func (s *specReader) name() error {
	if err := s.text(24, &s.genesis.Name)(); err != nil {
		return err
	}
	name := s.genesis.Name
	if name == "" || name[0] == '-' || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return s.Fail("%q: a name has lower-case letters, digits and dashes", name)
	}
	return nil
}

func (s *specReader) params() error {
	p := &s.genesis.Params
	amount := func(a *tao.Amount, max tao.Amount) strictjson.Field {
		return strictjson.Field{Read: func() error {
			err := s.amount(a)
			if err == nil && *a > max {
				err = s.Fail("%d rao; at most %d are allowed", *a, max)
			}
			return err
		}}
	}
	return s.Object(strictjson.Fields{
		"existential_deposit": amount(&p.ExistentialDeposit, tao.Cap),
		"min_stake":           amount(&p.MinStake, tao.Cap),
		"fee_per_unit":        amount(&p.FeePerUnit, maxFeePerUnit),
		"block_units":         {Read: s.uint(1<<32, &p.BlockUnits)},
		"validity_window":     {Read: s.uint(1<<20, &p.ValidityWindow)},
		"blocks_kept":         {Read: s.uintFrom(ledger.MinBlocksKept, 1<<32, &p.BlocksKept)},

		"subnet_limit":            {Read: s.uintFrom(1, 128, &p.SubnetLimit)},
		"network_rate_limit":      {Read: s.uint(1<<32, &p.NetworkRateLimit)},
		"network_immunity":        {Read: s.uint(1<<32, &p.NetworkImmunity)},
		"min_lock":                amount(&p.MinLock, tao.Cap),
		"lock_interval":           {Read: s.uintFrom(1, 1<<32, &p.LockInterval)},
		"owner_cut":               {Read: s.uint(math.MaxUint16, &p.OwnerCut)},
		"epochs_per_block":        {Read: s.uintFrom(1, 1024, &p.EpochsPerBlock)},
		"root_tempo":              {Read: s.uintFrom(1, math.MaxUint16, &p.RootTempo)},
		"root_quorum":             {Read: s.uint(math.MaxUint16, &p.RootQuorum)},
		"root_seats":              {Read: s.uintFrom(1, 64, &p.RootSeats)},
		"tx_rate_limit":           {Read: s.uint(1<<32, &p.TxRateLimit)},
		"min_take":                {Read: s.uint(math.MaxUint16, &p.MinTake)},
		"max_take":                {Read: s.uint(math.MaxUint16, &p.MaxTake)},
		"default_take":            {Read: s.uint(math.MaxUint16, &p.DefaultTake)},
		"take_interval":           {Read: s.uint(1<<32, &p.TakeInterval)},
		"max_child_take":          {Read: s.uint(math.MaxUint16, &p.MaxChildTake)},
		"child_interval":          {Read: s.uint(1<<32, &p.ChildInterval)},
		"stake_threshold":         amount(&p.StakeThreshold, tao.Cap),
		"record_deposit":          amount(&p.RecordDeposit, tao.Cap),
		"hotkey_swap_cost":        amount(&p.HotkeySwapCost, tao.Cap),
		"coldkey_swap_cost":       amount(&p.ColdkeySwapCost, tao.Cap),
		"coldkey_swap_delay":      {Read: s.uint(1<<32, &p.ColdkeySwapDelay)},
		"coldkey_swap_reannounce": {Read: s.uint(1<<32, &p.ColdkeySwapReannounce)},
		"relay_deposit":           amount(&p.RelayDeposit, tao.Cap),
		"relay_period":            {Read: s.uintFrom(1, 1<<32, &p.RelayPeriod)},
		"relay_limit":             {Read: s.uint(1<<16, &p.RelayLimit)},
		"relays_per_owner":        {Read: s.uint(1<<16, &p.RelaysPerOwner)},
	})
}

func (s *specReader) producer() error {
	var p Producer
	power := uint64(0)
	err := s.Object(strictjson.Fields{
		"pubkey": {Required: true, Read: s.hex(p.PubKey[:])},
		"power":  {Required: true, Read: s.uint(maxTotalPower, &power)},
	})
	if err != nil {
		return err
	}
	if s.power += power; power == 0 || s.power > maxTotalPower {
		return s.FailAt(".power", "power is at least 1 and at most %d in all", uint64(maxTotalPower))
	}
	if slices.ContainsFunc(s.genesis.Producers, func(q Producer) bool { return q.PubKey == p.PubKey }) {
		return s.FailAt(".pubkey", "the same block producer twice")
	}
	p.Power = int64(power)
	s.genesis.Producers = append(s.genesis.Producers, p)
	return nil
}

// issue reads an amount and counts it.
func (s *specReader) issue(a *tao.Amount) error {
	if err := s.amount(a); err != nil {
		return err
	}
	return s.count(*a)
}

// count adds to what is issued so far.
func (s *specReader) count(a tao.Amount) error {
	if a > tao.Cap-s.sum {
		return s.Fail("the sum of all balances and stakes exceeds 21 million TAO here")
	}
	s.sum += a
	return nil
}

func (s *specReader) balance(address keys.Account) error {
	b := Balance{Address: address}
	if err := s.issue(&b.Free); err != nil {
		return err
	}
	s.genesis.Balances = append(s.genesis.Balances, b)
	return nil
}

func (s *specReader) coldkey(coldkey keys.Account) error {
	return s.pairs(func(hotkey keys.Account) error {
		return s.stake(StakeOf{Coldkey: coldkey, Hotkey: hotkey}, s.issue)
	})()
}

// stake reads one stake; one of zero is left out, a hotkey has one coldkey only.
func (s *specReader) stake(st StakeOf, read func(*tao.Amount) error) error {
	if other, ok := s.seen[st.Hotkey]; ok {
		return s.Fail("the hotkey is staked by %s already", other)
	}
	if err := read(&st.Amount); err != nil || st.Amount == 0 {
		return err
	}
	s.seen[st.Hotkey] = st.Coldkey
	s.genesis.Stakes = append(s.genesis.Stakes, st)
	return nil
}

func (s *specReader) subnet() error {
	n := SubnetOf{Params: hyper.Defaults()}
	netuid := uint64(0)
	err := s.Object(strictjson.Fields{
		"netuid":  {Required: true, Read: s.uint(1<<16-1, &netuid)},
		"name":    {Required: !s.loose, Read: s.text(subnet.MaxName, &n.Name)},
		"owner":   {Required: true, Read: func() error { return s.account(&n.Owner) }},
		"hotkey":  {Read: func() error { return s.account(&n.Hotkey) }},
		"params":  {Read: func() error { return s.hyperparameters(&n.Params) }},
		"hotkeys": {Read: s.list(4096, func() error { return s.member(&n) })},
	})
	if err != nil {
		return err
	}
	switch n.Netuid = uint16(netuid); {
	case netuid == subnet.RootNetuid:
		return s.FailAt(".netuid", "netuid 0 is the root network; subnets begin at 1")
	case slices.ContainsFunc(s.genesis.Subnets, func(m SubnetOf) bool { return m.Netuid == n.Netuid }):
		return s.FailAt(".netuid", "netuid %d twice", netuid)
	case len(n.Hotkeys) > int(n.Params.MaxUIDs):
		return s.FailAt(".hotkeys", "%d hotkeys; max_allowed_uids is %d", len(n.Hotkeys), n.Params.MaxUIDs)
	}
	if n.Hotkey != (keys.Account{}) && !slices.Contains(n.Hotkeys, n.Hotkey) {
		return s.FailAt(".hotkey", "the owner's hotkey is none of the hotkeys")
	}
	s.genesis.Subnets = append(s.genesis.Subnets, n)
	return nil
}

// hyperparameters reads those that differ from the defaults, as decimal strings. What they must be to each other is held
// to all of them together, in whatever order they stand.
func (s *specReader) hyperparameters(p *hyper.Params) error {
	fields := strictjson.Fields{}
	given := map[string]bool{}
	for i := range hyper.Table {
		spec := &hyper.Table[i]
		read := strictjson.Field{Read: func() error {
			if given[spec.Name] {
				return s.Fail("%s is given twice, by two of its names", spec.Name)
			}
			given[spec.Name] = true
			text, err := s.hyperparameter()
			if err != nil {
				return err
			}
			v, err := spec.Parse(text)
			if err == nil {
				err = spec.Put(p, v)
			}
			if err != nil {
				return s.Fail("%v", err)
			}
			return nil
		}}
		fields[spec.Name] = read
		for _, name := range spec.Also() {
			fields[name] = read
		}
	}
	if err := s.Object(fields); err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return s.Fail("%v", err)
	}
	return nil
}

// hyperparameter reads the text of a value.
func (s *specReader) hyperparameter() (string, error) {
	if s.loose {
		return s.Scalar(24)
	}
	return s.String(24)
}

func (s *specReader) member(n *SubnetOf) error {
	var hotkey keys.Account
	if err := s.account(&hotkey); err != nil {
		return err
	}
	if slices.Contains(n.Hotkeys, hotkey) {
		return s.Fail("the same hotkey twice")
	}
	n.Hotkeys = append(n.Hotkeys, hotkey)
	return nil
}

// Encode writes the genesis as a file that [ParseGenesis] reads back to the same hash.
func (g *Genesis) Encode() ([]byte, error) {
	type producer struct {
		PubKey string `json:"pubkey"`
		Power  int64  `json:"power"`
	}
	type member struct {
		Netuid  uint16            `json:"netuid"`
		Name    string            `json:"name"`
		Owner   keys.Account      `json:"owner"`
		Hotkey  *keys.Account     `json:"hotkey,omitempty"`
		Params  map[string]string `json:"params"`
		Hotkeys []keys.Account    `json:"hotkeys"`
	}
	file := struct {
		Name      string                                       `json:"name"`
		Salt      string                                       `json:"salt"`
		Time      uint64                                       `json:"time"`
		Source    string                                       `json:"source"`
		Params    ledger.Params                                `json:"params"`
		Producers []producer                                   `json:"producers"`
		Balances  map[keys.Account]tao.Amount                  `json:"balances"`
		Stakes    map[keys.Account]map[keys.Account]tao.Amount `json:"stakes"`
		Subnets   []member                                     `json:"subnets"`
	}{Name: g.Name, Salt: hex.EncodeToString(g.Salt[:]), Time: g.Time, Source: g.Source, Params: g.Params,
		Producers: []producer{}, Subnets: []member{},
		Balances: map[keys.Account]tao.Amount{}, Stakes: map[keys.Account]map[keys.Account]tao.Amount{}}
	for _, p := range g.Producers {
		file.Producers = append(file.Producers, producer{hex.EncodeToString(p.PubKey[:]), p.Power})
	}
	for _, b := range g.Balances {
		file.Balances[b.Address] = b.Free
	}
	for _, s := range g.Stakes {
		if file.Stakes[s.Coldkey] == nil {
			file.Stakes[s.Coldkey] = map[keys.Account]tao.Amount{}
		}
		file.Stakes[s.Coldkey][s.Hotkey] = s.Amount
	}
	for _, n := range g.Subnets {
		hotkeys := n.Hotkeys
		if hotkeys == nil {
			hotkeys = []keys.Account{}
		}
		params := map[string]string{}
		for _, spec := range hyper.Table {
			if v := spec.Get(&n.Params); v != spec.Default {
				params[spec.Name] = spec.Format(v)
			}
		}
		m := member{Netuid: n.Netuid, Name: n.Name, Owner: n.Owner, Params: params, Hotkeys: hotkeys}
		if n.Hotkey != (keys.Account{}) {
			m.Hotkey = &n.Hotkey
		}
		file.Subnets = append(file.Subnets, m)
	}
	return json.MarshalIndent(file, "", " ")
}
