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
}

func hotkeyKey(hotkey keys.Account) ledger.Key { return ledger.TableHotkey.Key().Account(hotkey) }

// Owner returns the coldkey that owns a hotkey, and whether it has an owner.
func Owner(r state.Reader, hotkey keys.Account) (keys.Account, bool, error) {
	var h Hotkey
	ok, err := ledger.Load(r, hotkeyKey(hotkey), &h)
	return h.Owner, ok, err
}

// SetOwner gives a hotkey that has none its owner.
func SetOwner(l *ledger.Ledger, hotkey, coldkey keys.Account) error {
	return l.Put(hotkeyKey(hotkey), Hotkey{Owner: coldkey, Nonce: account.FirstNonce(l.Height)})
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

// own refuses unless coldkey owns hotkey.
func own(l *ledger.Ledger, hotkey, coldkey keys.Account) error {
	owner, ok, err := Owner(l, hotkey)
	switch {
	case err != nil:
		return err
	case !ok:
		return ledger.Refuse(ledger.HotKeyAccountNotExists, "nobody owns the hotkey %s; associate it with its coldkey first", hotkey)
	case owner != coldkey:
		return ledger.Refuse(ledger.NonAssociatedColdKey, "the hotkey %s belongs to %s", hotkey, owner)
	}
	return nil
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
var AssociateHotkeyCost = ledger.Cost{Keys: 1, Signatures: 1}

// AssociationDomain is the domain of the payload that a hotkey signs to accept its owner.
const AssociationDomain = "taolight-hotkey"

// AssociationPayload is what a hotkey signs to accept coldkey as its owner on one chain.
func AssociationPayload(chainID string, hotkey, coldkey keys.Account) []byte {
	b := append([]byte{byte(len(chainID))}, chainID...)
	return sign.Payload(AssociationDomain, blake2b.Sum256(append(append(b, hotkey[:]...), coldkey[:]...)))
}

// Run executes the call for signer. Refusals: HotkeyAlreadyOwned, InvalidHotkeySignature.
func (c AssociateHotkey) Run(l *ledger.Ledger, signer keys.Account) error {
	owner, ok, err := Owner(l, c.Hotkey)
	if err != nil {
		return err
	}
	if ok {
		return ledger.Refuse(ledger.HotkeyAlreadyOwned, "the hotkey %s belongs to %s", c.Hotkey, owner)
	}
	payload := AssociationPayload(l.ChainID, c.Hotkey, signer)
	if !sign.Verify(sign.Check{Scheme: c.Scheme, Account: c.Hotkey, Message: payload, Signature: c.Signature}) {
		return ledger.Refuse(ledger.InvalidHotkeySignature, "the hotkey %s did not sign its association with %s on %s", c.Hotkey, signer, l.ChainID)
	}
	if err := SetOwner(l, c.Hotkey, signer); err != nil {
		return err
	}
	return l.Emit("HotkeyAssociated", associated{Hotkey: c.Hotkey, Coldkey: signer})
}

type associated struct {
	_               struct{} `cbor:",toarray"`
	Hotkey, Coldkey keys.Account
}
