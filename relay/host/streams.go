package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/protocol"

	"github.com/taolight/taolight/core/wire"
	"github.com/taolight/taolight/relay/serve"
)

// Deadlines of a stream.
const (
	readTime  = 10 * time.Second // for the request to arrive
	workTime  = 10 * time.Second // for the answer to be made
	writeTime = 30 * time.Second // for the peer to take the answer
	headTime  = 10 * time.Second // for the peer to take one pushed head
	lifeTime  = 10 * time.Second // silence on a head stream after which a sign of life is sent; at most 15 s by core/wire
)

// handlers are the running stream handlers.
type handlers struct {
	heads              atomic.Int64
	lifeTime, headTime time.Duration // lifeTime and headTime; tests choose shorter ones before Serve

	mu      sync.Mutex
	cancel  context.CancelFunc // nil before Serve
	closed  bool
	running sync.WaitGroup // grows only under mu while not closed
}

// enter counts a handler in, unless the host is closing.
func (h *handlers) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.running.Add(1)
	}
	return !h.closed
}

// stop ends all handlers; running tells when they are gone.
func (h *handlers) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	if h.cancel != nil {
		h.cancel()
	}
}

// Serve begins to answer streams from a. It is called once.
func (h *Host) Serve(a serve.Answers) {
	ctx, cancel := context.WithCancel(context.Background())
	h.mu.Lock()
	h.cancel = cancel
	h.mu.Unlock()
	h.on(ctx, wire.HeadProtocol, func(ctx context.Context, s network.Stream) error { return h.serveHeads(ctx, s, a) })
	h.on(ctx, wire.LightBlockProtocol, once(h, func(ctx context.Context, r *wire.LightBlockRequest) ([]byte, error) {
		return lightBlocks(ctx, a, r)
	}, func(no *wire.Refusal) any { return wire.LightBlockReply{Refusal: no} }))
	h.on(ctx, wire.BlockProtocol, once(h, func(ctx context.Context, r *wire.BlockRequest) ([]byte, error) {
		return frameOf(a.Block(ctx, r.Height))
	}, func(no *wire.Refusal) any { return wire.BlockReply{Refusal: no} }))
	h.on(ctx, wire.EventsProtocol, once(h, func(ctx context.Context, r *wire.EventsRequest) ([]byte, error) {
		return frameOf(a.Events(ctx, r.Height))
	}, func(no *wire.Refusal) any { return wire.EventsReply{Refusal: no} }))
	h.on(ctx, wire.WitnessProtocol, once(h, func(ctx context.Context, r *wire.WitnessRequest) ([]byte, error) {
		return frameOf(a.Witness(ctx, *r))
	}, func(no *wire.Refusal) any { return wire.WitnessReply{Refusal: no} }))
	h.on(ctx, wire.SubmitProtocol, once(h, func(ctx context.Context, r *wire.SubmitRequest) ([]byte, error) {
		reply, err := a.Submit(ctx, r.Tx)
		if err != nil {
			return nil, err
		}
		return serve.Frame(reply)
	}, func(no *wire.Refusal) any { return wire.SubmitReply{Refusal: no} }))
	h.on(ctx, wire.EvidenceProtocol, h.alone(onceOf(h, wire.MaxEvidenceRequest, func(ctx context.Context, r *wire.EvidenceRequest) ([]byte, error) {
		if err := a.Report(ctx, r.Evidence); err != nil {
			return nil, err
		}
		return serve.Frame(wire.EvidenceReply{})
	}, func(no *wire.Refusal) any { return wire.EvidenceReply{Refusal: no} })))
}

// Followers is how many head streams are open.
func (h *Host) Followers() int { return int(h.heads.Load()) }

