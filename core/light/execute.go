package light

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// Contents is what a block holds besides its header, which binds both.
type Contents struct {
	_        struct{} `cbor:",toarray"`
	Txs      [][]byte
	Evidence []byte // protobuf of CometBFT's EvidenceList; empty for none
}

// Execution is a block that was executed here and did what the next header says.
type Execution struct {
	Root    state.Root // of the state after the block
	Outcome chain.Outcome
	Epochs  []coinbase.Epoch // that the block ran
	Stats   state.WitnessStats
}

// Execute executes a block over a witness of the state before it, with the full node's own code, and holds what comes out
// to the next header: the state root, the results of transactions, the block producers from then on. before and next are
// headers that were verified, one right after the other. It is pure: no network, no clock.
//
// [InvalidError] or [DecodeError] says that the contents are not the block's, state.FalseNodeError or state.UnusedError
// that the witness is false: whoever sent them is to blame. state.MissingError says that a node was left out, which
// proves nothing; [VersionError] that the block follows other rules. [FraudError] says that the contents and the witness
// are right and the block did not do what two thirds of the producers signed.
func Execute(before, next *LightBlock, c Contents, w state.Witness) (*Execution, error) {
	block, err := blockOf(before, c)
	if err != nil {
		return nil, err
	}
	if hash := before.Hash(); next.Height() != before.Height()+1 || !bytes.Equal(next.Header.LastBlockID.Hash, hash[:]) {
		return nil, &InvalidError{Height: next.Height(), Reason: fmt.Sprintf("it does not follow block %d", before.Height())}
	}
	if got := before.Header.AppVersion; got != chain.AppVersion {
		return nil, &VersionError{Height: before.Height(), Got: got, Known: chain.AppVersion}
	}
	root, err := before.StateRoot()
	if err != nil {
		return nil, err
	}
	out := new(Execution)
	var failed error // the block's own
	out.Stats, err = w.Run(root, func(t *state.Tree) error {
		if failed = out.run(t, block); failed == nil {
			out.Root = t.Root()
		}
		return failed
	})
	if err == nil {
		if err = out.hold(before, next, c, w); err != nil {
			return nil, err
		}
		return out, nil
	}
	if !fraudulent(failed, err) {
		return nil, err
	}
	// The state is what was signed, and has no such block: what was signed to come of it can't be right.
	return nil, &FraudError{What: "outcome", Err: failed, Evidence: Basis{Before: before, Next: next, Contents: c, Witness: w}}
}

// fraudulent says whether the block's own failure, if there is one, shows that what was signed can't be right: not if a
// node was left out, whatever the block made of that, and not if this program broke down.
func fraudulent(failed, err error) bool {
	var missing *state.MissingError
	var broken *ProgramError
	return failed != nil && !errors.As(err, &missing) && !errors.As(failed, &broken)
}

// run executes the block; that it breaks down is a fault of this program and nobody's fraud.
func (x *Execution) run(t *state.Tree, b chain.Block) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = &ProgramError{Program: chain.ReplayProgram, Err: fmt.Errorf("it broke down over this block: %v", bug)}
		}
	}()
	watch := func(e coinbase.Epoch) { x.Epochs = append(x.Epochs, e) }
	x.Outcome, err = chain.ExecuteWatched(t, b, sign.VerifyAll, watch)
	return err
}

// ReplayRequest asks a relay for the witness that [Execute] needs.
func ReplayRequest(before *LightBlock) (wire.WitnessRequest, error) {
	root, err := before.StateRoot()
	args := chain.ReplayArgs{Height: before.Height(), Hash: before.Hash()}
	return wire.WitnessRequest{Root: root, Program: chain.ReplayProgram, Args: codec.MustEncode(args)}, err
}

// blockOf makes what the state machine executes: all of it is bound by the header.
func blockOf(b *LightBlock, c Contents) (chain.Block, error) {
	if err := c.check(&b.Header); err != nil {
		return chain.Block{}, err
	}
	evidence, err := convictions(c.Evidence)
	if err != nil {
		return chain.Block{}, err
	}
	h := &b.Header
	return chain.Block{
		ChainID: h.ChainID, Height: h.Height, Time: uint64(h.Time.UnixNano()), Hash: b.Hash(), Proposer: [20]byte(h.ProposerAddress),
		AppVersion: h.AppVersion, Txs: c.Txs, Evidence: evidence,
	}, nil
}

// check holds contents against the header that binds them.
func (c Contents) check(h *Header) error {
	if err := differs(h.Height, "list of transactions", DataHash(c.Txs), h.DataHash); err != nil {
		return err
	}
	evidence, err := EvidenceHash(c.Evidence)
	if err != nil {
		return err
	}
	return differs(h.Height, "evidence", evidence, h.EvidenceHash)
}

func differs(height uint64, what string, got [32]byte, want []byte) error {
	if string(got[:]) == string(want) {
		return nil
	}
	return &InvalidError{Height: height, Err: &HashError{What: what, Got: got, Want: [32]byte(want)}}
}

// hold compares what came out with what the next header says.
func (x *Execution) hold(before, next *LightBlock, c Contents, w state.Witness) error {
	results := make([]wire.TxResult, len(x.Outcome.Results))
	for i, r := range x.Outcome.Results {
		results[i] = wire.TxResult{Code: uint32(r.Code), GasUsed: r.GasUsed}
	}
	resultsHash, err := ResultsHash(results)
	if err != nil {
		return err
	}
	producers := next.Validators.changed(x.Outcome.Updates).Hash()
	for _, of := range [...]struct {
		what   string
		got    [32]byte
		signed []byte
	}{
		{"state root", x.Root, next.Header.AppHash},
		{"results hash", resultsHash, next.Header.LastResultsHash},
		{"producers' hash", producers, next.Header.NextValidatorsHash},
	} {
		if !bytes.Equal(of.got[:], of.signed) {
			return &FraudError{What: of.what, Computed: of.got, Signed: of.signed, Execution: x, Evidence: Basis{Before: before, Next: next, Contents: c, Witness: w}}
		}
	}
	return nil
}

// changed returns the set after updates, in CometBFT's order: by falling power, then by address.
func (s *ValidatorSet) changed(updates []chain.Producer) *ValidatorSet {
	out := &ValidatorSet{List: slices.Clone(s.List)}
	for _, u := range updates {
		out.List = slices.DeleteFunc(out.List, func(v Validator) bool { return v.PubKey == u.PubKey })
		if u.Power > 0 {
			out.List = append(out.List, NewValidator(u.PubKey, u.Power))
		}
	}
	slices.SortFunc(out.List, byPower)
	return out
}
