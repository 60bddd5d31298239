// Package chain is the state machine: genesis, transactions, blocks and queries.
//
// [Execute] runs one block over a state and is the same code in the relay and in the browser tab; [Queries] are
// programs over a state that a light node runs over a witness. Everything here depends on its inputs alone: no clock,
// no goroutine, no map order, no float.
package chain

import (
	"errors"
	"strings"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/relays"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
)

// AppVersion is the version of the rules. A header with another one is none of this code's business: what it does
// with such a block is not known, which is not the same as wrong.
const AppVersion = 1

// Block is everything that the state after a block depends on, besides the state before it. The header binds all of it.
type Block struct {
	ChainID    string
	Height     uint64
	Time       uint64 // ns since 1970
	Hash       [32]byte
	Proposer   [20]byte
	AppVersion uint64
	Txs        [][]byte
	Evidence   []Evidence
}

// Result is the part of a transaction's outcome that the next header commits to. GasUsed is its cost in units.
type Result struct {
	Code    ledger.Code
	GasUsed uint64
}

// Outcome is what a block did, besides the state it left.
type Outcome struct {
	Results  []Result
	Updates  []Producer // changed block producers; power 0 removes one
	Events   []ledger.Event
	Refusals []*ledger.Refusal // why a transaction has its code, nil for a success; words, not consensus
}

// ErrVersion says that a block follows rules that this code does not know.
var ErrVersion = errors.New("unknown app version")

// Execute runs block b over w, in this order: evidence, transactions in order, the [coinbase.Step], the end of relays that
// nobody has renewed, reaping, its own record, totals. The caller takes the root from its tree afterwards. A transaction never
// makes it fail: an invalid one changes nothing, a failed one pays its fee. An error means that the state has no such block:
// a node of a partial tree is missing, the state is corrupt or the version is unknown; w is then to be thrown away.
func Execute(w state.Writer, b Block, verify sign.Verifier) (Outcome, error) {
	return ExecuteWatched(w, b, verify, nil)
}

// Rules is what a block does to the state. All honest producers have [Execute]; tests have others.
type Rules func(w state.Writer, b Block, verify sign.Verifier) (Outcome, error)

// ExecuteWatched is [Execute] that tells watch of the epochs which the block runs; watch may be nil.
func ExecuteWatched(w state.Writer, b Block, verify sign.Verifier, watch coinbase.Watch) (Outcome, error) {
	var out Outcome
	if b.AppVersion != AppVersion {
		return out, ErrVersion
	}
	overlay := state.NewOverlay(w)
	l, err := ledger.Begin(overlay, b.ChainID, b.Height, b.Time/1e6)
	if err != nil {
		return out, err
	}
	l.Calls = dispatch
	if out.Updates, err = punish(l, b.Evidence); err != nil {
		return out, err
	}
	var used usage
	for i, p := range prepare(b.Txs, b.ChainID, verify) {
		l.Tx = int64(i)
		refusal, err := apply(l, p, &used)
		if err != nil {
			return out, err
		}
		r := Result{GasUsed: p.cost.Units()}
		if refusal != nil {
			r.Code = refusal.Code
		}
		if refusal != nil && refusal.Invalid {
			r.GasUsed = 0
		}
		out.Results = append(out.Results, r)
		out.Refusals = append(out.Refusals, refusal)
	}
	l.Tx = -1
	if err := coinbase.Step(l, watch); err != nil {
		return out, err
	}
	if err := relays.Expire(l); err != nil {
		return out, err
	}
	if err := account.Reap(l); err != nil {
		return out, err
	}
	if err := l.SealBlock(b.Hash); err != nil {
		return out, err
	}
	if err := l.End(); err != nil {
		return out, err
	}
	out.Events = l.Events()
	return out, overlay.Flush(w)
}

// usage is what a block's transactions have cost so far, in units.
type usage struct {
	all     uint64
	feeless uint64
	subnets map[string]uint64 // the feeless ones, by subnet
}

func (u *usage) add(p prepared) {
	units := p.cost.Units()
	u.all += units
	if p.call.Feeless {
		if u.subnets == nil {
			u.subnets = map[string]uint64{}
		}
		u.feeless += units
		u.subnets[p.subnet()] += units
	}
}

