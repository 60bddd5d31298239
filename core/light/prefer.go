package light

import "slices"

// Prefer has a source asked before the others, as long as it is one of them.
func (c *Client) Prefer(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.IndexFunc(c.sources, func(p *peer) bool { return p.Name() == name }); i > 0 {
		p := c.sources[i]
		c.sources = slices.Insert(slices.Delete(c.sources, i, i+1), 0, p)
	}
}
