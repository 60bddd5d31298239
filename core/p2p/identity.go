package p2p

import (
	"crypto/rand"

	"github.com/oasisprotocol/curve25519-voi/primitives/ed25519"

	"github.com/taolight/taolight/core/multiaddr"
)

// Identity is this end's key pair.
type Identity struct {
	Public multiaddr.PeerID
	Sign   func(message []byte) []byte // plain ed25519
}

// NewIdentity makes a fresh key pair. A light node is anonymous: it has no use for a lasting one.
func NewIdentity() (*Identity, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	sign := func(message []byte) []byte { return ed25519.Sign(private, message) }
	return &Identity{Public: multiaddr.PeerID(public), Sign: sign}, nil
}
