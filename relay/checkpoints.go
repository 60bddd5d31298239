package relay

import (
	"bytes"
	"fmt"

	"github.com/cometbft/cometbft/types"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/wire"
)

// checkpointTexts returns the texts of signed checkpoints to hand out. Visitors would leave out or refuse what is not of
// this chain, not signed, signed falsely or contradictory, so that is refused here first.
func checkpointTexts(list []checkpoint.Checkpoint, chainID string) ([]string, error) {
	if len(list) > wire.MaxCheckpoints {
		return nil, fmt.Errorf("relay: %d checkpoints; at most %d are handed out", len(list), wire.MaxCheckpoints)
	}
	var texts []string
	by := make([]checkpoint.Signers, len(list))
	for i, c := range list {
		by[i] = checkpoint.Parties{}.Check(c)
		if c.ChainID != chainID {
			return nil, &checkpoint.ChainError{Got: c.ChainID, Want: chainID}
		}
		if err := by[i].Require(0); err != nil {
			return nil, err
		}
		if len(by[i].Unknown) == 0 {
			return nil, &checkpoint.FormError{Part: "signatures", Value: "none", Want: "at least one"}
		}
		for j := range i {
			if _, err := checkpoint.Compare(list[j], c, by[j], by[i]); err != nil {
				return nil, err
			}
		}
		texts = append(texts, c.String())
	}
	return texts, nil
}

// onOwnChain holds checkpoints against this relay's own blocks, as far as it has them.
func onOwnChain(list []checkpoint.Checkpoint, meta func(height int64) *types.BlockMeta) error {
	for _, c := range list {
		own := meta(int64(c.Height))
		if own == nil {
			continue
		}
		by := checkpoint.Parties{}.Check(c).String()
		if !bytes.Equal(own.BlockID.Hash, c.Hash[:]) {
			mine := checkpoint.Side{Height: c.Height, Hash: [32]byte(own.BlockID.Hash), By: "this relay's own", Makes: [32]byte(own.BlockID.Hash)}
			return &checkpoint.ConflictError{Height: c.Height, A: mine, B: checkpoint.Side{Height: c.Height, Hash: c.Hash, By: by, Makes: c.Hash}}
		}
		if date := uint64(own.Header.Time.Unix()); date != c.Time {
			return &checkpoint.DateError{Height: c.Height, Date: c.Time, Other: date, By: by, OtherBy: "its header"}
		}
	}
	return nil
}
