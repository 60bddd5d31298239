//go:build !js

package p2p

// What the tests in package p2p_test need to see.

// LateMuxer returns options that negotiate the muxer after the handshake.
func LateMuxer(late bool) Options { return Options{lateMuxer: late} }

// EarlyMuxer says whether the muxer was agreed on within the handshake.
func EarlyMuxer(c *Conn) bool { return c.early }

// WindowBudget returns what is left of the connection's receive windows, and the total.
func WindowBudget(c *Conn) (left, total int) {
	c.windows.mu.Lock()
	defer c.windows.mu.Unlock()
	return c.windows.left, c.windows.total
}
