package registration

import (
	"fmt"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration/work"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
)

// Register registers the signer, a hotkey, on a subnet for work: package work says which. A hotkey that nobody owns
// accepts the coldkey as its owner by signing this.
type Register struct {
	_       struct{}     `cbor:",toarray"`
	Netuid  uint16       `json:"netuid"`
	Block   uint64       `json:"block"` // height whose hash the work is on: one or two below that of the block that holds the call
	Nonce   uint64       `json:"nonce"`
	Work    [32]byte     `json:"work"` // the seal
	Hotkey  keys.Account `json:"hotkey"`
	Coldkey keys.Account `json:"coldkey"`
}

// RegisterCost is what the call costs beyond its bytes; see [BurnedRegisterCost].
var RegisterCost = ledger.Cost{Keys: 2*256 + 40}

// oldest is the age of the oldest block, in blocks, that work may be on.
const oldest = 2

// Run executes the call for signer. Refusals, in this order: HotkeyOriginMismatch, OperationNotPermittedOnRootSubnet,
// NetworkDoesNotExist, RegistrationDisabled, TooManyRegistrationsThisBlock, TooManyRegistrationsThisInterval,
// AlreadyRegistered, InvalidWorkBlock, InvalidDifficulty, InvalidSeal, WorkSpent, NonAssociatedColdKey,
// NoNeuronIdAvailable.
func (c Register) Run(l *ledger.Ledger, signer keys.Account) error {
	p, err := c.place(l, signer)
	if err != nil {
		return err
	}
	if err := p.limits(l, signer); err != nil {
		return err
	}
	if err := c.check(l, p.params.Difficulty); err != nil {
		return err
	}
	if err := l.Put(spentKey(c.Block).Bytes(c.Work[:]), true); err != nil {
		return err
	}
	if err := c.associate(l); err != nil {
		return err
	}
	return p.enter(l, signer, c.Coldkey, ByWork, 0)
}

// associate makes the coldkey the owner of the hotkey, which has signed for it. It refuses with NonAssociatedColdKey when
// there is another owner.
func (c Register) associate(l *ledger.Ledger) error {
	_, owned, err := stake.Owner(l, c.Hotkey)
	if err != nil {
		return err
	}
	if owned {
		return stake.Own(l, c.Hotkey, c.Coldkey)
	}
	if err := stake.SetOwner(l, c.Hotkey, c.Coldkey); err != nil {
		return err
	}
	return l.Emit("HotkeyAssociated", stake.Associated{Hotkey: c.Hotkey, Coldkey: c.Coldkey})
}

// Slot names what a mempool holds one of for each hotkey.
func (c Register) Slot() string { return fmt.Sprintf("register/%d", c.Netuid) }

// Precheck refuses what no block will hold because of the work itself, before anybody spends time on the signature: the
// refusals of Run without those of limits and owners.
func (c Register) Precheck(l *ledger.Ledger, signer keys.Account) error {
	p, err := c.place(l, signer)
	if err != nil {
		return err
	}
	return c.check(l, p.params.Difficulty)
}

// place returns where the signer wants to register, if it may by work.
func (c Register) place(r state.Reader, signer keys.Account) (p place, err error) {
	if c.Hotkey != signer {
		return p, ledger.Refuse(ledger.HotkeyOriginMismatch, "the work is for %s, signed by %s; a hotkey registers itself by work", c.Hotkey, signer)
	}
	if p, err = placeAt(r, c.Netuid); err != nil {
		return p, err
	}
	if !p.params.PowAllowed {
		err = ledger.Refuse(ledger.RegistrationDisabled, "subnet %d takes no registration by work: pow_registration_allowed is 0", c.Netuid)
	}
	return p, err
}

// check refuses unless the work is on a recent block, meets the difficulty, is what it says and has not been used, on
// whatever subnet.
func (c Register) check(l *ledger.Ledger, difficulty uint64) error {
	var on ledger.PastBlock
	var err error
	recent := c.Block < l.Height && l.Height-c.Block <= oldest
	if recent {
		on, recent, err = ledger.ReadPastBlock(l, c.Block)
	}
	if err != nil {
		return err
	}
	if !recent {
		return ledger.Refuse(ledger.InvalidWorkBlock, "the work is on block %d; in block %d it must be on one of the last %d", c.Block, l.Height, oldest)
	}
	if !work.Meets(c.Work, difficulty) {
		return ledger.Refuse(ledger.InvalidDifficulty, "the work %x is less than the difficulty %d asks for", c.Work, difficulty)
	}
	if seal := work.Seal(on.Hash, c.Hotkey, c.Nonce); seal != c.Work {
		return ledger.Refuse(ledger.InvalidSeal, "the work of nonce %d on block %d is %x, not %x", c.Nonce, c.Block, seal, c.Work)
	}
	spent, err := l.Get(spentKey(c.Block).Bytes(c.Work[:]))
	if err == nil && spent != nil {
		err = ledger.Refuse(ledger.WorkSpent, "the work %x has been used; search another nonce", c.Work)
	}
	return err
}

func spentKey(block uint64) ledger.Key {
	return ledger.TableGlobal.Key().Byte(ledger.FieldWork).U64(block)
}

// forgetWork deletes spent work on the block that is too old from the next block on.
func forgetWork(l *ledger.Ledger) error {
	if l.Height <= oldest { // there is no work on block 0
		return nil
	}
	var old []ledger.Key
	for e, err := range l.Iterate(spentKey(l.Height-oldest), nil) {
		if err != nil {
			return err
		}
		old = append(old, e.Key)
	}
	for _, key := range old {
		if err := l.Delete(key); err != nil {
			return err
		}
	}
	return nil
}
