package chain

import (
	"bytes"
	"context"
	"errors"
	"testing"

	ds "github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"

	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/view"
)

// FuzzCallArgs decodes any bytes as the arguments of each call. What is accepted has one encoding, and the call is
// executed over a state, as its signer would see it: it succeeds or is refused with a code, and nothing breaks.
func FuzzCallArgs(f *testing.F) {
	w := newWorld(f)
	template := w.body(key(f, "//Alice"), "", nil, 0)
	for i, c := range Calls {
		f.Add(uint8(i), codec.MustEncode(c.Args()))
	}
	predict, _ := Lookup(PredictQuery)
	f.Fuzz(func(t *testing.T, i uint8, raw []byte) {
		c := Calls[int(i)%len(Calls)]
		args, err := c.Decode(raw)
		if err != nil {
			return
		}
		if again := codec.MustEncode(args); !bytes.Equal(again, raw) {
			t.Fatalf("%s: %x is written again as %x", c.Name, raw, again)
		}
		body := template
		body.Call, body.Args = c.Name, raw
		answer, err := predict.Run(w.tree, codec.MustEncode(PredictArgs{ChainID: w.chainID, Body: body}))
		if err != nil {
			t.Fatalf("%s %x: %v", c.Name, raw, err)
		}
		var p view.Prediction
		if err := codec.Decode(answer, &p); err != nil || p.Code == "" {
			t.Fatalf("%s %x: %+v, %v", c.Name, raw, p, err)
		}
	})
}

// FuzzQueryArgs runs each query with any arguments over a state: it answers canonically, the same over the nodes that it
// read as over the whole tree, or with an error of its own.
func FuzzQueryArgs(f *testing.F) {
	tree, err := state.Open(context.Background(), dssync.MutexWrap(ds.NewMapDatastore()), state.Options{})
	if err == nil {
		err = testGenesis(f).Apply(tree)
	}
	if err != nil {
		f.Fatal(err)
	}
	root, err := tree.Commit(context.Background(), 1)
	if err != nil {
		f.Fatal(err)
	}
	snap, err := tree.AtRoot(root)
	if err != nil {
		f.Fatal(err)
	}
	for i, p := range Queries {
		f.Add(uint8(i), codec.MustEncode(p.Args()))
	}
	f.Fuzz(func(t *testing.T, i uint8, raw []byte) {
		p := Queries[int(i)%len(Queries)]
		rec := state.Record(snap)
		answer, err := p.Run(rec, raw)
		if errors.Is(err, ErrArguments) {
			return
		}
		if err == nil {
			if err := codec.Decode(answer, p.NewResult()); err != nil {
				t.Fatalf("%s %x answers %x: %v", p.ID(), raw, answer, err)
			}
		}
		witness, problem := rec.Witness()
		if problem != nil {
			t.Fatalf("%s %x: %v", p.ID(), raw, problem)
		}
		var again []byte
		_, failed := witness.Run(root, func(tree *state.Tree) (err error) {
			again, err = p.Run(tree, raw)
			return err
		})
		if !bytes.Equal(again, answer) || (failed == nil) != (err == nil) {
			t.Fatalf("%s %x: %x, %v over the tree; %x, %v over the witness", p.ID(), raw, answer, err, again, failed)
		}
	})
}
