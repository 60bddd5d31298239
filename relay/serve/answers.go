// Package serve makes a relay's answers: light blocks, blocks, witnesses, and what became of a submitted transaction or of
// evidence against block producers.
//
// [Answers] is what the libp2p host (relay/host) and the HTTP side (relay/web) hand out; both give the same bytes. The
// one honest implementation is [Service], made by [New]. An answer is encoded once and then shared by everybody who
// asks for it; [Feed] does the same for pushed heads.
//
// An error that is a [*wire.Refusal] is told to the peer. Any other is the relay's own trouble: it is logged, and the
// peer hears [wire.CodeInternal] and nothing else; see [AsRefusal].
package serve

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/wire"
)

// Answers is everything that peers can ask for. All methods are safe for concurrent use; what they return is shared
// and read only.
type Answers interface {
	// Identity names the chain.
	Identity() Identity
	// Heads is the feed of new light blocks.
	Heads() *Feed
	// LightBlock answers for one height that has been committed; 0 means the newest.
	LightBlock(ctx context.Context, height uint64) (*Reply, error)
	// Block answers with the body and results of a committed block.
	Block(ctx context.Context, height uint64) (*Reply, error)
	// Events answers with what a committed block did.
	Events(ctx context.Context, height uint64) (*Reply, error)
	// Witness runs a program under a state root and answers with the nodes that it touched.
	Witness(ctx context.Context, r wire.WitnessRequest) (*Reply, error)
	// Submit checks a transaction and passes it on to the block producers.
	Submit(ctx context.Context, tx []byte) (*wire.SubmitReply, error)
	// Report takes evidence against block producers. nil says that it convicts whom it accuses and waits for a block.
	Report(ctx context.Context, evidence []byte) error
}

// Identity names a chain.
type Identity struct {
	ChainID     string
	GenesisHash [32]byte
}

// Reply is an encoded answer in both of its forms.
type Reply struct {
	Frame []byte // the complete frame, length included, that goes on a stream
	Body  []byte // the body of the HTTP answer: a part of Frame
}

// NewLightBlockReply encodes one light block; block is CometBFT's protobuf.
func NewLightBlockReply(block []byte) (*Reply, error) {
	return trailing(wire.LightBlockReply{LightBlocks: [][]byte{block}}, block)
}

// NewWitnessReply encodes a witness.
func NewWitnessReply(witness []byte) (*Reply, error) {
	return trailing(wire.WitnessReply{Witness: witness}, witness)
}

// NewBlockReply encodes a block's body and results; over HTTP it is the same message without the frame's length.
func NewBlockReply(r wire.BlockReply) (*Reply, error) {
	return whole(r)
}

// NewEventsReply encodes a block's events; over HTTP it is the same message without the frame's length.
func NewEventsReply(events [][]byte) (*Reply, error) {
	return whole(wire.EventsReply{Events: events})
}

// whole encodes a message that is the body of the HTTP answer, too.
func whole(m any) (*Reply, error) {
	frame, err := Frame(m)
	if err != nil {
		return nil, err
	}
	return &Reply{Frame: frame, Body: frame[4:]}, nil
}

// trailing encodes a message whose last fields are the payload and an absent refusal (one byte), so that the payload
// is found in the frame and needn't be kept twice.
func trailing(m any, payload []byte) (*Reply, error) {
	frame, err := Frame(m)
	if err != nil {
		return nil, err
	}
	end := len(frame) - 1
	body := frame[end-len(payload) : end]
	if !bytes.Equal(body, payload) {
		return nil, fmt.Errorf("encode %T: the payload is not where it belongs", m)
	}
	return &Reply{Frame: frame, Body: body}, nil
}

// Frame encodes a message as one frame.
func Frame(m any) ([]byte, error) {
	var b bytes.Buffer
	if err := wire.WriteFrame(&b, m); err != nil {
		return nil, fmt.Errorf("encode %T: %w", m, err)
	}
	return b.Bytes(), nil
}

// Refuse makes the refusal of that code.
func Refuse(code, format string, args ...any) *wire.Refusal {
	return &wire.Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}

// AsRefusal returns what a peer may hear of err, and whether err is the relay's own trouble, which belongs in its log.
func AsRefusal(err error) (r *wire.Refusal, own bool) {
	switch {
	case errors.As(err, &r):
		return r, false
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return Refuse(wire.CodeBusy, "the relay has too much to do, ask again in a moment"), false
	}
	return Refuse(wire.CodeInternal, "the relay could not answer because of a fault of its own"), true
}
