package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// save makes the file of a figure, a block, a transaction, or of what stopped the node.
func (n *Node) save(ctx context.Context, p tab.SaveParams) (any, error) {
	if p.Fork {
		return n.saveFork()
	}
	ctx, cancel := context.WithTimeout(ctx, n.cfg.Queries)
	defer cancel()
	if p.Fraud {
		return n.saveFraud(ctx)
	}
	s, err := n.awaitReady(ctx)
	if err != nil {
		return nil, err
	}
	var b *bundle.Bundle
	if p.Figure != nil {
		f, err := n.figure(ctx, *p.Figure)
		if err != nil {
			return nil, err
		}
		b, err = bundle.ForFigure(ctx, s.client, f)
		if err != nil {
			return nil, err
		}
	} else if p.Replay > 0 {
		b, err = bundle.ForBlock(ctx, s.client, p.Replay)
	} else {
		b, err = bundle.ForTransactionHash(ctx, s.client, p.Block, p.Tx)
	}
	if err != nil {
		return nil, err
	}
	return n.checked(s, b)
}

// saveFraud makes the file of the fraud that stopped the node.
func (n *Node) saveFraud(ctx context.Context) (any, error) {
	n.mu.Lock()
	s := n.session
	n.mu.Unlock()
	if s == nil || s.client == nil || s.client.Fraud() == nil {
		return nil, refusal("no_fraud", "No fraud was found.")
	}
	s.hold(ctx)
	n.mu.Lock()
	defer n.mu.Unlock()
	if s.unproven != nil {
		return nil, s.unproven
	}
	return s.evidence, nil
}

// checked writes a file, and checks it as whoever receives it will.
func (n *Node) checked(s *session, b *bundle.Bundle) (out tab.ProofFile, err error) {
	file, err := b.Encode()
	if err != nil {
		return out, err
	}
	if _, err := bundle.Check(file, n.cfg.Now(), bundle.Options{Params: n.cfg.Params, ChainID: s.chainID, Trust: append(s.client.Trusted(), b.Root)}); err != nil {
		return out, err
	}
	return tab.ProofFile{Name: b.Name(), File: file}, nil
}

// check says what is to be held of a file. It asks nobody, and waits for nothing but what this browser has saved.
func (n *Node) check(ctx context.Context, p tab.CheckParams) (any, error) {
	for n.opening() && sleep(ctx, 10*time.Millisecond, nil) {
	}
	started := n.cfg.Now()
	r, err := bundle.Check(p.File, started, bundle.Options{
		Params: n.cfg.Params, AcceptRoot: p.AcceptRoot, Clock: n.cfg.Now, ChainID: n.followed(),
		TrustOf: func(chainID string) []light.TrustRoot { return n.trusted(ctx, chainID) },
	})
	out := reportOf(r)
	n.keepEpochs(r)
	if err != nil {
		out.Code, out.Error = light.Code(err), clip(sentence(err.Error()), 500)
	}
	out.Micros = micros(n.cfg.Now().Sub(started))
	return out, nil
}

// keepEpochs keeps what a file that holds ran, for [Node.explain].
func (n *Node) keepEpochs(r *bundle.Report) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.file = nil; r.Verdict == light.Accept && r.Finding == bundle.Follows {
		n.file = &fileEpochs{r.Height, r.Execution.Epochs}
	}
}

// fileEpochs are the epochs of the block in a file.
type fileEpochs struct {
	height uint64
	epochs []coinbase.Epoch
}

// opening says whether what is saved will be readable in a moment.
func (n *Node) opening() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.params != nil && n.store == nil
}

// followed is the chain of this visit, empty before there is one.
func (n *Node) followed() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.session == nil {
		return ""
	}
	return n.session.chainID
}

