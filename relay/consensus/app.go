package consensus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/crypto/ed25519"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/state"
)

// app is what CometBFT asks for every block. It decodes, calls core/chain and commits; no rule of the chain is here.
//
// CometBFT calls it over several connections at once, but each makes one call at a time: tree belongs to the consensus
// connection, pool to the mempool's and to Commit; latest is for everybody.
type app struct {
	abci.BaseApplication
	genesis *chain.Genesis
	chainID string
	verify  sign.Verifier
	rules   chain.Rules
	pace    func()              // called while a block is executed
	commit  func(height uint64) // called after a commit
	fail    func(error)         // called before an error that stops the chain is returned

	tree   *state.Tree
	latest atomic.Pointer[state.Snapshot] // of the last commit; nil before the first

	poolMu sync.Mutex
	pool   *chain.Checker // nil: begin anew at the latest snapshot
}

// Info says what the state holds, upon which CometBFT replays what it is behind.
func (a *app) Info(context.Context, *abci.RequestInfo) (*abci.ResponseInfo, error) {
	r := &abci.ResponseInfo{Data: "taolight", AppVersion: chain.AppVersion}
	if s := a.latest.Load(); s != nil {
		root := s.Root()
		r.LastBlockHeight, r.LastBlockAppHash = int64(s.Version()), root[:]
	}
	return r, nil
}

// InitChain writes the genesis. It is committed with the first block; a relay that ends before that is asked again.
func (a *app) InitChain(context.Context, *abci.RequestInitChain) (*abci.ResponseInitChain, error) {
	a.tree.Rollback()
	if err := a.genesis.Apply(a.tree); err != nil {
		return nil, a.stop(fmt.Errorf("genesis: %w", err))
	}
	root := a.tree.Root()
	if err := a.tree.Err(); err != nil {
		return nil, a.stop(fmt.Errorf("genesis: %w", err))
	}
	return &abci.ResponseInitChain{AppHash: root[:]}, nil
}

// CheckTx admits a transaction to the mempool, or checks it again after a block. The refusal's text is in Log.
func (a *app) CheckTx(_ context.Context, r *abci.RequestCheckTx) (*abci.ResponseCheckTx, error) {
	a.poolMu.Lock()
	defer a.poolMu.Unlock()
	if a.pool == nil {
		s := a.latest.Load()
		if s == nil {
			return &abci.ResponseCheckTx{Code: codeNotReady, Log: "the chain has no block yet"}, nil
		}
		var err error
		if a.pool, err = chain.NewChecker(s, a.chainID, a.verify); err != nil {
			return a.uncheckable(err), nil
		}
	}
	err := a.pool.Submit(r.Tx)
	var no *ledger.Refusal
	switch {
	case errors.As(err, &no):
		return &abci.ResponseCheckTx{Code: uint32(no.Code), Log: no.Text}, nil
	case err != nil:
		return a.uncheckable(err), nil
	}
	return &abci.ResponseCheckTx{}, nil
}

// uncheckable is for a state that can't be read. CometBFT takes an error for the end of the application; so this is an
// answer.
func (a *app) uncheckable(err error) *abci.ResponseCheckTx {
	a.fail(fmt.Errorf("check a transaction: %w", err))
	return &abci.ResponseCheckTx{Code: codeNotReady, Log: "the state can't be read"}
}

// codeNotReady refuses transactions before the first block and after the last; it is not one of the ledger's codes.
const codeNotReady = 1 << 16

// PrepareProposal picks what the next block holds.
func (a *app) PrepareProposal(_ context.Context, r *abci.RequestPrepareProposal) (*abci.ResponsePrepareProposal, error) {
	if len(r.Txs) == 0 {
		return &abci.ResponsePrepareProposal{}, nil
	}
	c, err := a.checker()
	if err != nil {
		return nil, a.stop(fmt.Errorf("prepare block %d: %w", r.Height, err))
	}
	txs, err := c.Pick(r.Txs, r.MaxTxBytes)
	if err != nil {
		return nil, a.stop(fmt.Errorf("prepare block %d: %w", r.Height, err))
	}
	return &abci.ResponsePrepareProposal{Txs: txs}, nil
}

