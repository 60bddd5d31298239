package light

import (
	"context"
	"errors"
	"fmt"

	"github.com/taolight/taolight/core/chain"
	"github.com/taolight/taolight/core/codec"
	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/level"
	"github.com/taolight/taolight/core/tao"
	"github.com/taolight/taolight/core/view"
	"github.com/taolight/taolight/core/yuma"
)

// Audit is a subnet's epoch computed again here, beside what the signed state says came of it.
type Audit struct {
	Height      uint64 // of the block that ran it
	Level       level.Level
	Epoch       coinbase.Epoch // inputs, for yuma.Explain
	Computed    *yuma.Outputs
	Signed      view.Metagraph // results as the state after the block has them
	Differences []Difference   // by column, then uid; none: every figure of every uid is right
	Replay      *Replay        // of the block; nil if it is a fraud
}

// Difference is one figure of one uid that is not what its inputs give.
type Difference struct {
	UID              uint16
	Column           string // as in view.Metagraph's JSON
	Computed, Signed uint64 // u16 shares or rao; 0 and 1 for no and yes
}

// NoEpochError says that a subnet had no epoch in a block. Inconclusive.
type NoEpochError struct {
	Netuid uint16
	Height uint64 // 0: none at all yet
	Last   uint64 // the block of its last one; 0: unknown
}

func (e *NoEpochError) Error() string {
	switch {
	case e.Height == 0:
		return fmt.Sprintf("subnet %d has had no epoch yet", e.Netuid)
	case e.Last > 0:
		return fmt.Sprintf("subnet %d had no epoch in block %d; the last was in block %d", e.Netuid, e.Height, e.Last)
	}
	return fmt.Sprintf("subnet %d had no epoch in block %d", e.Netuid, e.Height)
}
func (e *NoEpochError) Verdict() Verdict { return Inconclusive }
func (e *NoEpochError) Code() string     { return "no_epoch" }

// auditColumns are the results of an epoch that a metagraph shows.
var auditColumns = []string{"hotkeys", "active", "validator_permit", "consensus", "incentive", "dividends", "validator_trust", "stake_weight",
	"pruning_score", "emission", "server_emission", "validator_emission"}

// Audit computes the epoch that a subnet had in a block; 0 is its last one. It executes the whole block again, so that
// the inputs are those of the moment, and compares every figure of every uid with the state after it. If that state is
// not what the block leads to, the audit shows where, and comes together with the [FraudError] that stops the client.
//
// Other errors are those of [Client.Replay], and [NoEpochError].
func (c *Client) Audit(ctx context.Context, netuid uint16, height uint64) (*Audit, error) {
	last := uint64(0)
	if height == 0 {
		now, err := c.metagraph(ctx, c.Head(), netuid, "hotkeys")
		if err != nil {
			return nil, err
		}
		if last = now.Value().Last; last == 0 {
			return nil, &NoEpochError{Netuid: netuid}
		}
		height = last
	}
	if head := c.Head(); head != nil && height >= head.Block.Height() { // also keeps height+1 from wrapping
		return nil, &ReachError{Height: height, Lowest: 1, Highest: head.Block.Height() - 1}
	}
	after, err := c.farByHeaders(ctx, height+1)
	if err != nil {
		return nil, err
	}
	signed, err := c.metagraph(ctx, after, netuid, auditColumns...)
	if err != nil {
		return nil, err
	}
	a := &Audit{Height: height, Level: signed.Level(), Signed: signed.Value()}
	if a.Signed.Last != height {
		return nil, &NoEpochError{Netuid: netuid, Height: height, Last: a.Signed.Last}
	}
	var fraud *FraudError
	var x *Execution
	a.Replay, err = c.Replay(ctx, height)
	switch {
	case err == nil:
		x = a.Replay.Execution
		if a.Replay.Level > level.Claimed {
			a.Level = level.Replayed // this epoch was computed here
		}
	case errors.As(err, &fraud) && fraud.Evidence.Before.Height() == height && fraud.Execution != nil:
		x = fraud.Execution
	default:
		return nil, err
	}
	if !a.compute(x, netuid) {
		return nil, errors.Join(err, &NoEpochError{Netuid: netuid, Height: height})
	}
	return a, err
}

// metagraph asks for columns of a subnet in the state that a header names.
func (c *Client) metagraph(ctx context.Context, h *Head, netuid uint16, columns ...string) (Proven[view.Metagraph], error) {
	p, _ := chain.Lookup(chain.MetagraphQuery)
	raw, err := c.QueryAt(ctx, h, p, codec.MustEncode(chain.MetagraphArgs{Netuid: netuid, Select: columns}))
	if err != nil {
		return Proven[view.Metagraph]{}, err
	}
	m, err := As[view.Metagraph](raw)
	if err == nil && !m.Value().Exists {
		err = &ProgramError{Program: chain.MetagraphQuery, Err: fmt.Errorf("there is no subnet %d", netuid)}
	}
	return m, err
}

// compute finds the subnet's epoch among those that the block ran, computes it and compares; false if there was none.
func (a *Audit) compute(x *Execution, netuid uint16) bool {
	for _, e := range x.Epochs {
		if e.Netuid != netuid {
			continue
		}
		out, err := yuma.Epoch(e.Inputs)
		if err != nil {
			return false
		}
		a.Epoch, a.Computed = e, out
		a.compare()
		return true
	}
	return false
}

func (a *Audit) compare() {
	s, o := &a.Signed, a.Computed
	differences(a, "active", o.Active, s.Active, one)
	differences(a, "validator_permit", o.ValidatorPermit, s.ValidatorPermit, one)
	differences(a, "consensus", o.Consensus, s.Consensus, wide[uint16])
	differences(a, "incentive", o.Incentive, s.Incentive, wide[uint16])
	differences(a, "dividends", o.Dividends, s.Dividends, wide[uint16])
	differences(a, "validator_trust", o.ValidatorTrust, s.ValidatorTrust, wide[uint16])
	differences(a, "stake_weight", o.StakeWeight, s.StakeWeight, wide[uint16])
	differences(a, "pruning_score", o.PruningScore, s.PruningScore, wide[uint16])
	differences(a, "emission", amounts(o.Emission), s.Emission, wide[tao.Amount])
	differences(a, "server_emission", amounts(o.ServerEmission), s.ServerEmission, wide[tao.Amount])
	differences(a, "validator_emission", amounts(o.ValidatorEmission), s.ValidatorEmission, wide[tao.Amount])
}

// differences adds where two columns differ. Elements that one of them lacks count as zero.
func differences[T comparable](a *Audit, column string, computed, signed []T, number func(T) uint64) {
	at := func(v []T, i int) (x T) {
		if i < len(v) {
			x = v[i]
		}
		return x
	}
	for i := range max(len(computed), len(signed)) {
		if x, y := at(computed, i), at(signed, i); x != y {
			a.Differences = append(a.Differences, Difference{UID: uint16(i), Column: column, Computed: number(x), Signed: number(y)})
		}
	}
}

func wide[T uint16 | tao.Amount](v T) uint64 { return uint64(v) }

func one(v bool) uint64 {
	if v {
		return 1
	}
	return 0
}

func amounts(v []uint64) []tao.Amount {
	out := make([]tao.Amount, len(v))
	for i, x := range v {
		out[i] = tao.Amount(x)
	}
	return out
}
