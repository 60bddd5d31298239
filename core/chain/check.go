package chain

import (
	"errors"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// Checker says of transactions whether the next block could hold them, one after the other, as a relay's mempool does:
// each that is accepted is taken to happen, so that an account may have several waiting. It is also what a block
// producer picks from and what a proposal is held against. Not for concurrent use.
type Checker struct {
	ledger *ledger.Ledger
	verify sign.Verifier
	used   usage
	slots  map[slot]bool // taken by what was submitted
	wasted uint64        // units of what was submitted and failed, for which nobody pays
}

// slotted is the arguments of a feeless call of which a mempool holds one for each signer and slot: nobody pays for
// those that would replace each other.
type slotted interface{ Slot() string }

type slot struct {
	signer keys.Account
	name   string
}

// NewChecker begins the block after the one that left the state r.
func NewChecker(r state.Reader, chainID string, verify sign.Verifier) (*Checker, error) {
	last, err := ledger.ReadBlock(r)
	if err != nil {
		return nil, err
	}
	l, err := ledger.Begin(state.NewOverlay(r), chainID, last.Height+1, last.Time)
	if err != nil {
		return nil, err
	}
	l.Calls = dispatch
	return &Checker{ledger: l, verify: verify, slots: map[slot]bool{}}, nil
}

// Submit checks a new transaction for the mempool. The error is a [ledger.Refusal] for an invalid one and, so that
// nobody pays a fee for nothing, for one that would fail now; the block's own limits do not count. Of calls without a fee
// it takes one of a kind for each hotkey and subnet, and refuses others with [ledger.SlotTaken]. Once a block's worth of
// units has failed, others with a fee are no longer tried: they are accepted when they can pay, as a block would.
func (c *Checker) Submit(raw []byte) error {
	if err := c.precheck(raw); err != nil {
		return err
	}
	saved := c.used
	c.used = usage{}
	defer func() { c.used = saved }()
	c.ledger.Tx++ // as if each were in the block: what is named by its transaction has another name
	p := prepare([][]byte{raw}, c.ledger.ChainID, c.verify)[0]
	var mine slot
	if s, ok := p.args.(slotted); ok && p.refusal == nil {
		mine = slot{p.tx.Body.Signer, s.Slot()}
		if c.slots[mine] {
			return ledger.Refuse(ledger.SlotTaken, "%s of this hotkey is waiting; another one is taken when a block holds it", mine.name)
		}
	}
	refusal, err := c.ledger.Scope(func() error { return c.try(p) })
	switch {
	case err == nil && refusal != nil:
		return refusal
	case err == nil && mine.name != "":
		c.slots[mine] = true
	}
	return err
}

// try runs a transaction and returns its refusal, if it has one.
func (c *Checker) try(p prepared) error {
	if p.refusal == nil && !p.call.Feeless && c.wasted >= c.ledger.Params.BlockUnits {
		if refusal, err := admit(c.ledger, p, &c.used); refusal != nil || err != nil {
			if err == nil {
				err = refusal
			}
			return err
		}
		return account.Pay(c.ledger, p.tx.Body.Signer, c.ledger.Params.Fee(p.cost))
	}
	refusal, err := apply(c.ledger, p, &c.used)
	if err == nil && refusal != nil {
		if err = refusal; !refusal.Invalid {
			c.wasted += p.cost.Units()
		}
	}
	return err
}

// prechecker is a call that can be found to be worthless before its signature is looked at.
type prechecker interface {
	Precheck(l *ledger.Ledger, signer keys.Account) error
}

// precheck holds a call that is paid by work against its work, which costs a stranger more than a signature costs us. A
// transaction that isn't one gets its refusal later.
func (c *Checker) precheck(raw []byte) error {
	tx, err := DecodeTx(raw)
	if err != nil {
		return err
	}
	call, ok := LookupCall(tx.Body.Call)
	if !ok || !call.Worked {
		return nil
	}
	args, err := call.Decode(tx.Body.Args)
	if err != nil {
		return nil
	}
	if p, ok := args.(prechecker); ok {
		err = p.Precheck(c.ledger, tx.Body.Signer)
	}
	var refusal *ledger.Refusal
	if errors.As(err, &refusal) {
		refusal.Invalid = true
		return refusal
	}
	return err
}

// Pick returns the transactions that the next block can hold, in their order: none that is invalid, and together no
// more than maxBytes and the block's cost limit. A transaction that would fail is held: its fee is due.
func (c *Checker) Pick(raws [][]byte, maxBytes int64) ([][]byte, error) {
	var picked [][]byte
	for i, p := range prepare(raws, c.ledger.ChainID, c.verify) {
		size := int64(len(raws[i])) + perTxOverhead
		if size > maxBytes {
			continue
		}
		c.ledger.Tx = int64(len(picked))
		refusal, err := apply(c.ledger, p, &c.used)
		if err != nil {
			return nil, err
		}
		if refusal == nil || !refusal.Invalid {
			picked = append(picked, raws[i])
			maxBytes -= size
		}
	}
	return picked, nil
}

// perTxOverhead is what a block's encoding adds to each transaction: a tag and a length.
const perTxOverhead = 6

// Accept says why a proposed block must not be voted for: it holds an invalid transaction or costs too much.
func (c *Checker) Accept(raws [][]byte) error {
	for i, p := range prepare(raws, c.ledger.ChainID, c.verify) {
		c.ledger.Tx = int64(i)
		refusal, err := apply(c.ledger, p, &c.used)
		if err != nil {
			return err
		}
		if refusal != nil && refusal.Invalid {
			return refusal
		}
	}
	return nil
}
