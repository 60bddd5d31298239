package view

import (
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/tao"
)

// Subnets is the list of all subnets, by netuid.
type Subnets struct {
	_       struct{} `cbor:",toarray"`
	Subnets []Subnet `json:"subnets"`
}

// Subnet is one market. Blocks are heights.
type Subnet struct {
	_        struct{}     `cbor:",toarray"`
	Netuid   uint16       `json:"netuid"`
	ID       uint64       `json:"id"` // never used again, unlike the netuid
	Name     string       `json:"name"`
	Owner    keys.Account `json:"owner"`  // coldkey
	Hotkey   keys.Account `json:"hotkey"` // of the owner; the zero account if it has none there
	Since    uint64       `json:"since"`  // block of its registration
	Lock     tao.Amount   `json:"lock"`   // paid back to the owner when it ends
	Tempo    uint16       `json:"tempo"`  // blocks from epoch to epoch
	Uids     uint16       `json:"uids"`   // how many are registered
	MaxUids  uint16       `json:"max_uids"`
	Pending  tao.Amount   `json:"pending"`  // accrued, paid at the next epoch
	Emission tao.Amount   `json:"emission"` // accrued at the last block
	Epochs   uint64       `json:"epochs"`   // so far
	Last     uint64       `json:"last_epoch"`
	Next     uint64       `json:"next_epoch"` // due; when many are, a little later
}

// SubnetDetail is a subnet with what it says of itself and its hyperparameters.
type SubnetDetail struct {
	_               struct{}         `cbor:",toarray"`
	Exists          bool             `json:"exists"` // there is a subnet at the netuid that was asked for
	Subnet          Subnet           `json:"subnet"`
	URL             string           `json:"url"`
	Contact         string           `json:"contact"`
	Description     string           `json:"description"`
	Hyperparameters []Hyperparameter `json:"hyperparameters"`
}

// Hyperparameter is one setting of a subnet, in decimal; hyper.Table says what it may be and who sets it.
type Hyperparameter struct {
	_     struct{} `cbor:",toarray"`
	Name  string   `json:"name"`
	Value string   `json:"value"`
}

// Hyperparameters are all settings of a subnet, in the table's order.
type Hyperparameters struct {
	_      struct{}         `cbor:",toarray"`
	Netuid uint16           `json:"netuid"`
	Exists bool             `json:"exists"` // there is a subnet at the netuid
	Values []Hyperparameter `json:"values"`
}

// Costs is what joining costs now.
type Costs struct {
	_      struct{}   `cbor:",toarray"`
	Subnet tao.Amount `json:"subnet"` // locked for a new subnet
	Costs  []Cost     `json:"costs"`  // of a uid, by netuid
}

// Cost is what a uid of one subnet costs now.
type Cost struct {
	_          struct{}   `cbor:",toarray"`
	Netuid     uint16     `json:"netuid"`
	Name       string     `json:"name"`
	Uids       uint16     `json:"uids"`
	MaxUids    uint16     `json:"max_uids"`
	Burning    bool       `json:"registration_allowed"`
	Burn       tao.Amount `json:"burn"`
	Work       bool       `json:"pow_registration_allowed"`
	Difficulty uint64     `json:"difficulty"`
	Adjusted   uint64     `json:"next_adjustment"` // block
}

// Metagraph is a subnet's neurons, column by column: element i of each column that was asked for is of uid i. Columns that
// were not asked for are empty. Shares are of 65535.
type Metagraph struct {
	_                 struct{}       `cbor:",toarray"`
	Netuid            uint16         `json:"netuid"`
	Exists            bool           `json:"exists"` // there is a subnet at the netuid
	Name              string         `json:"name"`
	Block             uint64         `json:"block"`
	Uids              uint16         `json:"uids"`
	Tempo             uint16         `json:"tempo"`
	Epochs            uint64         `json:"epochs"`
	Last              uint64         `json:"last_epoch"`
	Next              uint64         `json:"next_epoch"`
	Pending           tao.Amount     `json:"pending"`
	Hotkeys           []keys.Account `json:"hotkeys,omitempty"`
	Coldkeys          []keys.Account `json:"coldkeys,omitempty"`
	Stake             []tao.Amount   `json:"stake,omitempty"` // that counts on the subnet, children and parents included
	RegisteredAt      []uint64       `json:"registered_at,omitempty"`
	LastUpdate        []uint64       `json:"last_update,omitempty"`
	Active            []bool         `json:"active,omitempty"`
	ValidatorPermit   []bool         `json:"validator_permit,omitempty"`
	Consensus         []uint16       `json:"consensus,omitempty"`
	Incentive         []uint16       `json:"incentive,omitempty"`
	Dividends         []uint16       `json:"dividends,omitempty"`
	ValidatorTrust    []uint16       `json:"validator_trust,omitempty"`
	StakeWeight       []uint16       `json:"stake_weight,omitempty"`
	PruningScore      []uint16       `json:"pruning_score,omitempty"`
	Emission          []tao.Amount   `json:"emission,omitempty"` // of the last epoch
	ServerEmission    []tao.Amount   `json:"server_emission,omitempty"`
	ValidatorEmission []tao.Amount   `json:"validator_emission,omitempty"`
	Axons             []string       `json:"axons,omitempty"`   // IP:port, empty where there is none
	Weights           [][]uint16     `json:"weights,omitempty"` // rows of uid, share, uid, share …
	Bonds             [][]uint16     `json:"bonds,omitempty"`   // likewise
}

// Row is what one uid says of others: uid, share, uid, share …
type Row struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16   `json:"netuid"`
	UID    uint16   `json:"uid"`
	Exists bool     `json:"exists"` // there is such a uid
	Row    []uint16 `json:"row"`
}

// Neuron is one uid of a subnet.
type Neuron struct {
	_                 struct{}     `cbor:",toarray"`
	Netuid            uint16       `json:"netuid"`
	Exists            bool         `json:"exists"` // the hotkey is registered there; all else is empty when it isn't
	UID               uint16       `json:"uid"`
	Hotkey            keys.Account `json:"hotkey"`
	Coldkey           keys.Account `json:"coldkey"`
	Stake             tao.Amount   `json:"stake"`
	RegisteredAt      uint64       `json:"registered_at"`
	LastUpdate        uint64       `json:"last_update"`
	Active            bool         `json:"active"`
	ValidatorPermit   bool         `json:"validator_permit"`
	Consensus         uint16       `json:"consensus"`
	Incentive         uint16       `json:"incentive"`
	Dividends         uint16       `json:"dividends"`
	ValidatorTrust    uint16       `json:"validator_trust"`
	PruningScore      uint16       `json:"pruning_score"`
	Emission          tao.Amount   `json:"emission"`
	ServerEmission    tao.Amount   `json:"server_emission"`
	ValidatorEmission tao.Amount   `json:"validator_emission"`
	Axon              string       `json:"axon"`       // IP:port, empty if there is none
	Prometheus        string       `json:"prometheus"` // likewise
	Commitment        []string     `json:"commitment"` // fields that it has published
}
