// Package batch runs several calls as one transaction: [Batch] all or nothing, [Each] whichever succeed.
package batch

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
)

// Batch runs calls in order for the signer. When one fails, none has happened, and the failure is that of the batch.
type Batch struct {
	_     struct{}        `cbor:",toarray"`
	Calls []ledger.Nested `json:"calls"`
}

// Each runs calls in order for the signer. One that fails changes nothing; the others happen.
type Each struct {
	_     struct{}        `cbor:",toarray"`
	Calls []ledger.Nested `json:"calls"`
}

// Cost is what both cost beyond their bytes and their calls.
var Cost = ledger.Cost{}

// Failed is the event BatchItemFailed of an [Each]: the call at index was refused.
type Failed struct {
	_     struct{} `cbor:",toarray"`
	Index uint64
	Code  ledger.Code
}

// Carried returns the calls, for their cost.
func (b Batch) Carried() []ledger.Nested { return b.Calls }

// Carried returns the calls, for their cost.
func (e Each) Carried() []ledger.Nested { return e.Calls }

// Run executes the calls for signer. Refusals are those of the calls.
func (b Batch) Run(l *ledger.Ledger, signer keys.Account) error {
	for _, c := range b.Calls {
		if err := l.Dispatch(c, signer); err != nil {
			return err
		}
	}
	return nil
}

// Run executes the calls for signer. It never refuses; each failure is an event.
func (e Each) Run(l *ledger.Ledger, signer keys.Account) error {
	for i, c := range e.Calls {
		refusal, err := l.Scope(func() error { return l.Dispatch(c, signer) })
		if err != nil {
			return err
		}
		if refusal == nil {
			continue
		}
		if err := l.Emit("BatchItemFailed", Failed{Index: uint64(i), Code: refusal.Code}); err != nil {
			return err
		}
	}
	return nil
}
