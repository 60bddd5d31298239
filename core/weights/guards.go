package weights

import (
	"math"
	"slices"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/hyper"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/yuma"
)

// vector is a row as a validator gives it.
type vector struct {
	uids, values []uint16
	version      uint64
}

// member is a hotkey on a subnet where it sets weights.
type member struct {
	subnet.Entry
	l      *ledger.Ledger
	params hyper.Params
	signer keys.Account
	uid    uint16
}

func sameSize(uids, values []uint16) error {
	if len(uids) != len(values) {
		return ledger.Refuse(ledger.WeightVecNotEqualSize, "%d uids and %d values; there is one value for each uid", len(uids), len(values))
	}
	return nil
}

// enter returns the hotkey on a subnet, before it is known to be a member.
func enter(l *ledger.Ledger, netuid uint16, hotkey keys.Account) (*member, error) {
	s, err := subnet.Must(l, netuid)
	if err != nil {
		return nil, err
	}
	m := &member{Entry: s, l: l, signer: hotkey}
	m.params, err = subnet.ReadParams(l, s.ID)
	return m, err
}

func (m *member) root() bool { return m.Netuid == subnet.RootNetuid }

// secret says whether weights are committed to first. Weights of the root network never are.
func (m *member) secret() bool { return m.params.CommitReveal && !m.root() }

// self says whether a row is of one entry, toward its own uid. The root network's rows are toward netuids.
func (m *member) self(v vector) bool {
	return len(v.uids) == 1 && v.uids[0] == m.uid && !m.root()
}

// fits refuses a row longer than the subnet and, on the root network, one toward subnets that don't exist.
func (m *member) fits(v vector) error {
	if !m.root() {
		if len(v.uids) > int(m.Uids) {
			return ledger.Refuse(ledger.TooManyUids, "%d weights; subnet %d has %d uids", len(v.uids), m.Netuid, m.Uids)
		}
		return nil
	}
	if most := m.l.Params.SubnetLimit + 1; uint64(len(v.uids)) > most {
		return ledger.Refuse(ledger.InvalidUid, "%d weights; there are at most %d netuids", len(v.uids), most)
	}
	for _, netuid := range v.uids {
		var id uint64
		ok, err := ledger.Load(m.l, ledger.TableNetuid.Key().U16(netuid), &id)
		if err != nil {
			return err
		}
		if !ok {
			return ledger.Refuse(ledger.InvalidUid, "there is no subnet %d to give weight to", netuid)
		}
	}
	return nil
}

// member refuses a hotkey that isn't registered, and finds the uid of one that is.
func (m *member) member(code ledger.Code) error {
	uid, ok, err := subnet.UIDOf(m.l, m.ID, m.signer)
	if err == nil && !ok {
		err = ledger.Refuse(code, "the hotkey %s is not registered on subnet %d", m.signer, m.Netuid)
	}
	m.uid = uid
	return err
}

// weighty refuses too little stake and too old a version.
func (m *member) weighty(version uint64) error {
	if least := m.l.Params.StakeThreshold; least > 0 {
		have, err := stake.Weight(m.l, m.signer, m.ID)
		if err != nil {
			return err
		}
		if have < least {
			return ledger.Refuse(ledger.NotEnoughStakeToSetWeights, "%d rao count for the hotkey; setting weights takes %d", have, least)
		}
	}
	if least := m.params.WeightsVersion; version < least {
		return ledger.Refuse(ledger.IncorrectNetworkVersionKey, "version key %d; subnet %d takes %d and above: update the validator's program", version, m.Netuid, least)
	}
	return nil
}

// rested refuses a row too soon after the one before.
func (m *member) rested() error {
	updated, err := subnet.ReadColumn[uint64](m.l, m.ID, subnet.LastUpdate)
	if err != nil {
		return err
	}
	return m.tooFast(ledger.SettingWeightsTooFast, updated[m.uid])
}

// tooFast refuses what comes too soon after block last; 0 is never.
func (m *member) tooFast(code ledger.Code, last uint64) error {
	if limit := m.params.WeightsRateLimit; last != 0 && m.l.Height-last < limit {
		return ledger.Refuse(code, "uid %d did so, or was registered, in block %d; the next time is from block %d", m.uid, last, last+limit)
	}
	return nil
}

// permitted refuses who may not validate. The owner's hotkey always may, and anyone may give all weight to itself.
func (m *member) permitted(v vector) error {
	if m.root() || m.self(v) || m.signer == m.Hotkey {
		return nil
	}
	permits, err := subnet.ReadColumn[bool](m.l, m.ID, subnet.ValidatorPermit)
	if err == nil && !permits[m.uid] {
		err = ledger.Refuse(ledger.NoValidatorPermit, "uid %d has no validator permit; the %d uids with the most stake get one at the epoch", m.uid, m.params.MaxValidators)
	}
	return err
}

// sound refuses rows that say something twice, toward nobody, too little, or too much of one.
func (m *member) sound(v vector) error {
	sorted := slices.Sorted(slices.Values(v.uids))
	for i, uid := range sorted {
		if i > 0 && uid == sorted[i-1] {
			return ledger.Refuse(ledger.DuplicateUids, "uid %d stands in the row twice", uid)
		}
	}
	if k := len(sorted); k > 0 && sorted[k-1] >= m.Uids && !m.root() {
		return ledger.Refuse(ledger.InvalidUid, "there is no uid %d; subnet %d has uids 0 to %d", sorted[k-1], m.Netuid, m.Uids-1)
	}
	if m.self(v) {
		return nil
	}
	least := m.params.MinWeights
	if !m.root() {
		least = min(least, m.Uids)
	}
	if len(v.uids) < int(least) {
		return ledger.Refuse(ledger.NotSettingEnoughWeights, "%d weights; a row on subnet %d has at least %d", len(v.uids), m.Netuid, least)
	}
	if up := fixed.MaxUpscaleShares(v.values); m.params.MaxWeight != math.MaxUint16 && !fixed.WithinShare(up, m.params.MaxWeight) {
		var sum uint64
		for _, x := range up {
			sum += uint64(x)
		}
		return ledger.Refuse(ledger.MaxWeightExceeded, "the largest weight is %d/65535 of its row; at most %d/65535 is allowed", math.MaxUint16*math.MaxUint16/sum, m.params.MaxWeight)
	}
	return nil
}

// store writes a row that passed all guards.
func (m *member) store(v vector) error {
	row := make(yuma.Row, len(v.uids))
	for i, value := range fixed.MaxUpscaleShares(v.values) {
		row[i] = yuma.Entry{UID: v.uids[i], Value: value}
	}
	if err := subnet.PutRow(m.l, m.ID, subnet.FieldWeights, m.uid, row); err != nil {
		return err
	}
	return m.l.Emit("WeightsSet", WasSet{Netuid: m.Netuid, UID: m.uid, Hotkey: m.signer})
}
