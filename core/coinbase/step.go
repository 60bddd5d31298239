package coinbase

import (
	"github.com/taolight/taolight/core/emission"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/subnet"
)

// sweptPerBlock is how many keys of removed subnets a block deletes at most.
const sweptPerBlock = 2048

// Step ends a block; the package says in which order. An error means that the block can't be made: a node of a partial
// tree is missing, or the state is corrupt. watch may be nil.
func Step(l *ledger.Ledger, watch Watch) error {
	all, err := subnet.Everywhere(l)
	if err != nil {
		return err
	}
	for i := range all {
		if err := registration.Adjust(l, &all[i]); err != nil {
			return err
		}
	}
	if len(all) > 0 && all[0].Netuid == subnet.RootNetuid {
		root := &all[0]
		all = all[1:]
		if err := rootEpoch(l, root, all); err != nil {
			return err
		}
	}
	if err := accrue(l, all, emission.Block(l.Totals.Issuance)); err != nil {
		return err
	}
	if err := runDue(l, all, watch); err != nil {
		return err
	}
	return subnet.Sweep(l, sweptPerBlock)
}
