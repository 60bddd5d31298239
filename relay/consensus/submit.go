package consensus

import (
	"context"
	"errors"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/mempool"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/wire"
)

// Submit checks a transaction and puts it into the mempool, from where block producers take it. A refused one is an
// answer, not an error: its refusal has the ledger's code by name.
func (n *Node) Submit(ctx context.Context, tx []byte) (*wire.SubmitReply, error) {
	reply := &wire.SubmitReply{Hash: chain.TxHash(tx)}
	checked := make(chan *abci.ResponseCheckTx, 1)
	err := n.comet.Mempool().CheckTx(tx, func(r *abci.ResponseCheckTx) { checked <- r }, mempool.TxInfo{})
	var full mempool.ErrMempoolIsFull
	var large mempool.ErrTxTooLarge
	switch {
	case errors.Is(err, mempool.ErrTxInCache):
		return reply, nil // it waits already, or a block holds it
	case errors.As(err, &full), errors.Is(err, mempool.ErrRecheckFull):
		reply.Refusal = &wire.Refusal{Code: wire.CodeBusy, Message: "too many transactions are waiting; submit it again in a moment"}
		return reply, nil
	case errors.As(err, &large):
		reply.Refusal = &wire.Refusal{Code: ledger.TooLarge.String(), Message: err.Error()}
		return reply, nil
	case err != nil:
		return nil, err
	}
	select {
	case r := <-checked:
		if r.Code == codeNotReady {
			reply.Refusal = &wire.Refusal{Code: wire.CodeBusy, Message: r.Log}
		} else if r.Code != 0 {
			reply.Refusal = &wire.Refusal{Code: ledger.Code(r.Code).String(), Message: r.Log}
		}
		return reply, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
