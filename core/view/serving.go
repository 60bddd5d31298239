package view

import "github.com/taolight/taolight/core/keys"

// Axon is everything that a neuron has announced about where it is reached.
type Axon struct {
	_            struct{}     `cbor:",toarray"`
	Netuid       uint16       `json:"netuid"`
	Hotkey       keys.Account `json:"hotkey"`
	Registered   bool         `json:"registered"` // on the subnet; all else is empty when it isn't
	UID          uint16       `json:"uid"`
	Axon         Served       `json:"axon"`
	Protocol     uint8        `json:"protocol"` // of the axon; a subnet's programs know what it means, as of the placeholders
	Placeholder1 uint8        `json:"placeholder1"`
	Placeholder2 uint8        `json:"placeholder2"`
	Prometheus   Served       `json:"prometheus"`
}

// Served is one announced address.
type Served struct {
	_       struct{} `cbor:",toarray"`
	Exists  bool     `json:"exists"` // there is one
	Block   uint64   `json:"block"`  // of the last announcement, also when that took the address back; 0: never
	Version uint32   `json:"version"`
	IP      string   `json:"ip"`
	Port    uint16   `json:"port"`
	IPType  uint8    `json:"ip_type"` // 4 or 6
}
