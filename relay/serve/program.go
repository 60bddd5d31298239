package serve

import (
	"bytes"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// What one query may read of the state. A block's own limits bound what its execution may.
const (
	maxProgramNodes = 200_000
	maxProgramBytes = 12 << 20
)

// program returns what to run over the state for a request: a query, or the block that it names.
func (s *Service) program(r wire.WitnessRequest) (func(*state.Recorder) error, error) {
	if r.Program == chain.ReplayProgram {
		return s.block(r)
	}
	p, ok := chain.Lookup(r.Program)
	if !ok {
		return nil, Refuse(wire.CodeBadRequest, "no program %.64q here", r.Program)
	}
	return func(recorder *state.Recorder) error {
		recorder.Limit(maxProgramNodes, maxProgramBytes)
		_, err := p.Run(recorder, r.Args)
		return err
	}, nil
}

// block executes a block that this node has, over the state before it.
func (s *Service) block(r wire.WitnessRequest) (func(*state.Recorder) error, error) {
	var args chain.ReplayArgs
	if err := codec.Decode(r.Args, &args); err != nil {
		return nil, badArguments(r, err)
	}
	if newest := s.newest(); args.Height == 0 || args.Height > newest {
		return nil, beyond(args.Height, newest)
	}
	meta := s.from.Blocks.LoadBlockMeta(int64(args.Height))
	b, ok := s.from.Block(args.Height)
	switch {
	case meta == nil || !ok:
		return nil, Refuse(wire.CodeNotFound, "block %d is not kept here", args.Height)
	case b.Hash != args.Hash:
		return nil, Refuse(wire.CodeNotFound, "block %d is another one here, %x", args.Height, b.Hash)
	case !bytes.Equal(meta.Header.AppHash, r.Root[:]): // so that nobody has blocks executed over states that they don't belong to
		return nil, Refuse(wire.CodeBadRequest, "block %d begins at the state with root %x", args.Height, meta.Header.AppHash)
	}
	return func(recorder *state.Recorder) error {
		_, err := chain.Execute(recorder, b, sign.VerifyAll)
		return err
	}, nil
}

func badArguments(r wire.WitnessRequest, err error) error {
	return Refuse(wire.CodeBadRequest, "%s: %v", r.Program, err)
}

// record runs a program and cuts out what it touched.
func record(snapshot *state.Snapshot, r wire.WitnessRequest, run func(*state.Recorder) error) (w state.Witness, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("program %s panicked: %v\n%s", r.Program, p, debug.Stack())
		}
	}()
	recorder := state.Record(snapshot)
	err = run(recorder)
	if err == nil {
		w, err = recorder.Witness()
	}
	var limit *state.LimitError
	var size *state.SizeError
	switch {
	case errors.Is(err, chain.ErrArguments):
		err = badArguments(r, err)
	case errors.As(err, &limit), errors.As(err, &size):
		err = Refuse(wire.CodeTooLarge, "%s touches more of the state than is served at once", r.Program)
	}
	return w, err
}
