package light

import "context"

// maxReached is how many blocks that hashes led to are remembered, the last ones: an epoch is audited between two neighbours.
const maxReached = 4

// farByHeaders is byHeaders for those who ask for a certain block: where it lies below everything that was verified, as far as
// [MaxLinks], block by block. That takes a while and costs what so many light blocks have, of 21 producers 4.1 kB each; an
// [EventStep] after each answer says how far it is.
func (c *Client) farByHeaders(ctx context.Context, height uint64) (*Head, error) {
	return c.reach(ctx, height, MaxLinks, func(head, below, above *Head, height, most uint64) []way {
		known := c.reachedAt(height)
		if known != nil && known.Block.Height() == height {
			return []way{func(context.Context) (*Head, error) { return known, nil }}
		}
		if known != nil && (above == nil || known.Block.Height() < above.Block.Height()) {
			above = known
		}
		return c.headerWays(head, below, above, height, most)
	})
}

// reachedAt returns the lowest remembered block at or above a height, nil for none.
func (c *Client) reachedAt(height uint64) (lowest *Head) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.reached {
		if at := h.Block.Height(); at >= height && (lowest == nil || at < lowest.Block.Height()) {
			lowest = h
		}
	}
	return lowest
}

// keepReached remembers a block that the hashes below a verified one led to.
func (c *Client) keepReached(h *Head) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reached = append(c.reached, h); len(c.reached) > maxReached {
		c.reached = c.reached[1:]
	}
}
