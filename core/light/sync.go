package light

import (
	"cmp"
	"context"
	"slices"

	"github.com/taolight/taolight/core/level"
)

// Sync asks every source for its newest block and verifies it, from the trust root or the last verified block on, in
// steps as large as the producers' signatures carry. It returns the newest verified block. A source that is behind is
// held to the same chain. Sync fails if no source could be verified, or with [ForkError].
func (c *Client) Sync(ctx context.Context) (*Head, error) {
	var best *Head
	var failed error
	for _, s := range c.snapshot() {
		h, err := c.SyncWith(ctx, s)
		if stop := c.Stopped(); stop != nil {
			return nil, stop
		}
		if err != nil {
			failed = joined(failed, err)
			continue
		}
		best = h
	}
	if best == nil {
		if failed == nil {
			failed = ErrNoSource
		}
		return nil, failed
	}
	return c.Head(), nil
}

// SyncWith is [Client.Sync] with one source.
func (c *Client) SyncWith(ctx context.Context, s Source) (*Head, error) {
	blocks, err := fetch(ctx, s, 0, 0)
	if err != nil {
		return nil, c.judge(s, 0, err)
	}
	c.note(s.Name(), blocks[0].Height())
	h, _, err := c.advance(ctx, s, blocks[0])
	return h, err
}

// Follow has the source push new blocks, verifies each and calls fn with every block that becomes the client's newest,
// until ctx ends, the source fails, a block does not verify or fn returns an error; it returns that. A block that leaves
// a gap is verified with steps between. That no blocks come is not noticed here, except that a relay which sends
// nothing at all for 30 s fails: compare the newest block's time with the clock, and see [Client.Latest].
func (c *Client) Follow(ctx context.Context, s Source, fn func(*Head) error) error {
	var own error // fn's: no word of the source's
	err := s.Heads(ctx, func(b *LightBlock, latest uint64) error {
		c.note(s.Name(), latest)
		if b == nil {
			return nil
		}
		h, newer, err := c.advance(ctx, s, b)
		if err != nil || !newer || fn == nil {
			return err
		}
		own = fn(h)
		return own
	})
	if own != nil {
		return own
	}
	return c.judge(s, 0, err)
}

// advance verifies a block that the source claims to be on the chain and returns the client's newest, and whether that
// is this block and was not before.
func (c *Client) advance(ctx context.Context, s Source, b *LightBlock) (head *Head, newer bool, err error) {
	if err := c.Stopped(); err != nil {
		return nil, false, err
	}
	if _, trusting := c.Pin(); !trusting {
		return c.claim(s, b)
	}
	if err := c.anchor(ctx, s); err != nil {
		return nil, false, c.judge(s, b.Height(), err)
	}
	below, same, above := c.around(b.Height())
	head = c.Head()
	if same == nil && below != nil && above != nil && !above.Block.Header.Time.After(b.Header.Time) {
		// dates grow: somebody has run ahead of the chain, to where there is nothing to compare with
		return nil, false, c.judge(s, b.Height(), c.contradiction(ctx, s, b, above))
	}
	if same == nil && b.Height() < head.Block.Height() {
		if err := c.judge(s, b.Height(), c.behind(ctx, s, b, below, above)); err != nil {
			return nil, false, err
		}
		return head, false, nil
	}
	if same != nil {
		if same.Hash == b.Hash() {
			return head, false, nil
		}
		return nil, false, c.judge(s, b.Height(), c.contradiction(ctx, s, b, same))
	}
	started := c.cfg.Now()
	steps, done, err := c.ascend(ctx, s, below, b)
	if err != nil {
		return nil, false, c.judge(s, b.Height(), err)
	}
	h := c.inspect(s, b, level.Proven, done)
	h.Took = c.cfg.Now().Sub(started)
	return c.accept(ctx, s, below, steps, h)
}

// inspect looks at every signature of a verified block that verification has not, for those who want to see them.
func (c *Client) inspect(s Source, b *LightBlock, l level.Level, done *checked) *Head {
	before := done.count
	h := &Head{Block: b, Hash: b.Hash(), Level: l, Signed: b.signers(done), Source: s.Name()}
	c.count(func(n *Counts) { n.Signatures += uint64(done.count - before) })
	return h
}

// alone is verifyAlone, counted.
func (c *Client) alone(b *LightBlock) (*checked, error) {
	done := new(checked)
	err := verifyAlone(b, c.cfg.ChainID, done)
	c.count(func(n *Counts) { n.Signatures += uint64(done.count) })
	return done, err
}

