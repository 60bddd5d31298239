// Package account holds balances: what every address has free and reserved, and the nonce of its next transaction.
//
// All changes go through [Credit], [Debit] and their like, which keep the ledger's totals in step. An account whose
// balance falls below the existential deposit is reaped when the block ends ([Reap]); its dust is recycled.
package account

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Account is the balance record of one address.
type Account struct {
	_        struct{} `cbor:",toarray"`
	Nonce    uint64   // of the next transaction
	Free     tao.Amount
	Reserved tao.Amount
}

func key(id keys.Account) ledger.Key { return ledger.TableAccount.Key().Account(id) }

// Get returns an address's balance record and whether it has one.
func Get(r state.Reader, id keys.Account) (a Account, ok bool, err error) {
	ok, err = ledger.Load(r, key(id), &a)
	return a, ok, err
}

func put(l *ledger.Ledger, id keys.Account, a Account) error { return l.Put(key(id), a) }

// FirstNonce is where an account that comes into being at height starts. No account can use 2^16 nonces in one block,
// so whatever an earlier account of the same address signed stays below it: after a reaping nothing can be replayed.
func FirstNonce(height uint64) uint64 { return height << 16 }

// Credit adds amount to the free balance, and makes the account if need be. A sum that would leave a new account below
// the existential deposit is refused with [ledger.ExistentialDeposit].
func Credit(l *ledger.Ledger, id keys.Account, amount tao.Amount) error {
	a, ok, err := Get(l, id)
	if err != nil {
		return err
	}
	if !ok {
		if least := l.Params.ExistentialDeposit; amount < least {
			return ledger.Refuse(ledger.ExistentialDeposit,
				"%s has no account yet; an account begins with at least %d rao, this would give it %d", id, least, amount)
		}
		a.Nonce = FirstNonce(l.Height)
		l.Totals.Accounts++
	}
	a.Free += amount
	l.Totals.Free += amount
	return put(l, id, a)
}

// Debit takes amount from the free balance. What is left must be at least the existential deposit, or nothing at all
// where mayDie allows it; short balances are refused with the code given, too small a rest with
// [ledger.ExistentialDeposit].
func Debit(l *ledger.Ledger, id keys.Account, amount tao.Amount, mayDie bool, short ledger.Code) error {
	a, _, err := Get(l, id)
	if err != nil {
		return err
	}
	least := l.Params.ExistentialDeposit
	switch rest := a.Free - amount; {
	case amount > a.Free:
		return ledger.Refuse(short, "%d rao are free, %d are asked for", a.Free, amount)
	case rest < least && !mayDie:
		return ledger.Refuse(ledger.ExistentialDeposit,
			"%d rao are free and %d must stay, so at most %d can go; %d are asked for", a.Free, least, a.Free-min(least, a.Free), amount)
	case rest < least && rest > 0:
		return ledger.Refuse(ledger.ExistentialDeposit,
			"%d rao would be left, too few for an account (%d): send %d or all %d", rest, least, a.Free-min(least, a.Free), a.Free)
	}
	a.Free -= amount
	l.Totals.Free -= amount
	l.MarkFrail(id)
	return put(l, id, a)
}

// Pay takes a transaction's fee out of the issuance and uses up its nonce. The caller has checked both.
func Pay(l *ledger.Ledger, id keys.Account, fee tao.Amount) error {
	a, _, err := Get(l, id)
	if err != nil {
		return err
	}
	a.Free -= fee
	a.Nonce++
	l.Totals.Free -= fee
	l.Recycle(fee)
	return put(l, id, a)
}

// Reap removes the accounts that fell below the existential deposit and recycles what they had left. It runs once, when
// the block ends: an account that is emptied and filled again within a block keeps its nonce.
func Reap(l *ledger.Ledger) error {
	frail := slices.Clone(l.Frail())
	slices.SortFunc(frail, func(a, b keys.Account) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range slices.Compact(frail) {
		a, ok, err := Get(l, id)
		if err != nil {
			return err
		}
		if !ok || a.Free >= l.Params.ExistentialDeposit || a.Reserved > 0 {
			continue
		}
		l.Totals.Free -= a.Free
		l.Totals.Accounts--
		l.Recycle(a.Free)
		if err := l.Delete(key(id)); err != nil {
			return err
		}
		if err := l.Emit("AccountReaped", Reaped{Account: id, Dust: a.Free}); err != nil {
			return err
		}
	}
	return nil
}

// Reaped is the event AccountReaped: an account that fell below what it needs to exist has ended.
type Reaped struct {
	_       struct{} `cbor:",toarray"`
	Account keys.Account
	Dust    tao.Amount // recycled
}

// Endow gives an address a balance at genesis, whatever its size, and counts it as issued.
func Endow(l *ledger.Ledger, id keys.Account, amount tao.Amount) error {
	l.Mint(amount)
	l.Totals.Free += amount
	l.Totals.Accounts++
	return put(l, id, Account{Free: amount})
}

// Sum counts all balance records.
func Sum(r state.Reader) (free, reserved tao.Amount, accounts uint64, err error) {
	for e, err := range r.Iterate(ledger.TableAccount.Key(), nil) {
		if err != nil {
			return 0, 0, 0, err
		}
		var a Account
		if err := codec.Decode(e.Value, &a); err != nil {
			return 0, 0, 0, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		free += a.Free
		reserved += a.Reserved
		accounts++
	}
	return free, reserved, accounts, nil
}
