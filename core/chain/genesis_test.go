package chain

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/state"
)

func TestGenesisFileRoundTrip(t *testing.T) {
	g := testGenesis(t)
	file, err := g.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseGenesis(file)
	if err != nil {
		t.Fatal(err)
	}
	if again.Hash() != g.Hash() || again.ChainID() != g.ChainID() {
		t.Errorf("hash %x, want %x", again.Hash(), g.Hash())
	}
	again.Salt[0]++
	if again.ChainID() == g.ChainID() {
		t.Error("another salt gives the same chain id")
	}
}

const (
	alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
	bob   = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty"
)

// file is a good genesis file around the given members.
func file(members string) string {
	return `{"name":"x","salt":"000102030405060708090a0b0c0d0e0f","time":1,"producers":[{"pubkey":"` + strings.Repeat("ab", 32) + `","power":1}]` + members + `}`
}

// Limits that go together with their partners only, in the order of their names: a file that was written is read back.
func TestHyperparametersComeInAnyOrder(t *testing.T) {
	g := testGenesis(t)
	p := &g.Subnets[0].Params
	p.MinDifficulty, p.MaxDifficulty, p.AlphaLow, p.AlphaHigh = 1, 50, 60_000, 61_000
	file, err := g.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := ParseGenesis(file); err != nil || back.Hash() != g.Hash() {
		t.Errorf("%v", err)
	}
	p.MinDifficulty = 51
	if file, err = g.Encode(); err != nil {
		t.Fatal(err)
	}
	var bad *GenesisError
	if _, err := ParseGenesis(file); !errors.As(err, &bad) || !strings.Contains(bad.Error(), "min_difficulty 51") {
		t.Errorf("%v", err)
	}
}

// A hyperparameter stands under any of its names, once.
func TestHyperparametersByOtherNames(t *testing.T) {
	with := func(params string) string {
		return file(`,"subnets":[{"netuid":1,"name":"a","owner":"` + alice + `","hotkeys":[],"params":{` + params + `}}]`)
	}
	g, err := ParseGenesis([]byte(with(`"yuma3_enabled":"1","max_weights_limit":"9"`)))
	if err != nil || !g.Subnets[0].Params.Yuma3 || g.Subnets[0].Params.MaxWeight != 9 {
		t.Errorf("%v", err)
	}
	if _, err := ParseGenesis([]byte(with(`"yuma3_enabled":"1","yuma3":"0"`))); err == nil || !strings.Contains(err.Error(), "yuma3 is given twice") {
		t.Errorf("%v", err)
	}
}

