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
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// validFor is how many blocks a transaction stays valid, or less where the chain's window is shorter. One that was not
// included by then never will be: it can be sent again without fear of paying twice.
const validFor = 64

// signing is what commands that send a transaction are told.
type signing struct {
	network
	from string
	yes  bool
}

func (a *app) signingFlags(c *cobra.Command, s *signing) {
	s.flags(c.Flags())
	c.Flags().StringVar(&s.from, "from", "", "`WALLET` that signs and pays, or a development name such as //Alice")
	c.Flags().BoolVarP(&s.yes, "yes", "y", false, "don't ask before signing")
	c.Flags().Lookup("timeout").DefValue = "5m0s"
	s.wait = 5 * time.Minute
	c.RegisterFlagCompletionFunc("from", a.completeWallets)
}

// order is a call that is to be sent.
type order struct {
	call   string // name in chain.Calls
	args   any
	lines  [][2]string // what it does, for the person who signs
	amount tao.Amount  // 0 where there is none, or all
}

// receipt is what became of a transaction.
type receipt struct {
	Hash        string       `json:"hash"`
	Call        string       `json:"call"`
	From        keys.Account `json:"from"`
	Args        any          `json:"args"`
	Fee         tao.Amount   `json:"fee"`
	Nonce       uint64       `json:"nonce"`
	ValidUntil  uint64       `json:"valid_until"`
	Height      uint64       `json:"height"`       // of the block that holds it
	Level       level.Level  `json:"level"`        // of that: the header's data hash covers the transaction
	ResultLevel level.Level  `json:"result_level"` // of its success: the next header's results hash covers it
	ChainID     string       `json:"chain_id"`
	Relay       string       `json:"relay"`
}

// send makes, shows, signs and submits a transaction, waits until a verified block holds it and prints the receipt.
func (a *app) send(ctx context.Context, sg *signing, key *sign.Key, build func(s *session) (order, error)) error {
	ctx, cancel := withTimeout(ctx, sg.wait)
	defer cancel()
	p := a.progress()
	defer p.done()
	s, err := a.open(ctx, &sg.network, p)
	if err != nil {
		return err
	}
	defer s.close()
	o, err := build(s)
	if err != nil {
		return err
	}
	body, fee, err := a.compose(ctx, s, key, o)
	if err != nil {
		return err
	}
	p.done()
	a.show(s, o, body, fee)
	if !sg.yes {
		if ok, err := a.confirm("sign and send?"); err != nil || !ok {
			return errors.Join(err, errors.New("nothing was sent"))
		}
	}
	raw, err := body.Sign(s.chain, key)
	if err != nil {
		return err
	}
	hash := chain.TxHash(raw)
	r := receipt{
		Hash: hex.EncodeToString(hash[:]), Call: o.call, From: body.Signer, Args: o.args, Fee: fee, Nonce: body.Nonce,
		ValidUntil: body.ValidUntil, ChainID: s.chain,
	}
	p.step("submitting")
	reply, relay, err := s.client.Submit(ctx, raw)
	if err != nil {
		return err
	}
	if reply.Refusal != nil {
		return fmt.Errorf("the relay refuses the transaction: %w", reply.Refusal)
	}
	r.Relay = relay
	if err := s.await(ctx, p, raw, &r); err != nil {
		return err
	}
	p.done()
	return a.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "done\tin block %d, %s\nhash\t%s\n", r.Height, min(r.Level, r.ResultLevel), r.Hash)
	})
}

// compose fills in nonce, validity and fee from the chain's state.
func (a *app) compose(ctx context.Context, s *session, key *sign.Key, o order) (chain.Body, tao.Amount, error) {
	var none chain.Body
	params, err := ask[ledger.Params](ctx, s, chain.ParamsQuery, chain.None{})
	if err != nil {
		return none, 0, err
	}
	account, err := ask[view.Account](ctx, s, chain.AccountQuery, chain.AccountArgs{Address: key.Account()})
	if err != nil {
		return none, 0, err
	}
	args, err := codec.Encode(o.args)
	if err != nil {
		return none, 0, err
	}
	body := chain.Body{
		Signer: key.Account(), Scheme: key.Scheme(), Nonce: account.Value().Nonce,
		ValidUntil: s.head.Block.Height() + min(validFor, params.Value().ValidityWindow), Call: o.call, Args: args,
	}
	call, ok := chain.LookupCall(o.call)
	if !ok {
		return none, 0, fmt.Errorf("this version has no call %s", o.call)
	}
	fee := params.Value().Fee(call.Estimate(len(codec.MustEncode(chain.Tx{Body: body}))))
	free, least := account.Value().Free, params.Value().ExistentialDeposit
	if need, err := o.amount.Add(fee); err != nil || need > free {
		return none, 0, fmt.Errorf("%s has %s free, %s and a fee of %s are needed: choose a smaller amount",
			key.Account(), amount(free), amount(o.amount), amount(fee))
	} else if o.amount > 0 && free-need < least {
		return none, 0, fmt.Errorf("%s would have %s left and %s must stay: choose a smaller amount",
			key.Account(), amount(free-need), amount(least))
	}
	return body, fee, nil
}

// show says on stderr what will be signed, addresses in full.
func (a *app) show(s *session, o order, body chain.Body, fee tao.Amount) {
	if a.json && !isTerminal(a.err) {
		return
	}
	for _, l := range append(o.lines, [2]string{"from", body.Signer.String()}, [2]string{"fee", amount(fee)},
		[2]string{"chain", oneLine(s.chain)}, [2]string{"level", s.head.Level.String()}) {
		a.printf("%-8s %s", l[0], l[1])
	}
}
