package ledger

import "github.com/taolight/taolight/core/tao"

// Params are the rules that the state itself holds, so that every verifier uses the same. Shares are x/65535.
type Params struct {
	_                  struct{}   `cbor:",toarray"`
	ExistentialDeposit tao.Amount `json:"existential_deposit"` // least an account may hold
	MinStake           tao.Amount `json:"min_stake"`           // least value of a position that was touched
	FeePerUnit         tao.Amount `json:"fee_per_unit"`        // rao for one cost unit
	BlockUnits         uint64     `json:"block_units"`         // most cost units in one block
	ValidityWindow     uint64     `json:"validity_window"`     // blocks that valid_until may lie ahead
	BlocksKept         uint64     `json:"blocks_kept"`         // blocks whose hash and events root stay in the state

	SubnetLimit           uint64     `json:"subnet_limit"`            // subnets at most; one more replaces one
	NetworkRateLimit      uint64     `json:"network_rate_limit"`      // blocks between two new subnets
	NetworkImmunity       uint64     `json:"network_immunity"`        // blocks in which a subnet is not replaced
	MinLock               tao.Amount `json:"min_lock"`                // least cost of a subnet, and the first one's
	LockInterval          uint64     `json:"lock_interval"`           // blocks in which the cost falls back
	OwnerCut              uint64     `json:"owner_cut"`               // share of an epoch's emission for the subnet's owner
	EpochsPerBlock        uint64     `json:"epochs_per_block"`        // epochs that one block runs at most; others wait
	RootTempo             uint64     `json:"root_tempo"`              // blocks from root epoch to root epoch
	RootQuorum            uint64     `json:"root_quorum"`             // share of all stake that setters of root weights hold before their split counts
	RootSeats             uint64     `json:"root_seats"`              // of the root network
	TxRateLimit           uint64     `json:"tx_rate_limit"`           // blocks between two calls of a coldkey that change its stake or hotkeys, see core/stake; 0: no limit
	MinTake               uint64     `json:"min_take"`                // share of dividends that a delegate keeps at least
	MaxTake               uint64     `json:"max_take"`                // and at most
	DefaultTake           uint64     `json:"default_take"`            // and at first
	TakeInterval          uint64     `json:"take_interval"`           // blocks between two increases of a take
	MaxChildTake          uint64     `json:"max_child_take"`          // share that a childkey keeps at most
	ChildInterval         uint64     `json:"child_interval"`          // blocks between two changes of a hotkey's children
	StakeThreshold        tao.Amount `json:"stake_threshold"`         // stake below which weights neither count nor can be set
	HotkeySwapCost        tao.Amount `json:"hotkey_swap_cost"`        // recycled
	RecordDeposit         tao.Amount `json:"record_deposit"`          // reserved for each proxy and each multisig operation while it stands
	ColdkeySwapCost       tao.Amount `json:"coldkey_swap_cost"`       // recycled when it is announced
	ColdkeySwapDelay      uint64     `json:"coldkey_swap_delay"`      // blocks from announcement to swap
	ColdkeySwapReannounce uint64     `json:"coldkey_swap_reannounce"` // blocks behind the delay before another can be announced
	RelayDeposit          tao.Amount `json:"relay_deposit"`           // reserved for each relay on the list
	RelayPeriod           uint64     `json:"relay_period"`            // blocks for which a relay is listed
	RelayLimit            uint64     `json:"relay_limit"`             // relays on the list at most
	RelaysPerOwner        uint64     `json:"relays_per_owner"`        // and of one coldkey
}

// DefaultParams are the rules of a chain whose genesis does not say otherwise. Intervals are in blocks of 12 s.
func DefaultParams() Params {
	return Params{
		ExistentialDeposit: 500,
		MinStake:           2_000_000,
		FeePerUnit:         1,
		BlockUnits:         4_000_000,
		ValidityWindow:     256,
		BlocksKept:         100_800, // the trusting period

		SubnetLimit:           32,
		NetworkRateLimit:      7_200,
		NetworkImmunity:       7 * 7_200,
		MinLock:               1000 * tao.TAO,
		LockInterval:          14 * 7_200,
		OwnerCut:              11_796,
		EpochsPerBlock:        4,
		RootTempo:             100,
		RootQuorum:            6_554,
		RootSeats:             64,
		MinTake:               0,
		MaxTake:               11_796,
		DefaultTake:           11_796,
		TakeInterval:          216_000,
		MaxChildTake:          11_796,
		ChildInterval:         150,
		StakeThreshold:        0,
		RecordDeposit:         tao.TAO / 20,
		HotkeySwapCost:        tao.TAO / 10,
		ColdkeySwapCost:       tao.TAO / 10,
		ColdkeySwapDelay:      36_000,
		ColdkeySwapReannounce: 7_200,
		RelayDeposit:          tao.TAO,
		RelayPeriod:           30 * 7_200,
		RelayLimit:            4_096,
		RelaysPerOwner:        16,
	}
}
