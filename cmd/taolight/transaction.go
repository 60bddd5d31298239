package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/tao"
)

// validFor is how many blocks a transaction stays valid, or less where the chain's window is shorter. One that was not
// included by then never will be: it can be sent again without fear of paying twice.
const validFor = 64

// signing is what commands that send a transaction are told.
type signing struct {
	network
	from   string
	yes    bool
	dryRun bool
	await  bool // until a block holds it
	noWait bool
	save   string // file for the proof
}

func (a *app) signingFlags(c *cobra.Command, s *signing, feeless bool) {
	s.flags(c.Flags())
	from := "`WALLET` that signs and pays, or a development name such as //Alice"
	if feeless {
		from = "`WALLET` of the hotkey, which signs; nobody pays a fee. Or a development name such as //Alice//hotkey"
	}
	f := c.Flags()
	f.StringVar(&s.from, "from", "", from)
	f.BoolVarP(&s.yes, "yes", "y", false, "don't ask before signing")
	f.BoolVar(&s.dryRun, "dry-run", false, "send nothing: show the call, its cost and fee, what the chain's state says now, "+
		"and what the call would do if it were the first of the next block, executed here over that state")
	f.BoolVar(&s.await, "wait", true, "until a verified block holds the transaction and the next one confirms its result; then what it did is shown, with proof")
	f.BoolVar(&s.noWait, "no-wait", false, "return once the relay has taken the transaction, as --wait=false")
	f.StringVar(&s.save, "save", "", saveHelp)
	f.Lookup("timeout").DefValue = "5m0s"
	s.wait = 5 * time.Minute
	c.RegisterFlagCompletionFunc("from", a.completeWallets)
}

// order is a call that is to be sent.
type order struct {
	call     chain.Call
	args     any
	lines    [][2]string // what it does, for the person who signs
	figures  [][2]string // what the chain's state says about it now
	note     [][2]string // what the person has to keep
	outgoing tao.Amount  // leaves the free balance beside the fee
	incoming tao.Amount
	all      bool // everything leaves it
	unsure   bool // what comes in is only known when it runs
	effect   func(signer keys.Account, args any) (program string, programArgs any)
}

// receipt is what became of a transaction.
type receipt struct {
	Hash        string            `json:"hash"`
	Call        string            `json:"call"`
	From        keys.Account      `json:"from"`
	Args        any               `json:"args"`
	Keep        map[string]string `json:"keep,omitempty"` // what the reveal of a commit needs
	Fee         tao.Amount        `json:"fee"`
	Nonce       uint64            `json:"nonce"`
	ValidUntil  uint64            `json:"valid_until"`
	Height      uint64            `json:"height"`       // of the block that holds it
	Index       int               `json:"index"`        // its place in that
	Level       level.Level       `json:"level"`        // of that: the header's data hash covers the transaction
	ResultLevel level.Level       `json:"result_level"` // of its success: the next header's results hash covers it
	ChainID     string            `json:"chain_id"`
	Relay       string            `json:"relay"`
	Effect      effect            `json:"effect,omitempty"`         // what it did, proven under the state after it
	Unshown     string            `json:"effect_missing,omitempty"` // why that could not be had; the rest stands
}

// send makes, shows, signs and submits a transaction, waits until a verified block holds it and prints the receipt. With
// --dry-run it only shows.
func (a *app) send(ctx context.Context, sg *signing, me party, build func(ctx context.Context, s *session) (order, error)) error {
	if sg.save != "" && (sg.dryRun || sg.noWait || !sg.await) {
		return errors.New("--save needs a block that holds the transaction: leave out --dry-run and --no-wait")
	}
	ctx, cancel := withTimeout(ctx, sg.wait)
	defer cancel()
	p := a.progress()
	defer p.done()
	s, err := a.open(ctx, &sg.network, p)
	if err != nil {
		return err
	}
	defer s.close()
	o, err := build(ctx, s)
	if err != nil {
		return err
	}
	q, err := compose(ctx, s, me, o)
	if err != nil {
		return err
	}
	q.predict(ctx, s)
	p.done()
	if sg.dryRun {
		return a.print(q, func(w io.Writer) { q.human(w, o) })
	}
	if err := a.agree(sg, s, o, q, "sign and send?"); err != nil {
		return err
	}
	return a.submit(ctx, s, p, sg, me, o, q)
}

