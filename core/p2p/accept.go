package p2p

import (
	"io"
	"time"

	"github.com/libp2p/go-yamux/v5"
	"github.com/multiformats/go-multistream"
	"google.golang.org/protobuf/encoding/protowire"
)

// The protocols that a relay may use towards this end. Stock relays open identify on every new connection.
const (
	pingProtocol     = "/ipfs/ping/1.0.0"
	identifyProtocol = "/ipfs/id/1.0.0"
	pushProtocol     = "/ipfs/id/push/1.0.0"

	pingSize    = 32
	maxPings    = 2 // ping streams at a time, as stock relays allow themselves
	maxIdentify = 64 << 10
)

// accept answers the relay's streams until the connection ends; yamux holds their number to [Options.Inbound].
func (c *Conn) accept() {
	mux := multistream.NewMultistreamMuxer[string]()
	for _, p := range []string{pingProtocol, identifyProtocol, pushProtocol} {
		mux.AddHandler(p, nil)
	}
	for {
		s, err := c.session.AcceptStream()
		if err != nil {
			return
		}
		go func() {
			if c.serve(mux, s) != nil {
				s.Reset()
				return
			}
			s.Close()
		}()
	}
}

func (c *Conn) serve(mux *multistream.MultistreamMuxer[string], s *yamux.Stream) error {
	if err := s.SetDeadline(time.Now().Add(c.options.Timeout)); err != nil {
		return err
	}
	protocol, _, err := mux.Negotiate(s)
	if err != nil {
		return err
	}
	switch protocol {
	case identifyProtocol:
		m := c.identify()
		_, err = s.Write(append(protowire.AppendVarint(nil, uint64(len(m))), m...))
	case pushProtocol: // the relay's addresses and protocols; whoever dialled it knows both
		_, err = io.Copy(io.Discard, io.LimitReader(s, maxIdentify))
	case pingProtocol:
		err = c.pong(s)
	}
	return err
}

// pong echoes until the relay has enough.
func (c *Conn) pong(s *yamux.Stream) error {
	defer c.pings.Add(-1)
	if c.pings.Add(1) > maxPings {
		return ErrMemory
	}
	var b [pingSize]byte
	for {
		if err := s.SetDeadline(time.Now().Add(time.Minute)); err != nil {
			return err
		}
		switch _, err := io.ReadFull(s, b[:]); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if _, err := s.Write(b[:]); err != nil {
			return err
		}
	}
}

// identify is this end's Identify message: key, protocols, versions. There is no address to tell.
func (c *Conn) identify() []byte {
	b := appendField(nil, 1, c.Local().Proto())
	for _, p := range []string{pingProtocol, identifyProtocol, pushProtocol} {
		b = appendField(b, 3, []byte(p))
	}
	b = appendField(b, 5, []byte("ipfs/0.1.0"))
	return appendField(b, 6, []byte(c.options.Agent))
}
