package account

import (
	"fmt"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// Reserve moves amount from the free balance to the reserved one, where no call can spend it. The account stays alive:
// refusals are those of [Debit].
func Reserve(l *ledger.Ledger, id keys.Account, amount tao.Amount, short ledger.Code) error {
	if err := Debit(l, id, amount, false, short); err != nil {
		return err
	}
	a, _, err := Get(l, id)
	if err != nil {
		return err
	}
	a.Reserved += amount
	l.Totals.Reserved += amount
	return put(l, id, a)
}

// Unreserve moves amount from the reserved balance back to the free one. Whoever reserved it knows how much there is:
// less is an error of the program.
func Unreserve(l *ledger.Ledger, id keys.Account, amount tao.Amount) error {
	if amount == 0 {
		return nil
	}
	a, err := release(l, id, amount)
	if err != nil {
		return err
	}
	a.Free += amount
	l.Totals.Free += amount
	l.MarkFrail(id)
	return put(l, id, a)
}

// MoveReserved moves amount from the reserved balance of one address to that of another, which gets an account if it
// has none: it may stay without free balance for as long as something is reserved.
func MoveReserved(l *ledger.Ledger, from, to keys.Account, amount tao.Amount) error {
	if amount == 0 {
		return nil
	}
	a, err := release(l, from, amount)
	if err != nil {
		return err
	}
	l.MarkFrail(from)
	if err := put(l, from, a); err != nil {
		return err
	}
	b, ok, err := Get(l, to)
	if err != nil {
		return err
	}
	if !ok {
		b.Nonce = FirstNonce(l.Height)
		l.Totals.Accounts++
	}
	b.Reserved += amount
	l.Totals.Reserved += amount
	return put(l, to, b)
}

// release takes amount out of what is reserved; the caller puts it somewhere and writes the account.
func release(l *ledger.Ledger, id keys.Account, amount tao.Amount) (Account, error) {
	a, _, err := Get(l, id)
	if err != nil {
		return a, err
	}
	if a.Reserved < amount {
		return a, fmt.Errorf("account: %d rao of %s are reserved, %d are to be released", a.Reserved, id, amount)
	}
	a.Reserved -= amount
	l.Totals.Reserved -= amount
	return a, nil
}
