package light

// Prefer has a source asked before the others, as long as it is one of them.
func (c *Client) Prefer(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, p := range c.sources {
		if p.Name() == name {
			copy(c.sources[1:i+1], c.sources[:i])
			c.sources[0] = p
		}
	}
}
