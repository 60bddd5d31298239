package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/strictjson"
)

// transactions signs the calls of the next block. Each that the block can hold uses a nonce of its signer; which ones do
// is found as a block producer finds it.
func (m *machine) transactions(calls []call) ([][]byte, error) {
	if len(calls) == 0 {
		return nil, nil
	}
	checker, err := chain.NewChecker(m.tree, m.chainID, sign.VerifyAll)
	if err != nil {
		return nil, err
	}
	txs := make([][]byte, len(calls))
	for i := range calls {
		c := &calls[i]
		k, err := sign.FromURI(c.from)
		if err != nil {
			return nil, fault(c.path+".from", "%.64q: %v; name a development key such as //Alice", c.from, err)
		}
		body, err := m.body(c, k)
		if err != nil {
			return nil, err
		}
		counted, err := m.nonce(&body)
		if err != nil {
			return nil, err
		}
		if txs[i], err = body.Sign(m.chainID, k); err != nil {
			return nil, err
		}
		var refusal *ledger.Refusal
		switch err := checker.Accept(txs[i : i+1]); {
		case err == nil:
			m.nonces[counted]++
		case !errors.As(err, &refusal):
			return nil, err
		}
	}
	return txs, nil
}

// body is a call's transaction without its nonce.
func (m *machine) body(c *call, k *sign.Key) (chain.Body, error) {
	body := chain.Body{Signer: k.Account(), Scheme: k.Scheme(), ValidUntil: m.height, Call: c.name}
	given, _ := members(c.args)
	e, known := m.calls.find(c.name, given)
	if !known {
		if !c.expects(ledger.UnknownCall) {
			return body, fault(c.path+".call", "%s", m.calls.noSuch(c.name))
		}
		body.Args = codec.MustEncode("")
		return body, nil
	}
	args, err := m.args(c, e, k.Account())
	if err != nil {
		var wrong *strictjson.Error
		if !c.expects(ledger.BadArguments) || !errors.As(err, &wrong) {
			return body, err
		}
		args, c.wrong = codec.MustEncode(""), wrong.Path+": "+wrong.Reason
	}
	body.Call, body.Args = e.name, args
	return body, nil
}

func (c *call) expects(code ledger.Code) bool { return strings.EqualFold(c.expect, code.String()) }

// args are a call's arguments, as its transaction has them.
func (m *machine) args(c *call, e entry, signer keys.Account) (codec.Raw, error) {
	w := newWriting(m.calls, signer, c.path+".args")
	args, err := w.read(m.calls, e, c.args, "", w.whole)
	if err != nil {
		return nil, err
	}
	switch err := m.fill(e.name, args, signer); {
	case m.ctx.Err() != nil: // which no script is to blame for
		return nil, context.Cause(m.ctx)
	case err != nil:
		return nil, w.place(err)
	}
	return w.encode(e, args)
}

// encode encodes arguments as transactions and queries have them.
func (w *writing) encode(e entry, args object) (codec.Raw, error) {
	raw, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	encoded, err := forms.Encode(e.zero, raw, address)
	if err != nil {
		return nil, w.place(err)
	}
	return encoded, nil
}

// nonce gives a transaction the next one of its signer: of its account, or of the hotkey that it is for a call without a
// fee. It returns what counts it.
func (m *machine) nonce(body *chain.Body) (nonceOf, error) {
	call, _ := chain.LookupCall(body.Call)
	counted := nonceOf{body.Signer, call.Feeless}
	switch {
	case call.Worked:
		return nonceOf{}, nil
	case call.Feeless:
		h, _, err := stake.GetHotkey(m.tree, body.Signer)
		if err != nil {
			return counted, err
		}
		body.Nonce = h.Nonce
	default:
		a, _, err := account.Get(m.tree, body.Signer)
		if err != nil {
			return counted, err
		}
		body.Nonce = a.Nonce
	}
	body.Nonce += m.nonces[counted]
	return counted, nil
}
