// Package emission says how much a block issues.
//
// [Block] is the halving formula over what is issued already, and [NextHalving] is where it steps down next. Both are
// exact integer arithmetic: floor(1e9 / 2^k) rao, where k counts how many times half of what was left is issued. Since
// burned and recycled amounts leave issuance, a halving can come later than a calendar says, or twice.
package emission

import "github.com/taolight/taolight/core/tao"

// Initial is what a block issues before the first halving.
const Initial = tao.TAO

// halvings is the number of halvings after which less than one rao would be issued.
const halvings = 30

// Block returns what the next block issues when issued rao are in existence. It is 0 from 20,999,999.980442226 TAO on.
func Block(issued tao.Amount) tao.Amount {
	k := level(issued)
	if k >= halvings {
		return 0
	}
	return Initial >> k
}

// NextHalving returns the smallest issuance above issued at which [Block] is less than it is at issued; [tao.Cap] once
// nothing is emitted any more.
func NextHalving(issued tao.Amount) tao.Amount {
	k := level(issued)
	if k >= halvings {
		return tao.Cap
	}
	return threshold(k + 1)
}

// level returns how many thresholds issued has reached, at most halvings.
func level(issued tao.Amount) uint {
	k := uint(0)
	for k < halvings && issued >= threshold(k+1) {
		k++
	}
	return k
}

// threshold returns the issuance from which k halvings have happened: Cap·(1 − 2^−k), rounded up. Rounding up is exact
// here: a whole number of rao reaches a fraction when it reaches the next whole number.
func threshold(k uint) tao.Amount { return tao.Cap - tao.Cap>>k }
