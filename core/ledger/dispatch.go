package ledger

import (
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
)

// Nested is a call inside another one's arguments.
type Nested struct {
	_    struct{}  `cbor:",toarray"`
	Call string    `json:"call"` // name
	Args codec.Raw `json:"args"` // canonical CBOR of the call's arguments
}

// Dispatcher runs a call by its name. It is the chain's, which knows all calls; a call that carries others knows none.
type Dispatcher func(l *Ledger, n Nested, signer keys.Account) error

// Dispatch runs a nested call for signer, within the filters in force. Refusals: CallFiltered, and those of the call.
func (l *Ledger) Dispatch(n Nested, signer keys.Account) error {
	for _, f := range l.filters {
		if err := f(n); err != nil {
			return err
		}
	}
	return l.Calls(l, n, signer)
}

// Within runs f while filter holds for every call that is dispatched, however deep. It returns a refusal for what is not
// allowed.
func (l *Ledger) Within(filter func(Nested) error, f func() error) error {
	l.filters = append(l.filters, filter)
	defer func() { l.filters = l.filters[:len(l.filters)-1] }()
	return f()
}
