package stake

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
)

// BecomeDelegate opens a hotkey of the signer to everybody's stake. Its take begins at Params.DefaultTake.
type BecomeDelegate struct {
	_      struct{}     `cbor:",toarray"`
	Hotkey keys.Account `json:"hotkey"`
}

// IncreaseTake raises the take of a delegate of the signer, at most once in Params.TakeInterval blocks: who stakes on it
// has the time to leave.
type IncreaseTake struct {
	_      struct{}     `cbor:",toarray"`
	Hotkey keys.Account `json:"hotkey"`
	Take   uint16       `json:"take"` // share of the dividends
}

// DecreaseTake lowers the take of a delegate of the signer, at any time.
type DecreaseTake struct {
	_      struct{}     `cbor:",toarray"`
	Hotkey keys.Account `json:"hotkey"`
	Take   uint16       `json:"take"` // share of the dividends
}

// DelegateCost is what each of the three calls costs beyond its bytes.
var DelegateCost = ledger.Cost{Keys: 2}

// TakeOf is the event of the three calls: DelegateAdded, TakeIncreased and TakeDecreased.
type TakeOf struct {
	_               struct{} `cbor:",toarray"`
	Coldkey, Hotkey keys.Account
	Take            uint16 `unit:"share"` // of the dividends, from now on
}

// Run executes the call for signer. Refusals: HotKeyAccountNotExists, NonAssociatedColdKey, AlreadyDelegate,
// TxRateLimitExceeded.
func (c BecomeDelegate) Run(l *ledger.Ledger, signer keys.Account) error {
	h, err := owned(l, c.Hotkey, signer)
	if err != nil {
		return err
	}
	if h.Delegate {
		return ledger.Refuse(ledger.AlreadyDelegate, "the hotkey %s is a delegate already, with a take of %d/65535", c.Hotkey, h.Take)
	}
	if err := limitRate(l, signer); err != nil {
		return err
	}
	return MakeDelegate(l, c.Hotkey)
}

// MakeDelegate makes a hotkey a delegate as [BecomeDelegate] does, and leaves one that is a delegate as it is. Refusal:
// HotKeyAccountNotExists.
func MakeDelegate(l *ledger.Ledger, hotkey keys.Account) error {
	h, err := known(l, hotkey)
	if err != nil || h.Delegate {
		return err
	}
	h.Delegate, h.Take, h.Raised = true, uint16(min(l.Params.DefaultTake, 65_535)), l.Height
	return putTake(l, "DelegateAdded", hotkey, h)
}

// Run executes the call for signer. Refusals: HotKeyAccountNotExists, NonAssociatedColdKey, DelegateTakeTooLow (not
// higher than before, or below the least), DelegateTakeTooHigh, DelegateTxRateLimitExceeded.
func (c IncreaseTake) Run(l *ledger.Ledger, signer keys.Account) error {
	h, err := owned(l, c.Hotkey, signer)
	if err != nil {
		return err
	}
	if c.Take <= h.Take {
		return ledger.Refuse(ledger.DelegateTakeTooLow, "the take is %d/65535 now; %d is not higher", h.Take, c.Take)
	}
	if err := checkTake(l, c.Take); err != nil {
		return err
	}
	if h.Raised > 0 && within(l, h.Raised, l.Params.TakeInterval) {
		return ledger.Refuse(ledger.DelegateTxRateLimitExceeded,
			"the take was raised, or set at first, in block %d; it can be raised again from block %d on", h.Raised, h.Raised+l.Params.TakeInterval+1)
	}
	h.Take, h.Raised = c.Take, l.Height
	return putTake(l, "TakeIncreased", c.Hotkey, h)
}

// Run executes the call for signer. Refusals: HotKeyAccountNotExists, NonAssociatedColdKey, DelegateTakeTooLow (not lower
// than before, or below the least), DelegateTakeTooHigh (where the most has fallen since the take was set).
func (c DecreaseTake) Run(l *ledger.Ledger, signer keys.Account) error {
	h, err := owned(l, c.Hotkey, signer)
	if err != nil {
		return err
	}
	if c.Take >= h.Take {
		return ledger.Refuse(ledger.DelegateTakeTooLow, "the take is %d/65535 now; %d is not lower", h.Take, c.Take)
	}
	if err := checkTake(l, c.Take); err != nil {
		return err
	}
	h.Take = c.Take
	return putTake(l, "TakeDecreased", c.Hotkey, h)
}

func checkTake(l *ledger.Ledger, take uint16) error {
	switch {
	case uint64(take) < l.Params.MinTake:
		return ledger.Refuse(ledger.DelegateTakeTooLow, "a take of %d/65535; the least is %d", take, l.Params.MinTake)
	case uint64(take) > l.Params.MaxTake:
		return ledger.Refuse(ledger.DelegateTakeTooHigh, "a take of %d/65535; the most is %d", take, l.Params.MaxTake)
	}
	return nil
}

func putTake(l *ledger.Ledger, event string, hotkey keys.Account, h Hotkey) error {
	if err := l.Put(hotkeyKey(hotkey), h); err != nil {
		return err
	}
	return l.Emit(event, TakeOf{Coldkey: h.Owner, Hotkey: hotkey, Take: h.Take})
}

// within says whether no more than interval blocks have passed since a block. An interval of 0 limits nothing.
func within(l *ledger.Ledger, since, interval uint64) bool {
	return interval > 0 && l.Height-since <= interval
}
