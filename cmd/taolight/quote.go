package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// quote is a transaction before it is signed, and what --dry-run prints.
type quote struct {
	Sent       bool              `json:"sent"` // false
	Call       string            `json:"call"`
	From       keys.Account      `json:"from"`
	Args       any               `json:"args"`
	Fee        tao.Amount        `json:"fee"`
	CostUnits  uint64            `json:"cost_units"`
	Nonce      uint64            `json:"nonce"`
	ValidUntil uint64            `json:"valid_until"`
	Free       *tao.Amount       `json:"free,omitempty"`       // now; calls without a fee touch none
	After      *tao.Amount       `json:"free_after,omitempty"` // if it succeeds; absent where only running it shows that, and it could not be run
	Figures    map[string]string `json:"figures,omitempty"`
	Predicted  *view.Prediction  `json:"predicted,omitempty"`   // what it would do now; absent where that could not be run
	Unknown    string            `json:"unpredicted,omitempty"` // why it could not
	Level      level.Level       `json:"level"`                 // of what the state said
	Height     uint64            `json:"height"`
	ChainID    string            `json:"chain_id"`

	body chain.Body
}

// compose fills in nonce, validity and fee from the chain's state.
func compose(ctx context.Context, s *session, me party, o order) (*quote, error) {
	params, err := ask[ledger.Params](ctx, s, chain.ParamsQuery, chain.None{})
	if err != nil {
		return nil, err
	}
	args, err := codec.Encode(o.args)
	if err != nil {
		return nil, err
	}
	body := chain.Body{
		Signer: me.account, Scheme: me.scheme, ValidUntil: s.head.Block.Height() + min(validFor, params.Value().ValidityWindow),
		Call: o.call.Name, Args: args,
	}
	q := &quote{
		Call: o.call.Name, From: me.account, Args: plain(o.args, false), ValidUntil: body.ValidUntil, ChainID: s.chain,
		Level: params.Level(), Height: params.Height(), Figures: map[string]string{},
	}
	for _, l := range o.figures {
		q.Figures[l[0]] = l[1]
	}
	if o.call.Feeless {
		body.Nonce, err = s.freeNonce(ctx, me.account, o)
	} else {
		body.Nonce, err = s.payerNonce(ctx, me.account, q)
	}
	if err != nil {
		return nil, err
	}
	cost, err := chain.Cost(codec.MustEncode(chain.Tx{Body: body}))
	if err != nil {
		return nil, err
	}
	q.body, q.Nonce, q.CostUnits = body, body.Nonce, cost.Units()
	if o.call.Feeless {
		return q, nil
	}
	q.Fee = params.Value().Fee(cost)
	return q, q.afford(o, params.Value().ExistentialDeposit)
}

// freeNonce is the nonce of a hotkey's next call without a fee.
func (s *session) freeNonce(ctx context.Context, hotkey keys.Account, o order) (uint64, error) {
	if o.call.Worked {
		return 0, nil
	}
	h, err := ask[view.Hotkey](ctx, s, "hotkey@1", chain.HotkeyArgs{Hotkey: hotkey})
	if err != nil {
		return 0, err
	}
	if !h.Value().Exists {
		return 0, hint(fmt.Errorf("%s is nobody's hotkey, and this call is a hotkey's", hotkey), "name the hotkey's wallet with --from; a new one is made yours with hotkey associate")
	}
	return h.Value().Nonce, nil
}

// payerNonce is the nonce of an account's next call that costs a fee.
func (s *session) payerNonce(ctx context.Context, who keys.Account, q *quote) (uint64, error) {
	v, err := ask[view.Account](ctx, s, chain.AccountQuery, chain.AccountArgs{Address: who})
	if err != nil {
		return 0, err
	}
	free := v.Value().Free
	q.Free = &free
	return v.Value().Nonce, nil
}

