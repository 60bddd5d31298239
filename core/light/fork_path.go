package light

// ForkPath returns the fork that was found and how somebody who trusts the same block as this client can verify the last
// block that both sides share: from the trust root's block up, as this client did, or that block alone where the client no
// longer has the way. False if there is no fork, or nobody has shown yet where the chains part, see [Client.Report].
func (c *Client) ForkPath() (Path, *ForkError, bool) {
	fork := c.Fork()
	if fork == nil || fork.Shared() == nil {
		return Path{}, nil, false
	}
	shared := fork.Shared()
	alone := Path{Up: []*LightBlock{shared}}
	pin, _ := c.Pin()
	trace := c.traceBelow(shared.Height())
	if len(trace) == 0 || trace[0].Hash != pin.Root.Hash {
		return alone, fork, true
	}
	way := Path{}
	for _, h := range trace {
		way.Up = append(way.Up, h.Block)
	}
	way.Up = append(way.Up, shared)
	for _, p := range []Path{{Up: []*LightBlock{way.Up[0], shared}}, way} { // one step, where signatures carry that far
		if _, err := p.Verify(0, c.cfg.Now(), c.params); err == nil {
			return p, fork, true
		}
	}
	return alone, fork, true
}
