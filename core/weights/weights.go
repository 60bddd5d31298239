// Package weights holds what validators say of miners, and what members of the root network say of subnets.
//
// A validator's hotkey sets its row with [Set]. Where a subnet wants rows to be secret while they are fresh, it commits to
// them with [Commit] and shows them an epoch or more later with [Reveal]; [Seal] makes the hash to commit to. [Row] reads
// what a uid has set. All calls are without a fee, signed by a registered hotkey, and invalid when a guard refuses them.
package weights

import (
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/yuma"
)

// Row returns what a uid of a subnet has set, in its order, as parts of its largest value (65535); empty when it has set
// nothing. Rows of the root network have netuids in the place of uids.
func Row(r state.Reader, id uint64, uid uint16) (yuma.Row, error) {
	return subnet.ReadRow(r, id, subnet.FieldWeights, uid)
}

// Set makes the signer's row of weights: value k toward uid k, of any scale. On the root network uids are netuids.
type Set struct {
	_       struct{} `cbor:",toarray"`
	Netuid  uint16   `json:"netuid"`
	UIDs    []uint16 `json:"uids"`
	Values  []uint16 `json:"values"`
	Version uint64   `json:"version"` // key of the validator's program, at least the subnet's weights_version
}

// Batch makes the signer's rows on several subnets, all or none.
type Batch struct {
	_     struct{} `cbor:",toarray"`
	Items []Set    `json:"items"` // at most [MaxItems], each of another netuid
}

// MaxItems is the most rows that one [Batch] sets.
const MaxItems = 32

// What a row costs beyond its bytes: the subnet and its parameters, the signer's uid and stake, its columns and its row.
const setKeys = 8 + stakeKeys

// stakeKeys are the keys that a hotkey's stake on a subnet is read from at most: its family, its pool and its parents'.
const stakeKeys = 4 + 2*stake.MaxParents

// SetCost is what a row costs beyond its bytes; BatchCost is what a batch costs without its rows.
var (
	SetCost   = ledger.Cost{Keys: setKeys}
	BatchCost = ledger.Cost{}
)

// Extra is what these arguments cost beyond [SetCost]: on the root network each netuid is looked up.
func (c Set) Extra() ledger.Cost {
	if c.Netuid == subnet.RootNetuid {
		return ledger.Cost{Keys: uint64(len(c.UIDs))}
	}
	return ledger.Cost{}
}

// Extra is the cost of the rows.
func (c Batch) Extra() (sum ledger.Cost) {
	for _, item := range c.Items {
		sum.Keys += setKeys + item.Extra().Keys
	}
	return sum
}

// Slot is what a mempool holds one of for each hotkey.
func (c Set) Slot() string { return slot("set_weights", c.Netuid) }

// Slot is what a mempool holds one of for each hotkey.
func (c Batch) Slot() string { return "batch_set_weights" }

func slot(kind string, netuid uint16) string { return fmt.Sprintf("%s/%d", kind, netuid) }

// WasSet is the event WeightsSet: a uid has another row.
type WasSet struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	UID    uint16
	Hotkey keys.Account
}

// Run executes the call for the hotkey signer. Refusals, in this order: WeightVecNotEqualSize, NetworkDoesNotExist,
// CommitRevealEnabled, TooManyUids (InvalidUid on the root network), NotRegistered, NotEnoughStakeToSetWeights,
// IncorrectNetworkVersionKey, SettingWeightsTooFast, NoValidatorPermit, DuplicateUids, InvalidUid,
// NotSettingEnoughWeights, MaxWeightExceeded.
func (c Set) Run(l *ledger.Ledger, signer keys.Account) error {
	if err := sameSize(c.UIDs, c.Values); err != nil {
		return err
	}
	m, err := enter(l, c.Netuid, signer)
	if err != nil {
		return err
	}
	if m.secret() {
		return ledger.Refuse(ledger.CommitRevealEnabled, "subnet %d wants weights to be committed to and revealed %d epochs later", c.Netuid, m.params.RevealPeriod)
	}
	v := vector{c.UIDs, c.Values, c.Version}
	for _, guard := range []func() error{
		func() error { return m.fits(v) },
		func() error { return m.member(ledger.NotRegistered) },
		func() error { return m.weighty(v.version) },
		m.rested,
		func() error { return m.permitted(v) },
		func() error { return m.sound(v) },
	} {
		if err := guard(); err != nil {
			return err
		}
	}
	if err := subnet.SetElement(l, m.ID, subnet.LastUpdate, m.uid, l.Height); err != nil {
		return err
	}
	return m.store(v)
}

// Run executes the call for the hotkey signer. Refusals: InvalidBatchSize, DuplicateNetuids, and those of [Set], which
// name the item.
func (c Batch) Run(l *ledger.Ledger, signer keys.Account) error {
	if err := batchSize(len(c.Items), MaxItems); err != nil {
		return err
	}
	for i, item := range c.Items {
		for _, before := range c.Items[:i] {
			if before.Netuid == item.Netuid {
				return ledger.Refuse(ledger.DuplicateNetuids, "item %d is the second one of netuid %d; a batch sets one row of each", i, item.Netuid)
			}
		}
	}
	for i, item := range c.Items {
		if err := item.Run(l, signer); err != nil {
			return ofItem(i, err)
		}
	}
	return nil
}

func batchSize(n, most int) error {
	if n < 1 || n > most {
		return ledger.Refuse(ledger.InvalidBatchSize, "a batch of %d items; it has 1 to %d", n, most)
	}
	return nil
}

// ofItem says of which item a refusal is.
func ofItem(i int, err error) error {
	var refusal *ledger.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	return ledger.Refuse(refusal.Code, "item %d: %s", i, refusal.Text)
}
