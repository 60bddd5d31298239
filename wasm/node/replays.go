package node

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/light/bundle"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

const (
	usualSampling = 16               // one block in so many is replayed in the mode sampled
	longestReplay = 60 * time.Second // to fetch and execute one block
	slowest       = 8 * time.Second  // between two tries of a block that can't be had now
)

// setReplay takes the visitor's choice of how blocks are replayed.
func (n *Node) setReplay(ctx context.Context, p tab.ReplayParams) error {
	switch p.Mode {
	case tab.ReplayOff, tab.ReplaySampled, tab.ReplayEvery:
	default:
		return refusal(codeBadRequest, "There is no mode of replaying %.20q: it is off, sampled or every.", p.Mode)
	}
	var s *session
	n.update(func() {
		s = n.session
		n.replay.Mode, n.replay.Trouble = p.Mode, ""
		n.replayFrom = p.From
	})
	if s == nil || s.client == nil {
		return nil
	}
	s.client.ReplayStop()
	n.remember(ctx, s.chainID, "", 0)
	select {
	case s.replays <- struct{}{}:
	default:
	}
	return nil
}

// once executes one block again, because the visitor asks.
func (n *Node) once(ctx context.Context, p tab.OnceParams) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, max(n.cfg.Queries, longestReplay))
	defer cancel()
	s, err := n.awaitReady(ctx)
	if err != nil {
		return nil, err
	}
	if p.Height < 2 {
		return nil, refusal(codeBadRequest, "Blocks can be executed again from block 2 on: the state before the first one is kept nowhere.")
	}
	r, err := s.client.Replay(ctx, p.Height)
	if err != nil {
		return nil, err
	}
	s.replayed(r, nil)
	return tab.Executed{
		Level: r.Level, Height: r.Height, Root: r.Root, Txs: uint64(r.Txs), Nodes: uint64(r.Stats.Nodes), Bytes: uint64(r.Bytes),
		Micros: micros(r.Took), Relay: r.Source,
	}, nil
}

// replayBlocks executes blocks again as the mode says, until ctx ends.
func (s *session) replayBlocks(ctx context.Context) {
	wait := s.n.cfg.Retry
	for ctx.Err() == nil {
		var again bool
		switch s.mode() {
		case tab.ReplayEvery:
			again = s.replayNext(ctx)
		case tab.ReplaySampled:
			s.replaySample(ctx)
		}
		if again {
			if !sleep(ctx, jitter(wait), nil) {
				return
			}
			wait = min(2*wait, slowest)
			continue
		}
		wait = s.n.cfg.Retry
		select {
		case <-s.replays:
		case <-ctx.Done():
		}
	}
}

func (s *session) mode() string {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	return s.n.replay.Mode
}

// replayNext goes on with the run as far as headers are there, and says whether something that may pass kept it from
// that.
func (s *session) replayNext(ctx context.Context) (again bool) {
	for ctx.Err() == nil && s.mode() == tab.ReplayEvery {
		head := s.client.Head()
		if head == nil || head.Block.Height() < 3 {
			return false // the state before the first block is kept nowhere
		}
		newest := head.Block.Height() - 1 // the newest with a header after it
		next, ok := s.client.ReplayingNext()
		if !ok {
			next = newest
			s.n.update(func() {
				if from := s.n.replayFrom; from >= 2 && from < newest {
					next = from
				}
			})
			s.client.ReplayFrom(next)
		}
		if next > newest {
			return false
		}
		attempt, cancel := context.WithTimeout(ctx, longestReplay)
		done, err := s.client.ReplayNext(attempt)
		cancel()
		s.replayed(done, err)
		if err == nil {
			continue
		}
		var no *wire.Refusal
		var far *light.ReachError // a run of an earlier visit that broke off farther back than headers lead
		if (errors.As(err, &far) || errors.As(err, &no) && no.Code == wire.CodeNotFound) && newest-next > 2 && s.nobodyKeeps(next) {
			why := "no relay keeps the state before it"
			if far != nil {
				why = "it is too far back"
			}
			s.n.logf("warn", "Block %s can’t be executed again: %s. The run begins anew.", count(next), why)
			s.n.update(func() { s.n.replayFrom = 0 })
			s.client.ReplayStop()
			continue
		}
		return ctx.Err() == nil && s.stopped() == ""
	}
	return false
}

