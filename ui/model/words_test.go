package model

import (
	"testing"

	"github.com/taolight/taolight/core/tab"
)

// Relays agree when each showed a block that this tab verified, and not when they say so.
func TestRelaysInWords(t *testing.T) {
	on := func(claimed, verified uint64) tab.Relay {
		return tab.Relay{State: "connected", Height: claimed, Verified: verified}
	}
	for want, relays := range map[string][]tab.Relay{
		"no relay known yet": nil,
		"no relay answers":   {{State: "waiting"}, {State: "blocked"}},
		"1 relay":            {on(90, 90), {State: "spare"}},
		"2 relays agree":     {on(90, 90), on(89, 89), {State: "spare"}},
		"2 of 2 relays":      {on(90, 90), on(90, 40)},
		"2 of 3 relays":      {on(90, 90), on(90, 0), {State: "waiting"}, {State: "spare"}},
	} {
		a := &App{Status: tab.Status{Sync: tab.Live, Head: &tab.Block{Height: 90}, Relays: relays}}
		if got := a.Relays(); got != want {
			t.Errorf("%+v: %s, want %s", relays, got, want)
		}
	}
}
