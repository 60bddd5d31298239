package light_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/lighttest"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

var errAsked = errors.New("no such question")

// value answers with the bytes at a key, empty for none; the key "?" is an error.
var value = lighttest.Program{Name: "value@1", Func: func(r state.Reader, args []byte) ([]byte, error) {
	var key []byte
	if err := codec.Decode(args, &key); err != nil {
		return nil, err
	}
	v, err := r.Get(key)
	if err != nil {
		return nil, err
	}
	if string(key) == "?" {
		return nil, errAsked
	}
	return codec.Encode(v)
}}

// world has 100 entries; those that end with 7 change with block 2.
func world(t *testing.T) *lighttest.World {
	t.Helper()
	fill := func(suffix string) func(w state.Writer) error {
		return func(w state.Writer) error {
			for i := range 100 {
				if suffix == "" || i%10 == 7 {
					if err := w.Set(fmt.Appendf(nil, "key%02d", i), fmt.Appendf(nil, "value %d%s", i, suffix)); err != nil {
						return err
					}
				}
			}
			return nil
		}
	}
	w := lighttest.NewWorld(lighttest.Options{}, []light.Program{value}, fill(""))
	w.Step(lighttest.Spec{}, fill(" new"))
	w.Step(lighttest.Spec{}, nil)
	return w
}

func ask(t *testing.T, c *light.Client, key string) (light.Proven[[]byte], error) {
	t.Helper()
	p, err := c.Query(t.Context(), value, codec.MustEncode([]byte(key)))
	if err != nil {
		return p, err
	}
	return light.As[[]byte](p)
}

func TestQuery(t *testing.T) {
	w := world(t)
	relay := light.NewRelay("r", &lighttest.Opener{Source: w.Source("")})
	c := client(t, w.Chain, nil, relay)
	if _, err := ask(t, c, "key07"); light.Code(err) != "out_of_reach" {
		t.Errorf("before any block: %v", err)
	}
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"key07": "value 7 new", "key08": "value 8", "nothing": "", "key": ""} {
		p, err := ask(t, c, key)
		if err != nil {
			t.Fatal(key, err)
		}
		if string(p.Value()) != want || p.Level() != level.Proven || p.Height() != 2 || p.Source() != "r" || p.Nodes() == 0 || p.Bytes() == 0 {
			t.Errorf("%s: %q %s height %d from %s, %d nodes", key, p.Value(), p.Level(), p.Height(), p.Source(), p.Nodes())
		}
		if root := p.Root(); !bytes.Equal(root[:], p.Header().Header.AppHash) {
			t.Error("root is not the header's")
		}
	}
	_, err := ask(t, c, "?")
	var no *light.ProgramError
	if !errors.As(err, &no) || !errors.Is(err, errAsked) || light.VerdictOf(err) != light.Inconclusive {
		t.Errorf("a program's own error: %v", err)
	}
	if n := c.Counts(); n.Witnesses != 5 || n.Nodes == 0 || n.WitnessBytes == 0 {
		t.Errorf("%+v", n)
	}
}

func TestQueryWithoutTrustRootIsClaimed(t *testing.T) {
	w := world(t)
	c := client(t, w.Chain, func(cfg *light.Config) { cfg.Trust = light.TrustRoot{} }, w.Source("r"))
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p, err := ask(t, c, "key07"); err != nil || p.Level() != level.Claimed || string(p.Value()) != "value 7 new" {
		t.Errorf("%q %s %v", p.Value(), p.Level(), err)
	}
}

func TestAttackFalseWitness(t *testing.T) {
	w := world(t)
	truth, err := w.Witness(t.Context(), wire.WitnessRequest{Root: rootOf(t, w), Program: "value@1", Args: codec.MustEncode([]byte("key07"))})
	if err != nil {
		t.Fatal(err)
	}
	var lie state.Witness
	liar := w.Source("liar")
	liar.Witnesses = func(context.Context, wire.WitnessRequest) (state.Witness, error) { return lie, nil }
	c := client(t, w.Chain, nil, liar)
	if _, err := c.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	run := func(t *testing.T, false state.Witness, want light.Verdict) {
		t.Helper()
		lie = false
		c.Remove("honest")
		c.Add(liar)
		p, err := ask(t, c, "key07")
		if err == nil {
			t.Fatalf("accepted: %q", p.Value())
		}
		var who *light.SourceError
		if light.VerdictOf(err) != want || !errors.As(err, &who) || who.Source != "liar" {
			t.Errorf("%s: %v", light.VerdictOf(err), err)
		}
		// With an honest relay beside it the answer comes from there.
		c.Add(liar)
		c.Add(w.Source("honest"))
		if p, err := ask(t, c, "key07"); err != nil || p.Source() != "honest" || string(p.Value()) != "value 7 new" {
			t.Errorf("with an honest relay: %q %v", p.Value(), err)
		}
	}
	for bit := range len(truth) * 8 {
		lie := bytes.Clone(truth)
		lie[bit/8] ^= 1 << (bit % 8)
		run(t, lie, light.Blame)
	}
}

func rootOf(t *testing.T, w *lighttest.World) state.Root {
	t.Helper()
	root, err := w.Block(0).StateRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}