// trusted lists the blocks of a chain that this tab takes as true: what it verified, what it pinned, what it was built with.
func (n *Node) trusted(ctx context.Context, chainID string) (out []light.TrustRoot) {
	n.mu.Lock()
	s, store, params := n.session, n.store, n.params
	var client *light.Client
	contradicted := s != nil && s.refusal.Code == tab.CheckpointConflict
	if s != nil && s.chainID == chainID {
		client = s.client
	}
	n.mu.Unlock()
	if contradicted {
		return nil // which of two is true is not known
	}
	add := func(r light.TrustRoot) {
		if !r.IsZero() && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	if client != nil {
		for _, r := range client.Trusted() {
			add(r)
		}
		return out // what was given, pinned or built in is what it began with
	}
	if params != nil && params.Trust != "" {
		root, signed, err := light.ReadTrust(params.Trust)
		if err == nil && (signed == nil || signed.ChainID == chainID && n.cfg.Parties.Check(*signed).Require(0) == nil) {
			add(root)
		}
		return out
	}
	if store != nil {
		if pin, ok := light.SavedPin(ctx, store, chainID); ok {
			add(pin.Root)
		}
	}
	add(n.cfg.BuiltIn[chainID])
	return out
}

func reportOf(r *bundle.Report) tab.ProofReport {
	out := tab.ProofReport{
		Verdict: verdicts[r.Verdict], Level: r.Level, Kind: r.Kind, Bytes: uint64(r.Bytes), ChainID: clip(r.ChainID, 128),
		Root: proofBlock(r.Root), Standing: string(r.Standing), Anchor: proofBlock(r.Anchor), Hops: uint64(r.Hops), Links: uint64(r.Links),
		Top: proofBlock(r.Top), Signers: uint64(r.Signers), Of: uint64(r.Of), Power: uint64(r.Power), OfPower: uint64(r.OfPower),
		Height: r.Height, State: r.State, Nodes: uint64(r.Nodes), Silent: r.Silent,
	}
	if !r.RootTime.IsZero() {
		out.RootTime = milli(r.RootTime)
	}
	if !r.Time.IsZero() {
		out.Time = milli(r.Time)
	}
	for _, s := range r.Steps {
		out.Steps = append(out.Steps, tab.ProofStep{Name: s.Name, Title: s.Title, Detail: clip(s.Detail, 500), Outcome: s.Outcome.String(), Micros: micros(s.Took)})
	}
	switch b := r.Body.(type) {
	case *bundle.Figure:
		f := &tab.ProofFigure{Program: clip(b.Program, 64), Args: b.Pages[0].Args, Result: b.Pages[0].Result, Part: r.Part}
		if len(b.Pages) > 1 {
			f.Result = nil // nothing, rather than a part of it
			if whole, _, err := b.Whole(); err == nil {
				f.Result, _ = codec.Encode(whole)
			}
		}
		var lie *bundle.AnswerError
		if errors.As(r.Err, &lie) {
			f.Computed = lie.Computed
		}
		out.Figure = f
	case *bundle.Transaction:
		x := &tab.ProofTx{
			Tx:    readTx(b.Tx, wire.TxResult{Code: b.Code, Data: b.Data, GasUsed: b.Gas}, ledger.Params{}),
			Index: b.Index, Count: uint64(len(b.Hashes)), Gas: b.Gas, Shows: len(b.Effects) > 0,
		}
		for _, e := range b.Changes() {
			x.Events = append(x.Events, tab.ProofEvent{Name: clip(e.Name, 64), Data: eventFields(e)})
		}
		out.Transaction = x
	case *bundle.Fork:
		if r.Fork != nil {
			out.Fork = describeFork(r.Fork)
		}
	case *bundle.Block:
		out.Txs = uint64(len(b.Txs))
		if r.Finding == bundle.Follows {
			for _, e := range r.Execution.Epochs {
				out.Epochs = append(out.Epochs, tab.ProofEpoch{Netuid: e.Netuid, Index: e.Index + 1, Neurons: uint64(len(e.Hotkeys)), Emission: e.Inputs.Emission, OwnerCut: uint64(e.OwnerCut)})
			}
		}
	}
	out.Finding = r.Finding
	if r.Fraud != nil {
		out.Fraud = fraudOf(r.Fraud)
	}
	return out
}

var verdicts = map[light.Verdict]string{light.Accept: tab.ProofHolds, light.Blame: tab.ProofFalse, light.Inconclusive: tab.ProofUnsure}

func proofBlock(r light.TrustRoot) tab.ProofBlock {
	return tab.ProofBlock{Height: r.Height, Hash: r.Hash}
}

// eventFields writes an event's fields for reading: numbers, and bytes as hex.
func eventFields(e ledger.Event) []string {
	var fields []any
	if codec.Decode(e.Data, &fields) != nil {
		return nil
	}
	out := []string{}
	for _, f := range fields {
		text := fmt.Sprint(f)
		if b, ok := f.([]byte); ok {
			text = fmt.Sprintf("0x%x", b)
		}
		out = append(out, clip(text, 400))
	}
	return out
}

// figure answers a query as the parameters say: in the newest state, or in that after a block.
func (n *Node) figure(ctx context.Context, p tab.QueryParams) (light.Proven[[]byte], error) {
	program, ok := chain.Lookup(p.Program)
	if !ok {
		return light.Proven[[]byte]{}, refusal(codeBadRequest, "There is no program %.40q.", p.Program)
	}
	return n.prove(ctx, program, p.Args, p.Height)
}
