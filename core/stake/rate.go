package stake

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
)

// limitRate counts a call of coldkey, and refuses with [ledger.TxRateLimitExceeded] unless more than Params.TxRateLimit blocks
// have passed since the last one. Staking and taking stake back, moving and transferring it, becoming a delegate and swapping
// a hotkey are counted together. A limit of 0 refuses and counts nothing.
func limitRate(l *ledger.Ledger, coldkey keys.Account) error {
	limit := l.Params.TxRateLimit
	if limit == 0 {
		return nil
	}
	var last uint64
	key := ledger.TableStaked.Key().Account(coldkey)
	ok, err := ledger.Load(l, key, &last)
	if err != nil {
		return err
	}
	if ok && within(l, last, limit) {
		return ledger.Refuse(ledger.TxRateLimitExceeded,
			"%s changed its stake or hotkeys in block %d; it can again from block %d on (tx_rate_limit is %d)", coldkey, last, last+limit+1, limit)
	}
	return l.Put(key, l.Height)
}
