package bundle

import (
	"crypto/sha256"
	"fmt"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/ledger"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/wire"
)

// TransactionKind is the kind of [Transaction].
const TransactionKind = "transaction"

// Transaction is one that the block of the path's last header holds, with its result and what it changed.
type Transaction struct {
	_           struct{}   `cbor:",toarray"`
	Index       uint64     // its place in the block, from 0
	Tx          []byte     // as it stands in the block; chain.DecodeTx reads it
	Hashes      [][32]byte // SHA-256 of each transaction of the block, in order
	Code        uint32     // 0: done; see ledger.Code
	Data        []byte     // of the result
	Gas         uint64     // cost units that it used
	ResultProof [][32]byte // hashes beside the result's way up, the lowest first
	Effects     []Effects  // what the block did; none where that is not shown
}

// Effects is what a block did. It stands in a list of at most one.
type Effects struct {
	_       struct{} `cbor:",toarray"`
	Witness []byte   // of past_block@1 under the header above the block's
	Events  [][]byte // all of the block: canonical CBOR of a ledger.Event each
}

// Kind implements [Body].
func (x *Transaction) Kind() string { return TransactionKind }

func (x *Transaction) checkShape() error {
	switch {
	case x.Index >= uint64(len(x.Hashes)):
		return &FormatError{Reason: fmt.Sprintf("its transaction is number %d of %d", x.Index, len(x.Hashes))}
	case len(x.ResultProof) > 64:
		return &FormatError{Reason: "its proof of the result is too long"}
	case len(x.Effects) > 1:
		return &FormatError{Reason: "it has effects twice"}
	}
	return nil
}

func (x *Transaction) above() int { return 1 }

func (x *Transaction) checks() []check {
	all := []check{{"included", "The transaction is in the block", x.included}, {"result", "The result is the one signed", x.result}}
	if len(x.Effects) > 0 {
		all = append(all, check{"events", "What it changed follows", x.events})
	}
	return all
}

// headers returns that of the block and the one above it.
func (x *Transaction) headers(p *light.Path) (own, next *light.Header, err error) {
	own, next = p.Last(), p.Header(p.Len()-2)
	if next == nil || next.Height != own.Height+1 {
		return nil, nil, &BodyError{Reason: "the path does not hold the header above the transaction's block"}
	}
	if own.AppVersion != chain.AppVersion || next.AppVersion != chain.AppVersion {
		return nil, nil, &light.VersionError{Height: next.Height, Got: max(own.AppVersion, next.AppVersion), Known: chain.AppVersion}
	}
	return own, next, nil
}

func (x *Transaction) included(c *run) (string, error) {
	own, _, err := x.headers(&c.b.Path)
	if err != nil {
		return "", err
	}
	if sha256.Sum256(x.Tx) != x.Hashes[x.Index] {
		return "", &BodyError{Reason: fmt.Sprintf("the transaction does not have the hash that stands at its place in block %s", number(own.Height))}
	}
	if root := light.DataHashOf(x.Hashes); string(root[:]) != string(own.DataHash) {
		return "", &BodyError{Reason: fmt.Sprintf("the hashes of the transactions are not those of block %s", number(own.Height))}
	}
	return fmt.Sprintf("number %s of %s in block %s, hash %s", number(x.Index+1), number(uint64(len(x.Hashes))), number(own.Height), short(x.Hashes[x.Index][:])), nil
}

func (x *Transaction) result(c *run) (string, error) {
	_, next, err := x.headers(&c.b.Path)
	if err != nil {
		return "", err
	}
	root, ok := light.ResultRoot(wire.TxResult{Code: x.Code, Data: x.Data, GasUsed: x.Gas}, x.Index, uint64(len(x.Hashes)), x.ResultProof)
	if !ok || string(root[:]) != string(next.LastResultsHash) {
		return "", &BodyError{Reason: fmt.Sprintf("the result is not the one that block %s names", number(next.Height))}
	}
	return fmt.Sprintf("%s, named by block %s", ledger.Code(x.Code), number(next.Height)), nil
}

func (x *Transaction) events(c *run) (string, error) {
	own, next, err := x.headers(&c.b.Path)
	if err != nil {
		return "", err
	}
	root, err := stateUnder(c, next)
	if err != nil {
		return "", err
	}
	args := codec.MustEncode(chain.PastBlockArgs{Height: own.Height})
	raw, stats, err := light.Answer(chain.PastBlock, x.Effects[0].Witness, root, args)
	if err != nil {
		return "", err
	}
	c.r.Nodes = stats.Nodes
	var want view.PastBlock
	if err := codec.Decode(raw, &want); err != nil {
		return "", err
	}
	events, err := light.DecodeEvents(x.Effects[0].Events)
	if err != nil {
		return "", err
	}
	got, err := ledger.EventsRoot(events)
	if err != nil {
		return "", err
	}
	if !want.Exists || got != [32]byte(want.Events) {
		return "", &BodyError{Reason: fmt.Sprintf("the events are not those that the state holds for block %s", number(own.Height))}
	}
	return fmt.Sprintf("%s of the block's %s, %s under %s", some(len(x.Changes()), "event"), number(uint64(len(events))), some(c.r.Nodes, "node"), short(c.r.State[:])), nil
}

// Changes returns what the transaction did, in order: its own events. They are claims until the bundle was checked; nil for
// a bundle that doesn't show them or can't be read.
func (x *Transaction) Changes() (own []ledger.Event) {
	if len(x.Effects) == 0 {
		return nil
	}
	events, err := light.DecodeEvents(x.Effects[0].Events)
	if err != nil {
		return nil
	}
	for _, e := range events {
		if e.Tx >= 0 && uint64(e.Tx) == x.Index {
			own = append(own, e)
		}
	}
	return own
}

func (x *Transaction) conclude(r *Report, p *light.Path) {
	if h := p.Last(); h != nil {
		r.Height, r.Time = h.Height, h.Time
	}
	r.Silent = []string{"anything about later blocks", "that the result follows from the rules of the chain: it was signed, and not replayed here"}
	if len(x.Effects) == 0 {
		r.Silent = append(r.Silent, "what the transaction changed")
	}
}
