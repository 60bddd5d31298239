package relays

import (
	"iter"
	"testing"

	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// counter notes the keys that are read or written.
type counter struct {
	state.Writer
	keys map[string]bool
}

func (c counter) Get(key []byte) ([]byte, error) {
	c.keys[string(key)] = true
	return c.Writer.Get(key)
}

func (c counter) Set(key, value []byte) error {
	c.keys[string(key)] = true
	return c.Writer.Set(key, value)
}

func (c counter) Delete(key []byte) error {
	c.keys[string(key)] = true
	return c.Writer.Delete(key)
}

func (c counter) Iterate(prefix, from []byte) iter.Seq2[state.Entry, error] {
	panic("a call walks no list")
}

// What the calls touch at worst is what they cost; a proxy's call touches its principal's account, which isn't the payer's.
func TestCostsAreDeclared(t *testing.T) {
	l := market(t)
	run(t, l, register(t, 1, alice, path), alice)
	l.Height = 15 // Alice's is over and not swept yet
	for _, c := range []struct {
		name string
		call interface {
			Run(*ledger.Ledger, keys.Account) error
		}
		cost ledger.Cost
	}{
		{"register_relay", register(t, 1, bob, path), RegisterCost},
		{"unregister_relay", Unregister{Peer: peerOf(t, 1)}, UnregisterCost},
	} {
		seen := counter{l.Writer, map[string]bool{}}
		l.Writer = seen
		err := c.call.Run(l, bob)
		l.Writer = seen.Writer
		if n := uint64(len(seen.keys)); err != nil || n != c.cost.Keys {
			t.Errorf("%s touches %d keys and pays for %d (%v)", c.name, n, c.cost.Keys, err)
		}
	}
}
