package node

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/taolight/taolight/core/checkpoint"
	"github.com/taolight/taolight/core/light"
	"github.com/taolight/taolight/core/tab"
	"github.com/taolight/taolight/core/wire"
)

// other is a statement about the chain besides the trust root: a signed checkpoint of the page's host, or the one built in.
type other struct {
	root   light.TrustRoot
	signed *checkpoint.Checkpoint // nil: it says height and hash only
	by     string                 // who stands for it, in words
	known  uint64                 // parties that signed it and are known

	// Guarded by the node's lock.
	state tab.CheckpointState
	why   string
	tries int // that showed nothing
}

const (
	compareEvery = time.Second
	compareTries = 5 // for what lies below the newest block: what no relay can show it won't show later
)

// hearCheckpoints takes in the host's signed checkpoints. One without a right signature, or with a false one, is nobody's
// word and left out; two that contradict each other end the session.
func (s *session) hearCheckpoints(texts []string) {
	for _, text := range texts[:min(len(texts), wire.MaxCheckpoints)] {
		c, err := checkpoint.Parse(text)
		by := s.n.cfg.Parties.Check(c)
		switch {
		case err != nil:
		case c.ChainID != s.chainID:
			err = &checkpoint.ChainError{Got: c.ChainID, Want: s.chainID}
		case len(by.False) > 0:
			err = by.Require(0)
		case len(by.Known)+len(by.Unknown) == 0:
			err = errors.New("nobody signed it")
		}
		if err != nil {
			s.n.logf("warn", "A checkpoint of this page’s host is left out: %v", err)
			continue
		}
		o := &other{root: light.TrustRoot{Height: c.Height, Hash: c.Hash}, signed: &c, by: by.String(), known: uint64(len(by.Known)), state: tab.Waiting, why: "not compared yet"}
		if s.addOther(o) {
			s.holdTogether(o, by)
		}
	}
	s.wakeCompare()
}

// addOther enters a statement to compare with, unless it is there.
func (s *session) addOther(o *other) (added bool) {
	s.n.update(func() {
		for _, before := range s.others {
			if before.root == o.root && before.by == o.by {
				return
			}
		}
		if added = len(s.others) < 2*wire.MaxCheckpoints; added {
			s.others = append(s.others, o)
		}
	})
	return added
}

// holdTogether compares a signed checkpoint with those that came before, without asking anybody.
func (s *session) holdTogether(o *other, by checkpoint.Signers) {
	s.n.mu.Lock()
	all := slices.Clone(s.others)
	s.n.mu.Unlock()
	for _, before := range all {
		if before == o || before.signed == nil {
			continue
		}
		if _, err := checkpoint.Compare(*before.signed, *o.signed, s.n.cfg.Parties.Check(*before.signed), by); err != nil {
			s.conflict(o, err)
			return
		}
	}
}

// conflict ends the session: two parties say different things about the chain, and which is right can't be told here.
func (s *session) conflict(o *other, err error) {
	s.n.update(func() { o.state, o.why = tab.Conflicts, sentence(clip(err.Error(), 500)) })
	s.n.alarm("", light.Code(err), err.Error(), o.root.Height)
	s.refuseFor(tab.Refusal{Code: tab.CheckpointConflict, Height: o.root.Height},
		fmt.Sprintf("Checkpoints contradict each other at block %s. Which one is right can’t be told here, so nothing is shown.", count(o.root.Height)))
}

func (s *session) wakeCompare() {
	select {
	case s.compares <- struct{}{}:
	default:
	}
}

// compareAll holds the chain that is verified against what others say about it, until all is decided, and again when more
// comes in.
func (s *session) compareAll(ctx context.Context) {
	select {
	case <-s.ready:
	case <-ctx.Done():
		return
	}
	for {
		if s.compareOnce(ctx) {
			if !sleep(ctx, compareEvery, s.compares) {
				return
			}
			continue
		}
		select {
		case <-s.compares:
		case <-ctx.Done():
			return
		}
	}
}

// compareOnce tries what is not decided, and says whether to try again later.
func (s *session) compareOnce(ctx context.Context) (open bool) {
	for _, o := range s.undecided() {
		attempt, cancel := context.WithTimeout(ctx, s.n.cfg.Queries)
		err := s.confirm(attempt, o)
		cancel()
		if ctx.Err() != nil {
			return false
		}
		var conflict *checkpoint.ConflictError
		var date *checkpoint.DateError
		switch {
		case err == nil:
			s.n.update(func() { o.state, o.why = tab.Agrees, "" })
			s.n.logf("info", "The chain agrees with checkpoint %s, %s.", count(o.root.Height), o.by)
		case errors.As(err, &conflict) || errors.As(err, &date):
			s.conflict(o, err)
			return false
		default:
			open = s.unclear(o, err) || open
		}
	}
	return open
}

func (s *session) undecided() (list []*other) {
	s.n.mu.Lock()
	defer s.n.mu.Unlock()
	for _, o := range s.others {
		if o.state == tab.Waiting && o.tries < compareTries {
			list = append(list, o)
		}
	}
	return list
}

func (s *session) confirm(ctx context.Context, o *other) error {
	if o.signed == nil {
		return s.client.ConfirmRoot(ctx, o.root, o.by)
	}
	return s.client.Confirm(ctx, *o.signed, o.by)
}

// unclear notes why nothing was shown, and says whether to try again.
func (s *session) unclear(o *other, err error) bool {
	again := true
	head := s.client.Head()
	s.n.update(func() {
		if head != nil && o.root.Height > head.Block.Height() {
			o.why = "It is above the newest block so far."
			return
		}
		o.why = sentence(clip(err.Error(), 300))
		o.tries++
		again = o.tries < compareTries
	})
	return again
}
