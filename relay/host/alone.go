package host

import (
	"context"
	"errors"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
)

// errSecond ends a stream of a protocol that takes one at a time from each peer.
var errSecond = errors.New("the peer has such a stream open already")

// alone lets each peer have one stream of a protocol at a time; a second one is reset. The requests are large.
func (h *Host) alone(serve func(context.Context, network.Stream) error) func(context.Context, network.Stream) error {
	open := make(map[peer.ID]bool)
	return func(ctx context.Context, s network.Stream) error {
		who := s.Conn().RemotePeer()
		h.mu.Lock()
		second := open[who]
		open[who] = true
		h.mu.Unlock()
		if second {
			return errSecond
		}
		defer func() {
			h.mu.Lock()
			delete(open, who)
			h.mu.Unlock()
		}()
		return serve(ctx, s)
	}
}
