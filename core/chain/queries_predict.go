package chain

import (
	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/view"
)

// PredictArgs asks what a transaction would do if it were the first of the next block. It needs no signature.
type PredictArgs struct {
	_       struct{} `cbor:",toarray"`
	ChainID string   `json:"chain_id"`
	Body    Body     `json:"body"`
}

// queryPredict executes the call as a block would, over a copy of the state that is thrown away.
func queryPredict(r state.Reader, args *PredictArgs) (*view.Prediction, error) {
	out := new(view.Prediction)
	last, err := ledger.ReadBlock(r)
	if err != nil {
		return out, err
	}
	out.Height = last.Height + 1
	raw, err := codec.Encode(Tx{Body: args.Body})
	if err != nil {
		return out, err
	}
	l, err := ledger.Begin(state.NewOverlay(r), args.ChainID, out.Height, last.Time)
	if err != nil {
		return out, err
	}
	l.Calls, l.Tx = dispatch, 0
	before, _, err := account.Get(l, args.Body.Signer)
	if err != nil {
		return out, err
	}
	var p prepared
	refusal := p.decode(raw)
	if refusal == nil {
		if refusal, err = apply(l, p, new(usage)); err != nil {
			return out, err
		}
	}
	after, _, err := account.Get(l, args.Body.Signer)
	if err != nil {
		return out, err
	}
	out.Code, out.FreeBefore, out.FreeAfter = ledger.Code(0).String(), before.Free, after.Free
	if refusal != nil {
		out.Code, out.Reason, out.Invalid = refusal.Code.String(), refusal.Text, refusal.Invalid
	}
	if p.call.Name != "" && !p.call.Feeless && !out.Invalid {
		out.Fee = l.Params.Fee(p.cost)
	}
	for _, e := range l.Events() {
		out.Events = append(out.Events, e.Name)
	}
	return out, nil
}
