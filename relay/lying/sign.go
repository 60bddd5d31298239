package lying

import (
	"context"

	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

// hider shows no newest block.
type hider struct{ liar }

func (l hider) LightBlock(ctx context.Context, height uint64) (*serve.Reply, error) {
	if height == 0 {
		return nil, serve.Refuse(wire.CodeNotFound, "there is no newest block")
	}
	return l.Answers.LightBlock(ctx, height)
}

// signer changes each new head and has the producers sign it again. For heights that are asked for it tells the truth.
type signer struct {
	liar
	key    ed25519.PrivKey
	change func(*cmttypes.Header)
}

func (l *signer) head(h serve.Head) (serve.Head, error) {
	block, hash, err := l.remake(h.LightBlock)
	if err != nil {
		return h, err
	}
	return serve.NewHead(h.Height, hash, block, h.Height)
}

func (l *signer) LightBlock(ctx context.Context, height uint64) (*serve.Reply, error) {
	r, err := l.Answers.LightBlock(ctx, height)
	if err != nil || height != 0 {
		return r, err
	}
	block, _, err := l.remake(r.Body)
	if err != nil {
		return nil, err
	}
	return serve.NewLightBlockReply(block)
}

func (l *signer) remake(block []byte) (again []byte, hash [32]byte, err error) {
	var p cmtproto.LightBlock
	if err := p.Unmarshal(block); err != nil {
		return nil, hash, err
	}
	b, err := cmttypes.LightBlockFromProto(&p)
	if err != nil {
		return nil, hash, err
	}
	l.change(b.Header)
	hash = [32]byte(b.Header.Hash())
	b.Commit.BlockID.Hash = hash[:]
	for i := range b.Commit.Signatures {
		if s := &b.Commit.Signatures[i]; s.BlockIDFlag == cmttypes.BlockIDFlagCommit {
			if s.Signature, err = l.key.Sign(b.Commit.VoteSignBytes(b.ChainID, int32(i))); err != nil {
				return nil, hash, err
			}
		}
	}
	out, err := b.ToProto()
	if err != nil {
		return nil, hash, err
	}
	again, err = out.Marshal()
	return again, hash, err
}
