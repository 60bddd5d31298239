package p2p

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-yamux/v5"
	"github.com/multiformats/go-multistream"
	"google.golang.org/protobuf/encoding/protowire"
)

const (
	noiseProtocol = "/noise"
	yamuxProtocol = "/yamux/1.0.0"
)

// upgrade turns the raw connection into an authenticated session: multistream-select for noise, sent together with the
// first noise message to save a round trip; noise; the muxer, usually agreed on within noise; yamux.
func (c *Conn) upgrade() error {
	in := bufio.NewReader(c.traffic)
	muxers := []string{yamuxProtocol}
	if c.options.lateMuxer {
		muxers = nil
	}
	h := handshake{
		conn: c.traffic, in: in, self: c.options.Identity, want: c.peer, muxers: muxers,
		preface: proposal(noiseProtocol),
		answer:  func() error { return expectProposal(in, noiseProtocol) },
	}
	secured, early, err := h.run()
	if err != nil {
		return err
	}
	if c.early = early && !c.options.lateMuxer; !c.early {
		if _, err := secured.Write(proposal(yamuxProtocol)); err != nil {
			return err
		}
		if err := expectProposal(secured, yamuxProtocol); err != nil {
			return err
		}
	}
	cfg := yamux.DefaultConfig()
	cfg.LogOutput = io.Discard
	cfg.ReadBufSize = 0 // secured is buffered already
	cfg.MaxStreamWindowSize = maxWindow
	cfg.MaxIncomingStreams = uint32(c.options.Inbound)
	cfg.KeepAliveInterval = c.options.KeepAlive
	cfg.ConnectionWriteTimeout = c.options.DeadAfter
	cfg.MeasureRTTInterval = 30 * time.Second
	cfg.MaxMessageSize = maxPlain // one yamux frame fills one noise frame and one WebSocket message
	c.windows = newBudget(c.options.Memory)
	c.session, err = yamux.Client(secured, cfg, func() (yamux.MemoryManager, error) { return &windows{of: c.windows}, nil })
	return err
}

// proposal is multistream's opening: its own name and the protocol that is asked for.
func proposal(protocol string) []byte {
	var b []byte
	for _, token := range []string{multistream.ProtocolID, protocol} {
		b = protowire.AppendVarint(b, uint64(len(token)+1))
		b = append(append(b, token...), '\n')
	}
	return b
}

// expectProposal reads the answer to [proposal], which repeats it.
func expectProposal(r io.Reader, protocol string) error {
	for _, want := range []string{multistream.ProtocolID, protocol} {
		switch token, err := multistream.ReadNextToken[string](r); {
		case err != nil:
			return fmt.Errorf("negotiating %s: %w", protocol, unexpected(err))
		case token == "na":
			return fmt.Errorf("negotiating %s: %w", protocol, multistream.ErrNotSupported[string]{Protos: []string{protocol}})
		case token != want:
			return fmt.Errorf("negotiating %s: the relay answered %.40q", protocol, token)
		}
	}
	return nil
}

// unexpected turns the end of a stream into an error where more must follow.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
