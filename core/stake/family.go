package stake

import (
	"math"
	"math/bits"

	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// Link is the part of a parent's stake that works for a child on a subnet. Hotkey is the other end: the child in a list of
// children, the parent in a list of parents.
type Link struct {
	_          struct{}     `cbor:",toarray"`
	Proportion uint64       `json:"proportion,string"` // x/(2^64-1)
	Hotkey     keys.Account `json:"hotkey"`
}

// Children are those that a hotkey gives stake to on one subnet.
type Children struct {
	_    struct{} `cbor:",toarray"`
	List []Link   // at most [MaxChildren]
	Set  uint64   // block of the last change, 0: none yet
}

// Parents are those that give a hotkey stake on one subnet, and what it keeps of their dividends.
type Parents struct {
	_    struct{} `cbor:",toarray"`
	List []Link   // at most [MaxParents]
	Take uint16   // share that the childkey keeps of what parents of other coldkeys get
	Set  uint64   // block of the take's last increase, 0: none yet
}

// Bounds of a family on one subnet.
const (
	MaxChildren = 5  // of a parent
	MaxParents  = 16 // of a child; one who gives more takes the place of who gives least
)

func childrenKey(subnetID uint64, hotkey keys.Account) ledger.Key {
	return subnet.Key(subnetID, subnet.FieldChildren).Account(hotkey)
}

func parentsKey(subnetID uint64, hotkey keys.Account) ledger.Key {
	return subnet.Key(subnetID, subnet.FieldParents).Account(hotkey)
}

// ReadChildren returns whom a hotkey gives stake to on a subnet.
func ReadChildren(r state.Reader, subnetID uint64, hotkey keys.Account) (c Children, err error) {
	_, err = ledger.Load(r, childrenKey(subnetID, hotkey), &c)
	return c, err
}

// ReadParents returns who gives a hotkey stake on a subnet.
func ReadParents(r state.Reader, subnetID uint64, hotkey keys.Account) (p Parents, err error) {
	_, err = ledger.Load(r, parentsKey(subnetID, hotkey), &p)
	return p, err
}

// Again returns the block from which the children can be set again, 0 when they can be at any time.
func (c Children) Again(p ledger.Params) uint64 { return again(c.Set, p.ChildInterval) }

// Again returns the block from which the take can be raised again, 0 when it can be at any time.
func (p Parents) Again(params ledger.Params) uint64 {
	if params.TakeInterval == 0 {
		return 0
	}
	return again(p.Set, params.TakeInterval+1)
}

// again returns when what was done in block since can be done again, which takes so many blocks. 0 is never and at any time.
func again(since, blocks uint64) uint64 {
	if since == 0 {
		return 0
	}
	return since + blocks
}

// Weight returns the stake, in rao, that counts for a hotkey on a subnet: what is staked on it, less what it gives its
// children there, and what its parents there give it. What it is given it does not give on.
func Weight(r state.Reader, hotkey keys.Account, subnetID uint64) (tao.Amount, error) {
	parents, err := ReadParents(r, subnetID, hotkey)
	if err != nil {
		return 0, err
	}
	weight, given, err := contributions(r, subnetID, hotkey, parents)
	for _, g := range given {
		weight += g
	}
	return weight, err
}

// contributions returns what a hotkey keeps of its own stake on a subnet, and what each of its parents adds.
func contributions(r state.Reader, subnetID uint64, hotkey keys.Account, parents Parents) (own tao.Amount, given []tao.Amount, err error) {
	total, err := Total(r, hotkey)
	if err != nil {
		return 0, nil, err
	}
	own = total
	if total > 0 {
		children, err := ReadChildren(r, subnetID, hotkey)
		if err != nil {
			return 0, nil, err
		}
		for _, c := range children.List {
			own -= min(own, partOf(total, c.Proportion))
		}
	}
	given = make([]tao.Amount, len(parents.List))
	for i, p := range parents.List {
		total, err := Total(r, p.Hotkey)
		if err != nil {
			return 0, nil, err
		}
		given[i] = partOf(total, p.Proportion)
	}
	return own, given, nil
}

// partOf returns ⌊amount·q⌋ with q = p/(2^64-1) cut off at 32 binary digits first, as the reference chain does.
func partOf(amount tao.Amount, p uint64) tao.Amount {
	q, _ := bits.Div64(p>>32, p<<32, math.MaxUint64)
	return tao.Amount(fixed.I32F32(q).Of(uint64(amount)))
}
