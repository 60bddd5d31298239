package light

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

const (
	maxStreams  = 32               // in flight to one relay; go-libp2p refuses more than 64 for one protocol
	shortAnswer = 15 * time.Second // to send a request and read a small answer, all of it
	longAnswer  = 60 * time.Second // the same for a block, its events or a witness
	signOfLife  = 30 * time.Second // without a frame on the head stream
	frameMargin = 64               // bytes that CBOR adds around a payload
	eventMargin = 5                // the same for one of many
	shortReply  = 4 << 10          // bytes of an answer that holds only names and codes
	maxIdle     = 100              // frames without a newer block in idleSpan; one every 15 s is what the protocol asks for
	idleSpan    = 10 * time.Second
)

// NewRelay returns the source behind an open connection to a relay. It speaks core/wire: one stream for each request,
// at most 32 at a time, each with a deadline for the whole answer, every frame within its protocol's limit. Errors of
// its methods are [SourceError]s with this name.
func NewRelay(name string, o Opener) Source {
	return &relay{name: name, open: o, slots: make(chan struct{}, maxStreams), reading: make(chan struct{}, 1)}
}

type relay struct {
	name  string
	open  Opener
	slots chan struct{}

	// Light blocks are asked for several at a time, but their answers read and decoded one after the other: each takes
	// several times its length meanwhile, and who made them up chose it.
	reading chan struct{}
}

func (r *relay) Name() string { return r.name }

func (r *relay) LightBlock(ctx context.Context, first, last uint64) ([]*LightBlock, error) {
	want := uint64(1)
	if first != 0 || last != 0 {
		if first == 0 || last < first {
			return nil, fmt.Errorf("light: no range: %d to %d", first, last)
		}
		want = min(last-first, wire.MaxRange-1) + 1
		last = first + want - 1
	}
	limit := wire.MaxLightBlock + int(want+1)*frameMargin
	s, done, err := r.send(ctx, wire.LightBlockProtocol, shortAnswer, &wire.LightBlockRequest{From: first, To: last})
	if err != nil {
		return nil, from(r.name, err)
	}
	defer done()
	select {
	case r.reading <- struct{}{}:
		defer func() { <-r.reading }()
	case <-ctx.Done():
		return nil, from(r.name, context.Cause(ctx))
	}
	var reply wire.LightBlockReply
	if err = receive(ctx, s, wire.LightBlockProtocol, limit, &reply); err == nil {
		err = refused(reply.Refusal)
	}
	if err != nil {
		return nil, from(r.name, err)
	}
	if n := uint64(len(reply.LightBlocks)); n == 0 || n > want {
		return nil, r.breach(wire.LightBlockProtocol, fmt.Sprintf("%d light blocks for %d", n, want))
	}
	bytes := 0
	for _, raw := range reply.LightBlocks {
		bytes += len(raw)
	}
	if len(reply.LightBlocks) > 1 && bytes > wire.MaxRangeBytes {
		return nil, r.breach(wire.LightBlockProtocol, fmt.Sprintf("%d light blocks of %d bytes, several have at most %d", len(reply.LightBlocks), bytes, wire.MaxRangeBytes))
	}
	blocks := make([]*LightBlock, len(reply.LightBlocks))
	for i, raw := range reply.LightBlocks {
		if blocks[i], err = decodeOwned(raw); err != nil {
			return nil, from(r.name, err)
		}
		if first != 0 && blocks[i].Height() != first+uint64(i) {
			return nil, r.breach(wire.LightBlockProtocol, fmt.Sprintf("asked for height %d, got %d", first+uint64(i), blocks[i].Height()))
		}
	}
	return blocks, nil
}

func (r *relay) Block(ctx context.Context, height uint64) (*wire.BlockReply, error) {
	var reply wire.BlockReply
	err := r.ask(ctx, wire.BlockProtocol, longAnswer, &wire.BlockRequest{Height: height}, wire.MaxBlock, &reply)
	if err == nil {
		err = refused(reply.Refusal)
	}
	if err != nil {
		return nil, from(r.name, err)
	}
	return &reply, nil
}

func (r *relay) Events(ctx context.Context, height uint64) ([][]byte, error) {
	const limit = wire.MaxEventBytes + wire.MaxEvents*eventMargin + shortReply
	var reply wire.EventsReply
	err := r.ask(ctx, wire.EventsProtocol, longAnswer, &wire.EventsRequest{Height: height}, limit, &reply)
	if err == nil {
		err = refused(reply.Refusal)
	}
	if err != nil {
		return nil, from(r.name, err)
	}
	return reply.Events, nil
}

func (r *relay) Witness(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
	var reply wire.WitnessReply
	err := r.ask(ctx, wire.WitnessProtocol, longAnswer, &req, wire.MaxWitness+shortReply, &reply)
	if err == nil {
		err = refused(reply.Refusal)
	}
	if err != nil {
		return nil, from(r.name, err)
	}
	return reply.Witness, nil
}

