package coinbase

import (
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// accrue mints amount, a block's emission, for the subnets that have members: in proportion to their shares, or equally
// where none of them has any. What the division leaves goes to the lowest netuids among them, a rao each. Without such a
// subnet nothing is minted.
func accrue(l *ledger.Ledger, all []subnet.Entry, amount tao.Amount) error {
	shares, total, err := eligible(l, all)
	if err != nil {
		return err
	}
	parts := make([]tao.Amount, len(all))
	rest := amount
	if total > 0 {
		for i, share := range shares {
			parts[i] = amount * share / total // at most 10^9 times 10^9
			rest -= parts[i]
		}
		for i := range parts {
			if shares[i] > 0 && rest > 0 {
				parts[i]++
				rest--
			}
		}
		l.Mint(amount)
		l.Totals.Pending += amount
	}
	for i := range all {
		s := &all[i]
		if parts[i] == 0 && s.Emission == 0 {
			continue
		}
		s.Emission = parts[i]
		s.Pending += parts[i]
		if err := subnet.PutIncome(l, s); err != nil {
			return err
		}
	}
	return nil
}

// eligible returns the shares of all subnets and their sum; a subnet without members has none.
func eligible(l *ledger.Ledger, all []subnet.Entry) (shares []tao.Amount, total tao.Amount, err error) {
	split, err := ReadShares(l)
	if err != nil {
		return nil, 0, err
	}
	shares = make([]tao.Amount, len(all))
	for i, s := range all {
		for _, p := range split.Parts {
			if p.ID == s.ID {
				shares[i] = p.Share
				total += p.Share
			}
		}
	}
	if total > 0 {
		return shares, total, nil
	}
	for i, s := range all {
		if s.Uids > 0 {
			shares[i] = 1
			total++
		}
	}
	return shares, total, nil
}
