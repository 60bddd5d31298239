package consensus

import (
	"errors"
	"fmt"
	"sync"

	dbm "github.com/cometbft/cometbft-db"
	"github.com/cometbft/cometbft/evidence"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/wire"
)

// maxEvidenceBytes is how much evidence one block holds.
const maxEvidenceBytes = 64 << 10

// jury judges evidence that visitors hand in. It looks at one piece at a time: the pool doesn't notice two equal ones
// that come at once.
type jury struct {
	mu sync.Mutex
	db dbm.DB // the pool's
}

// Report judges evidence of an attack on light clients, the protobuf of CometBFT's LightClientAttackEvidence, and if it
// holds has it put into a block, which removes the producers that it names. A [*wire.Refusal] says why not; any other
// error is this node's own trouble.
func (n *Node) Report(raw []byte) error {
	n.jury.mu.Lock()
	defer n.jury.mu.Unlock()
	attack, err := light.DecodeAttack(raw)
	if err != nil {
		return refuse(wire.CodeBadRequest, "%v", err)
	}
	if len(raw) > maxEvidenceBytes-16 { // what a list adds around it
		return refuse(wire.CodeTooLarge, "the evidence has %d bytes; a block holds %d bytes of it", len(raw), maxEvidenceBytes)
	}
	if err := n.judgeable(attack); err != nil {
		return err
	}
	var p cmtproto.LightClientAttackEvidence
	if err := p.Unmarshal(raw); err != nil {
		return refuse(wire.CodeBadRequest, "%v", err)
	}
	ev, err := types.LightClientAttackEvidenceFromProto(&p)
	if err != nil {
		return refuse(wire.CodeInvalidEvidence, "the evidence contradicts itself: %v", err)
	}
	if known, err := n.jury.knows(ev); err != nil || known {
		if hash := attack.Conflicting.Hash(); err == nil {
			err = refuse(wire.CodeKnownEvidence, "evidence against block %d, %x…, is here already", attack.Conflicting.Height(), hash[:6])
		}
		return err
	}
	err = n.comet.EvidencePool().AddEvidence(ev)
	var invalid *types.ErrInvalidEvidence
	if errors.As(err, &invalid) {
		return refuse(wire.CodeInvalidEvidence, "the evidence does not hold: %v", invalid.Reason)
	}
	return err
}

// EvidenceWaiting is how many pieces of evidence wait for a block.
func (n *Node) EvidenceWaiting() int { return int(n.comet.EvidencePool().Size()) }

// judgeable refuses evidence for which this chain has come too far, or not far enough, to be judged, and that which could
// convict nobody. A block is judged by the signatures of the one at its height here, which the next block holds.
func (n *Node) judgeable(a *light.Attack) error {
	pool := n.comet.EvidencePool()
	blocks, state := n.comet.BlockStore(), pool.State()
	newest := uint64(min(blocks.Height(), state.LastBlockHeight))
	if height := a.Conflicting.Height(); height >= newest {
		return refuse(wire.CodeNotYet, "the newest block here is %d; block %d can be judged from block %d on, send it again then", newest, height, height+1)
	}
	if chain := a.Conflicting.Header.ChainID; chain != state.ChainID {
		return refuse(wire.CodeInvalidEvidence, "the block belongs to the chain %q, this is %q", chain, state.ChainID)
	}
	if a.Kind() == light.Amnesia {
		return refuse(wire.CodeInvalidEvidence, "the evidence accuses nobody; blocks of different rounds don't show who broke a promise")
	}
	common := blocks.LoadBlockMeta(int64(a.CommonHeight))
	if common == nil {
		return refuse(wire.CodeNotFound, "block %d is not kept here", a.CommonHeight)
	}
	if limits := state.ConsensusParams.Evidence; evidence.IsEvidenceExpired(state.LastBlockHeight, state.LastBlockTime, int64(a.CommonHeight), common.Header.Time, limits) {
		return refuse(wire.CodeEvidenceTooOld, "block %d is older than %v and %d blocks: what happened then is not punished any more", a.CommonHeight, limits.MaxAgeDuration, limits.MaxAgeNumBlocks)
	}
	return nil
}

// knows says whether evidence of the same hash waits for a block or stands in one. The pool tells neither: it takes such
// evidence without looking. The keys are its own.
func (j *jury) knows(ev types.Evidence) (bool, error) {
	for _, kind := range []byte{0, 1} { // committed, pending
		key := fmt.Appendf([]byte{kind}, "%0.16X/%X", ev.Height(), ev.Hash())
		if known, err := j.db.Has(key); err != nil || known {
			return known, err
		}
	}
	return false, nil
}

func refuse(code, format string, args ...any) error {
	return &wire.Refusal{Code: code, Message: fmt.Sprintf(format, args...)}
}
