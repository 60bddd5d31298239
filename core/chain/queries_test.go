package chain

import (
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
)

// Without a trust root a relay may show any state, also one whose keys no chain writes. That is an error, not the end.
func TestProgramsRefuseKeysThatNoChainWrites(t *testing.T) {
	who := keys.Account{7}
	share := func() ledger.Key { return ledger.TableShare.Key().Account(who) }
	for _, c := range []struct {
		name, program string
		key           ledger.Key
		args          any
	}{
		{"a share with half a pool", AccountQuery, share().Byte(1), AccountArgs{Address: who}},
		{"a share with more than a pool", AccountQuery, share().U64(1).Byte(0), AccountArgs{Address: who}},
		{"a netuid without number", SubnetsQuery, ledger.TableNetuid.Key(), None{}},
		{"a netuid with half a number", SubnetsQuery, ledger.TableNetuid.Key().Byte(1), None{}},
		{"a netuid with more than a number", SupplyQuery, ledger.TableNetuid.Key().U16(1).Byte(0), None{}},
		{"a netuid without subnet", SubnetsQuery, ledger.TableNetuid.Key().U16(7), None{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			var value any = uint64(1) // a subnet that there is
			if c.program == AccountQuery {
				value = stake.Shares{15: 1}
			}
			if c.name == "a netuid without subnet" {
				value = uint64(99)
			}
			if err := ledger.Put(w.tree, c.key, value); err != nil {
				t.Fatal(err)
			}
			p, _ := Lookup(c.program)
			if answer, err := p.Run(w.tree, codec.MustEncode(c.args)); err == nil {
				t.Errorf("answered %x", answer)
			}
		})
	}
}
