package forms_test

import (
	"errors"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/forms"
)

// FuzzDecode: a form that was read holds a value that the chain's encoding has a form for, or the error names a field.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"who": "bob", "sum": "1.5", "netuid": 7, "all": true}`))
	f.Add([]byte(`{"who": "bob", "sum": "1", "netuid": "0x1", "all": false, "hash": "0x00ff00ff", "bytes": "0x", "uids": [1, 65535], "low": -32768}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var e everything
		err := forms.Decode(&e, raw, names)
		var named *forms.Error
		if err != nil && !errors.As(err, &named) {
			t.Fatalf("%T %v", err, err)
		}
		if err == nil {
			reencodes(t, e)
		}
	})
}

// FuzzParse is the same for what is typed into a form's fields.
func FuzzParse(f *testing.F) {
	f.Add("bob", "1.5", "7", "YES", "1,2,3")
	f.Add("", "1e3", "-1", "true", "")
	f.Add("bob", "500rao", "07", "false", `"`)
	f.Fuzz(func(t *testing.T, who, sum, netuid, all, uids string) {
		var e everything
		err := forms.Parse(&e, map[string]string{"who": who, "sum": sum, "netuid": netuid, "all": all, "uids": uids}, names)
		var named *forms.Error
		if err != nil && !errors.As(err, &named) {
			t.Fatalf("%T %v", err, err)
		}
		if err == nil {
			reencodes(t, e)
		}
	})
}

func reencodes(t *testing.T, e everything) {
	t.Helper()
	b, err := codec.Encode(e)
	if err != nil {
		t.Fatalf("%+v: %v", e, err)
	}
	var again everything
	if err := codec.Decode(b, &again); err != nil {
		t.Fatalf("%+v: %v", e, err)
	}
}
