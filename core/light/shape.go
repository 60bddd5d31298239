package light

import (
	"fmt"
	"math"

	"github.com/taolight/taolight/core/checkpoint"
)

// MaxChainID is how many bytes a chain's id has at most.
const MaxChainID = checkpoint.MaxChainID

const (
	blockProtocol = 11                // the version of CometBFT's blocks that this package knows
	maxAppHash    = 64                // bytes
	maxPower      = math.MaxInt64 / 8 // of all producers together
)

// checkShape checks everything that can be said about a block from its fields alone. The errors are plain: the caller
// wraps them in a decision.
func (b *LightBlock) checkShape() error {
	if err := b.Header.checkShape(); err != nil {
		return err
	}
	if err := b.Commit.checkShape(); err != nil {
		return err
	}
	return b.Validators.checkShape()
}

func (h *Header) checkShape() error {
	switch {
	case h.BlockVersion != blockProtocol:
		return fmt.Errorf("block version %d, want %d", h.BlockVersion, blockProtocol)
	case len(h.ChainID) > MaxChainID:
		return fmt.Errorf("the chain id has %d bytes, at most %d", len(h.ChainID), MaxChainID)
	case h.Height == 0 || h.Height > math.MaxInt64:
		return fmt.Errorf("height %d out of range", h.Height)
	case !h.LastBlockID.empty() && !h.LastBlockID.complete():
		return fmt.Errorf("the last block id is incomplete")
	case len(h.AppHash) > maxAppHash:
		return fmt.Errorf("the app hash has %d bytes, at most %d", len(h.AppHash), maxAppHash)
	case len(h.ProposerAddress) != 20:
		return fmt.Errorf("the proposer's address has %d bytes, want 20", len(h.ProposerAddress))
	case h.Time.Unix() < minSeconds || h.Time.Unix() >= endSeconds:
		return fmt.Errorf("time out of range")
	}
	for _, f := range [...]struct {
		name string
		hash []byte
	}{
		{"last commit", h.LastCommitHash}, {"data", h.DataHash}, {"validators", h.ValidatorsHash}, {"next validators", h.NextValidatorsHash},
		{"consensus", h.ConsensusHash}, {"last results", h.LastResultsHash}, {"evidence", h.EvidenceHash},
	} {
		if len(f.hash) != 32 {
			return fmt.Errorf("the %s hash has %d bytes, want 32", f.name, len(f.hash))
		}
	}
	return nil
}

func (c *Commit) checkShape() error {
	switch {
	case c.Height == 0 || c.Height > math.MaxInt64:
		return fmt.Errorf("commit height %d out of range", c.Height)
	case c.Round < 0:
		return fmt.Errorf("negative round")
	case !c.BlockID.complete():
		return fmt.Errorf("the commit's block id is incomplete")
	case len(c.Signatures) == 0:
		return fmt.Errorf("the commit has no signatures")
	case len(c.Signatures) > MaxValidators:
		return fmt.Errorf("the commit has %d signatures, at most %d", len(c.Signatures), MaxValidators)
	}
	for i := range c.Signatures {
		s := &c.Signatures[i]
		switch s.Flag {
		case FlagAbsent:
			if len(s.Address) != 0 || len(s.Signature) != 0 || !s.Time.IsZero() {
				return fmt.Errorf("signature %d is absent and yet has contents", i)
			}
		case FlagCommit, FlagNil:
			if len(s.Address) != 20 || len(s.Signature) != 64 {
				return fmt.Errorf("signature %d has an address of %d bytes and a signature of %d, want 20 and 64", i, len(s.Address), len(s.Signature))
			}
		default:
			return fmt.Errorf("signature %d has the unknown flag %d", i, s.Flag)
		}
	}
	return nil
}

func (s *ValidatorSet) checkShape() error {
	if len(s.List) == 0 || len(s.List) > MaxValidators {
		return fmt.Errorf("%d validators, want 1 to %d", len(s.List), MaxValidators)
	}
	seen := make(map[[20]byte]struct{}, len(s.List))
	total := int64(0)
	for i := range s.List {
		v := &s.List[i]
		if v.Power <= 0 || v.Power > maxPower-total {
			return fmt.Errorf("validator %d: power out of range", i)
		}
		total += v.Power
		if v.Address != AddressOf(v.PubKey) {
			return fmt.Errorf("validator %d: the address is not its key's", i)
		}
		if _, twice := seen[v.Address]; twice {
			return fmt.Errorf("validator %d is listed twice", i)
		}
		seen[v.Address] = struct{}{}
	}
	if s.Proposer.Address != AddressOf(s.Proposer.PubKey) || s.Proposer.Power < 0 {
		return fmt.Errorf("the proposer's address is not its key's, or its power is negative")
	}
	if _, ok := seen[s.Proposer.Address]; !ok {
		return fmt.Errorf("the proposer is not among the validators")
	}
	return nil
}
