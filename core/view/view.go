// Package view holds the answers of the chain's queries as plain data.
//
// The queries themselves are programs in core/chain; whoever shows an answer (dashboard, CLI, HTTP) needs only this
// package. Amounts are in rao and stand in JSON as decimal strings, accounts as SS58 addresses, times as milliseconds
// since 1970 UTC. Each type is one deterministic CBOR array.
package view

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
)

// Supply is where every issued rao is. Issuance = Free + Reserved + Staked + Pending, at every block.
type Supply struct {
	_             struct{}   `cbor:",toarray"`
	Height        uint64     `json:"height"`
	Time          uint64     `json:"time"` // of the block, ms
	Issuance      tao.Amount `json:"issuance"`
	Free          tao.Amount `json:"free"`
	Reserved      tao.Amount `json:"reserved"`
	Staked        tao.Amount `json:"staked"`
	Pending       tao.Amount `json:"pending"`        // accrued to subnets, paid at their epochs
	Recycled      tao.Amount `json:"recycled"`       // fees and dust taken out of issuance since genesis
	BlockEmission tao.Amount `json:"block_emission"` // of the next block
	NextHalving   tao.Amount `json:"next_halving"`   // issuance at which the emission halves next
	Cap           tao.Amount `json:"cap"`
	Accounts      uint64     `json:"accounts"` // with a free or reserved balance
	Subnets       uint16     `json:"subnets"`
	Source        string     `json:"source"` // what the genesis balances are, in words
}

// Account is what one address holds. An address without balance and stake has Exists false and zero amounts: a
// witness proves that, too.
type Account struct {
	_        struct{}     `cbor:",toarray"`
	Address  keys.Account `json:"address"`
	Exists   bool         `json:"exists"` // has a balance record
	Nonce    uint64       `json:"nonce"`  // of the next transaction
	Free     tao.Amount   `json:"free"`
	Reserved tao.Amount   `json:"reserved"`
	Staked   tao.Amount   `json:"staked"` // sum of Stakes on this page
	Stakes   []Stake      `json:"stakes"` // by pool id, at most 256
	Next     uint64       `json:"next"`   // pool id at which the next page begins, 0 on the last page
	Owner    keys.Account `json:"owner"`  // of this address as a hotkey; the zero account if it is none
}

// Stake is one position of a coldkey.
type Stake struct {
	_      struct{}     `cbor:",toarray"`
	Pool   uint64       `json:"pool"` // permanent id of the share pool
	Hotkey keys.Account `json:"hotkey"`
	Netuid uint16       `json:"netuid"` // 0: TAO
	Value  tao.Amount   `json:"value"`
}
