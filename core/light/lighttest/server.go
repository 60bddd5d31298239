package lighttest

import (
	"context"
	"errors"
	"net"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
)

// Opener opens streams to a relay that answers from a source; it implements light.Opener. Wrap, if set, may replace the
// client's end of a stream.
type Opener struct {
	Source light.Source
	Wrap   func(protocol string, c net.Conn) net.Conn
}

// Opener returns the streams of an honest relay.
func (c *Chain) Opener() *Opener { return &Opener{Source: c.Source("relay")} }

// Open returns the client's end of a pipe whose other end is served until either side closes.
func (o *Opener) Open(ctx context.Context, protocol string) (net.Conn, error) {
	mine, theirs := net.Pipe()
	go func() {
		defer theirs.Close()
		Serve(context.WithoutCancel(ctx), o.Source, protocol, theirs)
	}()
	if o.Wrap != nil {
		return o.Wrap(protocol, mine), nil
	}
	return mine, nil
}

// Serve answers one stream as a relay does.
func Serve(ctx context.Context, s light.Source, protocol string, c net.Conn) error {
	switch protocol {
	case wire.HeadProtocol:
		return heads(ctx, s, c)
	case wire.LightBlockProtocol:
		var req wire.LightBlockRequest
		return answer(c, &req, func() any {
			blocks, err := s.LightBlock(ctx, req.From, req.To)
			reply := &wire.LightBlockReply{Refusal: refusal(err)}
			bytes := 0
			for _, b := range blocks {
				raw := b.Encode()
				if bytes += len(raw); bytes > wire.MaxRangeBytes && len(reply.LightBlocks) > 0 {
					break
				}
				reply.LightBlocks = append(reply.LightBlocks, raw)
			}
			return reply
		})
	case wire.BlockProtocol:
		var req wire.BlockRequest
		return answer(c, &req, func() any {
			reply, err := s.Block(ctx, req.Height)
			if err != nil {
				return &wire.BlockReply{Refusal: refusal(err)}
			}
			return reply
		})
	case wire.EventsProtocol:
		var req wire.EventsRequest
		return answer(c, &req, func() any {
			events, err := s.Events(ctx, req.Height)
			return &wire.EventsReply{Events: events, Refusal: refusal(err)}
		})
	case wire.WitnessProtocol:
		var req wire.WitnessRequest
		return answer(c, &req, func() any {
			w, err := s.Witness(ctx, req)
			return &wire.WitnessReply{Witness: w, Refusal: refusal(err)}
		})
	case wire.SubmitProtocol:
		var req wire.SubmitRequest
		return answer(c, &req, func() any {
			reply, err := s.Submit(ctx, req.Tx)
			if err != nil {
				return &wire.SubmitReply{Refusal: refusal(err)}
			}
			return reply
		})
	case wire.EvidenceProtocol:
		var req wire.EvidenceRequest
		if err := wire.ReadFrame(c, wire.MaxEvidenceRequest, &req); err != nil {
			return err
		}
		return wire.WriteFrame(c, &wire.EvidenceReply{Refusal: refusal(s.Report(ctx, req.Evidence))})
	}
	return errors.New("lighttest: unknown protocol " + protocol)
}

func answer(c net.Conn, req any, reply func() any) error {
	if err := wire.ReadFrame(c, wire.MaxRequest, req); err != nil {
		return err
	}
	return wire.WriteFrame(c, reply())
}

func heads(ctx context.Context, s light.Source, c net.Conn) error {
	if err := wire.ReadFrame(c, wire.MaxRequest, new(wire.HeadRequest)); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { // the client sends nothing more: this returns when it closes
		c.Read(make([]byte, 1))
		cancel()
	}()
	return s.Heads(ctx, func(b *light.LightBlock, latest uint64) error {
		head := &wire.Head{Latest: latest}
		if b != nil {
			head.LightBlock = b.Encode()
		}
		return wire.WriteFrame(c, head)
	})
}

func refusal(err error) *wire.Refusal {
	var no *wire.Refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		return no
	default:
		return &wire.Refusal{Code: wire.CodeInternal, Message: err.Error()}
	}
}
