package chain

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"golang.org/x/crypto/blake2b"
)

// Genesis is everything that a chain begins with. [ParseGenesis] reads one and leaves its lists sorted, so that the
// same content has one hash however it was written.
type Genesis struct {
	_         struct{} `cbor:",toarray"`
	Name      string   // of the chain, lower-case letters, digits and dashes, at most 24
	Salt      [16]byte // random, so that no two chains share an id
	Time      uint64   // ms since 1970; block 1 has the same
	Source    string   // what the balances are, in words
	Params    ledger.Params
	Producers []Producer // by public key
	Balances  []Balance  // by address
	Stakes    []StakeOf  // by coldkey, then hotkey
	Subnets   []SubnetOf // by netuid
}

// Balance is one address's free balance at genesis.
type Balance struct {
	_       struct{} `cbor:",toarray"`
	Address keys.Account
	Free    tao.Amount
}

// StakeOf is what a coldkey has staked on a hotkey of its own at genesis.
type StakeOf struct {
	_               struct{} `cbor:",toarray"`
	Coldkey, Hotkey keys.Account
	Amount          tao.Amount
}

// SubnetOf is a subnet at genesis with its members, uid 0 first. Members that nobody owns belong to the subnet's owner.
type SubnetOf struct {
	_       struct{} `cbor:",toarray"`
	Netuid  uint16
	Name    string
	Owner   keys.Account
	Hotkey  keys.Account // of the owner, one of the members; the zero account for none
	Params  hyper.Params
	Hotkeys []keys.Account
}

// Hash is BLAKE2b-256 of the genesis's canonical encoding.
func (g *Genesis) Hash() [32]byte { return blake2b.Sum256(codec.MustEncode(g)) }

// ChainID is the name, a dash and the first 16 hex digits of the hash.
func (g *Genesis) ChainID() string {
	hash := g.Hash()
	return g.Name + "-" + hex.EncodeToString(hash[:8])
}

// Issuance is the sum of all that is there at genesis.
func (g *Genesis) Issuance() tao.Amount {
	sum := tao.Amount(0)
	for _, b := range g.Balances {
		sum += b.Free
	}
	for _, s := range g.Stakes {
		sum += s.Amount
	}
	return sum
}

// sort puts the lists in their order.
func (g *Genesis) sort() {
	compare := func(a, b keys.Account) int { return bytes.Compare(a[:], b[:]) }
	slices.SortFunc(g.Producers, func(a, b Producer) int { return bytes.Compare(a.PubKey[:], b.PubKey[:]) })
	slices.SortFunc(g.Balances, func(a, b Balance) int { return compare(a.Address, b.Address) })
	slices.SortFunc(g.Stakes, func(a, b StakeOf) int {
		return cmp.Or(compare(a.Coldkey, b.Coldkey), compare(a.Hotkey, b.Hotkey))
	})
	slices.SortFunc(g.Subnets, func(a, b SubnetOf) int { return cmp.Compare(a.Netuid, b.Netuid) })
}

// Apply writes the state at height 0 into the empty w.
func (g *Genesis) Apply(w state.Writer) error {
	if err := ledger.WriteGenesis(w, g.Params, g.Source); err != nil {
		return err
	}
	l, err := ledger.Begin(w, g.ChainID(), 0, g.Time)
	if err != nil {
		return err
	}
	for _, p := range g.Producers {
		if err := l.Put(producerKey(p.Address()), p); err != nil {
			return err
		}
	}
	for _, b := range g.Balances {
		if err := account.Endow(l, b.Address, b.Free); err != nil {
			return err
		}
	}
	for _, s := range g.Stakes {
		if err := stake.SetOwner(l, s.Hotkey, s.Coldkey); err != nil {
			return err
		}
		if err := stake.Endow(l, s.Coldkey, s.Hotkey, s.Amount); err != nil {
			return fmt.Errorf("stake of %s on %s: %w", s.Coldkey, s.Hotkey, err)
		}
	}
	root := rootParams(g.Params)
	e, err := subnet.Create(l, subnet.Subnet{Netuid: subnet.RootNetuid}, root)
	if err != nil {
		return err
	}
	if err := registration.Open(l, e.ID, root); err != nil {
		return err
	}
	for _, s := range g.Subnets {
		if err := s.apply(l); err != nil {
			return err
		}
	}
	return l.End()
}

// OwnerError says that a subnet's owner has a hotkey of somebody else there.
type OwnerError struct {
	Netuid        uint16
	Hotkey, Owner keys.Account
}

// Error names the subnet, the hotkey and who owns it.
func (e *OwnerError) Error() string { return fmt.Sprintf("subnet %d: %s", e.Netuid, e.Reason()) }

// Reason is the error without the subnet.
func (e *OwnerError) Reason() string {
	return fmt.Sprintf("%s owns its owner's hotkey %s", e.Owner, e.Hotkey)
}

// rootParams are the hyperparameters of the root network, as far as it has any use for them.
func rootParams(p ledger.Params) hyper.Params {
	root := hyper.Defaults()
	root.Tempo, root.MaxUIDs, root.MaxValidators, root.MinWeights = uint16(p.RootTempo), uint16(p.RootSeats), uint16(p.RootSeats), 0
	root.AdjustmentInterval = 100
	return root
}

func (s SubnetOf) apply(l *ledger.Ledger) error {
	e, err := subnet.Create(l, subnet.Subnet{Netuid: s.Netuid, Owner: s.Owner, Hotkey: s.Hotkey}, s.Params)
	if err != nil {
		return err
	}
	if err := registration.Open(l, e.ID, s.Params); err != nil {
		return err
	}
	if err := subnet.Name(l, e.ID, s.Name); err != nil {
		return err
	}
	for _, hotkey := range s.Hotkeys {
		owner, owned, err := stake.Owner(l, hotkey)
		if err != nil {
			return err
		}
		if owned && hotkey == s.Hotkey && owner != s.Owner {
			return &OwnerError{Netuid: s.Netuid, Hotkey: hotkey, Owner: owner}
		}
		if !owned {
			if err := stake.SetOwner(l, hotkey, s.Owner); err != nil {
				return err
			}
		}
		if _, err := subnet.Append(l, &e, hotkey); err != nil {
			return err
		}
	}
	return nil
}
