package light_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
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
	if _, err := c.QueryAt(t.Context(), h, value, codec.MustEncode([]byte("key07"))); err != nil {
		t.Error(err)
	}
	if len(events) != 0 {
		t.Errorf("blamed: %+v", events)
	}
}

// A claimed state may hold anything, also what a program does not expect: that ends the question, not the process.
func TestProgramThatPanics(t *testing.T) {
	panics := lighttest.Program{Name: "panics@1", Func: func(r state.Reader, _ []byte) ([]byte, error) {
		v, err := r.Get([]byte("key07"))
		if err != nil {
			return nil, err
		}
		return v[:len(v)+1000], nil
	}}
	w := world(t)
	source := w.Source("r")
	witness := w.Witness
	source.Witnesses = func(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
		req.Program, req.Args = value.Name, codec.MustEncode([]byte("key07")) // reads the same
		return witness(ctx, req)
	}
	var blamed int
	c := client(t, w.Chain, func(cfg *light.Config) {
		cfg.Trust = light.TrustRoot{}
		cfg.OnEvent = func(light.Event) { blamed++ }
	}, source)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	p, err := c.Query(t.Context(), panics, nil)
	var no *light.ProgramError
	if !errors.As(err, &no) || no.Program != "panics@1" || light.VerdictOf(err) != light.Inconclusive || p.Value() != nil || blamed != 0 {
		t.Errorf("%v, %x, %d blamed", err, p.Value(), blamed)
	}
	// A witness that lacks what it needs goes on being that.
	source.Witnesses = func(context.Context, wire.WitnessRequest) (state.Witness, error) { return nil, nil }
	reads := lighttest.Program{Name: "panics@1", Func: func(r state.Reader, _ []byte) ([]byte, error) {
		v, _ := r.Get([]byte("key07"))
		return v[:1], nil
	}}
	if _, err := c.Query(t.Context(), reads, nil); light.Code(err) != "missing_node" {
		t.Errorf("without nodes: %v", err)
	}
}

// A tab that slept longer than the trusting period shows nothing as proven any more, without having to hear of a block
// first. Blocks older than that are still shown below a newest one that is not.
func TestNothingIsProvenFromAStaleHead(t *testing.T) {
	w := world(t)
	w.Step(lighttest.Spec{Wait: 10 * 24 * time.Hour}, nil)
	w.Step(lighttest.Spec{Wait: 10 * 24 * time.Hour}, nil)
	now := w.Now()
	for _, trusting := range []bool{true, false} {
		now = w.Now()
		c := client(t, w.Chain, func(cfg *light.Config) {
			cfg.Now = func() time.Time { return now }
			if cfg.Trust = w.Trust(w.Height() - 1); !trusting {
				cfg.Trust = light.TrustRoot{}
			}
		}, w.Source("r"))
		if _, err := c.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		both := func() (query, block error) {
			_, query = ask(t, c, "key07")
			_, block = c.Block(t.Context(), 2)
			return query, block
		}
		for _, after := range []time.Duration{0, 14*24*time.Hour - time.Second - 1} {
			now = w.Now().Add(after)
			if query, block := both(); query != nil || block != nil {
				t.Errorf("trusting %t, after %s: %v, %v", trusting, after, query, block)
			}
		}
		now = w.Now().Add(14*24*time.Hour - time.Second)
		query, block := both()
		for _, err := range []error{query, block} {
			var expired *light.ExpiredError
			if got := errors.As(err, &expired) && expired.Height == w.Height(); got != trusting || !trusting && err != nil {
				t.Errorf("trusting %t: %v", trusting, err)
			}
		}
	}
}
