package serve

import (
	"context"
	"fmt"

	"github.com/taolight/taolight/core/wire"
)

// Events implements [Answers].
func (s *Service) Events(ctx context.Context, height uint64) (*Reply, error) {
	newest := s.newest()
	switch {
	case height == 0:
		return nil, Refuse(wire.CodeBadRequest, "blocks are counted from 1 on")
	case height > newest:
		return nil, beyond(height, newest)
	}
	return s.chain.get(ctx, key('e', height), func() (*Reply, error) {
		events, ok, err := s.from.Events(height)
		switch {
		case err != nil:
			return nil, fmt.Errorf("events of block %d: %w", height, err)
		case !ok:
			return nil, Refuse(wire.CodeNotFound, "the events of block %d are not kept here", height)
		}
		bytes := 0
		for _, one := range events {
			bytes += len(one)
		}
		if len(events) > wire.MaxEvents || bytes > wire.MaxEventBytes {
			return nil, Refuse(wire.CodeTooLarge, "block %d has %d events of %d bytes, more than is served at once", height, len(events), bytes)
		}
		return NewEventsReply(events)
	})
}
