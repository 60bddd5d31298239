package light

import (
	"fmt"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// Proven is a value of the chain's state and how far it was checked: [Proven.Level] says so, and only this package can
// make one whose level is above [level.Claimed], the level of the zero value. It keeps the parts of its proof.
type Proven[T any] struct {
	value   T
	level   level.Level
	block   *LightBlock
	root    state.Root
	request wire.WitnessRequest
	witness state.Witness
	stats   state.WitnessStats
	source  string
	checked time.Time
	took    time.Duration
}

// Value returns the value.
func (p Proven[T]) Value() T { return p.value }

// Level says how far the value was checked.
func (p Proven[T]) Level() level.Level { return p.level }

// Height is that of the block after which the state was read; 0 is the genesis state, and of the zero value.
func (p Proven[T]) Height() uint64 {
	if p.block == nil {
		return 0
	}
	return p.block.Height() - 1
}

// Root is the state root under which the value stands.
func (p Proven[T]) Root() state.Root { return p.root }

// Header is the light block whose header carries the root: that of Height()+1.
func (p Proven[T]) Header() *LightBlock { return p.block }

// Request is the program and the arguments that gave the value.
func (p Proven[T]) Request() wire.WitnessRequest { return p.request }

// Witness is the encoded state nodes over which the program ran. Read only.
func (p Proven[T]) Witness() state.Witness { return p.witness }

// Nodes is how many tree nodes were checked by their hash, Bytes the size of the witness.
func (p Proven[T]) Nodes() int { return p.stats.Nodes }

// Bytes is the size of the witness.
func (p Proven[T]) Bytes() int { return len(p.witness) }

// Source is who sent the witness.
func (p Proven[T]) Source() string { return p.source }

// Checked is when the witness was checked, by the client's clock, and Took how long that and the program took.
func (p Proven[T]) Checked() time.Time { return p.checked }

// Took is how long it took to check the witness and run the program.
func (p Proven[T]) Took() time.Duration { return p.took }

// As decodes the value of p, a program's result in canonical CBOR, and keeps everything else.
func As[T any](p Proven[[]byte]) (Proven[T], error) {
	var value T
	if err := codec.Decode(p.value, &value); err != nil {
		return Proven[T]{}, fmt.Errorf("light: result of %s: %w", p.request.Program, err)
	}
	return with(p, value), nil
}

// with is p with another value that the same proof gives.
func with[T, U any](p Proven[T], value U) Proven[U] {
	return Proven[U]{value: value, level: p.level, block: p.block, root: p.root, request: p.request, witness: p.witness,
		stats: p.stats, source: p.source, checked: p.checked, took: p.took}
}
