package multiaddr

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/taolight/taolight/core/base58"
)

// PeerID is a relay's ed25519 public key, which libp2p writes as 12D3Koo… .
type PeerID [32]byte

// keyHeader begins the protobuf of an ed25519 public key: type 1, then 32 bytes of data. idHeader begins the
// multihash of that protobuf, which for so short a key is the key itself: code 0, 36 bytes.
var (
	keyHeader = []byte{0x08, 0x01, 0x12, 0x20}
	idHeader  = append([]byte{0x00, 0x24}, keyHeader...)
)

const peerIDLen = 52 // characters of every ed25519 peer id

// String returns the id in base58.
func (p PeerID) String() string { return base58.Encode(append(bytes.Clone(idHeader), p[:]...)) }

// MarshalText writes the id in base58.
func (p PeerID) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the base58 form.
func (p *PeerID) UnmarshalText(text []byte) (err error) {
	*p, err = ParsePeerID(string(text))
	return err
}

// Proto is the key as libp2p sends and signs it.
func (p PeerID) Proto() []byte { return append(bytes.Clone(keyHeader), p[:]...) }

// FromProto undoes [PeerID.Proto]; it says no to keys of other kinds.
func FromProto(b []byte) (p PeerID, ok bool) {
	key, ok := bytes.CutPrefix(b, keyHeader)
	if !ok || len(key) != len(p) {
		return p, false
	}
	return PeerID(key), true
}

// ParsePeerID reads the base58 form of an ed25519 peer id. Other kinds of keys and the CID form are refused.
func ParsePeerID(text string) (PeerID, error) {
	if len(text) != peerIDLen || !strings.HasPrefix(text, "12D3Koo") {
		return PeerID{}, fmt.Errorf("peer id %.60q: want an ed25519 key in base58 (12D3Koo…)", text)
	}
	raw, err := base58.Decode(text)
	if err != nil {
		return PeerID{}, fmt.Errorf("peer id %s: %w", text, err)
	}
	key, ok := bytes.CutPrefix(raw, idHeader)
	if !ok || len(key) != len(PeerID{}) {
		return PeerID{}, fmt.Errorf("peer id %s: %w", text, errors.New("not an ed25519 key"))
	}
	return PeerID(key), nil
}
