package chain

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/subnet"
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
		{"a producer without power", ProducersQuery, producerKey([20]byte{7}), None{}},
		{"a relay without peer id", RelaysQuery, ledger.TableRelay.Key().Byte(1), RelaysArgs{}},
		{"a relay that is a number", RelaysQuery, ledger.TableRelay.Key().Bytes(make([]byte, 32)), RelaysArgs{}},
		{"a proxy without kind", "proxies@1", ledger.TableProxy.Key().Account(who).Account(who), ProxiesArgs{Address: who}},
		{"an operation without index", "operations@1", ledger.TableMultisig.Key().Account(who).U64(1), OperationsArgs{Address: who}},
		{"an operation that is a number", "operations@1", ledger.TableMultisig.Key().Account(who).U64(1).U16(0).U16(0), OperationsArgs{Address: who}},
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

// So is a subnet whose columns or uids don't fit its size, for every query that reads them.
func TestMadeUpSubnetsAreRefused(t *testing.T) {
	hotkey := key(t, "//Alice//hotkey").Account()
	queries := map[string]any{
		"metagraph@1": MetagraphArgs{Netuid: 1}, "neuron@1": NeuronArgs{Netuid: 1, Hotkey: hotkey}, "hotkey@1": HotkeyArgs{Hotkey: hotkey},
		"delegates@1": PageArgs{},
	}
	uids := map[string]any{"axon@1": NeuronArgs{Netuid: 1, Hotkey: hotkey}, "commits@1": NeuronArgs{Netuid: 1, Hotkey: hotkey}}
	for _, c := range []struct {
		name   string
		change func(w *world, s subnet.Entry) error
	}{
		{"columns too short", func(w *world, s subnet.Entry) error {
			for _, column := range subnet.Columns {
				if err := ledger.Put(w.tree, subnet.Key(s.ID, subnet.FieldColumn).Byte(byte(column)), []byte{}); err != nil {
					return err
				}
			}
			return nil
		}},
		{"a uid beyond the others", func(w *world, s subnet.Entry) error {
			if err := ledger.Put(w.tree, subnet.Key(s.ID, subnet.FieldUID).Account(hotkey), uint16(9)); err != nil {
				return err
			}
			return w.tree.Delete(subnet.Key(s.ID, subnet.FieldHotkey).U16(0))
		}},
	} {
		w := newWorld(t)
		if code := w.one(w.tx(key(t, "//Alice"), "become_delegate", stake.BecomeDelegate{Hotkey: hotkey}, 0)); code != 0 {
			t.Fatal(code)
		}
		s, ok, err := subnet.Get(w.tree, 1)
		if err != nil || !ok {
			t.Fatal(err)
		}
		made := maps.Clone(queries)
		if c.name != "columns too short" {
			maps.Copy(made, uids) // who read no column
		}
		for id, args := range made {
			p, ok := Lookup(id)
			if !ok {
				t.Fatal(id)
			}
			if _, err := p.Run(w.tree, codec.MustEncode(args)); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
		if err := c.change(w, s); err != nil {
			t.Fatal(err)
		}
		for id, args := range made {
			p, _ := Lookup(id)
			if answer, err := p.Run(w.tree, codec.MustEncode(args)); err == nil {
				t.Errorf("%s, %s: answered %x", c.name, id, answer)
			}
		}
	}
}

// A program names the argument that it doesn't take, and what it would.
func TestMetagraphColumns(t *testing.T) {
	program, _ := Lookup(MetagraphQuery)
	bad := MetagraphArgs{Netuid: 1, Select: []string{"hotkeys", "foo"}}
	_, err := program.Run(state.New(), codec.MustEncode(bad))
	for _, says := range []error{err, bad.Check()} {
		if says == nil || !strings.Contains(says.Error(), `no column "foo"; there are hotkeys, coldkeys, stake, registered_at, `) {
			t.Errorf("%v", says)
		}
	}
	if !errors.Is(err, ErrArguments) {
		t.Errorf("%v is no error about arguments", err)
	}
	for _, good := range [][]string{nil, {"lite"}, {"full"}, {"bonds", "stake"}} {
		if err := (MetagraphArgs{Select: good}).Check(); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
}