// ProcessProposal votes against a block that holds an invalid transaction or costs too much.
func (a *app) ProcessProposal(_ context.Context, r *abci.RequestProcessProposal) (*abci.ResponseProcessProposal, error) {
	accept := &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_ACCEPT}
	if len(r.Txs) == 0 {
		return accept, nil
	}
	c, err := a.checker()
	if err != nil {
		return nil, a.stop(fmt.Errorf("check proposed block %d: %w", r.Height, err))
	}
	err = c.Accept(r.Txs)
	var no *ledger.Refusal
	switch {
	case errors.As(err, &no):
		return &abci.ResponseProcessProposal{Status: abci.ResponseProcessProposal_REJECT}, nil
	case err != nil:
		return nil, a.stop(fmt.Errorf("check proposed block %d: %w", r.Height, err))
	}
	return accept, nil
}

// checker begins the block after the last one. Before the first commit that is on the genesis, which is in the tree
// only.
func (a *app) checker() (*chain.Checker, error) {
	if s := a.latest.Load(); s != nil {
		return chain.NewChecker(s, a.chainID, a.verify)
	}
	return chain.NewChecker(a.tree, a.chainID, a.verify)
}

// FinalizeBlock executes a decided block.
func (a *app) FinalizeBlock(_ context.Context, r *abci.RequestFinalizeBlock) (*abci.ResponseFinalizeBlock, error) {
	a.pace()
	out, err := a.rules(a.tree, blockOf(r, a.chainID), a.verify)
	if err != nil {
		return nil, a.stop(fmt.Errorf("execute block %d: %w", r.Height, err))
	}
	root := a.tree.Root()
	if err := a.tree.Err(); err != nil {
		return nil, a.stop(fmt.Errorf("execute block %d: %w", r.Height, err))
	}
	resp := &abci.ResponseFinalizeBlock{AppHash: root[:], TxResults: make([]*abci.ExecTxResult, len(out.Results))}
	for i, x := range out.Results {
		resp.TxResults[i] = &abci.ExecTxResult{Code: uint32(x.Code), GasWanted: int64(x.GasUsed), GasUsed: int64(x.GasUsed)}
	}
	if resp.Events, err = packEvents(out.Events); err != nil {
		return nil, a.stop(fmt.Errorf("events of block %d: %w", r.Height, err))
	}
	for _, p := range out.Updates {
		resp.ValidatorUpdates = append(resp.ValidatorUpdates, abci.Ed25519ValidatorUpdate(p.PubKey[:], p.Power))
	}
	return resp, nil
}

// Commit writes height, root and state to disk, all at once. CometBFT holds its mempool locked meanwhile.
func (a *app) Commit(ctx context.Context, _ *abci.RequestCommit) (*abci.ResponseCommit, error) {
	height, err := a.commitTree(ctx)
	if err != nil {
		return nil, a.stop(fmt.Errorf("commit: %w", err))
	}
	a.poolMu.Lock()
	a.pool = nil
	a.poolMu.Unlock()
	a.commit(height)
	return &abci.ResponseCommit{}, nil
}

func (a *app) commitTree(ctx context.Context) (uint64, error) {
	last, err := ledger.ReadBlock(a.tree)
	if err != nil {
		return 0, err
	}
	if _, err := a.tree.Commit(ctx, last.Height); err != nil {
		return 0, err
	}
	return last.Height, a.remember()
}

// remember publishes the tree's last committed version, if there is one.
func (a *app) remember() error {
	if a.tree.Version() == 0 {
		return nil
	}
	s, err := a.tree.At(a.tree.Version())
	if err != nil {
		return err
	}
	a.latest.Store(s)
	return nil
}

// stop reports an error after which no block can be made any more: CometBFT gives up on it.
func (a *app) stop(err error) error {
	a.fail(err)
	return err
}

// producers are the genesis's block producers as CometBFT writes them.
func producers(g *chain.Genesis) []ed25519.PubKey {
	out := make([]ed25519.PubKey, len(g.Producers))
	for i, p := range g.Producers {
		out[i] = ed25519.PubKey(p.PubKey[:])
	}
	return out
}

// params are CometBFT's own, the same on every node of a chain.
func params() cmtproto.ConsensusParams {
	const age = 21 * 24 * time.Hour
	return cmtproto.ConsensusParams{
		Block:     &cmtproto.BlockParams{MaxBytes: maxBlockBytes, MaxGas: -1},
		Evidence:  &cmtproto.EvidenceParams{MaxAgeDuration: age, MaxAgeNumBlocks: int64(age / (12 * time.Second)), MaxBytes: maxEvidenceBytes},
		Validator: &cmtproto.ValidatorParams{PubKeyTypes: []string{"ed25519"}},
		Version:   &cmtproto.VersionParams{App: chain.AppVersion},
		Abci:      &cmtproto.ABCIParams{},
	}
}

// maxBlockBytes bounds an encoded block.
const maxBlockBytes = 2 << 20
