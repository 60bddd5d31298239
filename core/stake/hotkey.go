package stake

import (
	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
	"golang.org/x/crypto/blake2b"
)

// Hotkey is what the state holds about a hotkey that has an owner.
type Hotkey struct {
	_     struct{} `cbor:",toarray"`
	Owner keys.Account
	Nonce uint64 // of the next transaction that it signs itself, without a fee

	Delegate bool   // others may stake on it
	Take     uint16 // share of the dividends that the owner of a delegate keeps
	Raised   uint64 // block of the take's last increase, or of becoming a delegate

	Pool Pool // what is staked on it
}

func hotkeyKey(hotkey keys.Account) ledger.Key { return ledger.TableHotkey.Key().Account(hotkey) }

// ownedKey is the index from coldkeys to the hotkeys that they own.
func ownedKey(coldkey, hotkey keys.Account) ledger.Key {
	return ledger.TableOwned.Key().Account(coldkey).Account(hotkey)
}

// GetHotkey returns what the state holds about a hotkey, and whether it has an owner.
func GetHotkey(r state.Reader, hotkey keys.Account) (h Hotkey, ok bool, err error) {
	ok, err = ledger.Load(r, hotkeyKey(hotkey), &h)
	h.Pool.Hotkey, h.Pool.Owner = hotkey, h.Owner
	return h, ok, err
}

// Owner returns the coldkey that owns a hotkey, and whether it has an owner.
func Owner(r state.Reader, hotkey keys.Account) (keys.Account, bool, error) {
	h, ok, err := GetHotkey(r, hotkey)
	return h.Owner, ok, err
}

// SetOwner gives a hotkey that has none its owner.
func SetOwner(l *ledger.Ledger, hotkey, coldkey keys.Account) error {
	return putOwned(l, hotkey, Hotkey{Owner: coldkey, Nonce: account.FirstNonce(l.Height)})
}

// putOwned writes a hotkey that its owner didn't own before.
func putOwned(l *ledger.Ledger, hotkey keys.Account, h Hotkey) error {
	if err := l.Put(ownedKey(h.Owner, hotkey), true); err != nil {
		return err
	}
	return l.Put(hotkeyKey(hotkey), h)
}

// UseNonce uses up the nonce of a hotkey and returns it. It refuses with [ledger.HotKeyAccountNotExists] for a key that
// nobody owns.
func UseNonce(l *ledger.Ledger, hotkey keys.Account) (nonce uint64, err error) {
	var h Hotkey
	ok, err := ledger.Load(l, hotkeyKey(hotkey), &h)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, ledger.Refuse(ledger.HotKeyAccountNotExists, "%s is nobody's hotkey; only a hotkey signs this call", hotkey)
	}
	h.Nonce++
	return h.Nonce - 1, l.Put(hotkeyKey(hotkey), h)
}

// Own refuses unless coldkey owns hotkey: with [ledger.HotKeyAccountNotExists] or [ledger.NonAssociatedColdKey].
func Own(l *ledger.Ledger, hotkey, coldkey keys.Account) error {
	_, err := owned(l, hotkey, coldkey)
	return err
}

// owned is [Own], and returns the hotkey.
func owned(l *ledger.Ledger, hotkey, coldkey keys.Account) (Hotkey, error) {
	h, err := known(l, hotkey)
	if err == nil && h.Owner != coldkey {
		err = ledger.Refuse(ledger.NonAssociatedColdKey, "the hotkey %s belongs to %s", hotkey, h.Owner)
	}
	return h, err
}

// known returns a hotkey, and refuses with [ledger.HotKeyAccountNotExists] when nobody owns it.
func known(l *ledger.Ledger, hotkey keys.Account) (Hotkey, error) {
	h, ok, err := GetHotkey(l, hotkey)
	if err == nil && !ok {
		err = ledger.Refuse(ledger.HotKeyAccountNotExists, "nobody owns the hotkey %s; associate it with its coldkey first", hotkey)
	}
	return h, err
}

// open refuses unless coldkey may have stake on hotkey: its own, or a delegate. The refusal for another's is
// [ledger.NonAssociatedColdKey].
func open(l *ledger.Ledger, hotkey, coldkey keys.Account) error {
	h, err := known(l, hotkey)
	if err == nil && h.Owner != coldkey && !h.Delegate {
		err = ledger.Refuse(ledger.NonAssociatedColdKey, "the hotkey %s belongs to %s and is not a delegate", hotkey, h.Owner)
	}
	return err
}

// AssociateHotkey makes the signer the owner of a hotkey that has none. The hotkey signs [AssociationPayload], so that
// nobody can squat on another's.
type AssociateHotkey struct {
	_         struct{}     `cbor:",toarray"`
	Hotkey    keys.Account `json:"hotkey"`
	Scheme    sign.Scheme  `json:"scheme"`
	Signature [64]byte     `json:"signature"`
}

// AssociateHotkeyCost is what the call costs beyond its bytes.
var AssociateHotkeyCost = ledger.Cost{Keys: 2, Signatures: 1}

// AssociationDomain is the domain of the payload that a hotkey signs to accept its owner.
const AssociationDomain = "taolight-hotkey"

// AssociationPayload is what a hotkey signs to accept coldkey as its owner on one chain.
func AssociationPayload(chainID string, hotkey, coldkey keys.Account) []byte {
	b := append([]byte{byte(len(chainID))}, chainID...)
	return sign.Payload(AssociationDomain, blake2b.Sum256(append(append(b, hotkey[:]...), coldkey[:]...)))
}

// Run executes the call for signer. Refusals: HotkeyAlreadyOwned, InvalidHotkeySignature.
func (c AssociateHotkey) Run(l *ledger.Ledger, signer keys.Account) error {
	if err := consent(l, c.Hotkey, signer, c.Scheme, c.Signature); err != nil {
		return err
	}
	if err := SetOwner(l, c.Hotkey, signer); err != nil {
		return err
	}
	return l.Emit("HotkeyAssociated", Associated{Hotkey: c.Hotkey, Coldkey: signer})
}

// consent refuses unless hotkey is nobody's and has signed that it is to be coldkey's.
func consent(l *ledger.Ledger, hotkey, coldkey keys.Account, scheme sign.Scheme, signature [64]byte) error {
	owner, ok, err := Owner(l, hotkey)
	if err != nil {
		return err
	}
	if ok {
		return ledger.Refuse(ledger.HotkeyAlreadyOwned, "the hotkey %s belongs to %s", hotkey, owner)
	}
	payload := AssociationPayload(l.ChainID, hotkey, coldkey)
	if !sign.Verify(sign.Check{Scheme: scheme, Account: hotkey, Message: payload, Signature: signature}) {
		return ledger.Refuse(ledger.InvalidHotkeySignature, "the hotkey %s did not sign its association with %s on %s", hotkey, coldkey, l.ChainID)
	}
	return nil
}

// Associated is the event HotkeyAssociated: a hotkey got its owner.
type Associated struct {
	_               struct{} `cbor:",toarray"`
	Hotkey, Coldkey keys.Account
}
