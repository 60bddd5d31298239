package view

import "github.com/taolight/taolight/core/tao"

// Prediction is what a transaction would do if it were the first of the next block.
type Prediction struct {
	_          struct{}   `cbor:",toarray"`
	Height     uint64     `json:"height"`  // of that block
	Code       string     `json:"code"`    // Ok, or the refusal's name
	Reason     string     `json:"reason"`  // of a refusal
	Invalid    bool       `json:"invalid"` // no block would hold it; otherwise a refusal costs the fee
	Fee        tao.Amount `json:"fee"`
	FreeBefore tao.Amount `json:"free_before"` // of the signer
	FreeAfter  tao.Amount `json:"free_after"`
	Events     []string   `json:"events"` // names, in order
}
