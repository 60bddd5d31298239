package series

import (
	"fmt"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/view"
)

// Epochs is what the epochs of a subnet gave its neurons, a view.Epoch each, in the state right after its block. One point
// answers for all uids. A netuid that was given away begins with its subnet: what stood there before is another's.
func Epochs(netuid uint16) Series {
	return Series{
		program: chain.Epoch, args: codec.MustEncode(chain.Netuid{Netuid: netuid}), what: fmt.Sprintf("subnet %d", netuid),
		of: func(answer []byte) (stage, error) {
			var e view.Epoch
			err := codec.Decode(answer, &e)
			return stage{id: e.ID, epochs: e.Epochs, height: e.Height, last: e.Last, before: e.Before}, err
		},
	}
}

// Totals is where all TAO was, a view.Totals at every so many blocks, see [Every].
func Totals(every uint64) Series { return Every(every, chain.Totals, chain.None{}) }

// Shares is how emission was split over subnets, a view.Shares at every so many blocks; where every is 0 after each epoch
// of the root network, which decides the split until the next.
func Shares(every uint64) Series {
	if every > 0 {
		return Every(every, chain.Shares, chain.None{})
	}
	return Series{
		program: chain.Shares, args: codec.MustEncode(chain.None{}), what: "the root network",
		of: func(answer []byte) (stage, error) {
			var v view.Shares
			err := codec.Decode(answer, &v)
			return stage{epochs: v.Epochs, height: v.Height, last: v.Last, before: v.Before}, err
		},
	}
}

// stage is what a state says of the epochs so far.
type stage struct{ id, epochs, height, last, before uint64 }

// stages gives the states right after epochs, from the last one at or before a height on. Each says where the one before it
// is, and must be what the one after it says.
func (r *reader) stages(from uint64) error {
	first, want, err := r.stage(from)
	if err != nil {
		return err
	}
	if want.last == 0 {
		return &BeginningError{Height: want.height, What: r.what + " has had no epoch"}
	}
	for {
		point, at := first, want
		if first.Height() != want.last {
			if point, at, err = r.stage(want.last); err != nil {
				return err
			}
		}
		if at.id != want.id || at.epochs != want.epochs || at.last != want.last || at.height != want.last || at.before >= at.last {
			return &BrokenError{Height: want.last, Reason: fmt.Sprintf("epoch %d of %s should have run in it; it says %d, in block %d",
				want.epochs, r.what, at.epochs, at.last)}
		}
		if !r.give(point, at.before) {
			return nil
		}
		if at.before == 0 {
			return &BeginningError{Height: at.last, What: "the first epoch of " + r.what}
		}
		want = stage{id: at.id, epochs: at.epochs - 1, last: at.before}
	}
}

func (r *reader) stage(height uint64) (p light.Proven[[]byte], at stage, err error) {
	if p, err = r.read(height); err == nil {
		at, err = r.of(p.Value())
	}
	return p, at, err
}