func TestBadGenesisFilesAreRefusedWithPathOffsetAndReason(t *testing.T) {
	if _, err := ParseGenesis([]byte(file(""))); err != nil {
		t.Fatalf("the good file: %v", err)
	}
	cases := []struct{ name, file, path, reason string }{
		{"empty", ``, `$`, "ends here"},
		{"not JSON", `{"name":"x",}`, `$`, "not JSON"},
		{"not an object", `[]`, `$`, "want an object"},
		{"unknown field", file(`,"colour":1`), `$.colour`, "unknown field"},
		{"repeated field", file(`,"time":2`), `$.time`, "repeated field"},
		{"missing field", `{"name":"x"}`, `$`, `"salt" is missing`},
		{"trailing", file("") + "1", `$`, "follows the end"},
		{"bad name", `{"name":"X y"}`, `$.name`, "lower-case"},
		{"no producer", `{"name":"x","salt":"000102030405060708090a0b0c0d0e0f","time":1}`, `$.producers`, "at least one"},
		{"same producer", strings.Replace(file(""), `"power":1}`, `"power":1},{"pubkey":"`+strings.Repeat("ab", 32)+`","power":1}`, 1), `$.producers[1].pubkey`, "twice"},
		{"no power", strings.Replace(file(""), `"power":1`, `"power":0`, 1), `$.producers[0].power`, "at least 1"},
		{"short salt", strings.Replace(file(""), `0d0e0f`, `0d0e`, 1), `$.salt`, "32 hex digits"},
		{"duplicate address", file(`,"balances":{"` + alice + `":"1","` + alice + `":"2"}`), `$.balances["` + alice + `"]`, "twice"},
		{"wrong checksum", file(`,"balances":{"` + alice[:47] + `Z":"1"}`), `$.balances["` + alice[:47] + `Z"]`, "checksum"},
		{"negative", file(`,"balances":{"` + alice + `":"-1"}`), `$.balances["` + alice + `"]`, "not an amount"},
		{"a number for an amount", file(`,"balances":{"` + alice + `":1}`), `$.balances["` + alice + `"]`, "want a string"},
		{"fraction", file(`,"balances":{"` + alice + `":"1.5"}`), `$.balances["` + alice + `"]`, "not an amount"},
		{"over 21 M", file(`,"balances":{"` + alice + `":"21000000000000000","` + bob + `":"1"}`), `$.balances["` + bob + `"]`, "21 million"},
		{"over 21 M with stakes", file(`,"balances":{"` + alice + `":"21000000000000000"},"stakes":{"` + alice + `":{"` + bob + `":"1"}}`), `$.stakes["` + alice + `"]["` + bob + `"]`, "21 million"},
		{"hotkey of two coldkeys", file(`,"stakes":{"` + alice + `":{"` + bob + `":"1"},"` + bob + `":{"` + bob + `":"1"}}`), `$.stakes["` + bob + `"]["` + bob + `"]`, "staked by"},
		{"netuid 0", file(`,"subnets":[{"netuid":0,"name":"a","owner":"` + alice + `"}]`), `$.subnets[0].netuid`, "root"},
		{"netuid too large", file(`,"subnets":[{"netuid":65536,"name":"a","owner":"` + alice + `"}]`), `$.subnets[0].netuid`, "65535"},
		{"limits that cross", file(`,"subnets":[{"netuid":1,"name":"a","owner":"` + alice + `","params":{"max_difficulty":"5"}}]`), `$.subnets[0].params`, "min_difficulty"},
		{"a foreign owner's hotkey", file(`,"subnets":[{"netuid":1,"name":"a","owner":"` + alice + `","hotkey":"` + alice + `"}]`), `$.subnets[0].hotkey`, "none of the hotkeys"},
		{"more power than CometBFT can count", strings.Replace(file(""), `"power":1`, `"power":1152921504606846976`, 1), `$.producers[0].power`, "to 1152921504606846975"},
		{"a fee that overflows", file(`,"params":{"fee_per_unit":"288230376151711744"}`), `$.params.fee_per_unit`, "at most"},
		{"unknown parameter", file(`,"params":{"tempo":1}`), `$.params.tempo`, "unknown field"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseGenesis([]byte(c.file))
			var bad *GenesisError
			if !errors.As(err, &bad) {
				t.Fatalf("got %v", err)
			}
			if bad.Path != c.path || !strings.Contains(bad.Reason, c.reason) {
				t.Errorf("got %v, want %s and %q", err, c.path, c.reason)
			}
		})
	}
}

func TestGenesisErrorPointsAtTheByte(t *testing.T) {
	f := file(`,"balances":{"` + alice + `":"-1"}`)
	_, err := ParseGenesis([]byte(f))
	var bad *GenesisError
	if !errors.As(err, &bad) || bad.Offset != int64(strings.Index(f, `"-1"`)+4) {
		t.Errorf("got %v", err)
	}
}

func TestSnapshot(t *testing.T) {
	base := func() *Genesis { g, _ := ParseGenesis([]byte(file(""))); return g }
	g := base()
	err := g.AddSnapshot([]byte(`{"stakes":{"` + alice + `":{"` + bob + `":[5,0],"` + alice + `":[0,1]}},"balances":{"` + bob + `":7}}`))
	if err != nil || g.Issuance() != 12 || len(g.Stakes) != 1 {
		t.Fatalf("%v, %+v", err, g)
	}
	if err := g.Apply(state.New()); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{
		"negative": `{"stakes":{},"balances":{"` + bob + `":-7}}`, "no balances": `{"stakes":{}}`,
		"too much": `{"stakes":{},"balances":{"` + bob + `":21000000000000001}}`, "three numbers": `{"balances":{},"stakes":{"` + alice + `":{"` + bob + `":[5,0,1]}}}`,
		"float": `{"stakes":{},"balances":{"` + bob + `":1e3}}`,
	} {
		var bad *GenesisError
		if err := base().AddSnapshot([]byte(s)); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParseGenesis(f *testing.F) {
	f.Add([]byte(file("")))
	f.Add([]byte(file(`,"balances":{"` + alice + `":"1"},"stakes":{"` + alice + `":{"` + bob + `":"1"}}`)))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := ParseGenesis(b)
		if err != nil {
			var bad *GenesisError
			if !errors.As(err, &bad) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		out, err := g.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseGenesis(out)
		if err != nil || again.Hash() != g.Hash() {
			t.Fatalf("%v", err)
		}
	})
}

func FuzzDecodeTx(f *testing.F) {
	w := newWorld(f)
	f.Add(w.tx(key(f, "//Alice"), "transfer", struct{}{}, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		tx, err := DecodeTx(b)
		if err != nil {
			return
		}
		if !bytes.Equal(mustEncode(tx), b) {
			t.Fatal("two encodings of one transaction")
		}
	})
}
