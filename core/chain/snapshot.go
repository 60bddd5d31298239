package chain

import (
	"fmt"

	"github.com/taolight/taolight/core/keys"
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
	s := &specReader{jsonReader: newJSONReader(file), genesis: g, sum: g.Issuance(), seen: seenOf(g)}
	have := map[keys.Account]bool{}
	for _, b := range g.Balances {
		have[b.Address] = true
	}
	err := s.object("$", map[string]field{
		"balances": {required: true, read: func(p string) error {
			return s.pairs(p, func(path string, address keys.Account) error {
				if have[address] {
					return s.fail(path, "the genesis gives this address a balance already")
				}
				b := Balance{Address: address}
				if err := s.rao(path, &b.Free); err != nil {
					return err
				}
				g.Balances = append(g.Balances, b)
				return nil
			})
		}},
		"stakes": {required: true, read: func(p string) error { return s.pairs(p, s.snapshotColdkey) }},
	})
	if err == nil {
		err = s.end()
	}
	if err != nil {
		return err
	}
	g.sort()
	return nil
}

func (s *specReader) snapshotColdkey(path string, coldkey keys.Account) error {
	return s.pairs(path, func(path string, hotkey keys.Account) error {
		st := StakeOf{Coldkey: coldkey, Hotkey: hotkey}
		return s.stake(path, st, func(a *tao.Amount) error {
			if err := s.open(path, '[', "[rao, uid]"); err != nil {
				return err
			}
			if err := s.rao(path+"[0]", a); err != nil {
				return err
			}
			uid := uint64(0)
			if err := s.uint(path+"[1]", 1<<16-1, &uid); err != nil {
				return err
			}
			return s.open(path, ']', "two numbers")
		})
	})
}

// rao reads an amount written as a number and counts it.
func (s *specReader) rao(path string, a *tao.Amount) error {
	n := uint64(0)
	if err := s.uint(path, uint64(tao.Cap), &n); err != nil {
		return err
	}
	*a = tao.Amount(n)
	return s.count(path, *a)
}
