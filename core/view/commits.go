package view

import "github.com/taolight/taolight/core/keys"

// Commits are the rows of weights that a neuron has committed to and not revealed.
type Commits struct {
	_          struct{}     `cbor:",toarray"`
	Netuid     uint16       `json:"netuid"`
	Hotkey     keys.Account `json:"hotkey"`
	Registered bool         `json:"registered"` // on the subnet; all else is empty when it isn't
	UID        uint16       `json:"uid"`
	Secret     bool         `json:"commit_reveal"` // the subnet wants weights to be committed to
	Epoch      uint64       `json:"epoch"`         // index of the subnet's epoch now
	Last       uint64       `json:"last_commit"`   // block of the last commit, revealed or not; 0: never
	Commits    []Commit     `json:"commits"`       // oldest first, at most 10
}

// Commit is one row that waits. In its epoch it can be revealed from block From to block Until, at the subnet's present
// tempo; where many epochs fall due at once, both are a little later.
type Commit struct {
	_       struct{} `cbor:",toarray"`
	Hash    Hash     `json:"hash"`
	Block   uint64   `json:"block"`        // of the commit
	Epoch   uint64   `json:"epoch"`        // index of the subnet's epoch then
	Reveal  uint64   `json:"reveal_epoch"` // index of the epoch in which it is revealed
	From    uint64   `json:"reveal_from"`
	Until   uint64   `json:"reveal_until"`
	Expired bool     `json:"expired"` // that epoch is over: it can't be revealed any more, From and Until are 0
}
