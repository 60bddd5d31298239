package view

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
)

// Proxies is a page of those who may call on behalf of an address.
type Proxies struct {
	_       struct{}     `cbor:",toarray"`
	Address keys.Account `json:"address"`
	Proxies []Proxy      `json:"proxies"` // by delegate and type
	Next    keys.Account `json:"next"`    // delegate with whom the next page begins; the zero account on the last one
}

// Proxy is one proxy. It acts at once: nothing is announced first.
type Proxy struct {
	_        struct{}     `cbor:",toarray"`
	Delegate keys.Account `json:"delegate"`
	Type     string       `json:"proxy_type"`
	Deposit  tao.Amount   `json:"deposit"` // reserved of the address
}

// Operations is a page of what waits for the approvals of a group's members, oldest first.
type Operations struct {
	_          struct{}     `cbor:",toarray"`
	Address    keys.Account `json:"address"` // of the group
	Operations []Operation  `json:"operations"`
	Next       Place        `json:"next"` // where the next page begins; zero on the last one
}

// Place is a transaction's: the height of its block and its index there.
type Place struct {
	_      struct{} `cbor:",toarray"`
	Height uint64   `json:"height"`
	Index  uint32   `json:"index"`
}

// Operation is a call that a group will make when enough members have approved. The call itself is in the event
// MultisigProposed of its block.
type Operation struct {
	_         struct{}       `cbor:",toarray"`
	Height    uint64         `json:"height"`
	Index     uint32         `json:"index"`
	Call      Hash           `json:"call_hash"` // BLAKE2b-256 of the encoded call
	Threshold uint16         `json:"threshold"`
	Approvals []keys.Account `json:"approvals"` // in the order in which they came, the proposer first
	Depositor keys.Account   `json:"depositor"` // who proposed it
	Deposit   tao.Amount     `json:"deposit"`   // reserved of the proposer
}

// ColdkeySwap is the swap that a coldkey has announced.
type ColdkeySwap struct {
	_        struct{}     `cbor:",toarray"`
	Address  keys.Account `json:"address"`
	Exists   bool         `json:"exists"` // it has announced one; all else is empty when it hasn't
	Hash     Hash         `json:"hash"`   // BLAKE2b-256 of the new coldkey's 32 bytes
	Since    uint64       `json:"since"`  // block of the announcement
	From     uint64       `json:"from"`   // block from which it can be executed
	Again    uint64       `json:"again"`  // block from which another can be announced, if it is not executed
	Disputed bool         `json:"disputed"`
	Begun    bool         `json:"begun"`         // a part has moved, the rest waits for further calls
	New      keys.Account `json:"new,omitempty"` // the new coldkey, once it has begun
}