// claim takes a source's newest block when there is no trust root: it is checked against itself and nothing else, so its
// height says nothing. A later date replaces what others claim, and a source replaces what it has claimed itself. Dates
// can't lie far ahead of the clock: whoever invents a block keeps it up only by going on to invent.
func (c *Client) claim(s Source, b *LightBlock) (*Head, bool, error) {
	started := c.cfg.Now()
	done, err := c.alone(b)
	if err == nil {
		err = checkClock(b, started, c.params)
	}
	if err != nil {
		return nil, false, c.judge(s, b.Height(), err)
	}
	h := c.inspect(s, b, level.Claimed, done)
	h.Took = c.cfg.Now().Sub(started)
	c.mu.Lock()
	defer c.mu.Unlock()
	if old := c.head; old != nil && (old.Hash == h.Hash || old.Source != h.Source && !b.Header.Time.After(old.Block.Header.Time)) {
		return old, false, nil
	}
	c.head = h
	return h, true, nil
}

// anchor makes sure that there is a verified block to begin with: the trust root's, shown by the source.
func (c *Client) anchor(ctx context.Context, s Source) error {
	pin, _ := c.Pin()
	c.mu.Lock()
	begun := len(c.trace) > 0
	c.mu.Unlock()
	if begun {
		return nil
	}
	started := c.cfg.Now()
	blocks, err := fetch(ctx, s, pin.Root.Height, pin.Root.Height)
	if err != nil {
		return err
	}
	b := blocks[0]
	if b.Hash() != pin.Root.Hash {
		return &RootError{Root: pin.Root, Got: b.Hash()}
	}
	done, err := c.alone(b)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.pin.Time = b.Header.Time // known to be right, even if it is too long ago
	c.mu.Unlock()
	if err := checkFresh(b, c.cfg.Now(), c.params); err != nil {
		return err
	}
	h := c.inspect(s, b, level.Proven, done)
	h.Took = c.cfg.Now().Sub(started)
	c.mu.Lock()
	c.counts.Headers++
	if len(c.trace) == 0 {
		c.trace = []*Head{h}
		if c.head == nil {
			c.head = h
		}
	}
	c.mu.Unlock()
	c.event(Event{Kind: EventRoot, Source: s.Name(), Height: b.Height()})
	c.save(ctx)
	return nil
}

// around returns the newest verified block below the height, the one at it and the oldest above it, as far as kept.
func (c *Client) around(height uint64) (below, same, above *Head) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, found := slices.BinarySearchFunc(c.trace, height, func(h *Head, height uint64) int {
		return cmp.Compare(h.Block.Height(), height)
	})
	if at > 0 {
		below = c.trace[at-1]
	}
	if found {
		same = c.trace[at]
		at++
	}
	if at < len(c.trace) {
		above = c.trace[at]
	}
	return below, same, above
}

// accept enters verified blocks, of which h is the last, and returns as advance does. Another goroutine may have entered a
// different block meanwhile: that is a fork.
func (c *Client) accept(ctx context.Context, s Source, below *Head, steps []*LightBlock, h *Head) (*Head, bool, error) {
	c.mu.Lock()
	var rival *Head
	for i, b := range steps {
		e := h
		if i < len(steps)-1 {
			e = &Head{Block: b, Hash: b.Hash(), Level: level.Proven, Source: s.Name()}
		}
		at, found := slices.BinarySearchFunc(c.trace, b.Height(), func(h *Head, height uint64) int { return cmp.Compare(h.Block.Height(), height) })
		if !found {
			c.trace = slices.Insert(c.trace, at, e)
		} else if c.trace[at].Hash != e.Hash {
			rival = c.trace[at]
			break
		}
	}
	if rival != nil {
		c.mu.Unlock()
		return nil, false, c.forked(Evidence{Source: rival.Source, Trace: []*LightBlock{below.Block, rival.Block}}, Evidence{Source: s.Name(), Trace: append([]*LightBlock{below.Block}, steps...)})
	}
	if extra := len(c.trace) - maxTrace; extra > 0 {
		c.trace = slices.Delete(c.trace, 1, 1+extra)
	}
	newer := c.head == nil || c.head.Block.Height() < h.Block.Height()
	if newer {
		c.head = h
	}
	head := c.head
	c.mu.Unlock()
	if newer {
		c.save(ctx)
	}
	return head, newer, nil
}
