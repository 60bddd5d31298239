package stake

import (
	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
)

// SwapHotkey puts a new hotkey in the place of one of the signer's, everywhere: its pool with all positions, take, uids
// with weights, bonds and axons, children and parents. The new one belongs to nobody yet and signs [AssociationPayload],
// as in [AssociateHotkey]. Params.HotkeySwapCost is recycled. The old one is nobody's afterwards.
type SwapHotkey struct {
	_         struct{}     `cbor:",toarray"`
	Old       keys.Account `json:"old"`
	New       keys.Account `json:"new"`
	Scheme    sign.Scheme  `json:"scheme"`
	Signature [64]byte     `json:"signature"` // of the new hotkey
}

// costedSubnets are those that the costs of swaps count with, the root network among them.
const costedSubnets = 33

// SwapHotkeyCost is what the call costs beyond its bytes: on each subnet the places of the hotkey, and the other side of
// every tie that it may have with children and parents.
var SwapHotkeyCost = ledger.Cost{Keys: 10 + costedSubnets*(10+MaxChildren+MaxParents), Signatures: 1}

// HotkeySwap is the event HotkeySwapped.
type HotkeySwap struct {
	_                 struct{} `cbor:",toarray"`
	Coldkey, Old, New keys.Account
}

// Run executes the call for signer. Refusals: NewHotKeyIsSameWithOld, HotKeyAccountNotExists, NonAssociatedColdKey,
// HotkeyAlreadyOwned, InvalidHotkeySignature, TxRateLimitExceeded (also in the block in which the old one got its owner), NotEnoughBalanceToPaySwapHotKey, ExistentialDeposit.
func (c SwapHotkey) Run(l *ledger.Ledger, signer keys.Account) error {
	if c.Old == c.New {
		return ledger.Refuse(ledger.NewHotKeyIsSameWithOld, "%s is the old and the new hotkey", c.Old)
	}
	h, err := owned(l, c.Old, signer)
	if err != nil {
		return err
	}
	// A key that got an owner, lost it and got it again within one block would start from the same nonce twice.
	first := account.FirstNonce(l.Height)
	if h.Nonce >= first {
		return ledger.Refuse(ledger.TxRateLimitExceeded, "%s is owned since this block; it can be swapped from block %d on", c.Old, l.Height+1)
	}
	if err := consent(l, c.New, signer, c.Scheme, c.Signature); err != nil {
		return err
	}
	if err := limitRate(l, signer); err != nil {
		return err
	}
	cost := l.Params.HotkeySwapCost
	if err := account.Debit(l, signer, cost, false, ledger.NotEnoughBalanceToPaySwapHotKey); err != nil {
		return err
	}
	l.Recycle(cost)
	if err := disown(l, c.Old, signer); err != nil {
		return err
	}
	h.Nonce = first
	if err := putOwned(l, c.New, h); err != nil {
		return err
	}
	// Positions name the pool by its id and stay as they are.
	if h.Pool.ID != 0 {
		if err := l.Put(poolKey(h.Pool.ID), c.New); err != nil {
			return err
		}
	}
	all, err := subnet.Everywhere(l)
	if err != nil {
		return err
	}
	for i := range all {
		if err := subnet.Rename(l, &all[i], c.Old, c.New); err != nil {
			return err
		}
		if err := renameFamily(l, all[i].ID, c.Old, c.New); err != nil {
			return err
		}
	}
	return l.Emit("HotkeySwapped", HotkeySwap{Coldkey: signer, Old: c.Old, New: c.New})
}

// disown makes a hotkey nobody's.
func disown(l *ledger.Ledger, hotkey, coldkey keys.Account) error {
	if err := l.Delete(ownedKey(coldkey, hotkey)); err != nil {
		return err
	}
	return l.Delete(hotkeyKey(hotkey))
}

// renameFamily puts new in the place of old among children and parents on a subnet.
func renameFamily(l *ledger.Ledger, subnetID uint64, old, new keys.Account) error {
	var c Children
	ok, err := ledger.Load(l, childrenKey(subnetID, old), &c)
	if err != nil {
		return err
	}
	if ok {
		if err := shift(l, childrenKey(subnetID, old), childrenKey(subnetID, new), c); err != nil {
			return err
		}
	}
	for _, child := range c.List {
		p, err := ReadParents(l, subnetID, child.Hotkey)
		if err != nil {
			return err
		}
		rename(p.List, old, new)
		if err := l.Put(parentsKey(subnetID, child.Hotkey), p); err != nil {
			return err
		}
	}
	var p Parents
	if ok, err = ledger.Load(l, parentsKey(subnetID, old), &p); err != nil {
		return err
	}
	if ok {
		if err := shift(l, parentsKey(subnetID, old), parentsKey(subnetID, new), p); err != nil {
			return err
		}
	}
	for _, parent := range p.List {
		c, err := ReadChildren(l, subnetID, parent.Hotkey)
		if err != nil {
			return err
		}
		rename(c.List, old, new)
		if err := l.Put(childrenKey(subnetID, parent.Hotkey), c); err != nil {
			return err
		}
	}
	return nil
}

// shift writes v at a key instead of at another.
func shift(l *ledger.Ledger, from, to ledger.Key, v any) error {
	if err := l.Delete(from); err != nil {
		return err
	}
	return l.Put(to, v)
}

func rename(list []Link, old, new keys.Account) {
	for i := range list {
		if list[i].Hotkey == old {
			list[i].Hotkey = new
		}
	}
}
