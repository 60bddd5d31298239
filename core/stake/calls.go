package stake

import (
	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// Add stakes free balance of the signer on a hotkey that it owns or on a delegate. It works at once.
type Add struct {
	_      struct{}     `cbor:",toarray"`
	Hotkey keys.Account `json:"hotkey"`
	Amount tao.Amount   `json:"amount"` // rao
}

// Remove takes stake of the signer back into its free balance, at once. All takes everything; Amount must then be 0.
type Remove struct {
	_      struct{}     `cbor:",toarray"`
	Hotkey keys.Account `json:"hotkey"`
	Amount tao.Amount   `json:"amount,omitempty"` // rao
	All    bool         `json:"all"`
}

// What the calls cost beyond their bytes.
var (
	AddCost    = ledger.Cost{Keys: 7}
	RemoveCost = ledger.Cost{Keys: 7}
)

// Moved is the event of both calls: StakeAdded and StakeRemoved.
type Moved struct {
	_               struct{} `cbor:",toarray"`
	Coldkey, Hotkey keys.Account
	Amount          tao.Amount
}

// Run executes the call for signer. Refusals: ZeroAmount, HotKeyAccountNotExists, NonAssociatedColdKey,
// TxRateLimitExceeded, NotEnoughBalanceToStake, ExistentialDeposit, StakeTooLow.
func (c Add) Run(l *ledger.Ledger, signer keys.Account) error {
	if c.Amount == 0 {
		return ledger.Refuse(ledger.ZeroAmount, "staking moves at least 1 rao")
	}
	if err := open(l, c.Hotkey, signer); err != nil {
		return err
	}
	if err := limitRate(l, signer); err != nil {
		return err
	}
	if err := account.Debit(l, signer, c.Amount, false, ledger.NotEnoughBalanceToStake); err != nil {
		return err
	}
	value, err := deposit(l, signer, c.Hotkey, c.Amount)
	if err != nil {
		return err
	}
	if value < l.Params.MinStake {
		return ledger.Refuse(ledger.StakeTooLow, "the position would be worth %d rao; the least is %d", value, l.Params.MinStake)
	}
	return l.Emit("StakeAdded", Moved{Coldkey: signer, Hotkey: c.Hotkey, Amount: c.Amount})
}

// Run executes the call for signer. Refusals: ZeroAmount, NotEnoughStakeToWithdraw, TxRateLimitExceeded, StakeTooLow,
// ExistentialDeposit.
func (c Remove) Run(l *ledger.Ledger, signer keys.Account) error {
	if err := amountOrAll(c.Amount, c.All); err != nil {
		return err
	}
	taken, left, err := withdraw(l, signer, c.Hotkey, c.Amount, c.All)
	if err != nil {
		return err
	}
	if err := limitRate(l, signer); err != nil {
		return err
	}
	if left > 0 && left < l.Params.MinStake {
		return ledger.Refuse(ledger.StakeTooLow, "%d rao would stay staked; leave at least %d or take everything", left, l.Params.MinStake)
	}
	if err := account.Credit(l, signer, taken); err != nil {
		return err
	}
	return l.Emit("StakeRemoved", Moved{Coldkey: signer, Hotkey: c.Hotkey, Amount: taken})
}
