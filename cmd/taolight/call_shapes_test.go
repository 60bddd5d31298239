package main

import (
	"encoding/json"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/multisig"
	"github.com/taolight/taolight/core/weights"
)

func TestShareOf(t *testing.T) {
	for _, c := range []struct {
		text, want string
		of         *big.Int
	}{
		{"0%", "0", share16}, {"100%", "65535", share16}, {"9%", "5898", share16}, {"18%", "11796", share16}, {"0.001%", "0", share16},
		{"11796", "11796", share16}, {"anything", "anything", share16}, // read where all numbers are
		{"100%", "18446744073709551615", wide}, {"25%", "4611686018427387903", wide},
	} {
		if got, err := shareOf(c.text, c.of); err != nil || got != c.want {
			t.Errorf("%s of %s: got %s, %v, want %s", c.text, c.of, got, err, c.want)
		}
	}
	for _, text := range []string{"%", "-1%", "100.1%", "1e3%", "1/2%", "..%", "0x1%"} {
		if got, err := shareOf(text, share16); err == nil {
			t.Errorf("%q is taken as %s", text, got)
		}
	}
}

func TestScaled(t *testing.T) {
	for text, want := range map[string]string{
		"":             "",
		"3,1":          "3,1",
		"0,65535":      "0,65535",
		"0.75, 0.25":   "65535,21845",
		"0.5,0.5":      "65535,65535",
		"65536,32768":  "65535,32768",
		"0.0,0.0":      "0,0",
		"1,0.00000001": "65535,0",
	} {
		if got, err := scaled(text); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"1,x", "-1", "1,,2", "1e5", "NaN", "0.5/2"} {
		if got, err := scaled(text); err == nil {
			t.Errorf("%q is taken as %q", text, got)
		}
	}
	rapid.Check(t, func(r *rapid.T) {
		row := rapid.SliceOfN(rapid.Uint32(), 1, 8).Draw(r, "row")
		texts := make([]string, len(row))
		for i, v := range row {
			texts[i] = strconv.FormatUint(uint64(v), 10) + ".5"
		}
		got, err := scaled(strings.Join(texts, ","))
		if err != nil {
			r.Fatal(err)
		}
		for i, text := range strings.Split(got, ",") {
			n, err := strconv.ParseUint(text, 10, 16)
			if err != nil {
				r.Fatalf("%s: %v", got, err)
			}
			for k := range row {
				if m, _ := strconv.ParseUint(strings.Split(got, ",")[k], 10, 16); row[i] > row[k] && n < m {
					r.Fatalf("%v became %s: another order", texts, got)
				}
			}
		}
	})
}

// The hash that is committed to is of the row that is printed to be revealed.
func TestSealedWeightsCanBeRevealed(t *testing.T) {
	me := keys.Account{7}
	in := &callInput{signer: me, texts: map[string]string{"netuid": "3", "uids": "1, 2", "weights": "0.5,0.25", "version-key": "9"}}
	if err := sealWeights(in); err != nil {
		t.Fatal(err)
	}
	kept := map[string]string{}
	for _, n := range in.note {
		kept[n[0]] = n[1]
	}
	o := weights.Opening{UIDs: []uint16{1, 2}, Values: []uint16{65_535, 32_768}, Version: 9}
	for _, text := range strings.Split(kept["salt"], ",") {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil {
			t.Fatal(err)
		}
		o.Salt = append(o.Salt, uint16(n))
	}
	if want := weights.Seal(me, 3, o).String(); in.texts["hash"] != want || len(o.Salt) < 8 || kept["weights"] != "65535,32768" {
		t.Errorf("sealed %v, kept %v, want %s", in.texts, kept, want)
	}
}

func TestGroupIsSortedWithoutTheSigner(t *testing.T) {
	names := []string{"//Charlie", "//Alice", "//Bob"}
	var members []keys.Account
	for _, n := range names {
		k, err := sign.FromURI(n)
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, k.Account())
	}
	for i, me := range members {
		in := &callInput{app: new(app), signer: me, texts: map[string]string{"signatories": strings.Join(names, ","), "threshold": "2"}}
		if err := shapeGroup(in); err != nil {
			t.Fatal(err)
		}
		var g struct {
			Threshold string         `json:"threshold"`
			Others    []keys.Account `json:"other_signatories"`
		}
		if err := json.Unmarshal([]byte(in.texts["group"]), &g); err != nil {
			t.Fatal(err)
		}
		if len(g.Others) != 2 || string(g.Others[0][:]) > string(g.Others[1][:]) || reflect.DeepEqual(g.Others[0], me) || reflect.DeepEqual(g.Others[1], me) {
			t.Errorf("%s: others are %v", names[i], g.Others)
		}
		if multisig.Account(2, append(g.Others, me)) != multisig.Account(2, members) {
			t.Errorf("%s: another group", names[i])
		}
	}
}

// What a receipt prints as arguments is what the command line and scenarios read.
func TestPlainArgumentsAreRead(t *testing.T) {
	text := `{"calls":[{"call":"transfer","args":{"to":"//Bob","amount":"5"}},{"call":"set_children","args":{"netuid":1,"hotkey":"//Bob","children":[{"proportion":"18446744073709551615","hotkey":"//Eve"}]}}]}`
	a := new(app)
	first := decodeCall(t, a, "batch", text)
	again := decodeCall(t, a, "batch", toJSON(plain(first, false)))
	if !reflect.DeepEqual(first, again) {
		t.Errorf("%+v came back as %+v", first, again)
	}
}

func decodeCall(t *testing.T, a *app, name, text string) any {
	t.Helper()
	call, ok := chain.LookupCall(name)
	if !ok {
		t.Fatalf("no call %s", name)
	}
	dst := reflect.New(reflect.TypeOf(call.Args()))
	if err := forms.Decode(dst.Interface(), []byte(text), a.address); err != nil {
		t.Fatal(err)
	}
	return dst.Elem().Interface()
}
