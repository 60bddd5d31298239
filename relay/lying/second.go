package lying

import (
	"context"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

// second shows a block of another chain on top of the honest one's.
type second struct {
	sleeper
	head serve.Head
}

func secondHead(block []byte) (serve.Head, error) {
	b, err := light.DecodeLightBlock(block)
	if err != nil {
		return serve.Head{}, err
	}
	return serve.NewHead(b.Height(), b.Hash(), block, b.Height())
}

func (l second) LightBlock(ctx context.Context, height uint64) (*serve.Reply, error) {
	if height == 0 || height == l.head.Height {
		return serve.NewLightBlockReply(l.head.LightBlock)
	}
	return l.sleeper.LightBlock(ctx, height)
}

// Report takes no evidence: the block is the liar's own.
func (l second) Report(context.Context, []byte) error {
	return serve.Refuse(wire.CodeEvidenceTooOld, "this relay finds it too long ago")
}
