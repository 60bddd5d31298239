package serve

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/state"
	"github.com/taolight/taolight/core/wire"
)

// How much of recent answers is kept.
const (
	chainCache   = 32 << 20 // bytes of light blocks, blocks and events
	witnessCache = 64 << 20 // bytes of witnesses
)

// Blocks is the part of CometBFT's block store that is read here.
type Blocks interface {
	LoadBlock(height int64) *types.Block
	LoadBlockMeta(height int64) *types.BlockMeta
	LoadBlockCommit(height int64) *types.Commit
	LoadSeenCommit(height int64) *types.Commit
}

// States is the part of CometBFT's state store that is read here.
type States interface {
	LoadValidators(height int64) (*types.ValidatorSet, error)
	LoadFinalizeBlockResponse(height int64) (*abci.ResponseFinalizeBlock, error)
}

// Sources is where a [Service] takes its answers from.
type Sources struct {
	Identity Identity
	Blocks   Blocks
	States   States
	Events   func(height uint64) (events [][]byte, ok bool, err error) // canonical CBOR each; not ok: not kept
	Block    func(height uint64) (chain.Block, bool)                   // as it is executed; not ok: not kept
	Snapshot func(state.Root) (*state.Snapshot, error)
	Submit   func(ctx context.Context, tx []byte) (*wire.SubmitReply, error)
	Report   func(evidence []byte) error // evidence that is not larger than blocks take; a refusal says why not
}

// Service answers from a node's own stores.
type Service struct {
	from    Sources
	feed    Feed
	chain   *cache // light blocks below the newest, blocks and their events
	witness *cache
	slots   chan struct{} // one for each program or check that may run at a time
	court   court
}

var _ Answers = (*Service)(nil)

// New makes a service that has published nothing yet; see [Service.Publish].
func New(from Sources) *Service {
	return &Service{
		from: from, chain: newCache(chainCache), witness: newCache(witnessCache),
		slots: make(chan struct{}, runtime.GOMAXPROCS(0)), court: court{now: time.Now, left: reportBurst},
	}
}

// Identity implements [Answers].
func (s *Service) Identity() Identity { return s.from.Identity }

// Heads implements [Answers].
func (s *Service) Heads() *Feed { return &s.feed }

// Publish makes a committed height the newest that is served, and tells all followers. Heights are published in order,
// by one goroutine.
func (s *Service) Publish(height uint64) error {
	block, hash, err := s.load(height, s.from.Blocks.LoadSeenCommit(int64(height)))
	if err != nil {
		return fmt.Errorf("light block %d: %w", height, err)
	}
	head, err := NewHead(height, hash, block, height)
	if err != nil {
		return err
	}
	s.feed.Publish(head)
	return nil
}

// newest is the newest height that was published, 0 before the first.
func (s *Service) newest() uint64 {
	head, _ := s.feed.Newest()
	return head.Height
}

// LightBlock implements [Answers]. The newest comes with the commit that this node saw, all below with the one that
// the next block holds.
func (s *Service) LightBlock(ctx context.Context, height uint64) (*Reply, error) {
	head, ok := s.feed.Newest()
	switch {
	case !ok:
		return nil, Refuse(wire.CodeBusy, "the relay has no block yet; ask again in a moment")
	case height == 0 || height == head.Height:
		return NewLightBlockReply(head.LightBlock)
	case height > head.Height:
		return nil, beyond(height, head.Height)
	}
	return s.chain.get(ctx, key('l', height), func() (*Reply, error) {
		block, _, err := s.load(height, s.from.Blocks.LoadBlockCommit(int64(height)))
		if err != nil {
			return nil, err
		}
		return NewLightBlockReply(block)
	})
}

func beyond(height, newest uint64) *wire.Refusal {
	return Refuse(wire.CodeNotFound, "block %d is not there yet, the newest is %d", height, newest)
}

func key(kind byte, height uint64) string {
	return string(binary.BigEndian.AppendUint64([]byte{kind}, height))
}

