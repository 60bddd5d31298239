package account

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// Transfer moves free balance from the signer to another address. The signer's account stays alive unless All is set,
// which sends whatever is free; Amount must then be 0.
type Transfer struct {
	_      struct{}     `cbor:",toarray"`
	To     keys.Account `json:"to"`
	Amount tao.Amount   `json:"amount,omitempty"` // rao
	All    bool         `json:"all"`              // everything, and let the account end
}

// Transferred is the event of a [Transfer].
type Transferred struct {
	_        struct{} `cbor:",toarray"`
	From, To keys.Account
	Amount   tao.Amount
}

// TransferCost is what a [Transfer] costs beyond its bytes.
var TransferCost = ledger.Cost{Keys: 2}

// Run executes the call for signer. Refusals: ZeroAmount, InsufficientBalance, ExistentialDeposit.
func (t Transfer) Run(l *ledger.Ledger, signer keys.Account) error {
	amount := t.Amount
	if t.All {
		from, _, err := Get(l, signer)
		if err != nil {
			return err
		}
		if amount != 0 {
			return ledger.Refuse(ledger.ZeroAmount, "an amount of %d rao and everything are both asked for; ask for one", amount)
		}
		amount = from.Free
	}
	if amount == 0 {
		return ledger.Refuse(ledger.ZeroAmount, "a transfer moves at least 1 rao")
	}
	if err := Debit(l, signer, amount, t.All, ledger.InsufficientBalance); err != nil {
		return err
	}
	if err := Credit(l, t.To, amount); err != nil {
		return err
	}
	return l.Emit("Transfer", Transferred{From: signer, To: t.To, Amount: amount})
}
