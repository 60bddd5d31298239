package stake

import (
	"math"
	"slices"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// SetChildren says which hotkeys get how much of the stake of a hotkey of the signer on one subnet, in place of what was
// said before. The stake itself stays where it is: it counts for the children there, and so do the dividends that it earns
// come back. A child needn't be registered, and it needn't agree.
type SetChildren struct {
	_        struct{}     `cbor:",toarray"`
	Netuid   uint16       `json:"netuid"`
	Hotkey   keys.Account `json:"hotkey"` // the parent
	Children []Link       `json:"children"`
}

// SetChildkeyTake says what a hotkey of the signer keeps of the dividends of parents that belong to other coldkeys.
type SetChildkeyTake struct {
	_      struct{}     `cbor:",toarray"`
	Netuid uint16       `json:"netuid"`
	Hotkey keys.Account `json:"hotkey"` // the child
	Take   uint16       `json:"take"`   // share of their dividends
}

// What the calls cost beyond their bytes. A child that has all the parents it may have is the worst case: each one's
// stake is looked at.
var (
	SetChildrenCost     = ledger.Cost{Keys: 5 + MaxChildren*(1+2+2*MaxParents+1)}
	SetChildkeyTakeCost = ledger.Cost{Keys: 5}
)

// ChildrenOf is the event ChildrenSet; it is also emitted for a parent whose place another has taken.
type ChildrenOf struct {
	_        struct{} `cbor:",toarray"`
	Netuid   uint16
	Parent   keys.Account
	Children []Link
}

// ChildTake is the event ChildkeyTakeSet.
type ChildTake struct {
	_      struct{} `cbor:",toarray"`
	Netuid uint16
	Hotkey keys.Account
	Take   uint16 `unit:"share"`
}

// Run executes the call for signer. Refusals: OperationNotPermittedOnRootSubnet, NetworkDoesNotExist,
// HotKeyAccountNotExists (the hotkey or a child), NonAssociatedColdKey, TooManyChildren, InvalidChild, DuplicateChild,
// ProportionOverflow, TxRateLimitExceeded, TooManyParents, InsufficientBalance, ExistentialDeposit. Each new child costs the
// deposit of a record, which is recycled.
func (c SetChildren) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := familySubnet(l, c.Netuid, c.Hotkey, signer)
	if err != nil {
		return err
	}
	if err := c.check(l); err != nil {
		return err
	}
	before, err := ReadChildren(l, s.ID, c.Hotkey)
	if err != nil {
		return err
	}
	if from := before.Again(l.Params); l.Height < from {
		return ledger.Refuse(ledger.TxRateLimitExceeded,
			"the children of %s on subnet %d were set in block %d; they can be set again from block %d on", c.Hotkey, c.Netuid, before.Set, from)
	}
	for _, old := range before.List {
		if err := leave(l, s.ID, old.Hotkey, c.Hotkey); err != nil {
			return err
		}
	}
	// Every parent makes each epoch of the child's dearer for all, for good: it is paid for once.
	added := tao.Amount(0)
	for _, child := range c.Children {
		if !slices.ContainsFunc(before.List, func(old Link) bool { return old.Hotkey == child.Hotkey }) {
			added += l.Params.RecordDeposit
		}
	}
	if added > 0 {
		if err := account.Debit(l, signer, added, false, ledger.InsufficientBalance); err != nil {
			return err
		}
		l.Recycle(added)
	}
	for _, child := range c.Children {
		if err := join(l, s, child, c.Hotkey); err != nil {
			return err
		}
	}
	return putChildren(l, s, c.Hotkey, Children{List: c.Children, Set: l.Height})
}

// check refuses a list that breaks a rule by itself, or names a hotkey that nobody owns.
func (c SetChildren) check(l *ledger.Ledger) error {
	if len(c.Children) > MaxChildren {
		return ledger.Refuse(ledger.TooManyChildren, "%d children; at most %d are allowed", len(c.Children), MaxChildren)
	}
	left := uint64(math.MaxUint64)
	for i, child := range c.Children {
		switch {
		case child.Hotkey == c.Hotkey:
			return ledger.Refuse(ledger.InvalidChild, "the hotkey %s can't be its own child", c.Hotkey)
		case child.Proportion == 0:
			return ledger.Refuse(ledger.InvalidChild, "the child %s would get nothing; leave it out", child.Hotkey)
		case child.Proportion > left:
			return ledger.Refuse(ledger.ProportionOverflow, "%d are asked for %s and %d of 2^64-1 are left", child.Proportion, child.Hotkey, left)
		case slices.ContainsFunc(c.Children[:i], func(o Link) bool { return o.Hotkey == child.Hotkey }):
			return ledger.Refuse(ledger.DuplicateChild, "the child %s is named twice", child.Hotkey)
		}
		left -= child.Proportion
		if _, err := known(l, child.Hotkey); err != nil {
			return err
		}
	}
	return nil
}

