package chain

import (
	"fmt"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/strictjson"
	"github.com/taolight/taolight/core/tao"
)

// AddSnapshot adds the balances and stakes of a published snapshot to the genesis:
//
//	{"stakes": {"COLDKEY": {"HOTKEY": [rao, uid on the old chain]}}, "balances": {"ADDRESS": rao}}
//
// Stakes of zero are left out. Addresses that the genesis holds already, sums over 21 million TAO and all that
// [ParseGenesis] would refuse are refused with a [*GenesisError].
func (g *Genesis) AddSnapshot(file []byte) error {
	if len(file) > maxGenesisBytes {
		return &GenesisError{Path: "$", Reason: fmt.Sprintf("%d bytes; at most %d are read", len(file), maxGenesisBytes)}
	}
	s := newSpecReader(file, g)
	have := map[keys.Account]bool{}
	for _, b := range g.Balances {
		have[b.Address] = true
	}
	err := s.Object(strictjson.Fields{
		"balances": {Required: true, Read: s.pairs(func(address keys.Account) error {
			if have[address] {
				return s.Fail("the genesis gives this address a balance already")
			}
			b := Balance{Address: address}
			if err := s.rao(&b.Free); err != nil {
				return err
			}
			g.Balances = append(g.Balances, b)
			return nil
		})},
		"stakes": {Required: true, Read: s.pairs(s.snapshotColdkey)},
	})
	if err == nil {
		err = s.End()
	}
	if err != nil {
		return genesisError(err)
	}
	g.sort()
	return nil
}

func (s *specReader) snapshotColdkey(coldkey keys.Account) error {
	return s.pairs(func(hotkey keys.Account) error {
		return s.stake(StakeOf{Coldkey: coldkey, Hotkey: hotkey}, func(a *tao.Amount) error {
			uid := uint64(0)
			return s.Tuple("[rao, uid]", func() error { return s.rao(a) }, s.uint(1<<16-1, &uid))
		})
	})()
}

// rao reads an amount written as a number and counts it.
func (s *specReader) rao(a *tao.Amount) error {
	n, err := s.Uint(uint64(tao.Cap))
	if err != nil {
		return err
	}
	*a = tao.Amount(n)
	return s.count(*a)
}
