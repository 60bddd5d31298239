package forms_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/batch"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/forms"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/proxy"
	"github.com/taolight/taolight/core/tao"
)

var bob = keys.Account{7, 7}

func names(text string) (keys.Account, error) {
	if text == "bob" {
		return bob, nil
	}
	return keys.Parse(text)
}

// everything has a field of each kind.
type everything struct {
	_      struct{}       `cbor:",toarray"`
	Who    keys.Account   `json:"who"`
	Sum    tao.Amount     `json:"sum"`
	Netuid uint16         `json:"netuid"`
	Big    uint64         `json:"big,omitempty"`
	Low    int16          `json:"low,omitempty"`
	All    bool           `json:"all"`
	Text   string         `json:"text,omitempty"`
	Hash   [4]byte        `json:"hash,omitempty"`
	Bytes  []byte         `json:"bytes,omitempty"`
	Uids   []uint16       `json:"uids,omitempty"`
	Others []keys.Account `json:"others,omitempty"`
	Kind   proxy.Kind     `json:"kind,omitempty"`
}

func TestDecode(t *testing.T) {
	want := everything{
		Who: bob, Sum: 5, Netuid: 65_535, Big: 1<<64 - 1, Low: -32_768, All: true, Text: "a, b", Hash: [4]byte{1, 2, 3, 4}, Bytes: []byte{5},
		Uids: []uint16{1, 2}, Others: []keys.Account{bob}, Kind: proxy.Staking,
	}
	for _, raw := range []string{
		`{"who":"bob","sum":"5","netuid":65535,"big":18446744073709551615,"low":-32768,"all":true,"text":"a, b","hash":"01020304","bytes":"05","uids":[1,2],"others":["bob"],"kind":"staking"}`,
		`{"who":"bob","sum":5,"netuid":"65535","big":"18446744073709551615","low":"-32768","all":true,"text":"a, b","hash":"0x01020304","bytes":"0x05","uids":["1","2"],"others":["bob"],"kind":"staking"}`,
	} {
		var got everything
		if err := forms.Decode(&got, []byte(raw), names); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
	}
	var parsed everything
	err := forms.Parse(&parsed, map[string]string{
		"who": "bob", "sum": "5", "netuid": "65535", "big": "18446744073709551615", "low": "-32768", "all": "true", "text": "a, b",
		"hash": "01020304", "bytes": "05", "uids": "1,2", "others": "bob", "kind": "staking",
	}, names)
	if err != nil || !reflect.DeepEqual(parsed, want) {
		t.Errorf("%+v, %v", parsed, err)
	}
}

func TestBadValuesNameTheirPath(t *testing.T) {
	const good = `{"who":"bob","sum":"5","netuid":1}`
	for _, c := range []struct{ raw, path string }{
		{`[]`, ""}, {`null`, ""}, {`{`, ""},
		{`{"sum":"5","netuid":1}`, "who"}, {strings.Replace(good, "bob", "eve", 1), "who"},
		{strings.Replace(good, `"5"`, `"-5"`, 1), "sum"}, {strings.Replace(good, `"5"`, `1.5`, 1), "sum"}, {strings.Replace(good, `"5"`, `null`, 1), "sum"},
		{strings.Replace(good, `1}`, `65536}`, 1), "netuid"}, {strings.Replace(good, `1}`, `-1}`, 1), "netuid"}, {strings.Replace(good, `1}`, `[1]}`, 1), "netuid"},
		{strings.Replace(good, `1}`, `1,"colour":1}`, 1), "colour"}, {strings.Replace(good, `1}`, `1,"all":1}`, 1), "all"},
		{strings.Replace(good, `1}`, `1,"hash":"0102"}`, 1), "hash"}, {strings.Replace(good, `1}`, `1,"hash":"zz020304"}`, 1), "hash"},
		{strings.Replace(good, `1}`, `1,"uids":[1,70000]}`, 1), "uids[1]"}, {strings.Replace(good, `1}`, `1,"uids":1}`, 1), "uids"},
		{strings.Replace(good, `1}`, `1,"kind":"king"}`, 1), "kind"},
	} {
		var got everything
		var bad *forms.Error
		if err := forms.Decode(&got, []byte(c.raw), names); !errors.As(err, &bad) || bad.Path != c.path {
			t.Errorf("%s: %v", c.raw, err)
		}
	}
	var got everything
	if err := forms.Parse(&got, map[string]string{"colour": "red"}, names); err == nil {
		t.Error("an unknown argument was taken")
	}
}

// A call inside a call is encoded as the chain reads it.
func TestNestedCalls(t *testing.T) {
	raw, err := forms.Encode(batch.Batch{}, []byte(`{"calls":[{"call":"transfer","args":{"to":"bob","amount":"3"}}]}`), names)
	if err != nil {
		t.Fatal(err)
	}
	var b batch.Batch
	var inner account.Transfer
	if err := codec.Decode(raw, &b); err != nil || len(b.Calls) != 1 || b.Calls[0].Call != "transfer" {
		t.Fatalf("%+v, %v", b, err)
	}
	if err := codec.Decode(b.Calls[0].Args, &inner); err != nil || inner != (account.Transfer{To: bob, Amount: 3}) {
		t.Errorf("%+v, %v", inner, err)
	}
	for _, c := range []struct{ raw, path string }{
		{`{"calls":[{"call":"fly","args":{}}]}`, "calls[0].call"},
		{`{"calls":[{"call":"transfer","args":{"to":"bob","amount":"x"}}]}`, "calls[0].args.amount"},
		{`{"calls":[{"call":"transfer","colour":1}]}`, "calls[0]"},
	} {
		var bad *forms.Error
		if _, err := forms.Encode(batch.Batch{}, []byte(c.raw), names); !errors.As(err, &bad) || bad.Path != c.path {
			t.Errorf("%s: %v", c.raw, err)
		}
	}
}

// Every call and query has fields that a form can show, and a name for each.
func TestEveryCallHasAForm(t *testing.T) {
	for _, c := range chain.Calls {
		for _, f := range forms.Fields(c.Args()) {
			if f.Name == "" || f.Kind == "" {
				t.Errorf("%s: %+v", c.Name, f)
			}
		}
		exported := 0
		args := reflect.TypeOf(c.Args())
		for i := range args.NumField() {
			if args.Field(i).IsExported() {
				exported++
			}
		}
		if got := len(forms.Fields(c.Args())); got != exported {
			t.Errorf("%s: %d of %d fields have a name", c.Name, got, exported)
		}
	}
}