// nobodyKeeps counts how often a block of the run was refused; one that a relay has not executed itself yet comes soon.
func (s *session) nobodyKeeps(height uint64) bool {
	if s.missed != height {
		s.missed, s.misses = height, 0
	}
	s.misses++
	return s.misses >= 3
}

// replaySample executes the newest block that can be, sometimes.
func (s *session) replaySample(ctx context.Context) {
	every := s.n.cfg.Sampling
	if every == 0 {
		every = usualSampling
	}
	head := s.client.Head()
	if head == nil || head.Block.Height() < 3 || head.Block.Height()-1 <= s.sampled || rand.IntN(every) != 0 {
		return
	}
	s.sampled = head.Block.Height() - 1
	attempt, cancel := context.WithTimeout(ctx, longestReplay)
	defer cancel()
	s.replayed(s.client.Replay(attempt, s.sampled))
}

// replayed enters what came of one block. A fraud is told by the client's event.
func (s *session) replayed(r *light.Replay, err error) {
	s.n.update(func() {
		to := &s.n.replay
		to.Trouble = ""
		if err != nil {
			if light.VerdictOf(err) != light.Blame { // that is an alarm of its own
				to.Trouble = sentence(clip(reason(err), 300))
			}
			return
		}
		to.Blocks++
		to.Bytes += uint64(r.Bytes)
		to.Micros += micros(r.Took)
		to.Last, to.LastTxs, to.LastFor, to.LastOf = r.Height, uint64(r.Txs), micros(r.Took), uint64(r.Bytes)
	})
}

// replaying is the status of it, under the node's lock.
func (s *session) replaying() tab.Replaying {
	out := s.n.replay
	if out.Mode != tab.ReplayEvery {
		return out
	}
	next, ok := s.client.ReplayingNext()
	if !ok {
		return out
	}
	out.From, out.To = next, next-1
	if from, _, some := s.client.Replayed(); some {
		out.From = from
	}
	if head := s.client.Head(); head != nil && head.Block.Height() > next {
		out.Behind = head.Block.Height() - next
	}
	return out
}

// defrauded deals with a block that does not lead to what was signed: nothing more is shown at once. The relays are kept until
// the evidence is a file, as its way to the trust root may need them.
func (s *session) defrauded(e *light.FraudError) {
	n, first := s.n, false
	n.update(func() {
		if first = s.told == nil && s.refused == ""; first {
			s.told = make(chan struct{})
			s.refused = fmt.Sprintf("Block %s does not lead to what two thirds of the producers signed. Following stops here.", count(e.Height()))
		}
	})
	if !first {
		return
	}
	s.fraud(e)
	n.logf("warn", "%s", s.stopped())
	s.work.Go(func() {
		var file tab.ProofFile
		err := errors.New("the evidence could not be written")
		n.guard("fraud", func() {
			ctx, cancel := context.WithTimeout(s.ctx, tellTime)
			defer cancel()
			var b *bundle.Bundle
			if b, err = bundle.ForFraud(ctx, s.client, e); err == nil {
				file, err = n.checked(s, b)
			}
		})
		n.update(func() { s.evidence, s.unproven = file, err })
		close(s.told)
		s.stop()
	})
}

// fraud has the page told of a block that does not lead to what was signed.
func (s *session) fraud(e *light.FraudError) {
	s.n.update(func() { s.n.fraud = fraudOf(e) })
	s.n.alarm("", light.Code(e), e.Error(), e.Height())
}

// fraudOf writes a fraud for the page.
func fraudOf(e *light.FraudError) *tab.Fraud {
	next := e.Evidence.Next
	f := &tab.Fraud{Height: e.Height(), What: e.What, Signed: e.Signed, Hash: e.Evidence.Before.Hash(), Next: next.Hash()}
	if e.Err == nil {
		f.Computed = e.Computed[:]
	} else {
		f.Reason = clip(e.Err.Error(), 300)
	}
	signed := map[[20]byte]bool{}
	for _, a := range e.Evidence.Signers() {
		signed[a] = true
	}
	for i := range next.Validators.List {
		v := &next.Validators.List[i]
		f.Signers = append(f.Signers, tab.Signer{Address: v.Address, Power: uint64(max(v.Power, 0)), Signed: signed[v.Address]})
	}
	return f
}
