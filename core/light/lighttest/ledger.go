package lighttest

import (
	"context"
	"errors"
	"slices"

	ds "github.com/ipfs/go-datastore"
	dssync "github.com/ipfs/go-datastore/sync"

	"github.com/taolight/taolight/core/account"
	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/keys/sign"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// Ledger is a chain whose blocks are executed by core/chain, from a genesis on. Its sources answer the chain's queries
// and serve the witnesses of whole blocks, as honest relays do, whatever its producers do.
type Ledger struct {
	*World
	blocks []chain.Block // as they were executed, height 1 first

	// Rules is what the producers do with a block; nil: chain.Execute. Others cheat.
	Rules chain.Rules
}

// NewLedger makes a chain without blocks. The producers of the genesis are those of the options, which name the chain
// neither; Options.State is not used.
func NewLedger(o Options, g *chain.Genesis) *Ledger {
	tree, err := state.Open(context.Background(), dssync.MutexWrap(ds.NewMapDatastore()), state.Options{Keep: o.Keep})
	check(err)
	l := &Ledger{World: &World{tree: tree, programs: make(map[string]light.Program)}}
	for _, p := range chain.Queries {
		l.programs[p.ID()] = p
	}
	producers := New(o).Producers()
	g.Producers = nil
	for _, p := range producers {
		g.Producers = append(g.Producers, chain.Producer{PubKey: pub(p.Key), Power: p.Power})
	}
	check(g.Apply(tree))
	o.ChainID, o.Producers = g.ChainID(), producers
	o.State = func(uint64) [32]byte { return l.tree.Root() }
	l.Chain = New(o)
	return l
}

// Execute adds a block with these transactions and executes it. Convicted is what Spec.Evidence says.
func (l *Ledger) Execute(s Spec, convicted ...chain.Evidence) *light.LightBlock {
	head := l.Chain.Add(s)
	b := chain.Block{
		ChainID: l.ID(), Height: head.Height(), Time: uint64(head.Header.Time.UnixNano()), Hash: head.Hash(),
		Proposer: [20]byte(head.Header.ProposerAddress), AppVersion: head.Header.AppVersion, Txs: s.Txs, Evidence: convicted,
	}
	rules := l.Rules
	if rules == nil {
		rules = chain.Execute
	}
	out, err := rules(l.tree, b, sign.VerifyAll)
	check(err)
	_, err = l.tree.Commit(context.Background(), b.Height)
	check(err)
	l.settle(b, out)
	return head
}

// settle has the next header tell what came out.
func (l *Ledger) settle(b chain.Block, out chain.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.blocks = append(l.blocks, b)
	body := &l.bodies[b.Height-1]
	body.Results = nil
	for _, r := range out.Results {
		body.Results = append(body.Results, wire.TxResult{Code: uint32(r.Code), GasUsed: r.GasUsed})
	}
	l.events[b.Height-1] = nil
	for _, e := range out.Events {
		l.events[b.Height-1] = append(l.events[b.Height-1], codec.MustEncode(e))
	}
	for _, u := range out.Updates {
		l.next = slices.DeleteFunc(slices.Clone(l.next), func(p Producer) bool { return pub(p.Key) == u.PubKey })
		if key := l.keys[u.PubKey]; u.Power > 0 && key != nil {
			l.next = l.enlist(append(l.next, Producer{key, u.Power}))
		}
	}
}

// Tx signs a call with the account's next nonce, ahead further on.
func (l *Ledger) Tx(from *sign.Key, call string, args any, ahead uint64) []byte {
	a, _, err := account.Get(l.tree, from.Account())
	check(err)
	body := chain.Body{Signer: from.Account(), Scheme: from.Scheme(), Nonce: a.Nonce + ahead, ValidUntil: l.Height() + 64, Call: call, Args: codec.MustEncode(args)}
	raw, err := body.Sign(l.ID(), from)
	check(err)
	return raw
}

// Source returns an honest source, which has the state and the blocks.
func (l *Ledger) Source(name string) *Source {
	s := l.Chain.Source(name)
	s.Witnesses = l.Witness
	return s
}

// Witness answers as [World.Witness] does, and executes a block over the state before it.
func (l *Ledger) Witness(ctx context.Context, req wire.WitnessRequest) (state.Witness, error) {
	if req.Program != chain.ReplayProgram {
		return l.World.Witness(ctx, req)
	}
	var args chain.ReplayArgs
	check(codec.Decode(req.Args, &args))
	l.mu.Lock()
	known := args.Height > 0 && args.Height <= uint64(len(l.blocks))
	var b chain.Block
	if known {
		b = l.blocks[args.Height-1]
	}
	l.mu.Unlock()
	snap, err := l.tree.AtRoot(req.Root)
	var pruned *state.PrunedError
	if !known || b.Hash != args.Hash || errors.As(err, &pruned) {
		return nil, notFound(args.Height)
	}
	if err != nil {
		return nil, err
	}
	rec := state.Record(snap)
	if _, err := chain.Execute(rec, b, sign.VerifyAll); err != nil {
		return nil, err
	}
	return rec.Witness()
}
