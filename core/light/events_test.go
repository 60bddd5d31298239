package light_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

type paid struct {
	_  struct{} `cbor:",toarray"`
	To keys.Account
	N  uint64
}

// happened are n events of a block.
func happened(n int) []ledger.Event {
	out := make([]ledger.Event, n)
	for i := range out {
		out[i] = ledger.Event{Tx: int64(i) - 1, Name: fmt.Sprint("Paid", i), Data: codec.MustEncode(paid{To: keys.Account{byte(i)}, N: uint64(i)})}
	}
	return out
}

func encodedEvents(events []ledger.Event) [][]byte {
	out := make([][]byte, len(events))
	for i, e := range events {
		out[i] = codec.MustEncode(e)
	}
	return out
}

// eventful is a chain whose blocks 2 and 3 have five events and none, and in whose newest state (block 4's) the root of
// block 2 stands unless it was dropped.
func eventful(t testing.TB, drop bool) *lighttest.World {
	t.Helper()
	w := lighttest.NewWorld(lighttest.Options{}, []light.Program{chain.PastBlock}, func(w state.Writer) error {
		if err := ledger.WriteGenesis(w, ledger.DefaultParams(), "a test"); err != nil {
			return err
		}
		_, err := ledger.Begin(w, "", 0, 0)
		return err
	})
	step := func(height uint64, n int) {
		root, err := ledger.EventsRoot(happened(n))
		if err != nil {
			t.Fatal(err)
		}
		w.Step(lighttest.Spec{Events: encodedEvents(happened(n))}, func(w state.Writer) error {
			return ledger.Put(w, ledger.TablePast.Key().U64(height), ledger.PastBlock{Events: root})
		})
	}
	step(2, 5)
	step(3, 0)
	w.Step(lighttest.Spec{}, func(w state.Writer) error {
		if !drop {
			return nil
		}
		return w.Delete(ledger.TablePast.Key().U64(2))
	})
	w.Step(lighttest.Spec{}, nil)
	return w
}

