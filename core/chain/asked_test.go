package chain

import (
	"bytes"
	"context"
	"reflect"
	"testing"

	ds "github.com/ipfs/go-datastore"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/state"
)

// keptWorld is a world whose states are committed, so that witnesses can be cut out of them.
func keptWorld(t *testing.T, change func(*Genesis)) *world {
	t.Helper()
	g := testGenesis(t)
	change(g)
	tree, err := state.Open(t.Context(), ds.NewMapDatastore(), state.Options{})
	if err == nil {
		err = g.Apply(tree)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, tree: tree, chainID: g.ChainID(), verify: sign.VerifyAll, audits: 1}
}

// hold executes a block with one call, which must succeed.
func (w *world) hold(from *sign.Key, call string, args any) {
	w.t.Helper()
	if code := w.one(w.tx(from, call, args, 0)); code != 0 {
		w.t.Fatalf("%s: %s", call, code)
	}
}

// holdFree does so with a call of a hotkey that costs nothing.
func (w *world) holdFree(hotkey *sign.Key, call string, args any) {
	w.t.Helper()
	if code := w.one(w.free(hotkey, call, args, 0)); code != 0 {
		w.t.Fatalf("%s: %s", call, code)
	}
}

// asked runs a program over the state, and over the nodes of it that it read: both must answer the same.
func asked[T any](w *world, id string, args any) T {
	w.t.Helper()
	p, ok := Lookup(id)
	if !ok {
		w.t.Fatalf("there is no program %s", id)
	}
	root, err := w.tree.Commit(context.Background(), w.tree.Version()+1)
	if err != nil {
		w.t.Fatal(err)
	}
	snapshot, err := w.tree.AtRoot(root)
	if err != nil {
		w.t.Fatal(err)
	}
	recorder := state.Record(snapshot)
	answer, err := p.Run(recorder, codec.MustEncode(args))
	if err != nil {
		w.t.Fatalf("%s: %v", id, err)
	}
	witness, err := recorder.Witness()
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := witness.Run(root, func(tree *state.Tree) error {
		again, err := p.Run(tree, codec.MustEncode(args))
		if err == nil && !bytes.Equal(again, answer) {
			w.t.Errorf("%s: %x over the tree, %x over the witness", id, answer, again)
		}
		return err
	}); err != nil {
		w.t.Fatalf("%s over its witness: %v", id, err)
	}
	var out T
	if err := codec.Decode(answer, &out); err != nil {
		w.t.Fatal(err)
	}
	return out
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n%+v, want\n%+v", what, got, want)
	}
}
