package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/tao"
)

// callError says that a transaction is in a block and did not work.
type callError struct {
	code   ledger.Code
	height uint64
	fee    tao.Amount
	reason string // what running it over the state said before it was sent; "" if that was nothing of the kind
}

func (e *callError) Error() string {
	why := ""
	if e.reason != "" {
		why = " (" + e.reason + ")"
	}
	return fmt.Sprintf("the transaction failed in block %d with %s%s; its fee of %s was paid, nothing else happened", e.height, e.code, why, amount(e.fee))
}

// Code returns the ledger's name of the failure.
func (e *callError) Code() string { return e.code.String() }

// lostError says that a transaction was not included while it was valid.
type lostError struct{ until uint64 }

func (e *lostError) Error() string {
	return fmt.Sprintf("no block up to %d holds the transaction, and no later one can: send it again", e.until)
}

// Code names the error for programs.
func (e *lostError) Code() string { return "not_included" }

// submittedError says that a transaction went out and that nobody here knows what became of it.
type submittedError struct {
	hash  string
	until uint64
	err   error
}

func (e *submittedError) Error() string {
	return fmt.Sprintf("transaction %s was submitted and may still be included, up to block %d; look at the account before sending again: %v", e.hash, e.until, e.err)
}
func (e *submittedError) Unwrap() error { return e.err }

// Code names the error for programs.
func (e *submittedError) Code() string { return "fate_unknown" }

// errFound ends following once the transaction and its result are seen.
var errFound = errors.New("found")

// await follows the chain until a block holds the transaction and the next one confirms its result.
func (s *session) await(ctx context.Context, p *progress, raw []byte, r *receipt) error {
	next := s.head.Block.Height() + 1 // first block that was not looked at
	look := func(h *light.Head) error {
		for top := h.Block.Height(); next <= top; next++ {
			if r.Height == 0 {
				p.step("waiting for a block that holds it, now at %d of at most %d", next, r.ValidUntil)
				found, err := s.find(ctx, next, raw)
				if err != nil {
					return err
				}
				if found {
					r.Height = next
					p.milestone("in block %d, waiting for the next one to confirm the result", next)
				} else if next >= r.ValidUntil {
					return &lostError{until: r.ValidUntil}
				}
			}
		}
		if r.Height > 0 && h.Block.Height() > r.Height {
			if err := s.settle(ctx, raw, r); err != nil {
				return err
			}
			return errFound
		}
		return nil
	}
	p.milestone("accepted by the relay, waiting for a block that holds it, at most until %d", r.ValidUntil)
	for again := false; ; {
		err := s.client.Follow(ctx, s.links[0].src, look)
		var failed *callError
		var lost *lostError
		switch {
		case errors.Is(err, errFound):
			return nil
		case errors.As(err, &failed): // and not err: it blames the relay, which only told
			return failed
		case errors.As(err, &lost):
			return lost
		case ctx.Err() != nil:
			return &submittedError{hash: r.Hash, until: r.ValidUntil, err: context.Cause(ctx)}
		case light.VerdictOf(err) == light.Blame, s.client.Fork() != nil:
			return &submittedError{hash: r.Hash, until: r.ValidUntil, err: err}
		}
		if !again {
			p.milestone("the relay went away (%v), trying to reach it again", err)
		}
		again = true
		if s.reconnect(ctx) && r.Height == 0 {
			// A relay that was restarted has forgotten what waited. Handing the same bytes in twice is harmless: a nonce is used
			// once, and a refusal for that means that a block holds it.
			again = false
			p.milestone("connected again, submitting the same transaction")
			s.client.Submit(ctx, raw)
		}
	}
}

// reconnect waits a moment, dials the first relay again and gives the client the new connection. It says whether that
// worked.
func (s *session) reconnect(ctx context.Context) bool {
	select {
	case <-ctx.Done():
	case <-time.After(time.Second):
	}
	l, err := dial(ctx, s.links[0].relay)
	if err != nil {
		return false
	}
	old := s.links[0]
	s.client.Remove(old.src.Name())
	s.client.Add(l.src)
	s.links[0] = l
	old.conn.Close()
	return true
}

// find says whether a block, checked against its header, holds the transaction.
func (s *session) find(ctx context.Context, height uint64, raw []byte) (bool, error) {
	body, err := s.client.Block(ctx, height)
	if err != nil {
		return false, err
	}
	for _, tx := range body.Txs {
		if bytes.Equal(tx, raw) {
			return true, nil
		}
	}
	return false, nil
}

// settle reads the result, now that the next header covers it.
func (s *session) settle(ctx context.Context, raw []byte, r *receipt) error {
	body, err := s.client.Block(ctx, r.Height)
	if err != nil {
		return err
	}
	r.Level, r.ResultLevel = body.Level, body.ResultsLevel
	for i, tx := range body.Txs {
		if bytes.Equal(tx, raw) {
			r.Index = i
			if code := ledger.Code(body.Results[i].Code); code != 0 {
				return &callError{code: code, height: r.Height, fee: r.Fee}
			}
			return nil
		}
	}
	return fmt.Errorf("block %d does not hold the transaction any more", r.Height)
}
