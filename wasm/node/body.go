package node

import (
	"context"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/wire"
)

// body answers with a block's transactions in readable form.
func (n *Node) body(ctx context.Context, p tab.BodyParams) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, n.cfg.Queries)
	defer cancel()
	s, err := n.awaitReady(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.client.Block(ctx, p.Height)
	if err != nil {
		return nil, err
	}
	out := tab.BlockBody{Level: b.Level, ResultsLevel: b.ResultsLevel, Height: p.Height, Relay: b.Source, Txs: []tab.Tx{}}
	var fees ledger.Params
	if len(b.Txs) > 0 {
		if fees, err = n.feeParams(ctx, s); err != nil {
			return nil, err
		}
	}
	for i, raw := range b.Txs {
		out.Txs = append(out.Txs, readTx(raw, b.Results[i], fees))
	}
	return out, nil
}

// feeParams returns the price of a cost unit, asked once in a session.
func (n *Node) feeParams(ctx context.Context, s *session) (ledger.Params, error) {
	n.mu.Lock()
	known := s.fees
	n.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	program, _ := chain.Lookup(chain.ParamsQuery)
	f, err := n.prove(ctx, program, codec.MustEncode(chain.None{}), 0)
	if err != nil {
		return ledger.Params{}, err
	}
	p, err := light.As[ledger.Params](f)
	if err != nil {
		return ledger.Params{}, err
	}
	params := p.Value()
	n.update(func() { s.fees = &params })
	return params, nil
}

// readTx puts a transaction into words.
func readTx(raw []byte, result wire.TxResult, fees ledger.Params) tab.Tx {
	code := ledger.Code(result.Code)
	out := tab.Tx{Hash: chain.TxHash(raw), Bytes: uint64(len(raw)), Code: result.Code}
	tx, err := chain.DecodeTx(raw)
	if err != nil {
		out.Broken = clip(err.Error(), 300)
		return out
	}
	out.Result = code.String()
	out.Signer, out.Call, out.Nonce = tx.Body.Signer.String(), clip(tx.Body.Call, 64), tx.Body.Nonce
	if !code.Invalid() {
		out.Fee = tao.Amount(result.GasUsed) * fees.FeePerUnit
	}
	call, ok := chain.LookupCall(tx.Body.Call)
	if !ok {
		out.Args = []tab.Arg{{Name: "arguments", Value: clip("0x"+hex.EncodeToString(tx.Body.Args), 200)}}
		return out
	}
	if call.Feeless {
		out.Fee = 0
	}
	args, err := call.Decode(tx.Body.Args)
	if err != nil {
		out.Args = []tab.Arg{{Name: "arguments", Value: clip(err.Error(), 200)}}
		return out
	}
	out.Args = describeArgs(reflect.ValueOf(args))
	return out
}

// describeArgs lists the fields of a call's arguments under the names that they have in JSON.
func describeArgs(v reflect.Value) (out []tab.Arg) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" {
			name = strings.ToLower(field.Name)
		}
		out = append(out, tab.Arg{Name: name, Value: clip(describeValue(v.Field(i)), 400)})
	}
	return out
}

func describeValue(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case tao.Amount:
		return x.TAOString() + " τ"
	case keys.Account:
		return x.String()
	case []byte:
		return "0x" + hex.EncodeToString(x)
	}
	if v.Kind() == reflect.Array && v.Type().Elem().Kind() == reflect.Uint8 {
		b := make([]byte, v.Len())
		reflect.Copy(reflect.ValueOf(b), v)
		return "0x" + hex.EncodeToString(b)
	}
	return fmt.Sprint(v.Interface())
}
