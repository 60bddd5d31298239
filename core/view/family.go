package view

import "github.com/taolight/taolight/core/keys"

// Family is whom a hotkey lets work with its stake on one subnet, and whose stake works for it there.
type Family struct {
	_            struct{}     `cbor:",toarray"`
	Netuid       uint16       `json:"netuid"`
	Hotkey       keys.Account `json:"hotkey"`
	Exists       bool         `json:"exists"`        // there is a subnet at the netuid
	Children     []Kin        `json:"children"`      // at most 5
	ChildrenSet  uint64       `json:"children_set"`  // block in which they were set last; 0: never
	ChildrenFrom uint64       `json:"children_from"` // block from which they can be set again; 0: at any time
	Parents      []Kin        `json:"parents"`       // at most 16
	Take         uint16       `json:"take"`          // share that it keeps of the dividends of parents of other coldkeys
	TakeRaised   uint64       `json:"take_raised"`   // block in which the take was raised last; 0: never
	TakeFrom     uint64       `json:"take_from"`     // block from which it can be raised again; 0: at any time
}

// Kin is a child or a parent.
type Kin struct {
	_          struct{}     `cbor:",toarray"`
	Hotkey     keys.Account `json:"hotkey"`
	Proportion uint64       `json:"proportion,string"` // of the parent's stake, x/(2^64-1)
}
