package light

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/taolight/taolight/core/wire"
)

// linked visits the blocks below a verified one down to a height, the highest first. Each has the hash that the one above it
// names, and the producers that its header does. They are asked for in pieces, and of a piece what doesn't fit ends it: so no
// more is ever at hand that nothing vouches for than one answer holds. That which doesn't fit is returned beside the error.
func (c *Client) linked(ctx context.Context, s Source, upper *Header, height uint64, visit func(*LightBlock) error) (loose *LightBlock, err error) {
	above, named, most := upper.Height, upper.LastBlockID.Hash, uint64(wire.MaxRange)
	for above > height {
		first := height
		if above-height > most {
			first = above - most
		}
		blocks, err := fetch(ctx, s, first, above-1)
		if err != nil {
			return nil, err
		}
		if got := uint64(len(blocks)); got < above-first { // what lies between is missing: the upper ones first, as many as come
			most = got
			continue
		}
		for _, b := range slices.Backward(blocks) {
			if hash := b.Hash(); !bytes.Equal(hash[:], named) {
				return b, &InvalidError{Height: b.Height(), Reason: fmt.Sprintf("it is not the block that block %d follows", above)}
			}
			if err := b.checkSize(); err != nil {
				return nil, err
			}
			if err := visit(b); err != nil {
				return nil, err
			}
			above, named = b.Height(), bytes.Clone(b.Header.LastBlockID.Hash)
		}
		c.count(func(n *Counts) { n.Headers += uint64(len(blocks)) })
		if above > height {
			c.event(Event{Kind: EventStep, Source: s.Name(), Height: above, Target: height})
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		runtime.Gosched() // in a tab everything shares one thread
	}
	return nil, nil
}

// checkSize holds a block whose header is known to be right to what that header lets it have: its producers, and an entry
// of the commit for each. So nobody can pad it.
func (b *LightBlock) checkSize() error {
	if err := checkValidators(b); err != nil {
		return err
	}
	return b.Validators.checkEntries(&b.Commit)
}