// on sets the handler of a protocol. A stream ends cleanly when it returns nil and is reset otherwise, also after a
// panic: one peer's request must not end the relay.
func (h *Host) on(ctx context.Context, id string, serve func(context.Context, network.Stream) error) {
	h.h.SetStreamHandler(protocol.ID(id), func(s network.Stream) {
		if !h.enter() {
			s.Reset()
			return
		}
		defer h.running.Done()
		done := context.AfterFunc(ctx, func() { s.Reset() })
		defer done()
		defer func() {
			if p := recover(); p != nil {
				h.logger.Error("a stream handler panicked", "protocol", id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				s.Reset()
			}
		}()
		if err := serve(ctx, s); err != nil {
			h.logger.Debug("stream ended", "protocol", id, "peer", s.Conn().RemotePeer(), "err", err)
			s.Reset()
			return
		}
		s.Close()
	})
}

// once makes the handler of a protocol with one request and one answer. answer returns a frame; refused wraps a
// refusal into the protocol's reply.
func once[Q any](h *Host, answer func(context.Context, *Q) ([]byte, error), refused func(*wire.Refusal) any) func(context.Context, network.Stream) error {
	return onceOf(h, wire.MaxRequest, answer, refused)
}

// onceOf is once for requests of at most limit bytes.
func onceOf[Q any](h *Host, limit int, answer func(context.Context, *Q) ([]byte, error), refused func(*wire.Refusal) any) func(context.Context, network.Stream) error {
	return func(ctx context.Context, s network.Stream) error {
		var request Q
		frame, err := []byte(nil), readRequest(s, limit, &request)
		switch {
		case errors.Is(err, wire.ErrFrame):
			err = serve.Refuse(wire.CodeBadRequest, "%v", err)
		case err != nil:
			return err // nobody there to refuse
		default:
			ctx, cancel := context.WithTimeout(ctx, workTime)
			defer cancel()
			frame, err = answer(ctx, &request)
		}
		if err != nil {
			no, own := serve.AsRefusal(err)
			if own {
				h.logger.Error("a request failed", "protocol", s.Protocol(), "err", err)
			}
			if frame, err = serve.Frame(refused(no)); err != nil {
				return err
			}
		}
		return writeFrame(s, frame, writeTime)
	}
}

func readRequest(s network.Stream, limit int, request any) error {
	if err := s.SetReadDeadline(time.Now().Add(readTime)); err != nil {
		return err
	}
	return wire.ReadFrame(s, limit, request)
}

func writeFrame(s network.Stream, frame []byte, within time.Duration) error {
	if err := s.SetWriteDeadline(time.Now().Add(within)); err != nil {
		return err
	}
	_, err := s.Write(frame)
	return err
}

func frameOf(r *serve.Reply, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return r.Frame, nil
}

// lightBlocks answers a range: as many as fit, from the first on, without a gap.
func lightBlocks(ctx context.Context, a serve.Answers, r *wire.LightBlockRequest) ([]byte, error) {
	if r.From == r.To { // 0, 0 too
		return frameOf(a.LightBlock(ctx, r.From))
	}
	if r.From == 0 || r.From > r.To {
		return nil, serve.Refuse(wire.CodeBadRequest, "the range %d to %d is empty or begins before the first block", r.From, r.To)
	}
	var reply wire.LightBlockReply
	bytes := 0
	for height := r.From; height <= r.To && len(reply.LightBlocks) < wire.MaxRange; height++ {
		one, err := a.LightBlock(ctx, height)
		var no *wire.Refusal
		if errors.As(err, &no) && len(reply.LightBlocks) > 0 {
			break // beyond the newest: what there is answers the request
		}
		if err != nil {
			return nil, err
		}
		if bytes += len(one.Body); bytes > wire.MaxRangeBytes && len(reply.LightBlocks) > 0 {
			break
		}
		reply.LightBlocks = append(reply.LightBlocks, one.Body)
	}
	return serve.Frame(reply)
}

// serveHeads pushes every new head until the peer goes, lags behind or takes too long.
func (h *Host) serveHeads(ctx context.Context, s network.Stream, a serve.Answers) error {
	if err := readRequest(s, wire.MaxRequest, new(wire.HeadRequest)); err != nil {
		return err
	}
	h.heads.Add(1)
	defer h.heads.Add(-1)
	h.h.ConnManager().TagPeer(s.Conn().RemotePeer(), "follows heads", 10)
	gone, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := s.SetReadDeadline(time.Time{}); err != nil {
		return err
	}
	go h.watch(s, cancel)
	follower := a.Heads().Follow()
	for {
		wait, stop := context.WithTimeout(gone, h.lifeTime)
		head, err := follower.Next(wait)
		stop()
		frame := head.Frame
		switch {
		case gone.Err() != nil:
			return gone.Err()
		case errors.Is(err, context.DeadlineExceeded):
			newest, _ := a.Heads().Newest()
			frame, err = serve.Frame(wire.Head{Latest: newest.Height})
		}
		if err != nil {
			return err
		}
		if err := writeFrame(s, frame, h.headTime); err != nil {
			return err
		}
	}
}

// watch calls cancel once the peer resets the stream or says more than its request. One that only closed its own
// direction still listens. It ends with the stream.
func (h *Host) watch(s network.Stream, cancel func()) {
	if !h.enter() {
		cancel()
		return
	}
	defer h.running.Done()
	var b [1]byte
	if n, err := s.Read(b[:]); n > 0 || !errors.Is(err, io.EOF) {
		cancel()
	}
}
