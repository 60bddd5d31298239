package lighttest

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// Source serves a chain from memory. Its hooks make it lie or refuse; where one is nil it tells the truth. Set them
// before use.
type Source struct {
	Chain     *Chain
	Called    string
	Newest    func() uint64                                                             // the height it claims as newest
	Boast     uint64                                                                    // added to that by Heads, beside a block that is right
	Tamper    func(*light.LightBlock) *light.LightBlock                                 // gets a copy of each light block
	Refuse    func(height uint64) error                                                 // before each light block
	Bodies    func(height uint64, truth wire.BlockReply) (*wire.BlockReply, error)      // gets a shallow copy
	Happened  func(height uint64, truth [][]byte) ([][]byte, error)                     // gets a shallow copy
	Witnesses func(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) // default: not found; see [World]
	Accept    func(tx []byte) (*wire.SubmitReply, error)                                // default: accepted
	Judge     func(evidence []byte) error                                               // default: found right
	Asked     atomic.Int64                                                              // light blocks asked for
}

// Source returns an honest source.
func (c *Chain) Source(name string) *Source { return &Source{Chain: c, Called: name} }

// Name returns the source's name.
func (s *Source) Name() string { return s.Called }

func (s *Source) newest() uint64 {
	if s.Newest != nil {
		return s.Newest()
	}
	return s.Chain.Height()
}

func (s *Source) serve(height uint64) (*light.LightBlock, error) {
	s.Asked.Add(1)
	if s.Refuse != nil {
		if err := s.Refuse(height); err != nil {
			return nil, err
		}
	}
	b := s.Chain.Block(max(height, 1))
	if height == 0 || b == nil {
		return nil, notFound(height)
	}
	if s.Tamper != nil {
		b = s.Tamper(b)
	}
	return b, nil
}

func notFound(height uint64) error {
	return &wire.Refusal{Code: wire.CodeNotFound, Message: fmt.Sprintf("no block %d here", height)}
}

// LightBlock implements light.Source.
func (s *Source) LightBlock(_ context.Context, from, to uint64) ([]*light.LightBlock, error) {
	if from == 0 && to == 0 {
		from, to = s.newest(), s.newest()
	}
	var out []*light.LightBlock
	for h := from; h <= to && len(out) < wire.MaxRange; h++ {
		b, err := s.serve(h)
		if err != nil && len(out) == 0 {
			return nil, err
		}
		if err != nil {
			break
		}
		out = append(out, b)
	}
	return out, nil
}

// Heads implements light.Source: the newest block, then each newer one when it is added.
func (s *Source) Heads(ctx context.Context, fn func(*light.LightBlock, uint64) error) error {
	for sent := uint64(0); ; {
		s.Chain.mu.Lock()
		grown := s.Chain.grown
		s.Chain.mu.Unlock()
		if h := s.newest(); h > sent {
			b, err := s.serve(h)
			if err != nil {
				return err
			}
			if err := fn(b, h+s.Boast); err != nil {
				return err
			}
			sent = h
			continue
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-grown:
		}
	}
}

// Block implements light.Source.
func (s *Source) Block(_ context.Context, height uint64) (*wire.BlockReply, error) {
	if height == 0 || height > s.Chain.Height() {
		return nil, notFound(height)
	}
	reply := s.Chain.body(height)
	if s.Bodies != nil {
		return s.Bodies(height, reply)
	}
	return &reply, nil
}

// Events implements light.Source.
func (s *Source) Events(_ context.Context, height uint64) ([][]byte, error) {
	if height == 0 || height > s.Chain.Height() {
		return nil, notFound(height)
	}
	s.Chain.mu.Lock()
	events := slices.Clone(s.Chain.events[height-1])
	s.Chain.mu.Unlock()
	if s.Happened != nil {
		return s.Happened(height, events)
	}
	return events, nil
}

// Witness implements light.Source.
func (s *Source) Witness(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
	if s.Witnesses == nil {
		return nil, &wire.Refusal{Code: wire.CodeNotFound, Message: "no state here"}
	}
	return s.Witnesses(ctx, req)
}

// Submit implements light.Source.
func (s *Source) Submit(_ context.Context, tx []byte) (*wire.SubmitReply, error) {
	if s.Accept == nil {
		return &wire.SubmitReply{}, nil
	}
	return s.Accept(tx)
}

// Report implements light.Source.
func (s *Source) Report(_ context.Context, evidence []byte) error {
	if s.Judge == nil {
		return nil
	}
	return s.Judge(evidence)
}
