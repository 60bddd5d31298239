package stake

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/tao"
)

// Reward pays a hotkey what it earned as a miner (server) and as a validator; the caller has taken both, in rao, out of
// the pending emission. The owner stakes the server part and the take of the validator part; the rest raises the pool for
// all who hold shares of it, the owner too. Where the hotkey is no delegate, or nobody holds a share, all is the owner's.
//
// The raise comes first, so that the new stake earns nothing of it. Every rao is in the pool afterwards, whatever the
// shares round to. An error is not a refusal: a hotkey that earns has an owner.
func Reward(l *ledger.Ledger, hotkey keys.Account, server, validator tao.Amount) error {
	if server == 0 && validator == 0 {
		return nil
	}
	h, ok, err := GetHotkey(l, hotkey)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("stake: the hotkey %s earned %d rao and nobody owns it", hotkey, server+validator)
	}
	pool := &h.Pool
	if err := pool.open(l); err != nil {
		return err
	}
	own, rest := server+validator, tao.Amount(0)
	if h.Delegate && pool.Shares != (Shares{}) {
		rest = validator - takeOf(validator, h.Take)
		own -= rest
	}
	pool.Value += rest
	l.Totals.Staked += rest
	if own > 0 {
		if err := earn(l, pool, own); err != nil {
			return err
		}
	}
	return l.Put(hotkeyKey(hotkey), h)
}

// earn turns amount into shares of the hotkey's owner. Where they round to none it raises the pool.
func earn(l *ledger.Ledger, pool *Pool, amount tao.Amount) error {
	held := pool.Own.int()
	minted, err := pool.mint(amount)
	if err != nil {
		return err
	}
	l.Totals.Staked += amount
	return writeShares(l, pool.Owner, pool, held, new(big.Int).Add(held, minted))
}

// takeOf returns ⌊amount·r⌋ with r = take/65535 cut off at 64 binary digits first, as the reference chain does.
func takeOf(amount tao.Amount, take uint16) tao.Amount {
	if take == math.MaxUint16 {
		return amount
	}
	r, _ := bits.Div64(uint64(take), 0, math.MaxUint16)
	hi, _ := bits.Mul64(uint64(amount), r)
	return tao.Amount(hi)
}

// RewardOn is [Reward] for what a hotkey earned on one subnet. Its parents there get their part of what it earned as a
// validator: ⌊validator·c/weight⌋ with c what the parent's stake adds to the [Weight], less the childkey take where the
// parent belongs to another coldkey. What is left is the hotkey's own. It counts stakes as they are when it is called.
func RewardOn(l *ledger.Ledger, subnetID uint64, hotkey keys.Account, server, validator tao.Amount) error {
	if validator == 0 {
		return Reward(l, hotkey, server, 0)
	}
	parents, err := ReadParents(l, subnetID, hotkey)
	if err != nil {
		return err
	}
	if len(parents.List) == 0 {
		return Reward(l, hotkey, server, validator)
	}
	own, given, err := contributions(l, subnetID, hotkey, parents)
	if err != nil {
		return err
	}
	weight := own
	for _, g := range given {
		weight += g
	}
	owner, _, err := Owner(l, hotkey)
	if err != nil {
		return err
	}
	rest := validator
	for i, p := range parents.List {
		if given[i] == 0 {
			continue
		}
		part := portion(validator, given[i], weight)
		parent, _, err := Owner(l, p.Hotkey)
		if err != nil {
			return err
		}
		if parent != owner {
			part -= takeOf(part, parents.Take)
		}
		rest -= part
		if err := Reward(l, p.Hotkey, 0, part); err != nil {
			return err
		}
	}
	return Reward(l, hotkey, server, rest)
}

// portion returns ⌊amount·part/all⌋, for a part that is at most all.
func portion(amount, part, all tao.Amount) tao.Amount {
	if part >= all {
		return amount
	}
	hi, lo := bits.Mul64(uint64(amount), uint64(part))
	q, _ := bits.Div64(hi, lo, uint64(all))
	return tao.Amount(q)
}
