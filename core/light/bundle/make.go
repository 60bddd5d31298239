package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

// ForFigure makes the bundle of what a client's query answered, or of all pages of a long list: the same program over one
// state. The path begins at the client's trust root where it can, see [light.Client.Path].
func ForFigure(ctx context.Context, client *light.Client, pages ...light.Proven[[]byte]) (*Bundle, error) {
	f := new(Figure)
	for _, p := range pages {
		if p.Root() != pages[0].Root() || p.Height() != pages[0].Height() || f.Program != "" && p.Request().Program != f.Program {
			return nil, errors.New("bundle: pages of different questions")
		}
		f.Program = p.Request().Program
		f.Pages = append(f.Pages, Page{Args: p.Request().Args, Witness: p.Witness(), Result: p.Value()})
	}
	if err := f.checkShape(); err != nil {
		return nil, err
	}
	if err := client.Stopped(); err != nil {
		return nil, err
	}
	block := pages[0].Header()
	path, err := client.Path(ctx, &light.Head{Block: block, Hash: block.Hash(), Level: pages[0].Level()})
	if err != nil {
		return nil, err
	}
	return under(path, f), nil
}

// under makes the bundle whose trust root is the path's first block.
func under(path light.Path, body Body) *Bundle {
	first := path.Header(0)
	return &Bundle{ChainID: first.ChainID, Root: light.TrustRoot{Height: first.Height, Hash: first.Hash()}, Path: path, Body: body}
}

// NoTransactionError says that a block does not hold the transaction asked for.
type NoTransactionError struct{ Height uint64 }

func (e *NoTransactionError) Error() string {
	return fmt.Sprintf("block %d does not hold this transaction", e.Height)
}

// Code names the error for programs.
func (e *NoTransactionError) Code() string { return "no_transaction" }

// ForTransaction makes the bundle of the transaction at an index of a block, with its result and what it changed. It fails
// with [light.ReachError] as long as there is no block above: that is the one which names the result. Where no relay has the
// state right after the block any more, the bundle does not show what the transaction changed.
func ForTransaction(ctx context.Context, client *light.Client, height uint64, index int) (*Bundle, error) {
	return forTransaction(ctx, client, height, func(txs [][]byte) int {
		if index < 0 || index >= len(txs) {
			return -1
		}
		return index
	})
}

// ForTransactionHash is [ForTransaction] for the transaction with a hash.
func ForTransactionHash(ctx context.Context, client *light.Client, height uint64, hash [32]byte) (*Bundle, error) {
	return forTransaction(ctx, client, height, func(txs [][]byte) int {
		for i, tx := range txs {
			if chain.TxHash(tx) == hash {
				return i
			}
		}
		return -1
	})
}

func forTransaction(ctx context.Context, client *light.Client, height uint64, find func(txs [][]byte) int) (*Bundle, error) {
	next, err := client.At(ctx, height+1)
	if err != nil {
		return nil, err
	}
	body, err := client.Block(ctx, height)
	if err != nil {
		return nil, err
	}
	i := find(body.Txs)
	if i < 0 {
		return nil, &NoTransactionError{Height: height}
	}
	result := body.Results[i]
	x := &Transaction{Index: uint64(i), Tx: body.Txs[i], Code: result.Code, Data: result.Data, Gas: result.GasUsed}
	for _, tx := range body.Txs {
		x.Hashes = append(x.Hashes, chain.TxHash(tx))
	}
	if x.ResultProof, err = light.ProveResult(body.Results, i); err != nil {
		return nil, err
	}
	if x.Effects, err = effects(ctx, client, next, height); err != nil {
		return nil, err
	}
	path, err := client.Path(ctx, next)
	if err != nil {
		return nil, err
	}
	own := body.Head.Block.Header
	if hash := own.Hash(); !bytes.Equal(path.Last().LastBlockID.Hash, hash[:]) {
		return nil, &light.InvalidError{Height: height, Reason: fmt.Sprintf("it is not the block that block %d follows", height+1)}
	}
	path.Down = append(path.Down, &own)
	return under(path, x), nil
}

// effects returns what a block did with the proof of its root under the next header, nothing if no relay has that state.
func effects(ctx context.Context, client *light.Client, next *light.Head, height uint64) ([]Effects, error) {
	answer, err := client.QueryAt(ctx, next, chain.PastBlock, codec.MustEncode(chain.PastBlockArgs{Height: height}))
	var no *wire.Refusal
	switch {
	case errors.As(err, &no) && no.Code == wire.CodeNotFound:
		return nil, nil
	case err != nil:
		return nil, err
	}
	past, err := light.As[view.PastBlock](answer)
	if err != nil || !past.Value().Exists {
		return nil, err
	}
	events, err := client.Events(ctx, height)
	if errors.As(err, new(*light.EventsGoneError)) || errors.As(err, &no) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := Effects{Witness: answer.Witness(), Events: [][]byte{}}
	for _, e := range events.Value() {
		out.Events = append(out.Events, codec.MustEncode(e))
	}
	return []Effects{out}, nil
}
