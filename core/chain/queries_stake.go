package chain

import (
	"math/bits"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
)

// HotkeyArgs asks for one hotkey.
type HotkeyArgs struct {
	_      struct{}     `cbor:",toarray"`
	Hotkey keys.Account `json:"hotkey"`
}

// PageArgs asks for a page of a list from an account on, from its beginning when that is left out.
type PageArgs struct {
	_    struct{}     `cbor:",toarray"`
	From keys.Account `json:"from,omitempty"`
}

// NominatorsArgs asks for a page of those who staked on a hotkey.
type NominatorsArgs struct {
	_      struct{}     `cbor:",toarray"`
	Hotkey keys.Account `json:"hotkey"`
	From   keys.Account `json:"from,omitempty"`
}

const (
	hotkeysPerPage    = 512 // among which delegates are looked for
	nominatorsPerPage = 256
	blocksPerDay      = 7_200
)

func queryHotkey(r state.Reader, args *HotkeyArgs) (*view.Hotkey, error) {
	out := &view.Hotkey{Hotkey: args.Hotkey}
	h, ok, err := stake.GetHotkey(r, args.Hotkey)
	if err != nil || !ok {
		return out, err
	}
	out.Exists, out.Owner, out.Nonce, out.Delegate, out.Take = true, h.Owner, h.Nonce, h.Delegate, h.Take
	id, ok, err := stake.PoolOf(r, args.Hotkey, 0)
	if err != nil {
		return out, err
	}
	if ok {
		pool, err := stake.GetPool(r, id)
		if err != nil {
			return out, err
		}
		out.Stake, out.Nominators = pool.Value, pool.Holders
	}
	all, err := subnet.Everywhere(r)
	if err != nil {
		return out, err
	}
	for _, s := range all {
		reg, ok, err := registered(r, s, args.Hotkey)
		if err != nil {
			return out, err
		}
		if ok {
			out.Registrations = append(out.Registrations, reg)
		}
	}
	return out, nil
}

// registered returns a hotkey's uid on a subnet, and whether it has one.
func registered(r state.Reader, s subnet.Entry, hotkey keys.Account) (reg view.Registration, ok bool, err error) {
	uid, ok, err := uidOf(r, s, hotkey)
	if err != nil || !ok {
		return reg, ok, err
	}
	permits, err := columnOf[bool](r, s, subnet.ValidatorPermit)
	if err != nil {
		return reg, false, err
	}
	emission, err := columnOf[uint64](r, s, subnet.Emission)
	if err != nil {
		return reg, false, err
	}
	return view.Registration{Netuid: s.Netuid, UID: uid, Permit: permits[uid], Emission: tao.Amount(emission[uid])}, true, nil
}

func queryDelegates(r state.Reader, args *PageArgs) (*view.Delegates, error) {
	out := new(view.Delegates)
	page, next, err := stake.Delegates(r, args.From, hotkeysPerPage)
	if err != nil {
		return out, err
	}
	out.Next = next
	all, err := subnet.All(r)
	if err != nil {
		return out, err
	}
	for _, d := range page {
		daily, err := dailyReturn(r, all, d.Hotkey)
		if err != nil {
			return out, err
		}
		shared := daily - part(daily, uint64(d.Take), 65_535)
		out.Delegates = append(out.Delegates, view.Delegate{
			Hotkey: d.Hotkey, Owner: d.Owner, Take: d.Take, Total: d.Total, Nominators: d.Nominators,
			Daily: daily, ReturnPer1000: part(shared, uint64(1000*tao.TAO), uint64(max(d.Total, 1000*tao.TAO))),
		})
	}
	return out, nil
}

// part returns ⌊a·n/of⌋, which is at most a.
func part(a tao.Amount, n, of uint64) tao.Amount {
	hi, lo := bits.Mul64(uint64(a), n)
	q, _ := bits.Div64(hi, lo, of)
	return tao.Amount(q)
}

// dailyReturn is what a hotkey earned as a validator in its last epochs, at their pace for 7200 blocks.
func dailyReturn(r state.Reader, all []subnet.Entry, hotkey keys.Account) (sum tao.Amount, err error) {
	for _, s := range all {
		uid, ok, err := uidOf(r, s, hotkey)
		if err != nil {
			return 0, err
		}
		if !ok {
			continue
		}
		params, err := subnet.ReadParams(r, s.ID)
		if err != nil {
			return 0, err
		}
		earned, err := columnOf[uint64](r, s, subnet.ValidatorEmission)
		if err != nil {
			return 0, err
		}
		hi, lo := bits.Mul64(earned[uid], blocksPerDay)
		if hi < uint64(params.Tempo) {
			q, _ := bits.Div64(hi, lo, uint64(params.Tempo))
			sum += tao.Amount(q)
		}
	}
	return sum, nil
}

func queryNominators(r state.Reader, args *NominatorsArgs) (*view.Nominators, error) {
	out := &view.Nominators{Hotkey: args.Hotkey}
	id, ok, err := stake.PoolOf(r, args.Hotkey, 0)
	if err != nil || !ok {
		return out, err
	}
	pool, err := stake.GetPool(r, id)
	if err != nil {
		return out, err
	}
	out.Total = pool.Value
	page, next, err := stake.Nominators(r, id, args.From, nominatorsPerPage)
	if err != nil {
		return out, err
	}
	out.Next = next
	for _, n := range page {
		out.Nominators = append(out.Nominators, view.Nominator{Coldkey: n.Coldkey, Value: n.Value})
	}
	return out, nil
}