// familySubnet returns the subnet on which signer may say something about its hotkey's family.
func familySubnet(l *ledger.Ledger, netuid uint16, hotkey, signer keys.Account) (subnet.Entry, error) {
	if netuid == subnet.RootNetuid {
		return subnet.Entry{}, ledger.Refuse(ledger.OperationNotPermittedOnRootSubnet, "the root network has no children")
	}
	s, err := subnet.Must(l, netuid)
	if err != nil {
		return s, err
	}
	return s, Own(l, hotkey, signer)
}

// join adds parent to the parents of a child. A child whose list is full gives up the parent that gives it least, if the
// new one gives more: nobody can keep others away with parents that have nothing.
func join(l *ledger.Ledger, s subnet.Entry, child Link, parent keys.Account) error {
	p, err := ReadParents(l, s.ID, child.Hotkey)
	if err != nil {
		return err
	}
	if len(p.List) >= MaxParents {
		if err := displace(l, s, &p, child, parent); err != nil {
			return err
		}
	}
	p.List = append(p.List, Link{Proportion: child.Proportion, Hotkey: parent})
	return l.Put(parentsKey(s.ID, child.Hotkey), p)
}

// displace takes the parent that gives a child least out of p and of that parent's own list.
func displace(l *ledger.Ledger, s subnet.Entry, p *Parents, child Link, parent keys.Account) error {
	least, at := tao.Amount(math.MaxUint64), 0
	for i, other := range p.List {
		total, err := Total(l, other.Hotkey)
		if err != nil {
			return err
		}
		if gives := partOf(total, other.Proportion); gives < least {
			least, at = gives, i
		}
	}
	total, err := Total(l, parent)
	if err != nil {
		return err
	}
	if gives := partOf(total, child.Proportion); gives <= least {
		return ledger.Refuse(ledger.TooManyParents, "%s has %d parents, each of which gives at least %d rao; this one would give %d",
			child.Hotkey, len(p.List), least, gives)
	}
	loser := p.List[at].Hotkey
	p.List = slices.Delete(p.List, at, at+1)
	family, err := ReadChildren(l, s.ID, loser)
	if err != nil {
		return err
	}
	family.List = without(family.List, child.Hotkey)
	return putChildren(l, s, loser, family)
}

// leave takes parent out of the parents of a child.
func leave(l *ledger.Ledger, subnetID uint64, child, parent keys.Account) error {
	p, err := ReadParents(l, subnetID, child)
	if err != nil {
		return err
	}
	p.List = without(p.List, parent)
	return putParents(l, subnetID, child, p)
}

func without(list []Link, hotkey keys.Account) []Link {
	return slices.DeleteFunc(list, func(k Link) bool { return k.Hotkey == hotkey })
}

func putChildren(l *ledger.Ledger, s subnet.Entry, hotkey keys.Account, c Children) error {
	if err := l.Put(childrenKey(s.ID, hotkey), c); err != nil {
		return err
	}
	return l.Emit("ChildrenSet", ChildrenOf{Netuid: s.Netuid, Parent: hotkey, Children: c.List})
}

// putParents writes what is said of a child, and nothing where nothing is.
func putParents(l *ledger.Ledger, subnetID uint64, child keys.Account, p Parents) error {
	if len(p.List) == 0 && p.Take == 0 && p.Set == 0 {
		return l.Delete(parentsKey(subnetID, child))
	}
	return l.Put(parentsKey(subnetID, child), p)
}

// Run executes the call for signer. Refusals: OperationNotPermittedOnRootSubnet, NetworkDoesNotExist,
// HotKeyAccountNotExists, NonAssociatedColdKey, InvalidChildkeyTake, TxChildkeyTakeRateLimitExceeded (a take is raised at
// most once in Params.TakeInterval blocks, and lowered at any time).
func (c SetChildkeyTake) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := familySubnet(l, c.Netuid, c.Hotkey, signer)
	if err != nil {
		return err
	}
	if most := l.Params.MaxChildTake; uint64(c.Take) > most {
		return ledger.Refuse(ledger.InvalidChildkeyTake, "a childkey take of %d/65535; the most is %d", c.Take, most)
	}
	p, err := ReadParents(l, s.ID, c.Hotkey)
	if err != nil {
		return err
	}
	if c.Take > p.Take {
		if from := p.Again(l.Params); l.Height < from {
			return ledger.Refuse(ledger.TxChildkeyTakeRateLimitExceeded,
				"the childkey take was raised to %d/65535 in block %d; it can be raised again from block %d on", p.Take, p.Set, from)
		}
		p.Set = l.Height
	}
	p.Take = c.Take
	if err := putParents(l, s.ID, c.Hotkey, p); err != nil {
		return err
	}
	return l.Emit("ChildkeyTakeSet", ChildTake{Netuid: c.Netuid, Hotkey: c.Hotkey, Take: c.Take})
}
