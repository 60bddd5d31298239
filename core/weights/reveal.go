package weights

import (
	"slices"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
)

// Opening is a row with the salt under which it was committed to.
type Opening struct {
	_       struct{} `cbor:",toarray"`
	UIDs    []uint16 `json:"uids"`
	Values  []uint16 `json:"values"`
	Salt    []uint16 `json:"salt"`
	Version uint64   `json:"version"`
}

// Reveal shows a row that the signer committed to, and makes it its row. Older commits are dropped.
type Reveal struct {
	_       struct{} `cbor:",toarray"`
	Netuid  uint16   `json:"netuid"`
	UIDs    []uint16 `json:"uids"`
	Values  []uint16 `json:"values"`
	Salt    []uint16 `json:"salt"`
	Version uint64   `json:"version"`
}

// BatchReveal shows several rows of the signer on one subnet in the order of their commits, all or none. The last one
// becomes its row.
type BatchReveal struct {
	_      struct{}  `cbor:",toarray"`
	Netuid uint16    `json:"netuid"`
	Items  []Opening `json:"items"` // at most [MaxCommits]
}

const revealKeys = setKeys + 3 // a row's, the commits, the schedule and when others were registered

// RevealCost is what a reveal costs beyond its bytes; BatchRevealCost is what a batch costs without its rows.
var (
	RevealCost      = ledger.Cost{Keys: revealKeys}
	BatchRevealCost = ledger.Cost{}
)

// Extra is the cost of the rows.
func (c BatchReveal) Extra() ledger.Cost { return ledger.Cost{Keys: revealKeys * uint64(len(c.Items))} }

// Slot is what a mempool holds one of for each hotkey; both ways to reveal share it.
func (c Reveal) Slot() string { return slot("reveal_weights", c.Netuid) }

// Slot is what a mempool holds one of for each hotkey; both ways to reveal share it.
func (c BatchReveal) Slot() string { return slot("reveal_weights", c.Netuid) }

// Run executes the call for the hotkey signer. Refusals, in this order: WeightVecNotEqualSize, NetworkDoesNotExist,
// CommitRevealDisabled, NotRegistered, NoWeightsCommitFound, ExpiredWeightCommit, InvalidRevealCommitHashNotMatch,
// RevealTooEarly, and those of [Set] without the rate limit, which counts commits.
func (c Reveal) Run(l *ledger.Ledger, signer keys.Account) error {
	return reveal(l, signer, c.Netuid, Opening{UIDs: c.UIDs, Values: c.Values, Salt: c.Salt, Version: c.Version})
}

// Run executes the call for the hotkey signer. Refusals: InvalidBatchSize, and those of [Reveal], which name the item.
func (c BatchReveal) Run(l *ledger.Ledger, signer keys.Account) error {
	if err := batchSize(len(c.Items), MaxCommits); err != nil {
		return err
	}
	for i, item := range c.Items {
		if err := reveal(l, signer, c.Netuid, item); err != nil {
			return ofItem(i, err)
		}
	}
	return nil
}

func reveal(l *ledger.Ledger, signer keys.Account, netuid uint16, o Opening) error {
	if err := sameSize(o.UIDs, o.Values); err != nil {
		return err
	}
	m, err := enter(l, netuid, signer)
	if err != nil {
		return err
	}
	if err := m.mustSecret(); err != nil {
		return err
	}
	if err := m.member(ledger.NotRegistered); err != nil {
		return err
	}
	seal := Seal(signer, netuid, o)
	found, err := m.open(seal)
	if err != nil {
		return err
	}
	v := vector{o.UIDs, o.Values, o.Version}
	for _, guard := range []func() error{
		func() error { return m.fits(v) },
		func() error { return m.weighty(v.version) },
		func() error { return m.permitted(v) },
		func() error { return m.sound(v) },
	} {
		if err := guard(); err != nil {
			return err
		}
	}
	if v, err = m.known(v, found.Block); err != nil {
		return err
	}
	if err := m.store(v); err != nil {
		return err
	}
	return l.Emit("WeightsRevealed", Committed{Netuid: netuid, UID: m.uid, Hotkey: signer, Hash: seal})
}

// open takes the commit with a hash, and all before it, out of the uid's.
func (m *member) open(seal Hash) (Sealed, error) {
	kept, err := ReadCommits(m.l, m.ID, m.uid)
	if err != nil {
		return Sealed{}, err
	}
	schedule, err := subnet.ReadSchedule(m.l, m.ID)
	if err != nil {
		return Sealed{}, err
	}
	period := uint64(m.params.RevealPeriod)
	old := kept.expired(schedule.Index, m.params.RevealPeriod)
	matches := func(s Sealed) bool { return s.Hash == seal }
	at := slices.IndexFunc(kept.List[old:], matches)
	if at < 0 {
		switch gone := slices.IndexFunc(kept.List[:old], matches); {
		case gone >= 0:
			return Sealed{}, ledger.Refuse(ledger.ExpiredWeightCommit, "the commit of block %d could be revealed in epoch %d; this is epoch %d", kept.List[gone].Block, kept.List[gone].Epoch+period, schedule.Index)
		case old == len(kept.List):
			return Sealed{}, ledger.Refuse(ledger.NoWeightsCommitFound, "uid %d has no commit to reveal", m.uid)
		}
		return Sealed{}, ledger.Refuse(ledger.InvalidRevealCommitHashNotMatch, "none of the %d commits of uid %d is to %s; netuid, order, salt and version count, too", len(kept.List)-old, m.uid, seal)
	}
	found := kept.List[old+at]
	if first := found.Epoch + period; schedule.Index < first {
		return Sealed{}, ledger.Refuse(ledger.RevealTooEarly, "the commit of block %d is revealed in epoch %d; this is epoch %d, the next begins in block %d", found.Block, first, schedule.Index, schedule.Next)
	}
	kept.List = kept.List[old+at+1:]
	return found, m.l.Put(commitsKey(m.ID, m.uid), kept)
}

// known returns v without what it says of uids that went to somebody else since it was committed to.
func (m *member) known(v vector, since uint64) (vector, error) {
	registered, err := subnet.ReadColumn[uint64](m.l, m.ID, subnet.RegisteredAt)
	if err != nil {
		return v, err
	}
	kept := vector{version: v.version}
	for i, uid := range v.uids {
		if registered[uid] < since {
			kept.uids, kept.values = append(kept.uids, uid), append(kept.values, v.values[i])
		}
	}
	return kept, nil
}
