package light

import (
	"context"
	"net"

	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// Source is one relay. Everything it returns is a claim. An error that shows the relay breaking the rules has the
// verdict [Blame]; a refusal ([wire.Refusal]) or a broken connection is inconclusive. Methods may be called
// concurrently.
type Source interface {
	// Name says who it is in errors and events; sources of one client have different names.
	Name() string
	// LightBlock returns the blocks from, from+1, … to: at least one, at most [wire.MaxRange], without a gap, beginning
	// with from and possibly ending before to. 0, 0 returns the newest.
	LightBlock(ctx context.Context, from, to uint64) ([]*LightBlock, error)
	// Heads calls fn with the newest block and then with each new one until ctx ends, the source fails or fn returns
	// an error, and returns that. The block is nil in a sign of life; latest is the newest height the source claims.
	Heads(ctx context.Context, fn func(b *LightBlock, latest uint64) error) error
	// Block returns a block's body and results.
	Block(ctx context.Context, height uint64) (*wire.BlockReply, error)
	// Events returns what a block did, in order: canonical CBOR of a ledger.Event each, see [DecodeEvents].
	Events(ctx context.Context, height uint64) ([][]byte, error)
	// Witness returns the state nodes that a program touches.
	Witness(ctx context.Context, req wire.WitnessRequest) (state.Witness, error)
	// Submit hands in a transaction. A refused one is no error: see the reply.
	Submit(ctx context.Context, tx []byte) (*wire.SubmitReply, error)
	// Report hands in evidence against block producers, see [Attack.Encode]. nil says that the source found it right; a
	// refusal is a [wire.Refusal].
	Report(ctx context.Context, evidence []byte) error
}

// Opener opens streams to one relay; core/p2p's Conn is one. The protocol is negotiated when Open returns, or fails
// with the stream's first read.
type Opener interface {
	Open(ctx context.Context, protocol string) (net.Conn, error)
}
