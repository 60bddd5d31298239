package scenario

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/strictjson"
)

// FuzzRead: a script is read or refused with a place, and the same whether it arrives at once or byte by byte.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"accounts": {"//Alice": {"free": "1"}}, "blocks": [{"at": 1, "calls": []}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, err := read(bytes.NewReader(raw))
		var placed *strictjson.Error
		if err != nil && !errors.As(err, &placed) {
			t.Fatalf("%T %v", err, err)
		}
		if _, slow := read(iotest.OneByteReader(bytes.NewReader(raw))); (slow == nil) != (err == nil) {
			t.Fatalf("byte by byte %v, at once %v", slow, err)
		}
	})
}

// FuzzArguments: whatever stands as arguments of any call becomes those of the chain, or is refused at a place in the script.
func FuzzArguments(f *testing.F) {
	names := Names{
		Calls: []Alias{
			{Of: "transfer", Names: []string{"donate"}, Args: map[string]string{"who": "to"}, Fixed: map[string]string{"amount": "5"}},
			{Of: "transfer", Extra: []string{"x", "to"}, Shape: func(_ keys.Account, texts map[string]string) error {
				texts["to"], texts["amount"] = texts["x"], texts["to"]
				return nil
			}},
		},
		Defaults: map[string]string{"version": "0"},
		Values:   map[string]func(string) (string, error){"take": func(text string) (string, error) { return text, nil }},
	}
	for _, seed := range [][2]string{
		{"transfer", `{"to": "//Bob", "amount": 5, "all": "true"}`}, {"donate", `{"who": "//Bob"}`}, {"transfer", `{"x": "//Bob", "to": 5}`},
		{"set-weights", `{"netuid": "1", "uids": "1,2", "values": [1, "2"]}`}, {"increase_take", `{"hotkey": "//h", "take": 9}`},
		{"batch", `{"calls": [{"call": "donate", "args": {"to": "//Bob"}}, {"call": "unstake_all"}, {"call": 1}, 2]}`},
		{"proxy", `{"real": "//a", "proxy_type": "any", "call": {"call": "batch", "args": {"calls": []}}}`},
		{"set_hyperparameter", `{"netuid": 1, "name": "yuma3", "value": true}`},
	} {
		f.Add(seed[0], []byte(seed[1]))
	}
	calls := names.calls()
	f.Fuzz(func(t *testing.T, name string, raw []byte) {
		given, _ := members(raw)
		e, known := calls.find(name, given)
		if !known || !json.Valid(raw) || strictjson.NewReader(bytes.NewReader(raw)).SkipDistinct() != nil {
			return
		}
		w := newWriting(calls, keys.Account{}, "$.args")
		args, err := w.read(calls, e, raw, "", w.whole)
		if err == nil {
			var encoded []byte
			if encoded, err = w.encode(e, args); err == nil {
				call, _ := chain.LookupCall(e.name)
				if _, err := call.Decode(encoded); err != nil {
					t.Fatalf("%s %s: %v", name, raw, err)
				}
				return
			}
		}
		var placed *strictjson.Error
		if !errors.As(err, &placed) || !strings.HasPrefix(placed.Path, "$.args") {
			t.Fatalf("%T %v", err, err)
		}
	})
}
