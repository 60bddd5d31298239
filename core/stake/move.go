package stake

import (
	"math/big"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// Move takes stake of the signer from one hotkey to another: its own or a delegate. All moves everything; Amount must
// then be 0.
type Move struct {
	_          struct{}     `cbor:",toarray"`
	FromHotkey keys.Account `json:"from_hotkey"`
	ToHotkey   keys.Account `json:"to_hotkey"`
	Amount     tao.Amount   `json:"amount,omitempty"` // rao
	All        bool         `json:"all"`
}

// Transfer gives stake of the signer on a hotkey to another coldkey, which has it on the same hotkey: its own or a
// delegate. All gives everything; Amount must then be 0.
type Transfer struct {
	_         struct{}     `cbor:",toarray"`
	ToColdkey keys.Account `json:"to_coldkey"`
	Hotkey    keys.Account `json:"hotkey"`
	Amount    tao.Amount   `json:"amount,omitempty"` // rao
	All       bool         `json:"all"`
}

// UnstakeAll takes the signer's stake back from all hotkeys: the first [UnstakePage] positions by pool id. Who has more
// calls again.
type UnstakeAll struct {
	_ struct{} `cbor:",toarray"`
}

// UnstakePage is how many positions one [UnstakeAll] ends.
const UnstakePage = 64

// What the calls cost beyond their bytes.
var (
	MoveCost       = ledger.Cost{Keys: 10}
	TransferCost   = ledger.Cost{Keys: 8}
	UnstakeAllCost = ledger.Cost{Keys: 2 + 4*UnstakePage}
)

// MovedBetween is the event StakeMoved.
type MovedBetween struct {
	_                             struct{} `cbor:",toarray"`
	Coldkey, FromHotkey, ToHotkey keys.Account
	Amount                        tao.Amount
}

// Transferred is the event StakeTransferred.
type Transferred struct {
	_                              struct{} `cbor:",toarray"`
	FromColdkey, ToColdkey, Hotkey keys.Account
	Amount                         tao.Amount
}

// Run executes the call for signer. Refusals: ZeroAmount, SameOriginAndDestination, HotKeyAccountNotExists,
// NonAssociatedColdKey, TxRateLimitExceeded, NotEnoughStakeToWithdraw, StakeTooLow.
func (c Move) Run(l *ledger.Ledger, signer keys.Account) error {
	if err := amountOrAll(c.Amount, c.All); err != nil {
		return err
	}
	if c.FromHotkey == c.ToHotkey {
		return ledger.Refuse(ledger.SameOriginAndDestination, "the stake is on %s already", c.ToHotkey)
	}
	if err := open(l, c.ToHotkey, signer); err != nil {
		return err
	}
	if err := limitRate(l, signer); err != nil {
		return err
	}
	taken, left, err := withdraw(l, signer, c.FromHotkey, c.Amount, c.All)
	if err != nil {
		return err
	}
	value, err := deposit(l, signer, c.ToHotkey, taken)
	if err != nil {
		return err
	}
	if err := enough(l, left, value); err != nil {
		return err
	}
	return l.Emit("StakeMoved", MovedBetween{Coldkey: signer, FromHotkey: c.FromHotkey, ToHotkey: c.ToHotkey, Amount: taken})
}

// Run executes the call for signer. Refusals: ZeroAmount, SameOriginAndDestination, HotKeyAccountNotExists,
// NonAssociatedColdKey, TxRateLimitExceeded, NotEnoughStakeToWithdraw, StakeTooLow.
func (c Transfer) Run(l *ledger.Ledger, signer keys.Account) error {
	if err := amountOrAll(c.Amount, c.All); err != nil {
		return err
	}
	if c.ToColdkey == signer {
		return ledger.Refuse(ledger.SameOriginAndDestination, "the stake is %s's already", signer)
	}
	if err := open(l, c.Hotkey, c.ToColdkey); err != nil {
		return err
	}
	if err := limitRate(l, signer); err != nil {
		return err
	}
	amount, left, value, err := give(l, signer, c.ToColdkey, c.Hotkey, c.Amount, c.All)
	if err != nil {
		return err
	}
	if err := enough(l, left, value); err != nil {
		return err
	}
	return l.Emit("StakeTransferred", Transferred{FromColdkey: signer, ToColdkey: c.ToColdkey, Hotkey: c.Hotkey, Amount: amount})
}

// give hands shares worth amount (all of them if all) from one coldkey to another; the pool keeps its shares and value.
func give(l *ledger.Ledger, from, to, hotkey keys.Account, asked tao.Amount, all bool) (amount, left, value tao.Amount, err error) {
	pool, held, amount, err := holding(l, from, hotkey, asked, all)
	if err != nil {
		return 0, 0, 0, err
	}
	given := pool.price(amount, held)
	rest := new(big.Int).Sub(held, given)
	if err := writeShares(l, from, &pool, held, rest); err != nil {
		return 0, 0, 0, err
	}
	had, err := readShares(l, to, pool)
	if err != nil {
		return 0, 0, 0, err
	}
	has := given.Add(given, had)
	if err := writeShares(l, to, &pool, had, has); err != nil {
		return 0, 0, 0, err
	}
	return amount, pool.value(rest), pool.value(has), putPool(l, pool)
}

// Run executes the call for signer. Refusals: NotEnoughStakeToWithdraw (nothing is staked), ExistentialDeposit.
func (c UnstakeAll) Run(l *ledger.Ledger, signer keys.Account) error {
	page, _, err := Positions(l, signer, 0, UnstakePage)
	if err != nil {
		return err
	}
	sum := tao.Amount(0)
	for _, p := range page {
		if p.Value == 0 {
			continue
		}
		taken, _, err := withdraw(l, signer, p.Pool.Hotkey, 0, true)
		if err != nil {
			return err
		}
		sum += taken
		if err := l.Emit("StakeRemoved", Moved{Coldkey: signer, Hotkey: p.Pool.Hotkey, Amount: taken}); err != nil {
			return err
		}
	}
	if sum == 0 {
		return ledger.Refuse(ledger.NotEnoughStakeToWithdraw, "%s has nothing staked", signer)
	}
	if err := limitRate(l, signer); err != nil {
		return err
	}
	return account.Credit(l, signer, sum)
}

// amountOrAll refuses unless exactly one of an amount and everything is asked for.
func amountOrAll(amount tao.Amount, all bool) error {
	if (amount == 0) != all {
		return ledger.Refuse(ledger.ZeroAmount, "ask for an amount of at least 1 rao or for everything, not both")
	}
	return nil
}

// enough refuses positions that were touched and are below the least: left may be nothing, value not.
func enough(l *ledger.Ledger, left, value tao.Amount) error {
	if least := l.Params.MinStake; left > 0 && left < least {
		return ledger.Refuse(ledger.StakeTooLow, "%d rao would stay behind; leave at least %d or take everything", left, least)
	} else if value < least {
		return ledger.Refuse(ledger.StakeTooLow, "the position would be worth %d rao; the least is %d", value, least)
	}
	return nil
}
