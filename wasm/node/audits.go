package node

import (
	"context"
	"errors"

	"github.com/taolight/taolight/core/coinbase"
	"github.com/taolight/taolight/core/fixed"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/yuma"
)

// audit computes an epoch again. A fraud is an answer, too: it says where.
func (n *Node) audit(ctx context.Context, p tab.AuditParams) (any, error) {
	a, err := n.audited(ctx, p)
	if err != nil {
		return nil, err
	}
	return report(a), nil
}

func (n *Node) audited(ctx context.Context, p tab.AuditParams) (*light.Audit, error) {
	ctx, cancel := context.WithTimeout(ctx, max(n.cfg.Queries, longestReplay))
	defer cancel()
	s, err := n.awaitReady(ctx)
	if err != nil {
		return nil, err
	}
	a, err := s.client.Audit(ctx, p.Netuid, p.Height)
	var fraud *light.FraudError
	if err != nil && (a == nil || !errors.As(err, &fraud)) {
		return nil, err
	}
	if a.Replay != nil {
		s.replayed(a.Replay, nil)
	}
	n.update(func() { s.audit = a })
	return a, nil
}

func report(a *light.Audit) tab.AuditReport {
	e, o := &a.Epoch, a.Computed
	out := tab.AuditReport{
		Level: a.Level, Netuid: e.Netuid, Name: a.Signed.Name, Height: a.Height, Index: e.Index + 1, Yuma3: e.Inputs.Yuma3,
		Emission: e.Inputs.Emission, OwnerCut: uint64(e.OwnerCut), Uids: []tab.AuditUID{}, Differences: []tab.AuditDifference{},
	}
	if r := a.Replay; r != nil {
		out.Txs, out.Bytes, out.Micros, out.Relay = uint64(r.Txs), uint64(r.Bytes), micros(r.Took), r.Source
	}
	wrong := map[uint16]bool{}
	for _, d := range a.Differences {
		wrong[d.UID] = true
		out.Differences = append(out.Differences, tab.AuditDifference{UID: d.UID, Column: d.Column, Computed: d.Computed, Signed: d.Signed})
	}
	for i := range o.Incentive {
		out.Uids = append(out.Uids, tab.AuditUID{
			Hotkey: e.Hotkeys[i].String(), Weights: uint64(len(e.Inputs.Weights[i])), Stake: o.Stake[i], Consensus: o.Consensus[i],
			Trust: o.ValidatorTrust[i], Incentive: o.Incentive[i], Dividends: o.Dividends[i], Server: o.ServerEmission[i],
			Validator: o.ValidatorEmission[i], Right: !wrong[uint16(i)],
		})
	}
	return out
}

// explain says why a neuron earned what it did, in the epoch that was audited last or else in one that is audited now, or
// in one of a file.
func (n *Node) explain(ctx context.Context, p tab.ExplainParams) (any, error) {
	epoch, err := n.epoch(ctx, p)
	if err != nil {
		return nil, err
	}
	e, err := yuma.Explain(epoch.Inputs, p.UID)
	if err != nil {
		return nil, refusal(codeBadRequest, "Subnet %d had no uid %d in this epoch.", p.Netuid, p.UID)
	}
	out := tab.Explanation{
		UID: e.UID, Stake: e.Stake, StakeShare: raw(e.StakeShare), Active: e.Active, PermitBefore: e.PermitBefore, PermitAfter: e.PermitAfter,
		Kappa: raw(e.Kappa), Consensus: raw(e.Consensus), Support: raw(e.Support), Rank: raw(e.Rank), Incentive: raw(e.Incentive),
		Trust: raw(e.Trust), Dividends: raw(e.Dividends), ByStake: e.ByStake, Server: e.ServerEmission, Validator: e.ValidatorEmission,
		Votes: []tab.Pair{}, Holdings: []tab.Pair{},
	}
	for _, v := range e.Votes {
		row := pair(v.Validator, v.Pair)
		row.Stake, row.Sets, row.Gives = raw(v.Stake), v.SetsConsensus, raw(v.Contributes)
		out.Votes = append(out.Votes, row)
	}
	for _, h := range e.Holdings {
		row := pair(h.Miner, h.Pair)
		row.Gives = raw(h.Dividend)
		out.Holdings = append(out.Holdings, row)
	}
	return out, nil
}

// epoch finds or computes the epoch that is to be explained.
func (n *Node) epoch(ctx context.Context, p tab.ExplainParams) (*coinbase.Epoch, error) {
	n.mu.Lock()
	var a *light.Audit
	if n.session != nil {
		a = n.session.audit
	}
	file := n.file
	n.mu.Unlock()
	if p.File {
		if file != nil && file.height == p.Height {
			for i := range file.epochs {
				if file.epochs[i].Netuid == p.Netuid {
					return &file.epochs[i], nil
				}
			}
		}
		return nil, refusal(codeBadRequest, "The file that was checked last shows no epoch of subnet %d in block %d.", p.Netuid, p.Height)
	}
	if a == nil || a.Epoch.Netuid != p.Netuid || a.Height != p.Height {
		var err error
		if a, err = n.audited(ctx, tab.AuditParams{Netuid: p.Netuid, Height: p.Height}); err != nil {
			return nil, err
		}
	}
	return &a.Epoch, nil
}

func pair(uid uint16, p yuma.Pair) tab.Pair {
	return tab.Pair{UID: uid, Weight: raw(p.Weight), Clipped: raw(p.Clipped), BondBefore: raw(p.BondBefore), BondAfter: raw(p.BondAfter)}
}

// raw is a fraction's parts of 2^32; nothing here is negative.
func raw(v fixed.I32F32) uint64 { return uint64(max(v, 0)) }
