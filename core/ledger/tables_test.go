package ledger

import (
	"bytes"
	"testing"

	"github.com/taolight/taolight/core/keys"
)

// A key that is a prefix of another would make a prefix query of one answer for both.
func TestNoKeyIsAPrefixOfAnother(t *testing.T) {
	var a keys.Account
	shapes := map[string]Key{
		"params": TableGlobal.Key().Byte(fieldParams), "totals": TableGlobal.Key().Byte(fieldTotals),
		"spent work": TableGlobal.Key().Byte(FieldWork).U64(0).Bytes(make([]byte, 32)),
		"block":      TableGlobal.Key().Byte(fieldBlock), "source": TableGlobal.Key().Byte(fieldSource),
		"producer": TableProducer.Key().Bytes(make([]byte, 20)), "past": TablePast.Key().U64(0),
		"account": TableAccount.Key().Account(a), "pool": TablePool.Key().U64(0),
		"share": TableShare.Key().Account(a).U64(0), "hotkey": TableHotkey.Key().Account(a),
		"owned": TableOwned.Key().Account(a).Account(a), "holder": TableHolder.Key().U64(0).Account(a),
		"moved": TableStaked.Key().Account(a), "swap": TableSwap.Key().Account(a), "netuid": TableNetuid.Key().U16(0),
		"relay": TableRelay.Key().Bytes(make([]byte, 32)), "relay's end": TableRelayEnd.Key().U64(0).Bytes(make([]byte, 32)),
		"relay's owner": TableRelayOwner.Key().Account(a), "relays": TableGlobal.Key().Byte(FieldRelays),
		"subnet": TableSubnet.Key().U64(0).Byte(1), "income": TableSubnet.Key().U64(0).Byte(2), "member": TableSubnet.Key().U64(0).Byte(3).U16(0),
	}
	for name, k := range shapes {
		for other, o := range shapes {
			if name != other && bytes.HasPrefix(o, k) {
				t.Errorf("the key of %s, %x, is a prefix of the key of %s, %x", name, k, other, o)
			}
		}
	}
}
