package events

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/batch"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/registration"
	"github.com/taolight/taolight/core/stake"
	"github.com/taolight/taolight/core/subnet"
	"github.com/taolight/taolight/core/tao"
)

// emitted finds the names under which packages of core emit events, with the type of their data where that stands there.
func emitted(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for i, arg := range call.Args {
				lit, ok := arg.(*ast.BasicLit)
				name := types.ExprString(call.Fun)
				if !ok || lit.Kind != token.STRING || !(strings.HasSuffix(name, ".Emit") && i == 0 || name == "putTake") {
					continue
				}
				text, _ := strconv.Unquote(lit.Value)
				data := ""
				if composite, ok := call.Args[len(call.Args)-1].(*ast.CompositeLit); ok {
					data = types.ExprString(composite.Type)
					if !strings.Contains(data, ".") {
						data = file.Name.Name + "." + data
					}
				}
				all[text] = append(all[text], data)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The table has every event that core emits, with its type, and no other.
func TestTableHasWhatIsEmitted(t *testing.T) {
	all := emitted(t)
	for name, types := range all {
		typ, ok := Lookup(name)
		if !ok {
			t.Errorf("%s is emitted and not in the table", name)
			continue
		}
		for _, data := range types {
			if data != "" && data != typ.data.String() {
				t.Errorf("%s: emitted with a %s, the table has %s", name, data, typ.data)
			}
		}
	}
	for _, typ := range Table {
		if all[typ.Name] == nil {
			t.Errorf("nothing emits %s", typ.Name)
		}
		if typ.Doc == "" {
			t.Errorf("%s has no words", typ.Name)
		}
	}
	if !slices.IsSortedFunc(Table, func(a, b Type) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the table is not sorted by name")
	}
}

func event(t *testing.T, name string, data any) ledger.Event {
	t.Helper()
	b, err := codec.Encode(data)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Event{Name: name, Data: b}
}

// Every event can be read, whatever its fields are.
func TestReadEach(t *testing.T) {
	for _, typ := range Table {
		got, err := Read(event(t, typ.Name, reflect.Zero(typ.data).Interface()))
		if err != nil || len(got) == 0 {
			t.Errorf("%s: %v, %v", typ.Name, got, err)
		}
	}
}

func TestRead(t *testing.T) {
	alice, bob := keys.Account{1}, keys.Account{2}
	tests := []struct {
		name string
		data any
		want []Field
	}{
		{"Transfer", account.Transferred{From: alice, To: bob, Amount: 5}, []Field{{"from", alice, false}, {"to", bob, false}, {"amount", tao.Amount(5), false}}},
		{"StakeMoved", stake.MovedBetween{Coldkey: alice, FromHotkey: bob, Amount: 1}, []Field{
			{"coldkey", alice, false}, {"from_hotkey", bob, false}, {"to_hotkey", keys.Account{}, false}, {"amount", tao.Amount(1), false},
		}},
		{"DelegateAdded", stake.TakeOf{Take: 7}, []Field{{"coldkey", keys.Account{}, false}, {"hotkey", keys.Account{}, false}, {"take", uint16(7), true}}},
		{"EmissionPaid", coinbase.EmissionPaid{Netuid: 1, Server: []uint64{4}}, []Field{
			{"netuid", uint16(1), false}, {"index", uint64(0), false}, {"server", []tao.Amount{4}, false}, {"validator", []tao.Amount{}, false},
		}},
		{"NeuronRegistered", registration.NeuronRegistered{Netuid: 1, UID: 2, Hotkey: bob, Coldkey: alice, How: registration.ByBurn, Burnt: 3}, []Field{
			{"netuid", uint16(1), false}, {"uid", uint16(2), false}, {"hotkey", bob, false}, {"coldkey", alice, false}, {"how", registration.ByBurn, false}, {"burnt", tao.Amount(3), false},
		}},
		{"BatchItemFailed", batch.Failed{Index: 2, Code: ledger.ZeroAmount}, []Field{{"index", uint64(2), false}, {"code", "ZeroAmount", false}}},
		{"ChildrenSet", stake.ChildrenOf{Netuid: 1, Children: []stake.Link{{Proportion: 9, Hotkey: bob}}}, []Field{
			{"netuid", uint16(1), false}, {"parent", keys.Account{}, false}, {"children", []any{[]Field{{"proportion", uint64(9), false}, {"hotkey", bob, false}}}, false},
		}},
		{"SubnetIdentitySet", subnet.IdentitySet{Netuid: 3, Identity: subnet.Identity{Name: "prose"}}, []Field{
			{"netuid", uint16(3), false}, {"name", "prose", false}, {"url", "", false}, {"contact", "", false}, {"description", "", false},
		}},
	}
	for _, test := range tests {
		got, err := Read(event(t, test.name, test.data))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v; want %+v", test.name, got, err, test.want)
		}
	}
}

// What no chain of this version emits is an error.
func TestReadStrange(t *testing.T) {
	var unknown *UnknownError
	if _, err := Read(event(t, "Miracle", uint64(1))); !errors.As(err, &unknown) {
		t.Errorf("an unknown name: %v", err)
	}
	if _, err := Read(event(t, "Transfer", uint64(1))); err == nil {
		t.Error("data of another type were read")
	}
}
