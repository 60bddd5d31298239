package chain

import (
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
	return &Checker{ledger: l, verify: verify}, nil
}

// Submit checks a new transaction for the mempool. The error is a [ledger.Refusal] for an invalid one and, so that
// nobody pays a fee for nothing, for one that would fail now; the block's own limits do not count.
func (c *Checker) Submit(raw []byte) error {
	saved := c.used
	c.used = usage{}
	defer func() { c.used = saved }()
	p := prepare([][]byte{raw}, c.ledger.ChainID, c.verify)[0]
	refusal, err := c.ledger.Scope(func() error {
		refusal, err := apply(c.ledger, p, &c.used)
		if err == nil && refusal != nil {
			err = refusal
		}
		return err
	})
	if err == nil && refusal != nil {
		err = refusal
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
	for _, p := range prepare(raws, c.ledger.ChainID, c.verify) {
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
