// Package series reads one question of the chain at many heights: figures over time, each a [light.Proven] value of its
// own height.
//
// [Epochs], [Totals] and [Shares] are the series of the chain; [Over] asks any program at heights of the caller's choice.
// They are lazy: what is not looked at is not fetched, newest first. A series never skips a point in silence. It ends
// after the number of points that was asked for, when the caller stops looking, or with an error that says why there are no
// more:
//
//   - [BeginningError]: it was shown that there is nothing before
//   - [GoneError]: no relay keeps the state of the next point any more
//   - [BrokenError]: two proven points contradict each other
//   - the end of the context, or what the client failed with
//
// A point costs a relay's witness of its program, and one light block with the witness of its hash unless it lies close
// below the newest block; see light.Client.At.
package series

import (
	"context"
	"iter"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
)

// MaxPoints is how many points one series has at most.
const MaxPoints = 4096

// Asker answers a program over the state after a block. [Ask] makes one of a client; who keeps answers wraps it. It is
// called by one goroutine at a time.
type Asker func(ctx context.Context, p chain.Program, args []byte, height uint64) (light.Proven[[]byte], error)

// Ask asks a client.
func Ask(c *light.Client) Asker {
	return func(ctx context.Context, p chain.Program, args []byte, height uint64) (light.Proven[[]byte], error) {
		h, err := c.At(ctx, height+1) // the header that names the state after a block is the next one
		if err != nil {
			return light.Proven[[]byte]{}, err
		}
		return c.QueryAt(ctx, h, p, args)
	}
}

// Span is which points are wanted.
type Span struct {
	From   uint64 // height of the newest point at most, as [Newest] says or where another series ended
	Points int    // at most, up to [MaxPoints]
}

// Newest is the newest height that a client can be asked about, 0 if there is none yet.
func Newest(c *light.Client) uint64 {
	if h := c.Head(); h != nil {
		return h.Block.Height() - 1
	}
	return 0
}

// Over yields the answers of a program at these heights, in their order; at most [MaxPoints].
func Over[T any](ctx context.Context, ask Asker, p chain.Program, args any, heights iter.Seq[uint64]) iter.Seq2[light.Proven[T], error] {
	return func(yield func(light.Proven[T], error) bool) {
		points := 0
		for height := range heights {
			if points++; points > MaxPoints {
				yield(light.Proven[T]{}, &CountError{Most: MaxPoints})
				return
			}
			point, err := read[T](ctx, ask, p, args, height)
			if !yield(point, err) || err != nil {
				return
			}
		}
	}
}

// read asks for one point.
func read[T any](ctx context.Context, ask Asker, p chain.Program, args any, height uint64) (point light.Proven[T], err error) {
	if ctx.Err() != nil {
		return point, context.Cause(ctx)
	}
	raw, err := ask(ctx, p, codec.MustEncode(args), height)
	switch {
	case ctx.Err() != nil:
		return point, context.Cause(ctx)
	case err != nil && isGone(err):
		return point, &GoneError{Height: height, Err: err}
	case err != nil:
		return point, err
	}
	return light.As[T](raw)
}
