package market

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

// leisure is how many times as long as it worked the simulation rests: it takes at most a tenth of one core, however fast
// blocks come.
const leisure = 9

// Run plays until ctx ends. It asks and submits as any client of the relay does, and makes its moves once for each new
// block, or for the newest one where it can't keep up. What goes wrong is logged and tried again with the next block:
// the chain does not depend on it.
func (m *Market) Run(ctx context.Context, node serve.Answers, log *slog.Logger) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	follower := node.Heads().Follow()
	for last := uint64(0); ; {
		head, err := follower.Next(ctx)
		if errors.Is(err, serve.ErrSlow) {
			follower = node.Heads().Follow()
			continue
		}
		if err != nil {
			return
		}
		if newest, ok := node.Heads().Newest(); ok {
			head = newest
		}
		if head.Height <= last {
			continue
		}
		last = head.Height
		began := time.Now()
		if err := m.play(ctx, node, head, log); err != nil && ctx.Err() == nil {
			log.Debug("the simulated market missed a block", "height", head.Height, "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(leisure * time.Since(began)):
		}
	}
}

// play makes the moves on the state that a head names: that after the block before it.
func (m *Market) play(ctx context.Context, node serve.Answers, head serve.Head, log *slog.Logger) error {
	block, err := light.DecodeLightBlock(head.LightBlock)
	if err != nil {
		return err
	}
	root, err := block.StateRoot()
	if err != nil {
		return err
	}
	txs, err := m.Moves(head.Height-1, func(program string, args, to any) error { return ask(ctx, node, root, program, args, to) })
	for _, tx := range txs {
		reply, failed := node.Submit(ctx, tx)
		if failed != nil {
			return errors.Join(err, failed)
		}
		if reply.Refusal != nil {
			log.Debug("a simulated call was refused", "height", head.Height, "err", reply.Refusal)
		}
	}
	return err
}

// ask runs a program over a witness, as light nodes do.
func ask(ctx context.Context, node serve.Answers, root state.Root, id string, args, to any) error {
	program, ok := chain.Lookup(id)
	if !ok {
		return fmt.Errorf("market: no program %s", id)
	}
	raw, err := codec.Encode(args)
	if err != nil {
		return err
	}
	reply, err := node.Witness(ctx, wire.WitnessRequest{Root: root, Program: id, Args: raw})
	if err != nil {
		return err
	}
	var answer []byte
	_, err = state.Witness(reply.Body).Run(root, func(t *state.Tree) (err error) {
		answer, err = program.Run(t, raw)
		return err
	})
	if err != nil {
		return err
	}
	return codec.Decode(answer, to)
}
