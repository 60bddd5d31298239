package stake

import (
	"fmt"
	"math/big"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/subnet"
	"golang.org/x/crypto/blake2b"
)

// SwapColdkey moves everything of the signer to the announced coldkey: hotkeys, positions, subnets with their locks, and
// at last the balance. One call moves up to [SwapPage] hotkeys and positions; whoever has more calls again, with a rest
// that stays the signer's until then. Other deposits (proxies, multisig operations) must be taken back first.
type SwapColdkey struct {
	_   struct{}     `cbor:",toarray"`
	New keys.Account `json:"new"` // nobody's hotkey, without stake, hotkeys, subnets and deposits of its own making
}

// SwapPage is how many hotkeys and positions together one [SwapColdkey] moves.
const SwapPage = 64

// SwapColdkeyCost is what the call costs beyond its bytes.
var SwapColdkeyCost = ledger.Cost{Keys: 10 + 8*SwapPage + 4*costedSubnets}

// ColdkeySwap is the event ColdkeySwapped, and ColdkeySwapContinues where a rest is left.
type ColdkeySwap struct {
	_                  struct{} `cbor:",toarray"`
	Old, New           keys.Account
	Hotkeys, Positions uint64 // moved by this call
}

// Run executes the call for signer. Refusals: ColdkeySwapAnnouncementNotFound, ColdkeySwapDisputed, ColdkeySwapTooEarly,
// AnnouncedColdkeyHashDoesNotMatch, NewColdKeyIsHotkey, ColdKeyAlreadyAssociated, ColdkeyHasDeposits, ExistentialDeposit.
func (c SwapColdkey) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := announced(l, signer)
	if err != nil {
		return err
	}
	switch delay := l.Params.ColdkeySwapDelay; {
	case s.Disputed:
		return s.pending(signer)
	case l.Height-s.Since < delay:
		return ledger.Refuse(ledger.ColdkeySwapTooEarly, "announced in block %d; allowed from block %d on, this is block %d", s.Since, s.Since+delay, l.Height)
	case blake2b.Sum256(c.New[:]) != s.Hash:
		return ledger.Refuse(ledger.AnnouncedColdkeyHashDoesNotMatch, "%s is not the coldkey that was announced, whose hash is %x", c.New, s.Hash)
	}
	all, err := subnet.Everywhere(l)
	if err != nil {
		return err
	}
	if !s.Begun {
		if err := fresh(l, all, signer, c.New); err != nil {
			return err
		}
		s.Begun, s.New = true, c.New
		if err := l.Put(swapKey(signer), s); err != nil {
			return err
		}
	}
	if err := noDeposits(l, all, signer); err != nil {
		return err
	}
	moved := ColdkeySwap{Old: signer, New: c.New}
	done, err := moved.page(l)
	if err != nil {
		return err
	}
	if !done {
		return l.Emit("ColdkeySwapContinues", moved)
	}
	if err := finish(l, all, signer, c.New); err != nil {
		return err
	}
	return l.Emit("ColdkeySwapped", moved)
}

// fresh refuses a new coldkey that has more than a free balance: what it had would be mixed with what comes. What others
// gave to a key that never signed anything doesn't count: nobody can spoil a swap with a gift once the key is seen.
func fresh(l *ledger.Ledger, all []subnet.Entry, old, coldkey keys.Account) error {
	if _, ok, err := Owner(l, coldkey); err != nil || ok {
		if err == nil {
			err = ledger.Refuse(ledger.NewColdKeyIsHotkey, "%s is somebody's hotkey", coldkey)
		}
		return err
	}
	a, _, err := account.Get(l, coldkey)
	if err != nil {
		return err
	}
	_, swaps, err := ReadSwap(l, coldkey)
	if err != nil {
		return err
	}
	lock, subnets := subnet.Locked(all, coldkey)
	used := coldkey == old || swaps || a.Reserved > lock
	if signed := a.Nonce&(account.FirstNonce(1)-1) > 0; signed && !used {
		positions, _, err := Positions(l, coldkey, 0, 1)
		if err != nil {
			return err
		}
		hotkeys, _, err := Hotkeys(l, coldkey, keys.Account{}, 1)
		if err != nil {
			return err
		}
		used = len(positions)+len(hotkeys)+subnets > 0
	}
	if used {
		return ledger.Refuse(ledger.ColdKeyAlreadyAssociated, "%s must be new, but it has stake, hotkeys, subnets, deposits or a swap of its own", coldkey)
	}
	return nil
}