// load puts a light block together and encodes it as CometBFT's protobuf.
func (s *Service) load(height uint64, commit *types.Commit) (block []byte, hash [32]byte, err error) {
	meta := s.from.Blocks.LoadBlockMeta(int64(height))
	if meta == nil || commit == nil {
		return nil, hash, Refuse(wire.CodeNotFound, "block %d is not kept here", height)
	}
	set, err := s.from.States.LoadValidators(int64(height))
	if err != nil {
		return nil, hash, err
	}
	light := types.LightBlock{SignedHeader: &types.SignedHeader{Header: &meta.Header, Commit: commit}, ValidatorSet: set}
	p, err := light.ToProto()
	if err != nil {
		return nil, hash, err
	}
	if block, err = p.Marshal(); err != nil {
		return nil, hash, err
	}
	if len(block) > wire.MaxLightBlock {
		return nil, hash, fmt.Errorf("light block %d has %d bytes", height, len(block))
	}
	copy(hash[:], meta.BlockID.Hash)
	return block, hash, nil
}

// Block implements [Answers].
func (s *Service) Block(ctx context.Context, height uint64) (*Reply, error) {
	newest := s.newest()
	switch {
	case height == 0:
		return nil, Refuse(wire.CodeBadRequest, "blocks are counted from 1 on")
	case height > newest:
		return nil, beyond(height, newest)
	}
	return s.chain.get(ctx, key('b', height), func() (*Reply, error) {
		block := s.from.Blocks.LoadBlock(int64(height))
		if block == nil {
			return nil, Refuse(wire.CodeNotFound, "block %d is not kept here", height)
		}
		done, err := s.from.States.LoadFinalizeBlockResponse(int64(height))
		if err != nil {
			return nil, fmt.Errorf("results of block %d: %w", height, err)
		}
		var reply wire.BlockReply
		for _, tx := range block.Txs {
			reply.Txs = append(reply.Txs, tx)
		}
		for _, r := range done.TxResults {
			reply.Results = append(reply.Results, wire.TxResult{Code: r.Code, Data: r.Data, GasUsed: uint64(r.GasUsed)})
		}
		if len(block.Evidence.Evidence) > 0 {
			list, err := block.Evidence.ToProto()
			if err != nil {
				return nil, err
			}
			if reply.Evidence, err = list.Marshal(); err != nil {
				return nil, err
			}
		}
		return NewBlockReply(reply)
	})
}

// Witness implements [Answers]. What a program may cost is bounded, and how many run at a time.
func (s *Service) Witness(ctx context.Context, r wire.WitnessRequest) (*Reply, error) {
	run, err := s.program(r)
	if err != nil {
		return nil, err
	}
	return s.witness.get(ctx, string(r.Root[:])+r.Program+"\x00"+string(r.Args), func() (*Reply, error) {
		leave, err := s.enter(ctx)
		if err != nil {
			return nil, err
		}
		defer leave()
		snapshot, err := s.from.Snapshot(r.Root)
		var w state.Witness
		if err == nil {
			w, err = record(snapshot, r, run)
		}
		var pruned *state.PrunedError
		if errors.As(err, &pruned) { // before or while it was read
			return nil, Refuse(wire.CodeNotFound, "the state with root %x is not kept here", r.Root)
		}
		if err != nil {
			return nil, err
		}
		return NewWitnessReply(w)
	})
}

// Submit implements [Answers].
func (s *Service) Submit(ctx context.Context, tx []byte) (*wire.SubmitReply, error) {
	if len(tx) > chain.MaxTx {
		return nil, Refuse(wire.CodeBadRequest, "a transaction has at most %d bytes", chain.MaxTx)
	}
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	return s.from.Submit(ctx, tx)
}

// maxWait is how long a request waits for its turn.
const maxWait = 3 * time.Second

// enter waits for a slot; leave gives it back.
func (s *Service) enter(ctx context.Context) (leave func(), err error) {
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	select {
	case s.slots <- struct{}{}:
		return func() { <-s.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, Refuse(wire.CodeBusy, "the relay has too much to do, ask again in a moment")
	}
}
