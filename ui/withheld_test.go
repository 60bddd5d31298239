//go:build !js

package main

import (
	"strings"
	"testing"

	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/ui/model"
)

// TestReplaysAreNotShownEither: what was computed again here keeps its mark only while something may be shown as checked.
func TestReplaysAreNotShownEither(t *testing.T) {
	for _, fragment := range []string{"#/verify", "#/node", "#/subnet/1", "#/neuron/1/1"} {
		a := full(t, fragment, "replayed")
		a.Proof = model.ProofPage{} // a file is checked by itself
		if !strings.Contains(draw(t, a), "mark-replayed") {
			t.Errorf("%s: no mark of a replay", fragment)
		}
		a.Status.Sync, a.Status.Fork = tab.Refused, &tab.Fork{Shared: 80}
		if strings.Contains(draw(t, a), "mark-replayed") {
			t.Errorf("%s: marked as replayed though producers signed two chains", fragment)
		}
	}
}
