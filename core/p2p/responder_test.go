package p2p

import (
	"bufio"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/flynn/noise"

	"github.com/taolight/taolight/core/p2p/p2ptest"
)

// refused connects to a relay in memory and returns the error that must come.
func refused(t *testing.T, r *p2ptest.Relay) error {
	t.Helper()
	c, err := Upgrade(context.Background(), r.Pipe(t), r.ID(), Options{Timeout: 700 * time.Millisecond})
	if err == nil {
		c.Close()
		t.Fatal("it succeeded")
	}
	return err
}

// readAfterHandshake returns all that arrives through noise from a relay, without yamux.
func readAfterHandshake(t *testing.T, after func(c net.Conn, seal *noise.CipherState)) ([]byte, error) {
	t.Helper()
	r := p2ptest.New()
	r.After = after
	raw := r.Pipe(t)
	self, err := NewIdentity()
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(raw)
	h := handshake{conn: raw, in: in, self: self, want: r.ID(), preface: proposal(noiseProtocol),
		answer: func() error { return expectProposal(in, noiseProtocol) }}
	secured, _, err := h.run()
	if err != nil {
		t.Fatal(err)
	}
	secured.SetReadDeadline(time.Now().Add(5 * time.Second))
	return io.ReadAll(secured)
}
