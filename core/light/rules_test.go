package light_test

import (
	"errors"
	"testing"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
)

// A chain that follows other rules than the program knows is shown nothing of, and nobody is blamed for it.
func TestUnknownAppVersion(t *testing.T) {
	w := world(t)
	var events []light.Event
	c := client(t, w.Chain, func(cfg *light.Config) {
		cfg.AppVersion = 1
		cfg.OnEvent = func(e light.Event) {
			if e.Kind == light.EventBlame {
				events = append(events, e)
			}
		}
	}, w.Source("r"))
	w.Step(lighttest.Spec{App: 2, Txs: [][]byte{{1}}}, nil)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	newest := w.Height()
	refused := func(what string, err error) {
		t.Helper()
		var version *light.VersionError
		if !errors.As(err, &version) || *version != (light.VersionError{Height: newest, Got: 2, Known: 1}) {
			t.Fatalf("%s: %v", what, err)
		}
		if light.VerdictOf(err) != light.Inconclusive || light.Code(err) != "unknown_version" {
			t.Errorf("%s: %s, %s", what, light.VerdictOf(err), light.Code(err))
		}
	}
	_, err := ask(t, c, "key07")
	refused("query", err)
	_, err = c.Block(t.Context(), newest)
	refused("block", err)
	// What the known rules wrote is still shown.
	if _, err := c.Block(t.Context(), newest-1); err != nil {
		t.Error(err)
	}
	h, err := c.At(t.Context(), newest-1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.QueryAt(t.Context(), h, value, []byte{0x45, 'k', 'e', 'y', '0', '7'}); err != nil {
		t.Error(err)
	}
	if len(events) != 0 {
		t.Errorf("blamed: %+v", events)
	}
}
