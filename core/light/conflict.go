package light

import "context"

// contradiction deals with a block that differs from the verified one at its height. If it verifies from a block that
// both share, the producers have signed twice: the client stops with a [ForkError]. Otherwise the source is to blame
// for whatever is wrong with it.
func (c *Client) contradiction(ctx context.Context, s Source, theirs *LightBlock, mine *Head) error {
	below, _, _ := c.around(theirs.Height())
	if below == nil { // at the very block where checking began
		return c.judge(s, theirs.Height(), &RootError{Root: TrustRoot{Height: mine.Block.Height(), Hash: mine.Hash}, Got: theirs.Hash()})
	}
	steps, _, err := c.climb(ctx, s, below.Block, theirs)
	if err != nil {
		return c.refuse(s, theirs.Height(), err)
	}
	return c.forked(
		Evidence{Source: mine.Source, Trace: []*LightBlock{below.Block, mine.Block}},
		Evidence{Source: s.Name(), Trace: append([]*LightBlock{below.Block}, steps...)})
}

// forked stops the client for good. The first fork that was found is the one that is kept.
func (c *Client) forked(a, b Evidence) error {
	c.mu.Lock()
	if c.fork == nil {
		c.fork = &ForkError{A: a, B: b}
	}
	fork := c.fork
	c.mu.Unlock()
	c.event(Event{Kind: EventFork, Source: b.Source, Height: b.Block().Height(), Err: fork})
	return fork
}