// noDeposits refuses a swap that would leave deposits whose records name the old coldkey.
func noDeposits(l *ledger.Ledger, all []subnet.Entry, coldkey keys.Account) error {
	a, _, err := account.Get(l, coldkey)
	if err != nil {
		return err
	}
	if lock, _ := subnet.Locked(all, coldkey); a.Reserved != lock {
		return ledger.Refuse(ledger.ColdkeyHasDeposits, "%d rao are reserved, %d of them for subnets; take the other deposits back first", a.Reserved, lock)
	}
	return nil
}

// page moves up to [SwapPage] hotkeys and positions, and says whether that was all. Hotkeys go first: what they earn
// from then on is the new coldkey's.
func (m *ColdkeySwap) page(l *ledger.Ledger) (done bool, err error) {
	hotkeys, _, err := Hotkeys(l, m.Old, keys.Account{}, SwapPage)
	if err != nil {
		return false, err
	}
	for _, hotkey := range hotkeys {
		if err := m.hotkey(l, hotkey); err != nil {
			return false, err
		}
	}
	m.Hotkeys = uint64(len(hotkeys))
	if len(hotkeys) == SwapPage {
		return false, nil
	}
	positions, next, err := Positions(l, m.Old, 0, SwapPage-len(hotkeys))
	if err != nil {
		return false, err
	}
	for _, p := range positions {
		if err := m.position(l, p.Pool); err != nil {
			return false, err
		}
	}
	m.Positions = uint64(len(positions))
	return next == 0, nil
}

// hotkey moves a hotkey with the position of its owner.
func (m *ColdkeySwap) hotkey(l *ledger.Ledger, hotkey keys.Account) error {
	h, ok, err := GetHotkey(l, hotkey)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("stake: %s is said to own %s, which nobody owns", m.Old, hotkey)
	}
	if err := l.Delete(ownedKey(m.Old, hotkey)); err != nil {
		return err
	}
	pool := &h.Pool
	held, zero := pool.Own.int(), new(big.Int)
	had, err := readShares(l, m.New, *pool)
	if err != nil {
		return err
	}
	if err := writeShares(l, m.Old, pool, held, zero); err != nil {
		return err
	}
	if err := writeShares(l, m.New, pool, had, zero); err != nil {
		return err
	}
	h.Owner, pool.Owner = m.New, m.New
	if err := writeShares(l, m.New, pool, zero, held.Add(held, had)); err != nil {
		return err
	}
	return putOwned(l, hotkey, h)
}

// position moves a position on somebody else's hotkey.
func (m *ColdkeySwap) position(l *ledger.Ledger, pool Pool) error {
	held, err := readShares(l, m.Old, pool)
	if err != nil {
		return err
	}
	had, err := readShares(l, m.New, pool)
	if err != nil {
		return err
	}
	if err := writeShares(l, m.Old, &pool, held, new(big.Int)); err != nil {
		return err
	}
	if err := writeShares(l, m.New, &pool, had, new(big.Int).Add(had, held)); err != nil {
		return err
	}
	return putPool(l, pool)
}

// finish moves what is left when hotkeys and positions have moved: subnets, their locks and the free balance.
func finish(l *ledger.Ledger, all []subnet.Entry, old, new keys.Account) error {
	lock, _ := subnet.Locked(all, old)
	if err := subnet.Reown(l, all, old, new); err != nil {
		return err
	}
	if err := account.MoveReserved(l, old, new, lock); err != nil {
		return err
	}
	a, _, err := account.Get(l, old)
	if err != nil {
		return err
	}
	if a.Free > 0 {
		if err := account.Debit(l, old, a.Free, true, ledger.InsufficientBalance); err != nil {
			return err
		}
		if err := account.Credit(l, new, a.Free); err != nil {
			return err
		}
	}
	if err := l.Delete(ledger.TableStaked.Key().Account(old)); err != nil {
		return err
	}
	return l.Delete(swapKey(old))
}
