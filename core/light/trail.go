package light

import (
	"context"
	"slices"

	"github.com/taolight/taolight/core/level"
)

// Trusted returns the blocks that this client takes as true: its trust root, and those that it verified and still
// remembers. None for a client without a trust root; nothing but that for one that found the producers lying.
func (c *Client) Trusted() []TrustRoot {
	stopped := c.Stopped() != nil
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []TrustRoot
	if !c.pin.Root.IsZero() {
		out = append(out, c.pin.Root)
	}
	for _, h := range c.trace {
		if stopped {
			break
		}
		if r := (TrustRoot{Height: h.Block.Height(), Hash: h.Hash}); r != c.pin.Root {
			out = append(out, r)
		}
	}
	return out
}

// Path returns how somebody who trusts the same block as this client can verify h, a block that this client checked:
// from the trust root's block up in steps as large as signatures carry, or down by hashes.
//
// A client that found the producers lying makes paths all the same, as evidence is of use only with one: a path shows
// nothing by itself.
//
// Where that can't be done the path is h's block alone, of use to those who trust that block: without a trust root, when the
// trust root's block is older than the trusting period, and when h lies [MaxLinks] or more below it.
func (c *Client) Path(ctx context.Context, h *Head) (Path, error) {
	alone := Path{Up: []*LightBlock{h.Block}}
	pin, trusting := c.Pin()
	if !trusting || h.Level == level.Claimed || pin.Root == (TrustRoot{Height: h.Block.Height(), Hash: h.Hash}) {
		return alone, nil
	}
	if pin.Root.Height >= h.Block.Height()+MaxLinks { // so that there is room for one more: what proves a block begins above it
		return alone, nil
	}
	if known, ok := c.known(pin.Root, h.Block); ok {
		return known, nil
	}
	out := alone
	err := c.each(h.Block.Height(), func(s Source) error {
		base, err := c.base(ctx, s, pin.Root)
		if err != nil {
			return err
		}
		if base.Height() > h.Block.Height() {
			down, err := c.links(ctx, s, base, h)
			out = Path{Up: []*LightBlock{base}, Down: down}
			return err
		}
		if checkFresh(base, c.cfg.Now(), c.params) != nil {
			out = alone
			return nil
		}
		steps, _, err := c.climb(ctx, s, base, h.Block)
		if fork, ok := err.(*ForkError); ok {
			return c.forked(fork.A, fork.B)
		}
		out = Path{Up: append([]*LightBlock{base}, steps...)}
		if err == nil {
			err = out.checkShape()
		}
		return err
	})
	return out, err
}

// known is the path up from the trust root through blocks that the client remembers, without asking anybody.
func (c *Client) known(root TrustRoot, target *LightBlock) (Path, bool) {
	c.mu.Lock()
	trace := slices.Clone(c.trace)
	c.mu.Unlock()
	if len(trace) == 0 || trace[0].Hash != root.Hash || root.Height > target.Height() {
		return Path{}, false
	}
	out, now := Path{Up: []*LightBlock{trace[0].Block}}, c.cfg.Now()
	between := slices.DeleteFunc(trace[1:], func(h *Head) bool { return h.Block.Height() >= target.Height() })
	for len(out.Up) < MaxHops {
		last := out.Top()
		if verify(last, target, now, c.params, new(checked)) == nil {
			out.Up = append(out.Up, target)
			return out, out.checkShape() == nil
		}
		step := slices.IndexFunc(between, func(h *Head) bool {
			return h.Block.Height() > last.Height() && verify(last, h.Block, now, c.params, new(checked)) == nil
		})
		if step < 0 {
			break
		}
		out.Up, between = append(out.Up, between[step].Block), between[step+1:]
	}
	return Path{}, false
}

// base returns the trust root's block.
func (c *Client) base(ctx context.Context, s Source, root TrustRoot) (*LightBlock, error) {
	c.mu.Lock()
	if len(c.trace) > 0 && c.trace[0].Hash == root.Hash {
		defer c.mu.Unlock()
		return c.trace[0].Block, nil
	}
	c.mu.Unlock()
	blocks, err := fetch(ctx, s, root.Height, root.Height)
	if err != nil {
		return nil, err
	}
	if hash := blocks[0].Hash(); hash != root.Hash {
		return nil, &RootError{Root: root, Got: hash}
	}
	_, err = c.alone(blocks[0])
	return blocks[0], err
}

// links returns the headers from below a verified block down to that of h. Nothing else of their blocks is kept.
func (c *Client) links(ctx context.Context, s Source, upper *LightBlock, h *Head) (out []*Header, err error) {
	_, err = c.linked(ctx, s, &upper.Header, h.Block.Height(), func(b *LightBlock) error {
		own, err := DecodeHeader(b.Header.Encode())
		out = append(out, own)
		return err
	})
	if err != nil {
		return nil, err
	}
	if last := out[len(out)-1]; last.Hash() != h.Hash {
		return nil, &InvalidError{Height: last.Height, Err: &HashError{What: "header", Got: last.Hash(), Want: h.Hash}}
	}
	return out, nil
}
