package light

import (
	"context"
	"fmt"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/view"
)

// OtherBlockError says that a source sent another block than the one whose hash stands in the proven state. Blame.
type OtherBlockError struct {
	Height    uint64
	Got, Want [32]byte // hashes of the headers
	After     uint64   // the block after which the state was read
}

func (e *OtherBlockError) Error() string {
	return fmt.Sprintf("block %d is %x, the state after block %d says %x", e.Height, e.Got[:6], e.After, e.Want[:6])
}
func (e *OtherBlockError) Verdict() Verdict { return Blame }
func (e *OtherBlockError) Code() string     { return "other_block" }

// pastBlock asks the state that a block's header names for what it says of an earlier block.
func (c *Client) pastBlock(ctx context.Context, h *Head, height uint64) (Proven[view.PastBlock], error) {
	answer, err := c.QueryAt(ctx, h, chain.PastBlock, codec.MustEncode(chain.PastBlockArgs{Height: height}))
	if err != nil {
		return Proven[view.PastBlock]{}, err
	}
	return As[view.PastBlock](answer)
}

// named returns a block whose hash stands in the state that head names. It is also checked for itself, so that its
// producers and signatures can be shown. Above is the lowest block known to be higher.
func (c *Client) named(ctx context.Context, head *Head, height uint64, above *Head) (found *Head, err error) {
	run := c.running()
	past, err := c.pastBlock(ctx, head, height)
	if err != nil && VerdictOf(err) != Blame {
		err = &ReachError{Height: height, Lowest: lowestLinked(above, maxLinks), Highest: head.Block.Height(), Err: err}
	}
	if err != nil {
		return nil, err
	}
	if first := past.Value().First; !past.Value().Exists {
		return nil, &ReachError{Height: height, Lowest: max(1, min(first, lowestLinked(above, maxLinks))), Highest: head.Block.Height()}
	}
	want := [32]byte(past.Value().Hash)
	err = c.each(height, func(s Source) error {
		blocks, err := fetch(ctx, s, height, height)
		if err != nil {
			return err
		}
		b := blocks[0]
		if got := b.Hash(); got != want {
			return &OtherBlockError{Height: height, Got: got, Want: want, After: past.Height()}
		}
		done, err := c.alone(b)
		if err != nil {
			return err
		}
		c.count(func(n *Counts) { n.Headers++ })
		found = c.inspect(s, b, head.Level, done)
		if past.Level() == level.Replayed {
			found.run = run
		}
		return nil
	})
	return found, err
}

// lowestLinked is the height of the lowest block to which so many headers below a verified one lead.
func lowestLinked(above *Head, most uint64) uint64 {
	if above == nil || above.Block.Height() <= most {
		return 1
	}
	return above.Block.Height() - most
}
