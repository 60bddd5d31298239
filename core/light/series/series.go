// Package series reads one question of the chain at many heights: figures over time, each a [light.Proven] value of its
// own height.
//
// [Epochs], [Totals] and [Shares] are the series of the chain, [Every] asks any program, and [Series.Points] reads them,
// newest first. It is lazy: what is not looked at is not fetched. A series never skips a point in silence. It ends after
// the number of points that was asked for, when the caller stops looking, or with an error that says why there are no more:
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
	"fmt"
	"iter"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
)

// MaxPoints is how many points are read of a series at once, at most.
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

// Newest is the newest height that a client can be asked about, 0 if there is none yet.
func Newest(c *light.Client) uint64 {
	if h := c.Head(); h != nil {
		return h.Block.Height() - 1
	}
	return 0
}

// Span is which points are wanted.
type Span struct {
	From   uint64 // height of the newest point at most, as [Newest] says or where another series ended
	Points int    // at most, up to [MaxPoints]
}

// Point is one figure of a series, the result of its program in canonical CBOR; light.As reads it.
type Point struct {
	light.Proven[[]byte]
	Before uint64 // height of the next point; 0: nothing stands before this one
}

// Series is a question asked at falling heights. Make one with [Epochs] and its sisters.
type Series struct {
	program chain.Program
	args    []byte
	every   uint64 // blocks from point to point, if of is nil
	what    string // has the epochs, if of is not nil
	of      func(answer []byte) (stage, error)
}

// Every is the answers of a program after every block whose height is a multiple of every, so that the same points serve
// again when the chain has grown.
func Every(every uint64, p chain.Program, args any) Series {
	return Series{program: p, args: codec.MustEncode(args), every: max(every, 1)}
}

// Points yields the points of a series at or below a height, and at last, where there are fewer than were asked for, why.
func (s Series) Points(ctx context.Context, ask Asker, span Span) iter.Seq2[Point, error] {
	return func(yield func(Point, error) bool) {
		r := reader{Series: s, ctx: ctx, ask: ask, left: span.Points, yield: yield}
		var err error
		switch {
		case span.Points <= 0:
		case span.Points > MaxPoints:
			err = &CountError{Most: MaxPoints}
		case s.of != nil:
			err = r.stages(span.From)
		default:
			err = r.steps(span.From)
		}
		if err != nil {
			yield(Point{}, err)
		}
	}
}

// reader is one reading of a series.
type reader struct {
	Series
	ctx   context.Context
	ask   Asker
	left  int
	yield func(Point, error) bool
}

// give hands a point out and says whether another is wanted.
func (r *reader) give(p light.Proven[[]byte], before uint64) bool {
	r.left--
	return r.yield(Point{p, before}, nil) && r.left > 0
}

// read asks for one point.
func (r *reader) read(height uint64) (light.Proven[[]byte], error) {
	if r.ctx.Err() != nil {
		return light.Proven[[]byte]{}, context.Cause(r.ctx)
	}
	p, err := r.ask(r.ctx, r.program, r.args, height)
	switch {
	case err == nil:
	case r.ctx.Err() != nil:
		err = context.Cause(r.ctx)
	case isGone(err):
		err = &GoneError{Height: height, Err: err}
	}
	return p, err
}

// steps gives points at multiples of every.
func (r *reader) steps(from uint64) error {
	for height := from - from%r.every; height > 0; height -= r.every {
		p, err := r.read(height)
		if err != nil || !r.give(p, height-r.every) {
			return err
		}
	}
	if from < r.every {
		return &BeginningError{Height: from, What: fmt.Sprintf("no block up to here stands at a multiple of %d", r.every)}
	}
	return &BeginningError{Height: r.every, What: "the chain begins"}
}
