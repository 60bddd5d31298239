package light

import (
	"context"
	"runtime"

	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/wire"
)

// Range returns the blocks from a height up to another, newest first, each checked as by [Client.At], for the price of
// fetching each once. Of a range longer than [wire.MaxRange] it returns the upper part, and so without a trust root of one whose
// blocks have very many producers: nobody vouches for those.
func (c *Client) Range(ctx context.Context, from, to uint64) ([]*Head, error) {
	if from == 0 || from > to {
		return nil, &ReachError{Height: from}
	}
	if to-from >= wire.MaxRange {
		from = to - wire.MaxRange + 1
	}
	top, err := c.At(ctx, to)
	if err != nil {
		return nil, err
	}
	out := []*Head{top}
	if top.Level == level.Claimed {
		room := maxWaiting - len(top.Block.Validators.List)
		for height := to - 1; height >= from && room > 0; height-- {
			h, err := c.At(ctx, height)
			if err != nil {
				return nil, err
			}
			out = append(out, h)
			room -= len(h.Block.Validators.List)
			runtime.Gosched() // signatures take long
		}
		return out, nil
	}
	if from < to {
		err = c.each(to, func(s Source) error {
			below, err := c.chained(ctx, s, top.Block, from)
			out = append(out[:1], below...)
			return err
		})
	}
	return out, err
}

// chained returns the blocks below a verified one down to a height, newest first: each has the hash that the one above
// it names, and is checked for itself, too, so that its signatures can be shown.
func (c *Client) chained(ctx context.Context, s Source, upper *LightBlock, height uint64) ([]*Head, error) {
	var out []*Head
	_, err := c.linked(ctx, s, &upper.Header, height, func(b *LightBlock) error {
		done, err := c.alone(b)
		if err == nil {
			out = append(out, c.inspect(s, b, level.Proven, done))
		}
		runtime.Gosched() // signatures take long
		return err
	})
	return out, err
}