func synced(t *testing.T, w *lighttest.World, sources ...light.Source) *light.Client {
	t.Helper()
	c := client(t, w.Chain, nil, sources...)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEvents(t *testing.T) {
	w := eventful(t, false)
	c := synced(t, w, light.NewRelay("r", &lighttest.Opener{Source: w.Source("")}))
	for height, want := range map[uint64]int{2: 5, 3: 0} {
		p, err := c.Events(t.Context(), height)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(p.Value(), happened(want)) || p.Level() != level.Proven || p.Height() != 4 || p.Request().Program != chain.PastBlock.ID() || p.Bytes() == 0 {
			t.Errorf("block %d: %d events, %s at %d", height, len(p.Value()), p.Level(), p.Height())
		}
	}
	for _, height := range []uint64{0, 5, 6, 1 << 63} {
		if p, err := c.Events(t.Context(), height); light.Code(err) != "out_of_reach" || p.Level() != level.Claimed {
			t.Errorf("block %d, whose state no header names: %v", height, err)
		}
	}
}

func TestAttackFalseEvents(t *testing.T) {
	w := eventful(t, false)
	truth := encodedEvents(happened(5))
	forged := happened(5)
	forged[3].Data = codec.MustEncode(paid{To: keys.Account{9}, N: 3})
	elsewhere := happened(5)
	elsewhere[3].Tx = 0
	for name, lie := range map[string]struct {
		events [][]byte
		code   string
	}{
		"forged":           {encodedEvents(forged), "false_events"},
		"of another":       {encodedEvents(elsewhere), "false_events"},
		"first dropped":    {truth[1:], "false_events"},
		"last dropped":     {truth[:4], "false_events"},
		"all dropped":      {nil, "false_events"},
		"reordered":        {[][]byte{truth[1], truth[0], truth[2], truth[3], truth[4]}, "false_events"},
		"added":            {append(slices.Clone(truth), truth[4]), "false_events"},
		"an empty one":     {append(slices.Clone(truth), nil), "malformed"},
		"no event":         {append(truth[:4:4], []byte{0xf6}), "malformed"},
		"a padded integer": {append(truth[:4:4], pad(truth[4])), "malformed"},
		"a byte behind":    {append(truth[:4:4], append(bytes.Clone(truth[4]), 0)), "malformed"},
		"too many":         {slices.Repeat(truth[:1], wire.MaxEvents+1), "malformed"},
		"too many bytes":   {[][]byte{codec.MustEncode(ledger.Event{Data: codec.MustEncode(make([]byte, wire.MaxEventBytes))})}, "malformed"},
	} {
		t.Run(name, func(t *testing.T) {
			liar := w.Source("")
			liar.Happened = func(uint64, [][]byte) ([][]byte, error) { return lie.events, nil }
			c := synced(t, w, light.NewRelay("liar", &lighttest.Opener{Source: liar}))
			p, err := c.Events(t.Context(), 2)
			var who *light.SourceError
			if light.VerdictOf(err) != light.Blame || light.Code(err) != lie.code || !errors.As(err, &who) || who.Source != "liar" {
				t.Errorf("%s %s: %v", light.VerdictOf(err), light.Code(err), err)
			}
			if p.Value() != nil || p.Level() != level.Claimed {
				t.Errorf("with the error came %d events, %s", len(p.Value()), p.Level())
			}
			if _, err := c.Events(t.Context(), 2); !errors.Is(err, light.ErrNoSource) {
				t.Errorf("the liar is still asked: %v", err)
			}
			c.Add(liar)
			c.Add(w.Source("honest"))
			if p, err := c.Events(t.Context(), 2); err != nil || p.Level() != level.Proven || len(p.Value()) != 5 {
				t.Errorf("with an honest relay: %v", err)
			}
		})
	}
}

// pad writes an event's first number, here below 24, in two bytes.
func pad(event []byte) []byte {
	return slices.Concat(event[:1], []byte{0x18}, event[1:])
}

// A relay that shows another block's events and the state nodes of their root proves nothing about this one's.
func TestAttackEventsOfAnotherBlock(t *testing.T) {
	w := eventful(t, false)
	liar := w.Source("liar")
	liar.Happened = func(uint64, [][]byte) ([][]byte, error) { return nil, nil } // block 3's are none
	liar.Witnesses = func(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
		req.Args = codec.MustEncode(chain.PastBlockArgs{Height: 3})
		return w.Witness(ctx, req)
	}
	c := synced(t, w, liar)
	if p, err := c.Events(t.Context(), 2); err == nil {
		t.Errorf("accepted %d events of block 2", len(p.Value()))
	}
	if _, err := c.Events(t.Context(), 3); err != nil {
		t.Errorf("of the block that they are of: %v", err)
	}
}

// Without a trust root nobody knows whether the root or the events are false.
func TestEventsWithoutTrustRootBlameNobody(t *testing.T) {
	w := eventful(t, false)
	liar := w.Source("liar")
	liar.Happened = func(_ uint64, truth [][]byte) ([][]byte, error) { return truth[1:], nil }
	c := client(t, w.Chain, func(cfg *light.Config) { cfg.Trust = light.TrustRoot{} }, liar)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Events(t.Context(), 2); light.VerdictOf(err) != light.Inconclusive || light.Code(err) != "false_events" {
		t.Errorf("%s: %v", light.VerdictOf(err), err)
	}
	liar.Happened = nil
	if p, err := c.Events(t.Context(), 2); err != nil || p.Level() != level.Claimed || len(p.Value()) != 5 {
		t.Errorf("%s: %v", p.Level(), err)
	}
}

func TestEventsWhoseRootTheNewestStateDropped(t *testing.T) {
	w := eventful(t, true)
	archive := w.Source("archive")
	p, err := synced(t, w, archive).Events(t.Context(), 2)
	if err != nil || p.Level() != level.Proven || p.Height() != 2 || len(p.Value()) != 5 {
		t.Errorf("from a relay that keeps all states: %s at %d, %v", p.Level(), p.Height(), err)
	}

	pruned := w.Source("pruned")
	newest := rootOf(t, w)
	pruned.Witnesses = func(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
		if req.Root != newest {
			return nil, &wire.Refusal{Code: wire.CodeNotFound, Message: "not kept here"}
		}
		return w.Witness(ctx, req)
	}
	c := synced(t, w, pruned)
	_, err = c.Events(t.Context(), 2)
	var gone *light.EventsGoneError
	if !errors.As(err, &gone) || gone.Height != 2 || gone.Newest != 4 || light.VerdictOf(err) != light.Inconclusive || light.Code(err) != "events_gone" ||
		!strings.Contains(err.Error(), "block 2") || !strings.Contains(err.Error(), "not kept here") {
		t.Errorf("from one that does not: %v", err)
	}
	if _, err := c.Events(t.Context(), 3); err != nil {
		t.Errorf("of which there is a root still: %v", err)
	}
	// Block 1 has none in any state.
	if _, err := synced(t, w, archive).Events(t.Context(), 1); !errors.As(err, &gone) || gone.Err != nil {
		t.Errorf("never had one: %v", err)
	}
}

func FuzzDecodeEvents(f *testing.F) {
	f.Add(codec.MustEncode(happened(3)[2]))
	f.Add(codec.MustEncode(ledger.Event{Tx: -1, Name: "Epoch", Data: []byte{0x80}}))
	f.Add(pad(codec.MustEncode(happened(3)[2])))
	f.Fuzz(func(t *testing.T, b []byte) {
		events, err := light.DecodeEvents([][]byte{b, b})
		if err != nil {
			if light.VerdictOf(err) != light.Blame {
				t.Errorf("%x: %v", b, err)
			}
			return
		}
		if len(events) != 2 || !bytes.Equal(codec.MustEncode(events[0]), b) {
			t.Errorf("%x is written again as %x", b, codec.MustEncode(events[0]))
		}
		if _, err := ledger.EventsRoot(events); err != nil {
			t.Errorf("%x has no root: %v", b, err)
		}
	})
}
