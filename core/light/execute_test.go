package light

import (
	"errors"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/state"
)

// Only the block's own failure over a whole witness accuses the producers.
func TestFraudulent(t *testing.T) {
	own := errors.New("the block's own")
	broken := &ProgramError{Program: chain.ReplayProgram, Err: own}
	for name, c := range map[string]struct {
		failed, err error
		want        bool
	}{
		"the block fails":         {own, own, true},
		"it does not":             {nil, &state.UnusedError{Nodes: 1}, false},
		"over a gap":              {own, &state.MissingError{}, false},
		"this program broke down": {broken, broken, false},
	} {
		if got := fraudulent(c.failed, c.err); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	var x Execution
	var found *ProgramError
	if err := x.run(nil, chain.Block{AppVersion: chain.AppVersion}); !errors.As(err, &found) || VerdictOf(err) != Inconclusive {
		t.Errorf("a breakdown: %v", err)
	}
}

// A set after updates is ordered by falling power, then by address, whatever the order of the updates.
func TestChangedProducers(t *testing.T) {
	key := func(n byte) [32]byte { return [32]byte{n} }
	set := &ValidatorSet{List: []Validator{NewValidator(key(1), 9), NewValidator(key(2), 5), NewValidator(key(3), 5)}}
	got := set.changed([]chain.Producer{{PubKey: key(1), Power: 1}, {PubKey: key(2), Power: 0}, {PubKey: key(4), Power: 7}, {PubKey: key(5), Power: 5}})
	want := []Validator{NewValidator(key(4), 7), NewValidator(key(3), 5), NewValidator(key(5), 5), NewValidator(key(1), 1)}
	if byPower(want[1], want[2]) > 0 {
		want[1], want[2] = want[2], want[1]
	}
	if len(got.List) != len(want) {
		t.Fatalf("%d producers, want %d", len(got.List), len(want))
	}
	for i := range want {
		if got.List[i].PubKey != want[i].PubKey || got.List[i].Power != want[i].Power {
			t.Errorf("place %d: power %d of %x", i, got.List[i].Power, got.List[i].PubKey[0])
		}
	}
	if len(set.List) != 3 || set.List[0].Power != 9 {
		t.Error("the set before was changed")
	}
}
