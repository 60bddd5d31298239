package chain

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/strictjson"
)

// Part reads parts of a genesis where they stand in another document, such as a scenario, by the rules of [ParseGenesis].
// There a number, an amount too, may stand as such or as a string of digits, subnets need no name, and accounts have the names
// that the document gives them. Errors are the document's reader's. Call [Part.End] behind the last part.
type Part struct{ spec *specReader }

// NewPart returns a Part that adds to g what stands in r.
func NewPart(r *strictjson.Reader, g *Genesis, names func(text string) (keys.Account, error)) Part {
	return Part{&specReader{Reader: r, genesis: g, sum: g.Issuance(), seen: map[keys.Account]keys.Account{}, names: names, loose: true}}
}

// Params reads the chain's parameters over those that the genesis has.
func (p Part) Params() error { return p.spec.params() }

// Subnets reads a list of subnets.
func (p Part) Subnets() error { return p.spec.list(maxGenesisSubnets, p.spec.subnet)() }

// Balance reads what is free of an account.
func (p Part) Balance(a keys.Account) error { return p.spec.balance(a) }

// Stakes reads an object of hotkeys and what a coldkey has staked on them.
func (p Part) Stakes(coldkey keys.Account) error { return p.spec.coldkey(coldkey) }

// End puts the genesis in order.
func (p Part) End() { p.spec.genesis.sort() }
