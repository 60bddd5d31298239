package stake

import (
	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// Swap is an announced swap of a coldkey.
type Swap struct {
	_        struct{}     `cbor:",toarray"`
	Hash     [32]byte     `json:"hash"`  // BLAKE2b-256 of the new coldkey's 32 bytes
	Since    uint64       `json:"since"` // block of the announcement
	Disputed bool         `json:"disputed"`
	Begun    bool         `json:"begun"` // the delay passed without a dispute and a part has moved
	New      keys.Account `json:"new"`   // once it has begun
}

func swapKey(coldkey keys.Account) ledger.Key { return ledger.TableSwap.Key().Account(coldkey) }

// ReadSwap returns the swap that a coldkey has announced, and whether it has.
func ReadSwap(r state.Reader, coldkey keys.Account) (s Swap, ok bool, err error) {
	ok, err = ledger.Load(r, swapKey(coldkey), &s)
	return s, ok, err
}

// AnnounceColdkeySwap begins the exchange of the signer's coldkey for a new one, of which only the hash is told. The cost
// is recycled. [SwapColdkey] is allowed Params.ColdkeySwapDelay blocks later; in between, who still has the coldkey can
// [DisputeColdkeySwap]. Another announcement is allowed Params.ColdkeySwapReannounce blocks after the delay.
type AnnounceColdkeySwap struct {
	_    struct{} `cbor:",toarray"`
	Hash [32]byte `json:"hash"` // BLAKE2b-256 of the new coldkey's 32 bytes
}

// DisputeColdkeySwap stops the swap that the signer's coldkey has announced, for good: it can be neither executed nor
// announced again until governance clears the dispute ([ClearDispute]). Who finds a swap that he did not announce has
// lost his key to somebody; this keeps the thief from taking its name, too.
type DisputeColdkeySwap struct {
	_ struct{} `cbor:",toarray"`
}

// What the calls cost beyond their bytes.
var (
	AnnounceColdkeySwapCost = ledger.Cost{Keys: 2}
	DisputeColdkeySwapCost  = ledger.Cost{Keys: 1}
)

// SwapAnnounced is the event ColdkeySwapAnnounced.
type SwapAnnounced struct {
	_       struct{} `cbor:",toarray"`
	Coldkey keys.Account
	Hash    [32]byte
	From    uint64 // block in which the swap is allowed first
}

// SwapDisputed is the event ColdkeySwapDisputed, and ColdkeySwapCleared.
type SwapDisputed struct {
	_       struct{} `cbor:",toarray"`
	Coldkey keys.Account
}

// Run executes the call for signer. Refusals: ColdkeySwapDisputed, ColdkeySwapInProgress,
// ColdkeySwapReannouncedTooEarly, NotEnoughBalanceToPaySwapColdKey, ExistentialDeposit.
func (c AnnounceColdkeySwap) Run(l *ledger.Ledger, signer keys.Account) error {
	s, ok, err := ReadSwap(l, signer)
	if err != nil {
		return err
	}
	if ok {
		if err := s.pending(signer); err != nil {
			return err
		}
		delay, again := l.Params.ColdkeySwapDelay, l.Params.ColdkeySwapReannounce
		if age := l.Height - s.Since; age < delay || age-delay < again {
			return ledger.Refuse(ledger.ColdkeySwapReannouncedTooEarly,
				"a swap was announced in block %d; another can be from block %d on, this is block %d", s.Since, s.Since+delay+again, l.Height)
		}
	}
	cost := l.Params.ColdkeySwapCost
	if err := account.Debit(l, signer, cost, false, ledger.NotEnoughBalanceToPaySwapColdKey); err != nil {
		return err
	}
	l.Recycle(cost)
	if err := l.Put(swapKey(signer), Swap{Hash: c.Hash, Since: l.Height}); err != nil {
		return err
	}
	return l.Emit("ColdkeySwapAnnounced", SwapAnnounced{Coldkey: signer, Hash: c.Hash, From: l.Height + l.Params.ColdkeySwapDelay})
}

// pending refuses what is not allowed while a swap is disputed or goes on.
func (s Swap) pending(coldkey keys.Account) error {
	switch {
	case s.Disputed:
		return ledger.Refuse(ledger.ColdkeySwapDisputed, "the swap of %s was disputed; only governance clears that", coldkey)
	case s.Begun:
		return ledger.Refuse(ledger.ColdkeySwapInProgress, "the swap of %s for %s has begun; call swap_coldkey until it is done", coldkey, s.New)
	}
	return nil
}

// Run executes the call for signer. Refusals: ColdkeySwapAnnouncementNotFound, ColdkeySwapDisputed,
// ColdkeySwapInProgress.
func (c DisputeColdkeySwap) Run(l *ledger.Ledger, signer keys.Account) error {
	s, err := announced(l, signer)
	if err != nil {
		return err
	}
	if err := s.pending(signer); err != nil {
		return err
	}
	s.Disputed = true
	if err := l.Put(swapKey(signer), s); err != nil {
		return err
	}
	return l.Emit("ColdkeySwapDisputed", SwapDisputed{Coldkey: signer})
}

// ClearDispute forgets the disputed swap of a coldkey; it is for governance. Refusal: ColdkeySwapAnnouncementNotFound.
func ClearDispute(l *ledger.Ledger, coldkey keys.Account) error {
	s, err := announced(l, coldkey)
	if err != nil {
		return err
	}
	if !s.Disputed {
		return ledger.Refuse(ledger.ColdkeySwapAnnouncementNotFound, "the swap of %s is not disputed", coldkey)
	}
	if err := l.Delete(swapKey(coldkey)); err != nil {
		return err
	}
	return l.Emit("ColdkeySwapCleared", SwapDisputed{Coldkey: coldkey})
}

func announced(l *ledger.Ledger, coldkey keys.Account) (Swap, error) {
	s, ok, err := ReadSwap(l, coldkey)
	if err == nil && !ok {
		err = ledger.Refuse(ledger.ColdkeySwapAnnouncementNotFound, "%s has not announced a swap", coldkey)
	}
	return s, err
}
