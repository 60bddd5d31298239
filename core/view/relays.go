package view

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/multiaddr"
	"github.com/taolight/taolight/core/tao"
)

// Relays is a page of the relays on the list, in the order of their peer ids' bytes.
type Relays struct {
	_      struct{}         `cbor:",toarray"`
	Relays []Relay          `json:"relays"` // at most 256
	Next   multiaddr.PeerID `json:"next"`   // where the next page begins; the zero id on the last one
}

// Relay is one relay on the list. Its owner and whoever holds its key agreed to the address; the name is the owner's word.
type Relay struct {
	_       struct{}         `cbor:",toarray"`
	Peer    multiaddr.PeerID `json:"peer"`
	Addr    string           `json:"addr"` // multiaddr, ends in the peer id
	Name    string           `json:"name"`
	Owner   keys.Account     `json:"owner"`
	Since   uint64           `json:"since"`   // block since which it is listed without a gap
	Expires uint64           `json:"expires"` // block at whose end it leaves the list
	Deposit tao.Amount       `json:"deposit"`
}