// apply runs one transaction. An invalid one changes nothing; a failed one has paid.
func apply(l *ledger.Ledger, p prepared, used *usage) (*ledger.Refusal, error) {
	refusal, err := admit(l, p, used)
	if refusal != nil || err != nil {
		return refusal, err
	}
	if p.call.Feeless {
		refusal, err = runFree(l, p)
	} else {
		refusal, err = runPaid(l, p)
	}
	if err == nil && (refusal == nil || !refusal.Invalid) {
		used.add(p)
	}
	return refusal, err
}

// admit says why a transaction is invalid at this point of the block whatever its call does, if it is.
func admit(l *ledger.Ledger, p prepared, used *usage) (*ledger.Refusal, error) {
	if p.refusal != nil {
		return p.refusal, nil
	}
	body, units, most := p.tx.Body, p.cost.Units(), l.Params.BlockUnits
	switch last := l.Height + l.Params.ValidityWindow; {
	case body.ValidUntil < l.Height:
		return ledger.Refuse(ledger.Expired, "valid until block %d, this is block %d; sign it again", body.ValidUntil, l.Height), nil
	case body.ValidUntil > last:
		return ledger.Refuse(ledger.ValidityTooFar, "valid until block %d; at most block %d is allowed now", body.ValidUntil, last), nil
	case used.all+units > most:
		return ledger.Refuse(ledger.BlockFull, "costs %d units, %d of %d are left in this block", units, most-used.all, most), nil
	case p.call.Feeless && used.feeless+units > most/feelessPart:
		return ledger.Refuse(ledger.BlockFull, "costs %d units, %d of %d for calls without a fee are left in this block", units, most/feelessPart-used.feeless, most/feelessPart), nil
	case p.call.Feeless && used.subnets[p.subnet()]+units > most/feelessPart/subnetPart:
		left := most/feelessPart/subnetPart - used.subnets[p.subnet()]
		return ledger.Refuse(ledger.BlockFull, "costs %d units, %d for calls without a fee on this subnet are left in this block", units, left), nil
	}
	if p.call.Feeless {
		return nil, nil
	}
	a, ok, err := account.Get(l, body.Signer)
	if err != nil {
		return nil, err
	}
	fee, least := l.Params.Fee(p.cost), l.Params.ExistentialDeposit
	if !ok || a.Free < fee || a.Free-fee < least { // without a record there is no nonce to use up, even where all is free
		return ledger.Refuse(ledger.CannotPayFee, "%d rao are free; the fee is %d and %d must stay", a.Free, fee, least), nil
	}
	return checkNonce(body.Nonce, a.Nonce), nil
}

const (
	feelessPart = 4 // calls without a fee fill a quarter of a block at most,
	subnetPart  = 8 // and those on one subnet an eighth of that: no owner can keep other subnets' validators out
)

// subnet names the subnet that a feeless call is about, by what its slot says behind the kind; batches share one name.
func (p prepared) subnet() string {
	s, ok := p.args.(slotted)
	if !ok {
		return ""
	}
	_, netuid, _ := strings.Cut(s.Slot(), "/")
	return netuid
}

func checkNonce(got, next uint64) *ledger.Refusal {
	switch {
	case got < next:
		return ledger.Refuse(ledger.NonceUsed, "nonce %d is used, the next is %d", got, next)
	case got > next:
		return ledger.Refuse(ledger.NonceAhead, "nonce %d is ahead, the next is %d", got, next)
	}
	return nil
}

// runPaid takes the fee and runs the call; when that fails the fee is gone.
func runPaid(l *ledger.Ledger, p prepared) (*ledger.Refusal, error) {
	signer := p.tx.Body.Signer
	if err := account.Pay(l, signer, l.Params.Fee(p.cost)); err != nil {
		return nil, err
	}
	return l.Scope(func() error { return p.args.Run(l, signer) })
}

// runFree runs a call that nobody pays for. Every guard of it is a condition of validity: a block holds none that fails.
// What keeps it from being held twice is the hotkey's nonce, or the work that was spent on it.
func runFree(l *ledger.Ledger, p prepared) (*ledger.Refusal, error) {
	body := p.tx.Body
	refusal, err := l.Scope(func() error {
		if !p.call.Worked {
			next, err := stake.UseNonce(l, body.Signer)
			if err != nil {
				return err
			}
			if refusal := checkNonce(body.Nonce, next); refusal != nil {
				return refusal
			}
		}
		return p.args.Run(l, body.Signer)
	})
	if refusal != nil {
		refusal.Invalid = true
	}
	return refusal, err
}
