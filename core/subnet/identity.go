package subnet

import (
	"fmt"

	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// Identity is what a subnet says of itself.
type Identity struct {
	_           struct{} `cbor:",toarray"`
	Name        string   `json:"name"`
	URL         string   `json:"url"`
	Contact     string   `json:"contact"`
	Description string   `json:"description"`
}

// Most bytes of each part of an [Identity].
const (
	MaxName        = 64
	MaxURL         = 256
	MaxContact     = 256
	MaxDescription = 1024
)

// ReadIdentity returns what a subnet says of itself, nothing when it hasn't said anything.
func ReadIdentity(r state.Reader, id uint64) (i Identity, err error) {
	_, err = ledger.Load(r, Key(id, FieldIdentity), &i)
	return i, err
}

// tooLong returns the rule that an identity breaks, "" if it breaks none.
func (i Identity) tooLong() string {
	for _, part := range []struct {
		name, text string
		most       int
	}{{"name", i.Name, MaxName}, {"url", i.URL, MaxURL}, {"contact", i.Contact, MaxContact}, {"description", i.Description, MaxDescription}} {
		if len(part.text) > part.most {
			return fmt.Sprintf("the %s has %d bytes; at most %d are allowed", part.name, len(part.text), part.most)
		}
	}
	return ""
}

// Name gives a subnet its name at genesis.
func Name(l *ledger.Ledger, id uint64, name string) error {
	return l.Put(Key(id, FieldIdentity), Identity{Name: name})
}