// afford predicts the balance, and refuses what can't be paid.
func (q *quote) afford(o order, least tao.Amount) error {
	free, after := *q.Free, tao.Amount(0)
	need, err := o.outgoing.Add(q.Fee)
	switch {
	case err != nil || need > free:
		return fmt.Errorf("%s has %s free, %s and a fee of %s are needed: choose a smaller amount", q.From, amount(free), amount(o.outgoing), amount(q.Fee))
	case o.outgoing > 0 && free-need < least:
		return fmt.Errorf("%s would have %s left and %s must stay: choose a smaller amount", q.From, amount(free-need), amount(least))
	case !o.all:
		if after, err = (free - need).Add(o.incoming); err != nil {
			return err
		}
	}
	if !o.unsure {
		q.After = &after
	}
	return nil
}

// show says on stderr what will be signed, addresses in full.
func (a *app) show(s *session, o order, q *quote) {
	if a.json && !isTerminal(a.err) {
		return
	}
	lines := slices.Concat(o.lines, o.figures, [][2]string{
		{"from", q.From.String()}, {"fee", q.fee(o)}, {"chain", oneLine(s.chain)}, {"level", s.head.Level.String()},
	})
	if p := q.Predicted; p != nil && p.Code != ledger.Code(0).String() {
		lines = append(lines, [2]string{"predicted", q.predicted()})
	}
	width := 8
	for _, l := range lines {
		width = max(width, len(l[0]))
	}
	for _, l := range lines {
		a.printf("%-*s %s", width, l[0], oneLine(l[1]))
	}
}

func (q *quote) fee(o order) string {
	if o.call.Feeless {
		return "none"
	}
	return amount(q.Fee)
}

// human writes what --dry-run knows.
func (q *quote) human(w io.Writer, o order) {
	for _, l := range slices.Concat(o.lines, o.figures) {
		fmt.Fprintf(w, "%s\t%s\n", l[0], oneLine(l[1]))
	}
	fmt.Fprintf(w, "from\t%s\nnonce\t%d\ncost\t%d units\nfee\t%s\n", q.From, q.Nonce, q.CostUnits, q.fee(o))
	if q.Free != nil {
		fmt.Fprintf(w, "free now\t%s\n", amount(*q.Free))
	}
	if q.After != nil {
		fmt.Fprintf(w, "free after\t%s, if it succeeds\n", amount(*q.After))
	}
	fmt.Fprintf(w, "predicted\t%s\n", oneLine(q.predicted()))
	if p := q.Predicted; p != nil && p.Code == ledger.Code(0).String() {
		fmt.Fprintf(w, "events\t%s\n", oneLine(strings.Join(p.Events, ", ")))
	}
	fmt.Fprintf(w, "chain\t%s\n\nnot sent: figures are %s at height %d, and so is what is predicted for the next block\n", oneLine(q.ChainID), q.Level, q.Height)
}

// predicted says what executing the call has shown.
func (q *quote) predicted() string {
	switch p := q.Predicted; {
	case p == nil:
		return "not known: " + q.Unknown
	case p.Code == ledger.Code(0).String():
		return "it succeeds; free afterwards " + amount(p.FreeAfter)
	case p.Invalid:
		return fmt.Sprintf("no block would hold it: %s (%s)", p.Reason, p.Code)
	default:
		return fmt.Sprintf("it fails and costs the fee: %s (%s)", p.Reason, p.Code)
	}
}

// predictWithin is how long the state is asked for what the call would do. Who sends it needn't know.
const predictWithin = 15 * time.Second

// predict executes the call here, over a witness of the state.
func (q *quote) predict(ctx context.Context, s *session) {
	ctx, cancel := withTimeout(ctx, predictWithin)
	defer cancel()
	answer, err := ask[view.Prediction](ctx, s, chain.PredictQuery, chain.PredictArgs{ChainID: s.chain, Body: q.body})
	if err != nil {
		q.Unknown = err.Error()
		return
	}
	p := answer.Value()
	if p.Code == ledger.InvalidHotkeySignature.String() {
		q.Unknown = "the hotkey signs when it is sent"
		return
	}
	q.Predicted = &p
	if q.Free != nil && q.After == nil && p.Code == ledger.Code(0).String() {
		q.After = &p.FreeAfter
	}
}
