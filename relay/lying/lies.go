package lying

import (
	"context"
	"math/rand/v2"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

// liar is what lies have in common that change the heads: the true answers and an own feed.
type liar struct {
	serve.Answers
	feed *serve.Feed
}

func (l liar) Heads() *serve.Feed { return l.feed }

// forger forges commits.
type forger struct{ liar }

func (l forger) head(h serve.Head) (serve.Head, error) {
	block, err := forge(h.LightBlock, h.Height)
	if err != nil {
		return h, err
	}
	return serve.NewHead(h.Height, h.Hash, block, h.Height)
}

func (l forger) LightBlock(ctx context.Context, height uint64) (*serve.Reply, error) {
	r, err := l.Answers.LightBlock(ctx, height)
	if err != nil {
		return nil, err
	}
	block, err := forge(r.Body, height)
	if err != nil {
		return nil, err
	}
	return serve.NewLightBlockReply(block)
}

// forge replaces the signatures, each time by the same bytes for the same height.
func forge(block []byte, height uint64) ([]byte, error) {
	var p cmtproto.LightBlock
	if err := p.Unmarshal(block); err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(1, height))
	for i := range p.SignedHeader.Commit.Signatures {
		sig := p.SignedHeader.Commit.Signatures[i].Signature
		for j := range sig {
			sig[j] = byte(random.Uint32())
		}
	}
	return p.Marshal()
}

// sleeper knows nothing after the block that it fell asleep at.
type sleeper struct {
	liar
	last uint64
}

func (l sleeper) LightBlock(ctx context.Context, height uint64) (*serve.Reply, error) {
	if height == 0 {
		height = l.last
	}
	if err := l.known(height); err != nil {
		return nil, err
	}
	return l.Answers.LightBlock(ctx, height)
}

func (l sleeper) Block(ctx context.Context, height uint64) (*serve.Reply, error) {
	if err := l.known(height); err != nil {
		return nil, err
	}
	return l.Answers.Block(ctx, height)
}

func (l sleeper) Events(ctx context.Context, height uint64) (*serve.Reply, error) {
	if err := l.known(height); err != nil {
		return nil, err
	}
	return l.Answers.Events(ctx, height)
}

func (l sleeper) known(height uint64) error {
	if height > l.last {
		return serve.Refuse(wire.CodeNotFound, "block %d is not there yet, the newest is %d", height, l.last)
	}
	return nil
}

// flipper flips a bit in every witness.
type flipper struct{ serve.Answers }

func (l flipper) Witness(ctx context.Context, q wire.WitnessRequest) (*serve.Reply, error) {
	r, err := l.Answers.Witness(ctx, q)
	if err != nil {
		return nil, err
	}
	var near []byte
	var args chain.AccountArgs
	if q.Program == chain.AccountQuery && codec.Decode(q.Args, &args) == nil {
		near = args.Address[:]
	}
	return serve.NewWitnessReply(flip(r.Body, near))
}

// boaster announces frames that never come.
type boaster struct{ liar }

// boast is the head of a frame of 4 GiB and its first byte.
var boast = []byte{0xff, 0xff, 0xff, 0xff, 0x82}

func (l boaster) head(h serve.Head) (serve.Head, error) {
	h.Frame = boast
	return h, nil
}

func boasted(r *serve.Reply, err error) (*serve.Reply, error) {
	if err != nil {
		return nil, err
	}
	return &serve.Reply{Frame: boast, Body: r.Body}, nil
}

func (l boaster) LightBlock(ctx context.Context, height uint64) (*serve.Reply, error) {
	return boasted(l.Answers.LightBlock(ctx, height))
}

func (l boaster) Block(ctx context.Context, height uint64) (*serve.Reply, error) {
	return boasted(l.Answers.Block(ctx, height))
}

func (l boaster) Events(ctx context.Context, height uint64) (*serve.Reply, error) {
	return boasted(l.Answers.Events(ctx, height))
}

func (l boaster) Witness(ctx context.Context, q wire.WitnessRequest) (*serve.Reply, error) {
	return boasted(l.Answers.Witness(ctx, q))
}
