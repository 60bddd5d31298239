package view

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
)

// Hotkey is what is known of a hotkey.
type Hotkey struct {
	_             struct{}       `cbor:",toarray"`
	Hotkey        keys.Account   `json:"hotkey"`
	Exists        bool           `json:"exists"` // somebody owns it
	Owner         keys.Account   `json:"owner"`
	Nonce         uint64         `json:"nonce"` // of the next transaction that it signs itself, without a fee
	Delegate      bool           `json:"delegate"`
	Take          uint16         `json:"take"`  // share of dividends that the owner of a delegate keeps
	Stake         tao.Amount     `json:"stake"` // of everybody on it
	Nominators    uint64         `json:"nominators"`
	Registrations []Registration `json:"registrations"` // by netuid, root first
}

// Registration is a hotkey's uid on one subnet.
type Registration struct {
	_        struct{}   `cbor:",toarray"`
	Netuid   uint16     `json:"netuid"`
	UID      uint16     `json:"uid"`
	Permit   bool       `json:"validator_permit"`
	Emission tao.Amount `json:"emission"` // of the last epoch
}

// Delegates is a page of delegates.
type Delegates struct {
	_         struct{}     `cbor:",toarray"`
	Delegates []Delegate   `json:"delegates"`
	Next      keys.Account `json:"next"` // where the next page begins; the zero account on the last one
}

// Delegate is a hotkey on which others may stake.
type Delegate struct {
	_             struct{}     `cbor:",toarray"`
	Hotkey        keys.Account `json:"hotkey"`
	Owner         keys.Account `json:"owner"`
	Take          uint16       `json:"take"` // share of dividends that the owner keeps
	Total         tao.Amount   `json:"total"`
	Nominators    uint64       `json:"nominators"`
	Daily         tao.Amount   `json:"total_daily_return"` // what it earned as a validator, at the pace of its last epochs, in 7200 blocks
	ReturnPer1000 tao.Amount   `json:"return_per_1000"`    // of it, for each 1000 TAO staked by others, take kept off
}

// Nominators is a page of those who have staked on one hotkey.
type Nominators struct {
	_          struct{}     `cbor:",toarray"`
	Hotkey     keys.Account `json:"hotkey"`
	Total      tao.Amount   `json:"total"`
	Nominators []Nominator  `json:"nominators"`
	Next       keys.Account `json:"next"` // where the next page begins; the zero account on the last one
}

// Nominator is one coldkey's stake on a hotkey.
type Nominator struct {
	_       struct{}     `cbor:",toarray"`
	Coldkey keys.Account `json:"coldkey"`
	Value   tao.Amount   `json:"value"`
}
