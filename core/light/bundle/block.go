package bundle

import (
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
)

// BlockKind is the kind of [Block].
const BlockKind = "block"

// Block is a whole block and the state that it touches: executed again, it either does what the header above it says, which
// two thirds of the producers signed, or proves that they signed something else. The file doesn't say which: whoever checks it
// finds out.
type Block struct {
	_        struct{} `cbor:",toarray"`
	Txs      [][]byte
	Evidence []byte // protobuf of CometBFT's EvidenceList; empty for none
	Witness  []byte // of the state before the block
	Next     []byte // protobuf of the light block above; empty where that is the top of the path
}

// Findings on a block.
const (
	Follows = "follows" // it does what was signed
	Fraud   = "fraud"   // producers signed what it does not do
)

// Kind implements [Body].
func (b *Block) Kind() string { return BlockKind }

func (b *Block) checkShape() error {
	size := len(b.Evidence)
	for _, tx := range b.Txs {
		size += len(tx)
	}
	if size > wire.MaxBlock {
		return &FormatError{Reason: fmt.Sprintf("its block has %d bytes, at most %d are allowed", size, wire.MaxBlock)}
	}
	return nil
}

func (b *Block) above() int { return 1 }

func (b *Block) checks() []check {
	var fraud *light.FraudError
	return []check{
		{"executed", "The block was executed here", func(c *run) (string, error) {
			before, next, err := b.blocks(c)
			if err != nil {
				return "", err
			}
			done, err := light.Execute(before, next, light.Contents{Txs: b.Txs, Evidence: b.Evidence}, b.Witness)
			if err != nil && !errors.As(err, &fraud) {
				return "", err
			}
			if fraud != nil {
				done = fraud.Execution
			}
			if c.r.Execution = done; done != nil {
				c.r.Nodes = done.Stats.Nodes
			}
			c.r.State, err = before.StateRoot()
			return fmt.Sprintf("block %s: %s over the signed contents and state before it", number(before.Height()), some(len(b.Txs), "transaction")), err
		}},
		{"outcome", "What came of it is compared", func(c *run) (string, error) {
			if c.r.Fraud = fraud; fraud != nil {
				c.r.Finding = Fraud
				return "fraud: " + fraud.Error(), nil
			}
			c.r.Finding = Follows
			return fmt.Sprintf("state root %s, results and producers are those signed", short(c.r.Execution.Root[:])), nil
		}},
	}
}

// blocks returns the block and the one above, as far as executing takes them.
func (b *Block) blocks(c *run) (before, next *light.LightBlock, err error) {
	p := &c.b.Path
	own, above := p.Last(), p.Header(p.Len()-2)
	if above == nil || above.Height != own.Height+1 {
		return nil, nil, &BodyError{Reason: "the path does not hold the header above the block"}
	}
	next = p.Top()
	if len(b.Next) > 0 {
		if next, err = light.DecodeLightBlock(b.Next); err != nil {
			return nil, nil, err
		}
	}
	if next.Hash() != above.Hash() {
		return nil, nil, &BodyError{Reason: fmt.Sprintf("the producers of block %s are missing", number(above.Height))}
	}
	alone := light.Path{Up: []*light.LightBlock{next}}
	if _, err := alone.Verify(0, c.now, c.o.Params); err != nil { // its producers count in what came out, its signatures in a fraud
		return nil, nil, err
	}
	return &light.LightBlock{Header: *own}, next, nil
}

func (b *Block) conclude(r *Report, p *light.Path) {
	if h := p.Last(); h != nil {
		r.Height, r.Time = h.Height, h.Time
	}
	r.Silent = []string{"that the state before the block is right: it was signed, and one block executed again raises no figure's level", "anything about other blocks"}
}
