package registration

import (
	"math"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// How a neuron came in.
const (
	ByBurn = "burn"
	ByWork = "work"
	ByRoot = "root"
)

// NeuronRegistered is the event of a hotkey that got a uid.
type NeuronRegistered struct {
	_       struct{} `cbor:",toarray"`
	Netuid  uint16
	UID     uint16
	Hotkey  keys.Account
	Coldkey keys.Account // owner of the hotkey
	How     string       // [ByBurn], [ByWork] or [ByRoot]
	Burnt   tao.Amount   // rao paid for it
}

// NeuronReplaced is the event of a hotkey that lost its uid to another; a NeuronRegistered follows.
type NeuronReplaced struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	UID    uint16
	Old    keys.Account // hotkey
	New    keys.Account // hotkey
}

// enter gives the hotkey a uid and counts it: a new one while there is room, or that of the neuron that is pruned. It
// refuses with NoNeuronIdAvailable.
func (p *place) enter(l *ledger.Ledger, hotkey, coldkey keys.Account, how string, burnt tao.Amount) error {
	var uid uint16
	var err error
	if p.Uids < p.params.MaxUIDs {
		uid, err = subnet.Append(l, &p.Entry, hotkey)
	} else if uid, err = pruned(l, &p.Entry, uint64(p.params.ImmunityPeriod)); err == nil {
		err = p.replace(l, uid, hotkey)
		if err == nil { // so that another registration before the next epoch takes another uid
			err = subnet.SetElement[uint16](l, p.ID, subnet.PruningScore, uid, math.MaxUint16)
		}
	}
	if err != nil {
		return err
	}
	return p.count(l, NeuronRegistered{Netuid: p.Netuid, UID: uid, Hotkey: hotkey, Coldkey: coldkey, How: how, Burnt: burnt})
}

func (p *place) replace(l *ledger.Ledger, uid uint16, hotkey keys.Account) error {
	old, _, err := subnet.HotkeyOf(l, p.ID, uid)
	if err != nil {
		return err
	}
	if err := subnet.Replace(l, &p.Entry, uid, hotkey); err != nil {
		return err
	}
	return l.Emit("NeuronReplaced", NeuronReplaced{Netuid: p.Netuid, UID: uid, Old: old, New: hotkey})
}

// count adds a registration to the record and reports it.
func (p *place) count(l *ledger.Ledger, e NeuronRegistered) error {
	p.record.Block++
	p.record.Interval++
	switch e.How {
	case ByBurn:
		p.record.ByBurn++
	case ByWork:
		p.record.ByWork++
	}
	if err := put(l, p.ID, p.record); err != nil {
		return err
	}
	return l.Emit("NeuronRegistered", e)
}

// pruned returns the uid of a full subnet that a newcomer gets: the lowest pruning score of those past immunity, of equal
// ones the latest uid; when none of them has less than the highest score, the first of the lowest scored immune ones.
// The owner's hotkey and whoever has the highest score, earned or as a newcomer, stay. When nobody is left it refuses
// with NoNeuronIdAvailable.
func pruned(l *ledger.Ledger, s *subnet.Entry, immunity uint64) (uint16, error) {
	scores, err := subnet.ReadColumn[uint16](l, s.ID, subnet.PruningScore)
	if err != nil {
		return 0, err
	}
	since, err := subnet.ReadColumn[uint64](l, s.ID, subnet.RegisteredAt)
	if err != nil {
		return 0, err
	}
	owner, owned, err := subnet.UIDOf(l, s.ID, s.Hotkey)
	if err != nil {
		return 0, err
	}
	uid, ok := lowest(scores, func(uid uint16) standing {
		switch {
		case owned && uid == owner:
			return safe
		case l.Height-since[uid] < immunity:
			return immune
		}
		return open
	})
	if !ok {
		return 0, ledger.Refuse(ledger.NoNeuronIdAvailable,
			"subnet %d has %d neurons and takes no more; none can be replaced before the next epoch", s.Netuid, s.Uids)
	}
	return uid, nil
}

// standing is how a neuron is protected from being replaced.
type standing byte

const (
	open standing = iota
	immune
	safe
)

// lowest applies the rule of [pruned] to pruning scores.
func lowest(scores []uint16, of func(uid uint16) standing) (uid uint16, ok bool) {
	least := [...]uint16{open: math.MaxUint16, immune: math.MaxUint16}
	var at [2]uint16
	for i, score := range scores {
		st := of(uint16(i))
		if st == safe || score == math.MaxUint16 {
			continue
		}
		if score < least[st] || score == least[st] && st == open {
			least[st], at[st] = score, uint16(i)
		}
	}
	for st, score := range least {
		if score < math.MaxUint16 {
			return at[st], true
		}
	}
	return 0, false
}
