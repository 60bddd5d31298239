package series

import (
	"context"
	"fmt"
	"iter"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/view"
)

// Epochs yields what the epochs of a subnet gave its neurons, each in the state right after its block, from the last epoch
// at or before a height on. One point answers for all uids. A netuid that was given away begins with its subnet: what
// stood there before is another's.
func Epochs(ctx context.Context, ask Asker, netuid uint16, s Span) iter.Seq2[light.Proven[view.Epoch], error] {
	what := fmt.Sprintf("subnet %d", netuid)
	return stages(ctx, ask, chain.Epoch, chain.Netuid{Netuid: netuid}, s, what, func(e view.Epoch) stage {
		return stage{id: e.ID, epochs: e.Epochs, height: e.Height, last: e.Last, before: e.Before}
	})
}

// Totals yields where all TAO was after every block whose height is a multiple of every, so that the same points serve
// again when the chain has grown.
func Totals(ctx context.Context, ask Asker, every uint64, s Span) iter.Seq2[light.Proven[view.Totals], error] {
	return steps[view.Totals](ctx, ask, chain.Totals, every, s)
}

// Shares yields how emission was split over subnets, like [Totals]; where every is 0 after each epoch of the root network,
// which decides the split until the next, from the last one at or before a height on.
func Shares(ctx context.Context, ask Asker, every uint64, s Span) iter.Seq2[light.Proven[view.Shares], error] {
	if every > 0 {
		return steps[view.Shares](ctx, ask, chain.Shares, every, s)
	}
	return stages(ctx, ask, chain.Shares, chain.None{}, s, "the root network", func(v view.Shares) stage {
		return stage{epochs: v.Epochs, height: v.Height, last: v.Last, before: v.Before}
	})
}

// stage is what a state says of the epochs so far.
type stage struct{ id, epochs, height, last, before uint64 }

// stages yields the states right after epochs. Each says where the one before it is, and must be what the one after it
// says.
func stages[T any](ctx context.Context, ask Asker, p chain.Program, args any, s Span, what string, of func(T) stage) iter.Seq2[light.Proven[T], error] {
	return func(yield func(light.Proven[T], error) bool) {
		end := func(err error) { yield(light.Proven[T]{}, err) }
		if s.Points <= 0 {
			return
		}
		if s.Points > MaxPoints {
			end(&CountError{Most: MaxPoints})
			return
		}
		first, err := read[T](ctx, ask, p, args, s.From)
		if err != nil {
			end(err)
			return
		}
		want := of(first.Value())
		if want.last == 0 {
			end(&BeginningError{Height: want.height, What: what + " has had no epoch"})
			return
		}
		for left := s.Points; ; {
			point := first
			if first.Height() != want.last {
				if point, err = read[T](ctx, ask, p, args, want.last); err != nil {
					end(err)
					return
				}
			}
			at := of(point.Value())
			if at.id != want.id || at.epochs != want.epochs || at.last != want.last || at.height != want.last || at.before >= at.last {
				end(&BrokenError{Height: want.last, Reason: fmt.Sprintf("epoch %d of %s should have run in it; it says %d, in block %d", want.epochs, what, at.epochs, at.last)})
				return
			}
			if left--; !yield(point, nil) || left == 0 {
				return
			}
			if at.before == 0 {
				end(&BeginningError{Height: at.last, What: "the first epoch of " + what})
				return
			}
			want = stage{id: at.id, epochs: at.epochs - 1, last: at.before}
		}
	}
}

// steps yields points at multiples of every.
func steps[T any](ctx context.Context, ask Asker, p chain.Program, every uint64, s Span) iter.Seq2[light.Proven[T], error] {
	return func(yield func(light.Proven[T], error) bool) {
		end := func(err error) { yield(light.Proven[T]{}, err) }
		if s.Points > MaxPoints {
			end(&CountError{Most: MaxPoints})
			return
		}
		every := max(every, 1)
		for left, height := s.Points, s.From-s.From%every; left > 0; height -= every {
			if height == 0 {
				end(&BeginningError{Height: min(every, s.From), What: "the chain begins"})
				return
			}
			point, err := read[T](ctx, ask, p, chain.None{}, height)
			if err != nil {
				end(err)
				return
			}
			if left--; !yield(point, nil) {
				return
			}
		}
	}
}
