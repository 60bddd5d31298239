// Package proxy lets one account call on behalf of another, within a [Kind]: a staking proxy can stake and can't transfer.
//
// [Add] makes a proxy, [Call] uses it, [Remove] ends it. The filter of the kind holds for every call inside the call.
package proxy

import (
	"fmt"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/tao"
)

// Add makes Delegate a proxy of the signer; the deposit is reserved of the signer.
type Add struct {
	_        struct{}     `cbor:",toarray"`
	Delegate keys.Account `json:"delegate"`
	Kind     Kind         `json:"proxy_type"`
}

// Remove ends a proxy of the signer and frees the deposit.
type Remove struct {
	_        struct{}     `cbor:",toarray"`
	Delegate keys.Account `json:"delegate"`
	Kind     Kind         `json:"proxy_type"`
}

// Call makes a call as Real, whose proxy of that kind the signer is. The signer pays the fee.
type Call struct {
	_    struct{}      `cbor:",toarray"`
	Real keys.Account  `json:"real"`
	Kind Kind          `json:"proxy_type"`
	Call ledger.Nested `json:"call"`
}

// What the calls cost beyond their bytes and what they carry.
var (
	AddCost    = ledger.Cost{Keys: 2}
	RemoveCost = ledger.Cost{Keys: 2}
	CallCost   = ledger.Cost{Keys: 1}
)

// Changed is the event of the first two calls: ProxyAdded and ProxyRemoved.
type Changed struct {
	_              struct{} `cbor:",toarray"`
	Real, Delegate keys.Account
	Kind           string
}

func key(real, delegate keys.Account, k Kind) ledger.Key {
	return ledger.TableProxy.Key().Account(real).Account(delegate).Byte(byte(k))
}

// known refuses kinds that this version doesn't have.
func (k Kind) known() error {
	if k >= kinds {
		return ledger.Refuse(ledger.UnknownProxyType, "%d is no type of proxy; there are %q", k, kindNames)
	}
	return nil
}

// Run executes the call for signer. Refusals: UnknownProxyType, NoSelfProxy, DuplicateProxy, InsufficientBalance,
// ExistentialDeposit.
func (a Add) Run(l *ledger.Ledger, signer keys.Account) error {
	if err := a.Kind.known(); err != nil {
		return err
	}
	if a.Delegate == signer {
		return ledger.Refuse(ledger.NoSelfProxy, "an account can do by itself what its proxy could")
	}
	var deposit tao.Amount
	there, err := ledger.Load(l, key(signer, a.Delegate, a.Kind), &deposit)
	if err != nil {
		return err
	}
	if there {
		return ledger.Refuse(ledger.DuplicateProxy, "%s is a %s proxy already", a.Delegate, a.Kind)
	}
	deposit = l.Params.RecordDeposit
	if err := account.Reserve(l, signer, deposit, ledger.InsufficientBalance); err != nil {
		return err
	}
	if err := l.Put(key(signer, a.Delegate, a.Kind), deposit); err != nil {
		return err
	}
	return l.Emit("ProxyAdded", Changed{Real: signer, Delegate: a.Delegate, Kind: a.Kind.String()})
}

// Run executes the call for signer. Refusals: ProxyNotFound.
func (r Remove) Run(l *ledger.Ledger, signer keys.Account) error {
	var deposit tao.Amount
	there, err := ledger.Load(l, key(signer, r.Delegate, r.Kind), &deposit)
	if err != nil {
		return err
	}
	if !there {
		return ledger.Refuse(ledger.ProxyNotFound, "%s is no %s proxy of %s", r.Delegate, r.Kind, signer)
	}
	if err := l.Delete(key(signer, r.Delegate, r.Kind)); err != nil {
		return err
	}
	if err := account.Unreserve(l, signer, deposit); err != nil {
		return err
	}
	return l.Emit("ProxyRemoved", Changed{Real: signer, Delegate: r.Delegate, Kind: r.Kind.String()})
}

// Carried returns the call, for its cost.
func (c Call) Carried() []ledger.Nested { return []ledger.Nested{c.Call} }

// Run executes the call for signer. Refusals: NotProxy, CallFiltered, and those of the call.
func (c Call) Run(l *ledger.Ledger, signer keys.Account) error {
	var deposit tao.Amount
	there, err := ledger.Load(l, key(c.Real, signer, c.Kind), &deposit)
	if err != nil {
		return err
	}
	if !there {
		return ledger.Refuse(ledger.NotProxy, "%s is no %s proxy of %s", signer, c.Kind, c.Real)
	}
	return l.Within(c.Kind.Check, func() error { return l.Dispatch(c.Call, c.Real) })
}

// Proxy is one proxy of an account.
type Proxy struct {
	Delegate keys.Account
	Kind     Kind
	Deposit  tao.Amount
}

// Of returns the proxies of an account by delegate and kind, from a delegate on, and with which delegate the next page
// begins, the zero account if there is none. A page ends with the delegate that makes it limit proxies or more.
func Of(r state.Reader, real, from keys.Account, limit int) (page []Proxy, next keys.Account, err error) {
	prefix := ledger.TableProxy.Key().Account(real)
	for e, err := range r.Iterate(prefix, key(real, from, 0)) {
		if err != nil {
			return nil, next, err
		}
		var p Proxy
		if len(e.Key) != len(prefix)+len(p.Delegate)+1 {
			return nil, next, fmt.Errorf("state key %x: not a proxy's", e.Key)
		}
		copy(p.Delegate[:], e.Key[len(prefix):])
		if n := len(page); n >= limit && p.Delegate != page[n-1].Delegate {
			return page, p.Delegate, nil
		}
		if err := codec.Decode(e.Value, &p.Deposit); err != nil {
			return nil, next, fmt.Errorf("state key %x: %w", e.Key, err)
		}
		p.Kind = Kind(e.Key[len(e.Key)-1])
		page = append(page, p)
	}
	return page, next, nil
}
