package view

import "github.com/taolight/taolight/core/tao"

// Epoch is what the last epoch of a subnet gave its neurons: element i of each column is of uid i. Shares are of 65535.
// Right after the epoch's block the columns are what it computed; later, uids that were given away since are empty.
type Epoch struct {
	_              struct{}     `cbor:",toarray"`
	Netuid         uint16       `json:"netuid"`
	Exists         bool         `json:"exists"` // there is a subnet at the netuid
	Height         uint64       `json:"height"` // the last block of the state that was asked
	Time           uint64       `json:"time"`   // of that block, ms
	ID             uint64       `json:"id"`     // of the subnet, never used again, unlike the netuid
	Since          uint64       `json:"since"`  // block of its registration
	Uids           uint16       `json:"uids"`
	Epochs         uint64       `json:"epochs"`       // so far
	Last           uint64       `json:"last_epoch"`   // block of the last one; 0: none yet
	Before         uint64       `json:"epoch_before"` // block of the one before that; 0: none
	Next           uint64       `json:"next_epoch"`
	RegisteredAt   []uint64     `json:"registered_at"` // block; another one means another neuron
	Emission       []tao.Amount `json:"emission"`
	Incentive      []uint16     `json:"incentive"`
	Dividends      []uint16     `json:"dividends"`
	Consensus      []uint16     `json:"consensus"`
	ValidatorTrust []uint16     `json:"validator_trust"`
	StakeWeight    []uint16     `json:"stake_weight"`
}

// NeuronEpoch is what the last epoch of a subnet gave one uid.
type NeuronEpoch struct {
	_              struct{}   `cbor:",toarray"`
	Netuid         uint16     `json:"netuid"`
	UID            uint16     `json:"uid"`
	Height         uint64     `json:"height"`
	Time           uint64     `json:"time"`          // of that block, ms
	Epochs         uint64     `json:"epochs"`        // so far
	Exists         bool       `json:"exists"`        // the subnet had so many uids; all else below is 0 if not
	RegisteredAt   uint64     `json:"registered_at"` // block; another one means another neuron
	Emission       tao.Amount `json:"emission"`
	Incentive      uint16     `json:"incentive"`
	Dividends      uint16     `json:"dividends"`
	Consensus      uint16     `json:"consensus"`
	ValidatorTrust uint16     `json:"validator_trust"`
	StakeWeight    uint16     `json:"stake_weight"`
}

// Neuron returns one uid's part.
func (e *Epoch) Neuron(uid uint16) NeuronEpoch {
	n := NeuronEpoch{Netuid: e.Netuid, UID: uid, Height: e.Height, Time: e.Time, Epochs: e.Epochs, Exists: uid < e.Uids}
	if i := int(uid); n.Exists {
		n.RegisteredAt, n.Emission, n.Incentive, n.Dividends = e.RegisteredAt[i], e.Emission[i], e.Incentive[i], e.Dividends[i]
		n.Consensus, n.ValidatorTrust, n.StakeWeight = e.Consensus[i], e.ValidatorTrust[i], e.StakeWeight[i]
	}
	return n
}

// Shares is how the emission of a block was split over subnets.
type Shares struct {
	_        struct{}   `cbor:",toarray"`
	Height   uint64     `json:"height"`
	Time     uint64     `json:"time"`         // of that block, ms
	Epochs   uint64     `json:"epochs"`       // of the root network so far: each decides the split until the next
	Last     uint64     `json:"last_epoch"`   // block of the last one; 0: none yet
	Before   uint64     `json:"epoch_before"` // block of the one before that; 0: none
	Next     uint64     `json:"next_epoch"`
	Emission tao.Amount `json:"emission"` // of the block, all subnets together
	Shares   []Share    `json:"shares"`   // by netuid
}

// Share is what one subnet got of a block's emission.
type Share struct {
	_        struct{}   `cbor:",toarray"`
	Netuid   uint16     `json:"netuid"`
	ID       uint64     `json:"id"`
	Emission tao.Amount `json:"emission"`
}

// Totals is where every issued rao is. Issuance = Free + Reserved + Staked + Pending.
type Totals struct {
	_        struct{}   `cbor:",toarray"`
	Height   uint64     `json:"height"`
	Time     uint64     `json:"time"` // of that block, ms
	Issuance tao.Amount `json:"issuance"`
	Free     tao.Amount `json:"free"`
	Reserved tao.Amount `json:"reserved"`
	Staked   tao.Amount `json:"staked"`
	Pending  tao.Amount `json:"pending"`
	Recycled tao.Amount `json:"recycled"` // taken out of issuance since genesis
	Accounts uint64     `json:"accounts"`
}
