package weights

import (
	"slices"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/yuma"
)

// ClearRoot takes what rows of the root network say of a netuid out of them. Whoever removes a subnet calls it, so that a
// later one at the same netuid inherits no weight.
func ClearRoot(l *ledger.Ledger, netuid uint16) error {
	root, ok, err := subnet.Get(l, subnet.RootNetuid)
	if err != nil || !ok {
		return err
	}
	rows, err := subnet.ReadRows(l, root.ID, subnet.FieldWeights, root.Uids)
	if err != nil {
		return err
	}
	for uid, row := range rows {
		n := len(row)
		row = slices.DeleteFunc(row, func(e yuma.Entry) bool { return e.UID == netuid })
		if len(row) == n {
			continue
		}
		if err := subnet.PutRow(l, root.ID, subnet.FieldWeights, uint16(uid), row); err != nil {
			return err
		}
	}
	return nil
}
