package p2p

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/taolight/taolight/core/multiaddr"
)

// Fields of the handshake payload's protobuf and of its extensions.
const (
	payloadKey        = 1
	payloadSignature  = 2
	payloadExtensions = 4
	extensionMuxer    = 2

	signedPrefix = "noise-libp2p-static-key:"
	maxMuxers    = 100
)

// makePayload proves that self is the owner of the noise key static.
func makePayload(self *Identity, static []byte, muxers []string) []byte {
	var extensions []byte
	for _, m := range muxers {
		extensions = appendField(extensions, extensionMuxer, []byte(m))
	}
	b := appendField(nil, payloadKey, self.Public.Proto())
	b = appendField(b, payloadSignature, self.Sign(append([]byte(signedPrefix), static...)))
	return appendField(b, payloadExtensions, extensions)
}

func appendField(b []byte, number protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, number, protowire.BytesType), value)
}

// checkPayload authenticates the relay: its key is, byte for byte, the one that the address names, and that key signed
// the noise key of this very handshake. Only then are the extensions read; it returns whether they name yamux.
func checkPayload(payload, static []byte, want multiaddr.PeerID) (early bool, err error) {
	p, err := parsePayload(payload)
	if err != nil {
		return false, fmt.Errorf("%w: payload: %w", ErrHandshake, err)
	}
	if !bytes.Equal(p.key, want.Proto()) {
		return false, &PeerIDMismatchError{Expected: want, Got: describeKey(p.key)}
	}
	signed := append([]byte(signedPrefix), static...)
	if len(static) != 32 || len(p.signature) != ed25519.SignatureSize || !ed25519.VerifyWithOptions(want[:], signed, p.signature, stdlib) {
		return false, ErrIdentity
	}
	muxers, err := parseMuxers(p.extensions)
	if err != nil {
		return false, fmt.Errorf("%w: extensions: %w", ErrHandshake, err)
	}
	return slices.Contains(muxers, yamuxProtocol), nil
}

func describeKey(proto []byte) string {
	if id, ok := multiaddr.FromProto(proto); ok {
		return id.String()
	}
	return "a key that is not ed25519"
}

type payloadFields struct{ key, signature, extensions []byte }

func parsePayload(b []byte) (p payloadFields, err error) {
	err = eachField(b, func(number protowire.Number, value []byte) error {
		switch number {
		case payloadKey:
			p.key = value
		case payloadSignature:
			p.signature = value
		case payloadExtensions:
			p.extensions = append(p.extensions, value...) // protobuf merges a message that comes twice
		}
		return nil
	})
	return p, err
}

func parseMuxers(b []byte) (muxers []string, err error) {
	err = eachField(b, func(number protowire.Number, value []byte) error {
		if number != extensionMuxer {
			return nil
		}
		if len(muxers) == maxMuxers {
			return errors.New("too many muxers")
		}
		muxers = append(muxers, string(value))
		return nil
	})
	return muxers, err
}

// eachField calls visit for every field that holds bytes, and skips the others.
func eachField(b []byte, visit func(protowire.Number, []byte) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if kind == protowire.BytesType {
			value, n := protowire.ConsumeBytes(b)
			if n < 0 {
				return protowire.ParseError(n)
			}
			if err := visit(number, value); err != nil {
				return err
			}
			b = b[n:]
			continue
		}
		if n = protowire.ConsumeFieldValue(number, kind, b); n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
	}
	return nil
}