// agree shows what will be signed and asks.
func (a *app) agree(sg *signing, s *session, o order, q *quote, question string) error {
	a.show(s, o, q)
	if sg.yes {
		return nil
	}
	if ok, err := a.confirm(question); err != nil || !ok {
		return errors.Join(err, errors.New("nothing was sent"))
	}
	return nil
}

// submit signs a transaction and hands it in, waits and prints.
func (a *app) submit(ctx context.Context, s *session, p *progress, sg *signing, me party, o order, q *quote) error {
	raw, err := q.body.Sign(s.chain, me.key)
	if err != nil {
		return err
	}
	hash := chain.TxHash(raw)
	r := &receipt{
		Hash: hex.EncodeToString(hash[:]), Call: q.Call, From: q.From, Args: q.Args, Fee: q.Fee, Nonce: q.Nonce,
		ValidUntil: q.body.ValidUntil, ChainID: q.ChainID,
	}
	for _, n := range o.note {
		if r.Keep == nil {
			r.Keep = map[string]string{}
		}
		r.Keep[n[0]] = n[1]
		a.printf("keep     %s %s", n[0], n[1]) // now: later nobody may be there to print it
	}
	p.step("submitting")
	reply, relay, err := s.client.Submit(ctx, raw)
	if err != nil {
		return err
	}
	if reply.Refusal != nil {
		err := fmt.Errorf("the relay refuses the transaction: %w", reply.Refusal)
		if reply.Refusal.Code == ledger.NonceUsed.String() {
			return hint(err, "another transaction of the account waits; send this one when a block holds that")
		}
		return err
	}
	r.Relay = relay
	if !sg.await || sg.noWait {
		p.done()
		return a.print(r, func(w io.Writer) {
			fmt.Fprintf(w, "submitted\tvalid until block %d; whether it works shows when a block holds it\nhash\t%s\n", r.ValidUntil, r.Hash)
		})
	}
	err = s.await(ctx, p, raw, r)
	if failed := new(callError); errors.As(err, &failed) && q.Predicted != nil && q.Predicted.Code == failed.Code() {
		failed.reason = q.Predicted.Reason
	}
	if sg.save != "" && (err == nil || errors.As(err, new(*callError))) {
		p.step("saving the proof")
		b, failed := bundle.ForTransaction(ctx, s.client, r.Height, r.Index)
		if failed == nil {
			failed = a.saveProof(sg.save, b)
		}
		p.done()
		if failed != nil { // the receipt is worth more
			a.printf("the proof was not saved: %s", oneLine(failed.Error()))
		}
	}
	if err != nil {
		return err
	}
	p.step("looking at what it did")
	s.showEffect(ctx, o, r)
	p.done()
	return a.print(r, func(w io.Writer) { r.human(w, o) })
}

// human writes a receipt.
func (r *receipt) human(w io.Writer, o order) {
	fmt.Fprintf(w, "done\tin block %d, %s\nhash\t%s\n", r.Height, min(r.Level, r.ResultLevel), r.Hash)
	if o.call.Name == "multisig_propose" {
		fmt.Fprintf(w, "operation\t--height %d --index %d\n", r.Height, r.Index)
	}
	if r.Effect == nil {
		fmt.Fprintf(w, "effect\tnot shown: %s; it is in the block and has succeeded all the same\n", oneLine(r.Unshown))
		return
	}
	fmt.Fprintf(w, "\n")
	r.Effect.human(w)
}