func (r *relay) Submit(ctx context.Context, tx []byte) (*wire.SubmitReply, error) {
	var reply wire.SubmitReply
	if err := r.ask(ctx, wire.SubmitProtocol, shortAnswer, &wire.SubmitRequest{Tx: tx}, shortReply, &reply); err != nil {
		return nil, from(r.name, err)
	}
	return &reply, nil
}

func (r *relay) Report(ctx context.Context, evidence []byte) error {
	var reply wire.EvidenceReply
	err := r.ask(ctx, wire.EvidenceProtocol, longAnswer, &wire.EvidenceRequest{Evidence: evidence}, shortReply, &reply)
	if err == nil {
		err = refused(reply.Refusal)
	}
	return from(r.name, err)
}

func (r *relay) Heads(ctx context.Context, fn func(*LightBlock, uint64) error) error {
	s, done, err := r.stream(ctx, wire.HeadProtocol)
	if err != nil {
		return from(r.name, err)
	}
	defer done()
	if err := arm(ctx, s, signOfLife); err != nil {
		return from(r.name, err)
	}
	if err := wire.WriteFrame(s, &wire.HeadRequest{}); err != nil {
		return from(r.name, cause(ctx, err))
	}
	newest, idle, since := uint64(0), 0, time.Now()
	for {
		// One deadline for the whole frame: bytes that trickle in are no sign of life.
		if err := arm(ctx, s, signOfLife); err != nil {
			return from(r.name, err)
		}
		var head wire.Head
		if err := wire.ReadFrame(s, wire.MaxLightBlock+frameMargin, &head); err != nil {
			return from(r.name, readError(ctx, wire.HeadProtocol, err))
		}
		var block *LightBlock
		if len(head.LightBlock) > 0 {
			if block, err = decodeOwned(head.LightBlock); err != nil {
				return from(r.name, err)
			}
			if block.Height() > head.Latest {
				return r.breach(wire.HeadProtocol, fmt.Sprintf("block %d is newer than the newest, %d", block.Height(), head.Latest))
			}
		}
		if block != nil && block.Height() > newest {
			newest = block.Height()
		} else if idle++; time.Since(since) > idleSpan {
			idle, since = 0, time.Now()
		} else if idle > maxIdle {
			return r.breach(wire.HeadProtocol, "a flood of frames that say nothing new")
		}
		if err := fn(block, head.Latest); err != nil {
			return err
		}
	}
}

// ask opens a stream, sends the request and reads one answer of at most limit bytes.
func (r *relay) ask(ctx context.Context, protocol string, within time.Duration, request any, limit int, reply any) error {
	s, done, err := r.send(ctx, protocol, within, request)
	if err != nil {
		return err
	}
	defer done()
	return receive(ctx, s, protocol, limit, reply)
}

// send opens a stream and sends the request. Its answer, all of it, has to arrive within that time.
func (r *relay) send(ctx context.Context, protocol string, within time.Duration, request any) (s net.Conn, done func(), err error) {
	if s, done, err = r.stream(ctx, protocol); err != nil {
		return nil, nil, err
	}
	if err = arm(ctx, s, within); err == nil {
		if err = wire.WriteFrame(s, request); err == nil {
			return s, done, nil
		}
		err = cause(ctx, err)
	}
	done()
	return nil, nil, err
}

func receive(ctx context.Context, s net.Conn, protocol string, limit int, reply any) error {
	if err := wire.ReadFrame(s, limit, reply); err != nil {
		return readError(ctx, protocol, err)
	}
	return nil
}

// stream waits for a free slot and opens a stream, which closes when ctx ends or done is called.
func (r *relay) stream(ctx context.Context, protocol string) (s net.Conn, done func(), err error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
	if s, err = r.open.Open(ctx, protocol); err != nil {
		<-r.slots
		return nil, nil, cause(ctx, err)
	}
	stop := context.AfterFunc(ctx, func() { s.SetDeadline(time.Now()) })
	return s, func() {
		stop()
		s.SetDeadline(time.Now()) // so that Close doesn't wait for a peer that says nothing
		s.Close()
		<-r.slots
	}, nil
}

// arm gives the stream time, unless ctx has ended: its end takes all time away, and that must not be undone.
func arm(ctx context.Context, s net.Conn, within time.Duration) error {
	s.SetDeadline(time.Now().Add(within))
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (r *relay) breach(protocol, reason string) error {
	return from(r.name, &ProtocolError{Protocol: protocol, Reason: reason})
}

func refused(no *wire.Refusal) error {
	if no == nil {
		return nil
	}
	return no
}

// readError tells an answer that breaks the rules from one that did not come.
func readError(ctx context.Context, protocol string, err error) error {
	if errors.Is(err, wire.ErrFrame) {
		return &ProtocolError{Protocol: protocol, Err: err}
	}
	return cause(ctx, err)
}

// cause prefers the reason why the caller gave up over its effect on the stream.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
