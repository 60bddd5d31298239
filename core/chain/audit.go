package chain

import (
	"fmt"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
)

// Audit counts the whole state again, entry by entry, and holds the running totals to the result. It reads
// everything: for genesis, tests and operators, not for every block. The error wraps [ledger.ErrUnbalanced].
func Audit(r state.Reader) (ledger.Totals, error) {
	totals, err := ledger.ReadTotals(r)
	if err != nil {
		return totals, err
	}
	counted := totals
	if counted.Free, counted.Reserved, counted.Accounts, err = account.Sum(r); err != nil {
		return totals, err
	}
	if counted.Staked, err = stake.Sum(r); err != nil {
		return totals, err
	}
	if counted.Pending, err = subnet.Sum(r); err != nil {
		return totals, err
	}
	if counted != totals {
		return totals, fmt.Errorf("%w: the totals say %+v, the entries sum up to %+v", ledger.ErrUnbalanced, totals, counted)
	}
	return totals, totals.Balanced()
}
