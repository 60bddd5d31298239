package lighttest

import (
	"context"
	"errors"

	ds "github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// World is a chain with a real state tree behind its app hashes, whose sources answer witness requests.
type World struct {
	*Chain
	tree     *state.Tree
	programs map[string]light.Program
}

// Program is a program made of a function.
type Program struct {
	Name string // its id, such as value@1
	Func func(r state.Reader, args []byte) ([]byte, error)
}

// ID implements light.Program.
func (p Program) ID() string { return p.Name }

// Run implements light.Program.
func (p Program) Run(r state.Reader, args []byte) ([]byte, error) { return p.Func(r, args) }

// NewWorld makes a chain whose genesis state is what genesis writes, and block 1, empty. Programs are what its sources
// run, by id. Options.State is not used.
func NewWorld(o Options, programs []light.Program, genesis func(state.Writer) error) *World {
	tree, err := state.Open(context.Background(), dssync.MutexWrap(ds.NewMapDatastore()), state.Options{Keep: o.Keep})
	check(err)
	w := &World{tree: tree, programs: make(map[string]light.Program)}
	for _, p := range programs {
		w.programs[p.ID()] = p
	}
	if genesis != nil {
		check(genesis(tree))
	}
	o.State = func(uint64) [32]byte { return w.tree.Root() }
	w.Chain = New(o)
	w.Step(Spec{}, nil)
	return w
}

// Step adds a block and then does to the state what the block is said to have done; the next header names the result.
func (w *World) Step(s Spec, change func(state.Writer) error) *light.LightBlock {
	b := w.Chain.Add(s)
	if change != nil {
		check(change(w.tree))
	}
	_, err := w.tree.Commit(context.Background(), b.Height())
	check(err)
	return b
}

// Source returns an honest source, which has the state.
func (w *World) Source(name string) *Source {
	s := w.Chain.Source(name)
	s.Witnesses = w.Witness
	return s
}

// Snapshot returns the state with a root.
func (w *World) Snapshot(root state.Root) (*state.Snapshot, error) { return w.tree.AtRoot(root) }

// Witness runs a program over the state with the root asked for.
func (w *World) Witness(_ context.Context, req wire.WitnessRequest) (state.Witness, error) {
	program, ok := w.programs[req.Program]
	if !ok {
		return nil, &wire.Refusal{Code: wire.CodeBadRequest, Message: "no program " + req.Program}
	}
	snap, err := w.tree.AtRoot(req.Root)
	var pruned *state.PrunedError
	if errors.As(err, &pruned) {
		return nil, &wire.Refusal{Code: wire.CodeNotFound, Message: "no state with this root"}
	}
	if err != nil {
		return nil, err
	}
	rec := state.Record(snap)
	program.Run(rec, req.Args) // an error of the program is found again over the witness
	return rec.Witness()
}
