package account

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// Reserve moves amount from free to reserved: it stays the account's and can't be spent. The account stays alive by its
// free balance; refusals are those of [Debit].
func Reserve(l *ledger.Ledger, id keys.Account, amount tao.Amount, short ledger.Code) error {
	if err := Debit(l, id, amount, false, short); err != nil {
		return err
	}
	return reserve(l, id, amount)
}

// reserve adds to what an account has reserved.
func reserve(l *ledger.Ledger, id keys.Account, amount tao.Amount) error {
	a, _, err := Get(l, id)
	if err != nil {
		return err
	}
	a.Reserved += amount
	l.Totals.Reserved += amount
	return put(l, id, a)
}

// Unreserve moves amount, which [Reserve] has put aside, back to free.
func Unreserve(l *ledger.Ledger, id keys.Account, amount tao.Amount) error {
	a, _, err := Get(l, id)
	if err != nil {
		return err
	}
	a.Reserved -= amount
	a.Free += amount
	l.Totals.Reserved -= amount
	l.Totals.Free += amount
	return put(l, id, a)
}
